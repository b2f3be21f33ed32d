package audit

import (
	"fmt"
	"slices"
)

// place is an entry that the witness saw at index o.peer.Index and that stands at index at of the subject's ledger now.
type place struct {
	o     observation
	at    uint64
	there bool // it stands somewhere
}

// checkPlaces compares each entry that the witness named with what stands at its index. Most are where they were. If not,
// the entries that kept their order among themselves are the frame: an entry that moved by as many places as entries are
// missing before it is explained by them, so that one removal is one finding and not a thousand.
func (r *run) checkPlaces(s, w *side, obs []observation, roots rootEvidence) []Finding {
	places := r.locate(s, w, obs, roots)
	frame := inOrder(places)
	walk := placeWalk{run: r, s: s, w: w, roots: roots, saw: -1, at: -1}
	for n, p := range places {
		if p.there && !frame[n] {
			walk.moved = append(walk.moved, p.at)
		}
	}
	slices.Sort(walk.moved)
	for n, p := range places {
		switch {
		case !p.there:
			walk.lost(p)
		case !frame[n]:
			walk.reordered(p)
		default:
			walk.frame(p)
		}
	}
	walk.end(obs)
	return walk.found
}

// locate finds each observed entry in the subject's ledger. An observation that contradicts what the ledger is proven to
// have held is the witness's fault and is reported as such.
func (r *run) locate(s, w *side, obs []observation, roots rootEvidence) []place {
	places := make([]place, 0, len(obs))
	for n, o := range obs {
		i := o.peer.Index
		if n > 0 && obs[n-1].peer.Index == i && obs[n-1].kind == o.kind && obs[n-1].entry.Message == o.entry.Message {
			continue
		}
		if s.book.Has(i) && o.fits(s.book.Entries[i]) {
			places = append(places, place{o, i, true})
			r.compare(s, w, i, o)
			continue
		}
		if i < roots.agreed && s.book.Has(i) {
			r.find(w.at(CodeMismatch, o.by, fmt.Sprintf("%s names %s entry #%d as %s that message, and %s", w.name(o.by), s.party, i,
				o.act(), s.stands(i)), s.ref(i)))
			continue
		}
		p := place{o: o}
		if at := s.about(o.kind, o.entry.Message); len(at) > 0 {
			p.at, p.there = at[0], true
			r.compare(s, w, p.at, o)
		}
		places = append(places, p)
	}
	return places
}

// inOrder marks the longest run of places whose present indices increase.
func inOrder(places []place) []bool {
	tails := []int{} // tails[k]: the place that ends the best run of length k+1
	before := make([]int, len(places))
	for n, p := range places {
		before[n] = -1
		if !p.there {
			continue
		}
		k, _ := slices.BinarySearchFunc(tails, p.at, func(t int, at uint64) int {
			if places[t].at < at {
				return -1
			}
			return 1
		})
		if k > 0 {
			before[n] = tails[k-1]
		}
		if k == len(tails) {
			tails = append(tails, n)
		} else {
			tails[k] = n
		}
	}
	frame := make([]bool, len(places))
	if len(tails) > 0 {
		for n := tails[len(tails)-1]; n >= 0; n = before[n] {
			frame[n] = true
		}
	}
	return frame
}

// placeWalk goes through the places by the index that the witness saw, from one frame place to the next.
type placeWalk struct {
	*run
	s, w  *side
	roots rootEvidence
	moved []uint64 // present indices of the places that are not in the frame, sorted
	saw   int64    // index that the witness saw of the last frame place; -1 before the first
	at    int64    // its present index
	named int64    // entries between the last frame place and the one at hand that are known to be gone from there
	// beyond holds the lost entries behind the ledger's present end: if the ledger was cut off they are one finding.
	beyond []place
	found  []Finding
}

func (k *placeWalk) report(f Finding) {
	f.Vouched = k.roots.agreed
	k.found = append(k.found, f)
	k.find(f)
}

// lost reports an entry that the ledger does not hold at all, unless Load has named it.
func (k *placeWalk) lost(p place) {
	i := p.o.peer.Index
	k.named++
	if d := k.s.damage(); d != nil && d.Index == i && d.Through == i {
		return
	}
	if i >= k.s.book.Size() {
		k.beyond = append(k.beyond, p)
		return
	}
	k.reportLost(p)
}

func (k *placeWalk) reportLost(p place) {
	i := p.o.peer.Index
	f := k.s.between(CodeMissing, i, i, p.o.entry.At, "")
	p.o.describe(&f, k.s, k.w, k.s.stands(i))
	k.report(f)
}

// reordered reports an entry that stands out of the order in which the witness saw it.
func (k *placeWalk) reordered(p place) {
	k.named++
	f := k.s.between(CodeReordered, p.o.peer.Index, p.o.peer.Index, p.o.entry.At, fmt.Sprintf(
		"%s entry #%d, %s %s, %s, stands at #%d now, out of its order", k.s.party, p.o.peer.Index, p.o.act(),
		message(p.o.entry), p.o.known(k.s, k.w), p.at), k.w.ref(p.o.by))
	k.report(f)
}

// frame compares how far a frame place moved with how far the last one did. What the entries named in between do not
// explain was taken out, or put in, without the witness having named it.
func (k *placeWalk) frame(p place) {
	saw, at := int64(p.o.peer.Index), int64(p.at)
	shift := (saw - at) - (k.saw - k.at)
	movedIn := k.movedBefore(at) - k.movedBefore(k.at+1)
	switch {
	case shift > k.named:
		k.takenOut(p, shift-k.named)
	case shift < -movedIn:
		k.putIn(p, -shift-movedIn)
	}
	k.saw, k.at, k.named = saw, at, 0
}

// movedBefore counts the places out of order that now stand below index at.
func (k *placeWalk) movedBefore(at int64) int64 {
	n, _ := slices.BinarySearch(k.moved, uint64(max(at, 0)))
	return int64(n)
}

func (k *placeWalk) takenOut(p place, n int64) {
	lo, hi := max(k.saw+1, int64(k.roots.agreed)), int64(p.o.peer.Index)-1
	if b := k.roots.broken; b != nil && n == 1 && k.saw == k.at {
		hi = max(lo, min(hi, int64(b.peer.Size)-1)) // it is the first alteration, and the tree of this size shows it
	}
	lo = min(lo, hi)
	which := fmt.Sprintf("%s of %s #%d to #%d", plural(uint64(n), "entry", "entries"), k.s.party, lo, hi)
	if n == hi-lo+1 {
		which = fmt.Sprintf("%s %s", k.s.party, span(uint64(lo), uint64(hi)))
	}
	k.report(k.s.between(CodeMissing, uint64(lo), uint64(hi), p.o.entry.At,
		fmt.Sprintf("%s missing: %s", which+isAre(n), k.sawAt(p)), k.w.ref(p.o.by)))
}

func (k *placeWalk) putIn(p place, n int64) {
	hi := int64(p.at) - 1
	lo := min(max(k.at+1, int64(k.roots.agreed)), hi)
	k.report(k.s.between(CodeInserted, uint64(lo), uint64(hi), p.o.entry.At, fmt.Sprintf("%s put in at %s %s: %s",
		plural(uint64(n), "entry", "entries")+isAre(n), k.s.party, span(uint64(lo), uint64(hi)), k.sawAt(p)), k.w.ref(p.o.by)))
}

// end compares what follows the last frame place with how far the witness saw the ledger reach.
func (k *placeWalk) end(obs []observation) {
	var last observation
	for _, o := range obs {
		if o.peer.Size > last.peer.Size {
			last = o
		}
	}
	size := int64(k.s.book.Size())
	saw, is := int64(last.peer.Size)-1-k.saw, size-1-k.at
	if saw-is <= k.named && len(k.beyond) < 2 {
		for _, p := range k.beyond {
			k.reportLost(p)
		}
		return
	}
	lo := min(max(k.saw+1, int64(k.roots.agreed)), size)
	f := k.s.between(CodeTruncated, uint64(lo), uint64(size), last.entry.At, "", k.w.ref(last.by))
	f.Text = fmt.Sprintf("%s %s: %s's ledger ends at #%d, and %s recorded a checkpoint of %d entries at %s (%s entry #%d)", k.s.party,
		firstOf(uint64(lo), uint64(size)), k.s.party, size-1, k.w.party, last.peer.Size, clock(last.entry.At), k.w.party, last.by)
	if len(k.beyond) > 0 {
		o := k.beyond[0].o
		f.Text += fmt.Sprintf("; %s gone that %s can name, first #%d, %s %s, %s", plural(uint64(len(k.beyond)), "entry is", "entries are"), k.w.party, o.peer.Index, o.act(), message(o.entry), o.known(k.s, k.w))
		f.Exchange, f.Transaction, f.Message = o.entry.Exchange, o.entry.Transaction, o.entry.Message
		for _, p := range k.beyond {
			f.Evidence = append(f.Evidence, k.w.ref(p.o.by))
		}
	}
	k.report(f)
}

func firstOf(lo, hi uint64) string {
	if lo == hi {
		return fmt.Sprintf("entry #%d is missing, and what followed it", lo)
	}
	return fmt.Sprintf("entries are missing, the first of them among #%d to #%d", lo, hi)
}

func (k *placeWalk) sawAt(p place) string {
	return fmt.Sprintf("%s saw %s %s at #%d (%s entry #%d, %s), and it stands at #%d now", k.w.party, p.o.act(), message(p.o.entry),
		p.o.peer.Index, k.w.party, p.o.by, clock(p.o.entry.At), p.at)
}

func isAre(n int64) string {
	if n == 1 {
		return " is"
	}
	return " are"
}
