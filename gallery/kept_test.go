package gallery

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"convenio/finger"
)

// shelved is a block of another gallery's, kept. It counts by class what is asked of it.
type shelved struct {
	block
	class   string
	mu      *sync.Mutex
	touched map[string]int
	fails   error
}

func (s *shelved) touch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.touched[s.class]++
}

func (s *shelved) People() int             { return len(s.people) }
func (s *shelved) Subject(slot int) string { return s.people[slot].subject }
func (s *shelved) Codes() *Shelf           { s.touch(); return s.codes }

func (s *shelved) Fingers(slot int, want func(finger.Position) bool) (out []KeptFinger, err error) {
	s.touch()
	for _, f := range s.people[slot].fingers {
		if want(f.position) {
			out = append(out, KeptFinger{f.position, f.template})
		}
	}
	return out, s.fails
}

// keep makes a gallery whose people are kept elsewhere, of one that holds them itself.
func keep(t testing.TB, g *Gallery, comparer func() Comparer, touched map[string]int) *Gallery {
	t.Helper()
	var blocks []KeptBlock
	places := map[string]KeptPlace{}
	var mu sync.Mutex
	for class, p := range g.current.Load().partitions {
		for _, b := range p.blocks {
			s := &shelved{block: b, class: class, mu: &mu, touched: touched}
			blocks = append(blocks, KeptBlock{class, s})
			for slot := range b.people {
				places[s.Subject(slot)] = KeptPlace{s, slot}
			}
		}
	}
	out := NewWith(comparer)
	must(t, out.Attach(blocks, Attaching{Find: func(subject string) (Kept, int, bool) {
		p, ok := places[subject]
		return p.Kept, p.Slot, ok
	}}))
	clear(touched)
	return out
}

// Kept people are changed like the gallery's own, and attached people take the place of its own.
func TestKept(t *testing.T) {
	w := newWorld()
	g := w.gallery()
	must(t, g.Add(w.reference("a", 1, "open"), w.reference("b", 1, "open"), w.reference("c", 1, "closed")))
	k := keep(t, g, func() Comparer { return w }, map[string]int{})
	classes := func(want string) {
		t.Helper()
		s := ""
		for _, c := range k.Classes() {
			s += c.Class + string(rune('0'+c.People)) + " "
		}
		if s != want {
			t.Errorf("%q, want %q", s, want)
		}
	}
	classes("closed1 open2 ")
	must(t, k.SetClass("c", "open"))
	classes("open3 ")
	must(t, k.Add(w.reference("a", 2, "open")))
	if err := k.Add(w.reference("b", 2, "closed")); !errors.Is(err, ErrClass) {
		t.Error(err)
	}
	if !k.Remove("b") || k.Remove("b") || k.Remove("nobody") {
		t.Error("removing is not once")
	}
	classes("open2 ")
	// a and c are the gallery's own now. A new block takes them over.
	part := k.current.Load().partitions["open"]
	s := &shelved{block: part.blocks[0].clone(), class: "open", mu: new(sync.Mutex), touched: map[string]int{}}
	must(t, k.Attach([]KeptBlock{{"open", s}}, Attaching{}))
	classes("open2 ")
	if n := len(k.where); n != 0 {
		t.Errorf("%d people are still the gallery's own", n)
	}
}

// Who was erased under a search is passed over; what cannot be read ends it: a search does not pass somebody over silently.
func TestKeptThatCannotBeRead(t *testing.T) {
	w := newWorld()
	g := w.gallery()
	must(t, g.Add(w.reference("a", 1, "open")))
	w.set("probe", "a/right-thumb", 60)
	k := keep(t, g, func() Comparer { return w }, map[string]int{})
	s := k.current.Load().partitions["open"].attached[0].kept.(*shelved)
	probe := []Finger{{1, w.template("probe")}}
	damage := errors.New("damage")
	for _, fails := range []error{nil, ErrUnknown, damage} {
		s.fails = fails
		r, err := k.Search(context.Background(), probe, everyone, Options{Threshold: 50})
		if (err != nil) != errors.Is(fails, damage) || err != nil && !errors.Is(err, damage) {
			t.Errorf("%v: %v", fails, err)
		}
		if (len(r.Candidates) == 1) != (fails == nil) {
			t.Errorf("%v: found %v", fails, r.Candidates)
		}
	}
}

// Settle waits for the searches that had begun, and for no others.
func TestSettle(t *testing.T) {
	w := newWorld()
	g := w.gallery()
	must(t, g.Settle(context.Background()))
	must(t, g.Add(w.reference("a", 1, "open")))
	began, goOn := make(chan struct{}), make(chan struct{})
	search := func(reach func(string) bool) error {
		_, err := g.Search(context.Background(), []Finger{{1, w.template("probe")}}, reach, Options{Threshold: 50})
		return err
	}
	done := make(chan error)
	go func() { done <- search(func(string) bool { close(began); <-goOn; return true }) }()
	<-began
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := g.Settle(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it did not wait: %v", err)
	}
	settled := make(chan error)
	go func() { settled <- g.Settle(context.Background()) }()
	must(t, search(everyone)) // a later one hinders nobody
	select {
	case err := <-settled:
		t.Errorf("it did not wait, the second time: %v", err)
	case <-time.After(10 * time.Millisecond):
	}
	close(goOn)
	must(t, <-done)
	must(t, <-settled)
	must(t, g.Settle(context.Background()))
}
