package audit

import (
	"cmp"
	"fmt"
	"slices"

	"convenio/ledger"
)

// observation is what an entry of the witness's ledger says about the subject's: that entry index is of a kind, about a
// message, and that the ledger had a root at a size.
type observation struct {
	by    uint64 // the witness's entry
	entry ledger.Entry
	peer  ledger.Peer
	kind  ledger.Kind // that the subject's entry must be of
}

// expected says of which kind the partner's entry is that an entry of kind k names.
func expected(k ledger.Kind) ledger.Kind {
	switch k {
	case ledger.KindDelivered:
		return ledger.KindReceive
	case ledger.KindRejected:
		return ledger.KindRefuse
	}
	return ledger.KindSend // receive and refuse answer a send
}

// observations returns what s recorded about its partner, by the partner's index.
func (s *side) observations() []observation {
	var obs []observation
	for i, e := range s.all() {
		if e.Peer != nil {
			obs = append(obs, observation{by: i, entry: e, peer: *e.Peer, kind: expected(e.Kind)})
		}
	}
	slices.SortStableFunc(obs, func(a, b observation) int {
		return cmp.Or(cmp.Compare(a.peer.Index, b.peer.Index), cmp.Compare(a.by, b.by))
	})
	return obs
}

// fits reports whether entry e is the one that o saw.
func (o observation) fits(e ledger.Entry) bool {
	return e.Kind == o.kind && e.Message == o.entry.Message
}

// act says in words what the entry that o saw recorded.
func (o observation) act() string {
	switch o.kind {
	case ledger.KindReceive:
		return "the receipt of"
	case ledger.KindRefuse:
		return "the refusal of"
	}
	return "the sending of"
}

// known says in words how the witness knows.
func (o observation) known(s, w *side) string {
	ref := fmt.Sprintf("(%s entry #%d)", w.party, o.by)
	switch o.entry.Kind {
	case ledger.KindDelivered:
		return fmt.Sprintf("which %s acknowledged to %s at %s %s", s.party, w.party, clock(o.entry.At), ref)
	case ledger.KindRejected:
		return fmt.Sprintf("which %s refused by a signed receipt, as %s recorded at %s %s", s.party, w.party, clock(o.entry.At), ref)
	case ledger.KindReceive:
		return fmt.Sprintf("which %s received with proof at %s %s", w.party, clock(o.entry.At), ref)
	}
	return fmt.Sprintf("which %s refused, with its proof, at %s %s", w.party, clock(o.entry.At), ref)
}

// checkAgainst looks for what the subject's ledger has lost, by what the witness's ledger saw.
func (r *run) checkAgainst(s, w *side) {
	obs := w.observations()
	roots := r.checkRoots(s, w, obs)
	named := r.checkDamage(s, w, obs)
	if s.book.Size() > 0 {
		named = append(named, r.checkPlaces(s, w, obs, roots)...)
	}
	r.explainRoots(s, w, roots, named)
}

// rootEvidence brackets the first alteration: at sizes up to agreed the ledger is what the witness saw; at broken it is not.
type rootEvidence struct {
	agreed uint64
	broken *observation // at the smallest size whose root does not fit; nil if all fit
	count  int          // of observations that do not fit
}

func (r *run) checkRoots(s, w *side, obs []observation) rootEvidence {
	sizes := make([]uint64, 0, len(obs))
	for _, o := range obs {
		if o.peer.Size <= s.book.Size() {
			sizes = append(sizes, o.peer.Size)
		}
	}
	roots, _ := s.book.Roots(sizes) // a size whose leaves are not known is not in roots
	var ev rootEvidence
	for _, o := range obs {
		if root, ok := roots[o.peer.Size]; ok && root == o.peer.Root {
			ev.agreed = max(ev.agreed, o.peer.Size)
		}
	}
	for _, o := range obs {
		root, ok := roots[o.peer.Size]
		if (ok && root == o.peer.Root) || (!ok && o.peer.Size <= s.book.Size()) {
			continue
		}
		if o.peer.Size <= ev.agreed {
			// A later root fits, so the subject's ledger is what it was; it is this record that is wrong.
			r.find(w.at(CodeUnfit, o.by, fmt.Sprintf("%s records a checkpoint of %s of size %d that %s's ledger never had: it agrees at size %d",
				w.name(o.by), s.party, o.peer.Size, s.party, ev.agreed)))
			continue
		}
		ev.count++
		if ev.broken == nil || o.peer.Size < ev.broken.peer.Size || (o.peer.Size == ev.broken.peer.Size && o.by < ev.broken.by) {
			ev.broken = &o
		}
	}
	return ev
}

// checkDamage reports what Load found, with what the witness knows about the entry.
func (r *run) checkDamage(s, w *side, obs []observation) []Finding {
	if s.loadError == nil {
		return nil
	}
	d := s.damage()
	if d == nil {
		f := s.between(CodeDamaged, 0, 0, r.opt.Now, fmt.Sprintf("%s's ledger could not be read: %v", s.party, s.loadError))
		r.find(f)
		return []Finding{f}
	}
	code := CodeDamaged
	if d.What == ledger.Missing {
		code = CodeMissing
	}
	f := s.between(code, d.Index, d.Through, r.opt.Now, fmt.Sprintf("%s %s: %s", s.party, span(d.Index, d.Through), d.Detail))
	if d.What == ledger.BadCheckpoint {
		f.Text = fmt.Sprintf("%s's ledger has no checkpoint signed by its key: nothing in it is vouched for", s.party)
	}
	for _, o := range obs {
		if o.peer.Index == d.Index && d.Index == d.Through && !s.book.Has(d.Index) {
			o.describe(&f, s, w, d.Detail)
			break
		}
	}
	r.find(f)
	return []Finding{f}
}

// describe names the entry that o saw and that is gone.
func (o observation) describe(f *Finding, s, w *side, instead string) {
	f.Kind, f.Exchange, f.Transaction, f.Message, f.At = o.kind, o.entry.Exchange, o.entry.Transaction, o.entry.Message, o.entry.At
	f.Text = fmt.Sprintf("%s entry #%d, %s %s, %s, is missing: %s", s.party, o.peer.Index, o.act(), message(o.entry), o.known(s, w), instead)
	f.Evidence = append(f.Evidence, w.ref(o.by))
}

// compare looks at two entries about one message: the subject's at index, and the witness's of o.
func (r *run) compare(s, w *side, index uint64, o observation) {
	e := s.book.Entries[index]
	if e.Exchange != o.entry.Exchange || e.Transaction != o.entry.Transaction {
		r.find(w.at(CodeMismatch, o.by, fmt.Sprintf("%s and %s are about one message but name different exchanges or transactions",
			w.name(o.by), s.name(index)), s.ref(index)))
	}
	if o.kind == ledger.KindSend && e.At.Sub(o.entry.At) > r.opt.Skew {
		r.report.Alarms = append(r.report.Alarms, w.at(CodeClock, o.by, fmt.Sprintf("%s is dated %s before %s", w.name(o.by),
			e.At.Sub(o.entry.At), s.name(index)), s.ref(index)))
	}
}

// explainRoots reports roots that no longer fit, unless an entry already named as missing explains them.
func (r *run) explainRoots(s, w *side, ev rootEvidence, named []Finding) {
	if ev.broken == nil {
		return
	}
	o := *ev.broken
	lo, hi := ev.agreed, o.peer.Size-1
	for _, f := range named {
		if f.Index <= hi {
			r.annotate(s, w, f, ev)
			return
		}
	}
	f := s.between(CodeAltered, lo, hi, o.entry.At, fmt.Sprintf(
		"%s %s: altered, removed or put in after the fact: %s's ledger has another root at size %d than %s recorded at %s (%s entry #%d)%s",
		s.party, span(lo, hi), s.party, o.peer.Size, w.party, clock(o.entry.At), w.party, o.by, agreedText(ev)), w.ref(o.by))
	f.Vouched = ev.agreed
	r.find(f)
}

func agreedText(ev rootEvidence) string {
	if ev.agreed == 0 {
		return "; no checkpoint that still fits was recorded before"
	}
	return fmt.Sprintf("; up to entry #%d it is what was seen", ev.agreed-1)
}

// annotate adds the roots' testimony to the finding that explains it.
func (r *run) annotate(s, w *side, f Finding, ev rootEvidence) {
	for i := range r.report.Findings {
		g := &r.report.Findings[i]
		if g.side == f.side && g.Code == f.Code && g.Index == f.Index && g.Through == f.Through {
			g.Text += fmt.Sprintf("; %s of %s's ledger that %s recorded since %s no longer",
				plural(uint64(ev.count), "checkpoint", "checkpoints"), s.party, w.party, map[bool]string{true: "fits", false: "fit"}[ev.count == 1]) +
				agreedText(ev)
			g.Vouched = ev.agreed
			g.Evidence = append(g.Evidence, w.ref(ev.broken.by))
			return
		}
	}
}
