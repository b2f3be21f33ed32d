package audit

import (
	"fmt"

	"convenio/ledger"
)

// checkSends follows each message that s sent: into the partner's ledger and back by receipt. That a receipt's entry
// exists in the partner's ledger is checked with the observations; here is what has no receipt, and what came twice.
func (r *run) checkSends(s, partner *side) {
	for i, e := range s.all() {
		switch e.Kind {
		case ledger.KindSend, ledger.KindReceive:
			if first := s.about(e.Kind, e.Message)[0]; first != i {
				r.find(s.at(CodeTwice, i, fmt.Sprintf("%s repeats entry #%d: one message counts once", s.name(i), first), s.ref(first)))
				continue
			}
		case ledger.KindDelivered, ledger.KindRejected:
			if sends := s.about(ledger.KindSend, e.Message); len(sends) == 0 || sends[0] > i {
				r.find(s.at(CodeOrder, i, fmt.Sprintf("%s has no send of the message before it", s.name(i))))
			}
			continue
		}
		if e.Kind == ledger.KindSend && !s.has(ledger.KindDelivered, e.Message) && !s.has(ledger.KindRejected, e.Message) {
			r.noReceipt(s, partner, i, e)
		}
	}
}

func (r *run) noReceipt(s, partner *side, i uint64, e ledger.Entry) {
	text := fmt.Sprintf("%s has no receipt", s.name(i))
	code := CodePending
	if r.late(e.At) {
		code = CodeUndelivered
		text += fmt.Sprintf(" after %s", r.opt.Expiry)
	}
	f := s.at(code, i, text)
	for _, k := range []ledger.Kind{ledger.KindReceive, ledger.KindRefuse} {
		for _, at := range partner.about(k, e.Message) {
			f.Text += fmt.Sprintf("; %s's ledger has its %s (#%d)", partner.party, k, at)
			f.Evidence = append(f.Evidence, partner.ref(at))
		}
	}
	r.report.Pending = append(r.report.Pending, f)
}

// checkRefusals raises an alarm for messages that s refused and that the partner's ledger does not show as sent: either
// somebody else knocked, or the partner sends what it does not log. Neither is a disagreement of the ledgers.
func (r *run) checkRefusals(s, partner *side) {
	if partner.unread() {
		return
	}
	for i, e := range s.all() {
		if e.Kind == ledger.KindRefuse && e.Peer == nil && !partner.has(ledger.KindSend, e.Message) {
			r.report.Alarms = append(r.report.Alarms, s.at(CodeUnshown, i, fmt.Sprintf(
				"%s: refused at the door, and %s's ledger does not show that it was sent", s.name(i), partner.party)))
		}
	}
}
