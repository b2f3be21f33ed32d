package audit

import (
	"fmt"
	"strings"

	"convenio/ledger"
)

// checkOrder looks at the steps of each exchange in one ledger, as far as kinds tell: what a step says about a person is
// not in the ledger, that it was taken is.
func (r *run) checkOrder(s, partner *side) {
	for _, name := range s.names {
		x := &exchange{run: r, s: s, partner: partner, name: name, steps: s.exchanges[name]}
		for _, i := range x.steps {
			x.check(i, s.book.Entries[i])
		}
		x.finish()
	}
}

// exchange is the walk through one exchange in one ledger.
type exchange struct {
	*run
	s, partner *side
	name       string
	steps      []uint64
	request    *uint64           // the received search
	seen       map[string]uint64 // step -> last index
}

// step names an entry's step: its kind, with the transaction of a message.
func step(e ledger.Entry) string {
	if e.Kind.AboutMessage() {
		return string(e.Kind) + " " + e.Transaction
	}
	return string(e.Kind)
}

func (x *exchange) has(step string) bool { _, ok := x.seen[step]; return ok }

// need reports entry i if none of the steps stands before it.
func (x *exchange) need(i uint64, steps ...string) {
	for _, st := range steps {
		if x.has(st) {
			return
		}
	}
	x.find(x.s.at(CodeOrder, i, fmt.Sprintf("%s has no %s before it in its exchange", x.s.name(i), strings.Join(steps, " or "))))
}

func (x *exchange) check(i uint64, e ledger.Entry) {
	if x.seen == nil {
		x.seen = map[string]uint64{}
	}
	switch st := step(e); st {
	case "send search", "send disclose":
		x.need(i, "decide")
	case "send answer":
		x.need(i, "decide")
		x.answer(i)
	case "send disclosure":
		x.need(i, "decide")
		x.disclosure(i, e)
	case "receive search":
		if x.request == nil {
			x.request = &i
		}
	case "receive answer":
		x.need(i, "send search")
	case "receive disclosure":
		x.need(i, "send disclose")
	case "search":
		x.need(i, "receive search")
		if x.request != nil {
			x.need(i, "decide")
		}
	case "result":
		x.need(i, "search")
	}
	x.seen[step(e)] = i
}

// answer: after a search the answer waits for its result. Without a search it is a refusal under the agreement, which the
// kinds do not tell from an answer whose search was not logged; so it is noted, for whoever may see the private bodies.
func (x *exchange) answer(i uint64) {
	if x.has("search") {
		x.need(i, "result")
		return
	}
	if x.request == nil {
		x.need(i, "receive search")
		return
	}
	x.report.Notes = append(x.report.Notes, x.s.at(CodeUnsearched, i,
		fmt.Sprintf("%s was answered without a search, as a refusal under the agreement is", x.s.name(i))))
}

// disclosure: an examiner's verdict, on either side, and a second person's approval stand before it.
func (x *exchange) disclosure(i uint64, e ledger.Entry) {
	steps := []string{"verdict", "approve"}
	if x.opt.NoApproval {
		steps = steps[:1]
	}
	for _, st := range steps {
		if x.has(st) || x.partnerHad(st, e) {
			continue
		}
		f := x.s.at(CodeOrder, i, fmt.Sprintf("%s has no %s before it in its exchange, in neither ledger", x.s.name(i), st))
		if x.partner.lost {
			// It may be among what is gone from the partner's ledger: that is found already, and is not this party's doing.
			f.Text += fmt.Sprintf("; entries of %s's are missing", x.partner.party)
			x.report.Notes = append(x.report.Notes, f)
			continue
		}
		x.find(f)
	}
}

func (x *exchange) partnerHad(st string, e ledger.Entry) bool {
	at, ok := x.partner.people[personKey{x.name, st}]
	return ok && at.Sub(e.At) <= x.opt.Skew
}

// finish looks for the steps that must follow a received search: a decision; after a search its result; after a result
// the erasure of the probe.
func (x *exchange) finish() {
	if x.request == nil {
		return
	}
	for _, rule := range [][2]string{{"receive search", "decide"}, {"search", "result"}, {"result", "erase"}} {
		before, after := rule[0], rule[1]
		at, ok := x.seen[before]
		if next, followed := x.seen[after]; !ok || (followed && next > at) {
			continue
		}
		f := x.s.at(CodePending, at, fmt.Sprintf("%s is not yet followed by %s", x.s.name(at), after))
		if x.late(f.At) {
			f.Code, f.Text = CodeUnfinished, fmt.Sprintf("%s was not followed by %s within %s", x.s.name(at), after, x.opt.Expiry)
			x.find(f)
			continue
		}
		x.report.Pending = append(x.report.Pending, f)
	}
}
