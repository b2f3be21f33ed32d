package agreement

import (
	"iter"
	"slices"
	"strings"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/types"
)

// duty is what follows from an act that is permitted or that a person lets go ahead.
type duty struct {
	DutyDue
	acts []string
	cond cond
	line int
	file string

	policy *cedar.Policy // nil: always due
}

// Words that stand for a time that the text does not count.
const (
	whenImmediately = "immediately"
	whenFeasible    = "as soon as feasible"
)

// duty reads one block under terms: duties:.
func (b *builder) duty(f *dutyForm) {
	id := b.id(f.ID, "duty")
	d := &duty{
		DutyDue: DutyDue{ID: id, Article: b.article, Cites: b.cites(f.Cites), Text: b.text(f.Name, f.ID.line, "the text of duty "+id)},
		acts:    b.listed(f.Acts, b.a.words.act, "act", "the acts are "+strings.Join(b.a.actIDs(), ", ")),
		cond:    b.cond(&f.If, 0), line: f.ID.line, file: b.file,
	}
	d.cond.from_, d.cond.until_ = b.from, b.until
	if d.acts == nil {
		b.fault(f.ID.line, "name the acts that it follows from", "duty %s follows from no act", id)
	}
	switch w := f.Within; w.s {
	case "":
	case whenImmediately, whenFeasible:
		d.When = w.s
	default:
		if p, ok := term(b, w, "within", "24 h", parsePeriod); ok {
			d.When = p.String()
		}
	}
	b.a.duties = append(b.a.duties, d)
}

// compileDuties turns the conditions of each duty into a policy, evaluated when
// an act goes ahead.
func (b *builder) compileDuties() {
	for _, d := range b.a.duties {
		d.policy = whenPolicy("duty", d.ID, &d.cond)
	}
}

// whenPolicy is a policy that holds when a conjunction does; nil for an empty one.
func whenPolicy(kind, id string, c *cond) *cedar.Policy {
	ns := conditions(c)
	if len(ns) == 0 {
		return nil
	}
	p := ast.Permit()
	p.When(all(ns))
	p.Annotate(types.AnnotationKey(kind), types.String(id))
	return cedar.NewPolicyFromAST(p)
}

// dutiesDue lists the duties that follow from an act.
func (a *Agreement) dutiesDue(act string, req cedar.Request) []DutyDue {
	var out []DutyDue
	for _, d := range a.duties {
		if slices.Contains(d.acts, act) && (d.policy == nil || a.holds(d.ID, d.policy, req)) {
			out = append(out, d.DutyDue)
		}
	}
	return out
}

// onePolicy is a set of one.
type onePolicy struct {
	id cedar.PolicyID
	p  *cedar.Policy
}

// All yields the policy.
func (o onePolicy) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) { yield(o.id, o.p) }
}

// holds asks Cedar whether a permit applies.
func (a *Agreement) holds(id string, p *cedar.Policy, req cedar.Request) bool {
	effect, diag := cedar.Authorize(onePolicy{cedar.PolicyID(id), p}, a.entities, req)
	return effect == cedar.Allow && len(diag.Errors) == 0
}

// quotasOf lists the quotas in which a request counts.
func (a *Agreement) quotasOf(r *Request, req cedar.Request) []Quota {
	var out []Quota
	for i := range a.quotas {
		q := &a.quotas[i]
		if !slices.Contains(q.Acts, r.Act) || !slices.Contains(q.From, r.From) || (!q.anyPurpose && !slices.Contains(q.Purposes, r.Purpose)) {
			continue
		}
		if q.policy != nil && !a.holds(q.ID, q.policy, req) {
			continue
		}
		out = append(out, *q)
	}
	return out
}

// QuotasOf lists the quotas in which a request counts once it is permitted; the
// caller gives the count of each in Request.Used.
func (a *Agreement) QuotasOf(r Request) []Quota { return a.quotasOf(&r, a.cedarRequest(&r)) }

// Provision is a typed term that decides nothing by itself: what the text fixes
// for people and for the node to carry out.
type Provision struct {
	ID      string
	Kind    string // one of ProvisionKinds
	Name    Text
	Of      []string // parties or authorities it is of; none: all parties
	Values  []string // listed words: fields of a log, channels, codes, days
	When    string   // "2 years", "immediately", "" where it has no time
	Article string
	Cites   string
}

// ProvisionKinds is the closed list of kinds of provision.
func ProvisionKinds() []string { return slices.Clone(provisionKinds) }

var provisionKinds = []string{
	"access", "amendment", "automated-decision", "channel", "confidentiality", "consultation", "contact-point", "correction",
	"cost", "dispute", "duty", "entry-into-force", "evidence", "incident", "key", "language", "legal-basis", "log-content", "log-retention",
	"log-use", "modality", "notice", "onward-transfer", "order", "priority", "priority-class", "purpose-limit", "redress", "refusal-code",
	"reply-on-use", "retention", "review", "rights", "sampling", "security", "statistics", "supervision", "survival", "suspension",
	"termination", "territory", "training",
}

// provision reads one block under terms: provisions:.
func (b *builder) provision(f *provisionForm) {
	id := b.id(f.ID, "provision")
	known := map[string]bool{}
	for _, k := range provisionKinds {
		known[k] = true
	}
	b.listed([]word{f.Kind}, known, "kind of provision", "the kinds are "+strings.Join(provisionKinds, ", "))
	of := map[string]bool{}
	for p := range b.a.words.party {
		of[p] = true
	}
	for p := range b.a.words.authority {
		of[p] = true
	}
	p := Provision{ID: id, Kind: f.Kind.s, Name: b.text(f.Name, f.ID.line, "the name of provision "+id), Article: b.article, Cites: b.cites(f.Cites),
		Of: b.listed(f.Of, of, "party or authority", addTo("parties: or authorities:"))}
	for _, w := range f.Values {
		if strings.TrimSpace(w.s) == "" || len(w.s) > MaxWordBytes {
			b.fault(w.line, "write one word or a few", "a value of provision %s is empty or too long", id)
		}
		p.Values = append(p.Values, w.s)
	}
	switch f.Within.s {
	case "":
	case whenImmediately, whenFeasible:
		p.When = f.Within.s
	default:
		if t, ok := term(b, f.Within, "within", "24 h", parsePeriod); ok {
			p.When = t.String()
		}
	}
	b.a.provisions = append(b.a.provisions, p)
}

// Provisions lists the provisions of a kind, in the agreement's order; "" lists all.
func (a *Agreement) Provisions(kind string) []Provision {
	var out []Provision
	for _, p := range a.provisions {
		if kind == "" || p.Kind == kind {
			out = append(out, p)
		}
	}
	return out
}

// noteActs notes which acts look at each fact.
func (a *Agreement) noteActs() {
	looks := map[*Fact]map[string]bool{}
	note := func(acts []string, list ...*cond) {
		for _, c := range list {
			for f := range factsOf(c) {
				if looks[f] == nil {
					looks[f] = map[string]bool{}
				}
				for _, act := range acts {
					looks[f][act] = true
				}
			}
		}
	}
	for _, r := range a.rules {
		note(r.acts, &r.cond)
		if r.unless != nil {
			note(r.acts, r.unless)
		}
	}
	for _, d := range a.duties {
		note(d.acts, &d.cond)
	}
	for i := range a.quotas {
		note(a.quotas[i].Acts, &a.quotas[i].cond)
	}
	for _, x := range a.Acts {
		for i := range a.Facts {
			f := &a.Facts[i]
			if looks[f][x.ID] || slices.Contains(x.Needs, f.ID) {
				f.Acts = append(f.Acts, x.ID)
			}
		}
	}
	a.actFacts = make(map[string]*factSet, len(a.Acts))
	for _, x := range a.Acts {
		var list []*Fact
		for i := range a.Facts {
			if slices.Contains(a.Facts[i].Acts, x.ID) {
				list = append(list, &a.Facts[i])
			}
		}
		set := newFactSet(list)
		a.actFacts[x.ID] = &set
	}
}

// factsOf yields the facts that a conjunction looks at.
func factsOf(c *cond) func(yield func(*Fact) bool) {
	return func(yield func(*Fact) bool) {
		for _, f := range c.facts {
			if !yield(f.fact) {
				return
			}
		}
		for i := range c.any {
			for f := range factsOf(&c.any[i]) {
				if !yield(f) {
					return
				}
			}
		}
	}
}
