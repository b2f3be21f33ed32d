package agreement

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	cedar "github.com/cedar-policy/cedar-go"
)

// sliceKey selects the rules whose scope a request can meet. Leaving the others
// out does not change a decision: Cedar would find their scope false.
type sliceKey struct{ act, purpose string }

// policies is a list of rules in the agreement's order, as Cedar iterates them.
type policies []*rule

// All yields the policies by id.
func (p policies) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, r := range p {
			if !yield(cedar.PolicyID(r.id), r.policy) {
				return
			}
		}
	}
}

// Decide answers a request. It is pure and safe for concurrent use. What no rule
// permits is denied, a forbid beats every permit, and a rule that cannot be
// evaluated, a word beyond the limits or a missing quota count denies and is
// reported in Errors.
func (a *Agreement) Decide(r Request) Decision {
	if what := r.outside(); what != "" {
		d := a.defaultDeny()
		d.Errors = []string{what}
		return d
	}
	looked, ok := a.actFacts[r.Act]
	if !ok {
		looked = &a.allFacts
	}
	facts, faults := a.factsRecord(looked, r.Facts)
	for _, need := range a.lacking(&r) {
		faults = append(faults, fmt.Sprintf("the request does not state %s", need))
	}
	if len(r.Suspended.Parts) > 0 {
		if err := a.CheckSuspension(r.Suspended); err != nil {
			faults = append(faults, err.Error())
		}
	}
	set, ok := a.slices[sliceKey{r.Act, r.Purpose}]
	if !ok {
		set = a.slices[sliceKey{act: r.Act}]
	}
	req := a.layOut(&r, facts)
	effect, diag := cedar.Authorize(set, a.entities, req)
	if len(diag.Errors) > 0 || len(faults) > 0 {
		d := a.failed(diag)
		d.Errors = append(d.Errors, faults...)
		return d
	}
	if len(diag.Reasons) == 0 {
		return a.defaultDeny()
	}
	if effect != cedar.Allow {
		d := a.decided(diag.Reasons)
		if len(r.Suspended.Parts) > 0 {
			a.sayPart(&d, &r)
		}
		return d
	}
	d, referred := a.referred(&r, req)
	if !referred {
		d = a.decided(diag.Reasons)
		d.Outcome = Permit
	}
	if len(d.Errors) == 0 {
		d.Obligations = a.obligations(&r, req)
	}
	return d
}

// referred asks the rules that refer what the others permit to a person.
func (a *Agreement) referred(r *Request, req cedar.Request) (Decision, bool) {
	set, ok := a.refers[sliceKey{r.Act, r.Purpose}]
	if !ok {
		set = a.refers[sliceKey{act: r.Act}]
	}
	if len(set) == 0 {
		return Decision{}, false
	}
	_, diag := cedar.Authorize(set, a.entities, req)
	if len(diag.Errors) > 0 {
		return a.failed(diag), true
	}
	if len(diag.Reasons) == 0 {
		return Decision{}, false
	}
	d := a.decided(diag.Reasons)
	d.Outcome = Refer
	return d, true
}

// decided names the rules that decided; the outcome is still Deny.
func (a *Agreement) decided(reasons []cedar.DiagnosticReason) Decision {
	d := Decision{Outcome: Deny, Rules: make([]string, 0, len(reasons)), Reasons: make([]Reason, 0, len(reasons))}
	silent := true
	for _, x := range reasons {
		r := a.byID[x.PolicyID]
		d.Rules = append(d.Rules, r.id)
		d.Reasons = append(d.Reasons, Reason{Rule: r.id, Article: r.article, Cites: r.cites, Text: r.because})
		silent = silent && r.suppress
		if r.cites != "" && !slices.Contains(d.Cites, r.cites) {
			d.Cites = append(d.Cites, r.cites)
		}
		if !slices.Contains(d.Articles, r.article) {
			d.Articles = append(d.Articles, r.article)
		}
	}
	if silent && len(reasons) > 0 {
		d.Outcome = SilentSuppress
	}
	slices.SortFunc(d.Articles, compareArticles)
	return d
}

// defaultDeny is the answer when no rule decides.
func (a *Agreement) defaultDeny() Decision {
	return Decision{
		Outcome: Deny, Articles: []string{a.DefaultDeny}, Rules: []string{},
		Reasons: []Reason{{Article: a.DefaultDeny, Text: a.defaultReason}},
	}
}

// failed is the answer when a rule could not be evaluated: denied by the
// articles that did forbid, and by those whose rules failed.
func (a *Agreement) failed(diag cedar.Diagnostic) Decision {
	var reasons []cedar.DiagnosticReason
	for _, x := range diag.Reasons {
		if a.byID[x.PolicyID].forbid {
			reasons = append(reasons, x)
		}
	}
	d := a.decided(reasons)
	d.Outcome = Deny
	if len(reasons) == 0 && len(diag.Errors) == 0 {
		d = a.defaultDeny()
	}
	for _, e := range diag.Errors {
		r := a.byID[e.PolicyID]
		d.Errors = append(d.Errors, fmt.Sprintf("rule %s: %s", r.id, e.Message))
		if !slices.Contains(d.Articles, r.article) {
			d.Articles = append(d.Articles, r.article)
		}
	}
	slices.SortFunc(d.Articles, compareArticles)
	return d
}

// obligations are the duties that come with permitting r.
func (a *Agreement) obligations(r *Request, req cedar.Request) Obligations {
	o := Obligations{Articles: map[string]string{}}
	switch r.Act {
	case ActSearch:
		t := a.search[r.Purpose]
		o.EraseProbeWithin, o.AnswerWithin, o.Examiners = t.EraseProbeWithin, t.AnswerWithin, t.Examiners
		for _, k := range []string{termEraseProbe, termAnswer, termExaminers} {
			o.Articles[k] = t.Articles[k]
		}
	case ActDisclose:
		t, _ := a.DisclosureTerms(r.Purpose, r.Field)
		keep, _ := a.RetentionTerms(r.Field)
		o.AnswerWithin, o.Examiners, o.Approver, o.Keep = t.AnswerWithin, t.Examiners, t.Approver, keep.Keep
		o.Articles[termAnswer], o.Articles[termExaminers] = t.Articles[termAnswer], t.Articles[termExaminers]
		o.Articles[termKeep] = keep.Article
		if t.Approver {
			o.Articles[termApprover] = t.Articles[termApprover]
		}
	}
	for _, q := range a.quotasOf(r, req) {
		o.Quotas = append(o.Quotas, q.ID)
		o.Articles[q.ID] = q.Article
	}
	o.Duties = a.dutiesDue(r.Act, req)
	return o
}

// compareArticles orders article numbers: 2 before 10, 5 before 5a, 315.3 (which
// is 315.30) before 315.31.
func compareArticles(x, y string) int {
	nx, ny := strings.TrimRight(x, "abcdefghijklmnopqrstuvwxyz"), strings.TrimRight(y, "abcdefghijklmnopqrstuvwxyz")
	wx, fx, _ := strings.Cut(nx, ".")
	wy, fy, _ := strings.Cut(ny, ".")
	return cmp.Or(cmp.Compare(len(wx), len(wy)), strings.Compare(wx, wy), strings.Compare(fx, fy), strings.Compare(x, y))
}
