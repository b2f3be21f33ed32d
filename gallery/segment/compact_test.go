package segment

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"convenio/finger"
	"convenio/gallery"
)

// hold ends at a step of a compaction until it is let go on.
type hold struct {
	at      string
	reached chan struct{}
	goOn    chan struct{}
	used    atomic.Bool
}

func newHold(at string) *hold {
	return &hold{at: at, reached: make(chan struct{}), goOn: make(chan struct{})}
}

func (h *hold) step(name string) error {
	if name == h.at && h.used.CompareAndSwap(false, true) {
		close(h.reached)
		<-h.goOn
	}
	return nil
}

// While a fold is held in the middle, searches are answered, people are enrolled, moved and copied; and the end of it takes
// none of that back.
func TestFoldHoldsUpNobody(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		h := newHold("block")
		must(t, r.Close())
		must(t, r.start(r.dir, h.step))
		for i := range 4 {
			must(t, r.add(person(t, i, "open", right)))
		}
		folded := make(chan error)
		go func() { folded <- r.Fold() }()
		<-h.reached
		if got := find(t, r.Store, 1, right); got != "s1" {
			t.Errorf("s1 finds %q", got)
		}
		must(t, r.move("s1", "closed"))
		must(t, r.add(person(t, 2, "open", left)))
		must(t, r.add(person(t, 5, "open", right)))
		if got := fmt.Sprint(r.Gallery().Classes()); got != "[{closed 1} {open 4}]" {
			t.Error(got)
		}
		copied := filepath.Join(t.TempDir(), "copy")
		must(t, r.Snapshot(copied))
		close(h.goOn)
		must(t, <-folded)
		r.check(t, "folded")
		if len(r.files) != 1 || len(r.recent) != 3 {
			t.Errorf("%d segments, %d in the log", len(r.files), len(r.recent))
		}
		for i, f := range map[int]finger.Position{1: right, 2: left, 3: right, 5: right} {
			if got := find(t, r.Store, i, f); got != fmt.Sprint("s", i) {
				t.Errorf("s%d finds %q", i, got)
			}
		}
		r.again(t)
		r.check(t, "opened again")
		c := &rig{truth: r.truth, plain: r.plain}
		must(t, c.start(copied, func(string) error { return nil }))
		c.check(t, "the copy")
		must(t, c.Close())
	})
}

// Who is removed while a fold is writing them is in no file when Remove returns; the fold begins again without them.
func TestRemovalOvertakesFold(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		h := newHold("block")
		must(t, r.Close())
		must(t, r.start(r.dir, h.step))
		for i := range 3 {
			must(t, r.add(person(t, i, "open", right)))
		}
		p, err := r.lift("s1")
		must(t, err)
		secret := p.Fingers[0].Template[20:60]
		folded := make(chan error)
		go func() { folded <- r.Fold() }()
		<-h.reached
		removed := make(chan error)
		go func() { removed <- r.remove("s1") }()
		// Out of searches at once, before the fold has given way.
		for find(t, r.Store, 1, right) != "" {
			time.Sleep(time.Millisecond)
		}
		close(h.goOn)
		must(t, <-removed)
		if inFiles(t, r.dir, secret) {
			t.Error("who was removed is still in a file")
		}
		must(t, <-folded)
		r.check(t, "folded")
		if len(r.files) != 1 || len(r.recent) != 0 || inFiles(t, r.dir, secret) {
			t.Errorf("%d segments, %d in the log", len(r.files), len(r.recent))
		}
	})
}

// A search that began before a fold reads what was there then, however long it takes; what was replaced goes when it ends.
func TestFoldWaitsForSearches(t *testing.T) {
	r := newRig(t, true)
	for i := range 4 {
		must(t, r.add(person(t, i, "open", right)))
	}
	must(t, r.Fold())
	must(t, r.remove("s0"))
	must(t, r.remove("s1")) // half of the segment is gone
	old := r.files[0]
	began, goOn, found := make(chan struct{}), make(chan struct{}), make(chan []gallery.Candidate)
	go func() {
		probe := []gallery.Finger{{Position: right, Template: finger.Prepare(pop.Reference(3, right))}}
		res, err := r.Gallery().Search(context.Background(), probe, func(string) bool {
			close(began) // asked once the search has its snapshot
			<-goOn
			return true
		}, gallery.Options{Threshold: 45})
		if err != nil {
			t.Error(err)
		}
		found <- res.Candidates
	}()
	<-began
	folded := make(chan error)
	go func() { folded <- r.Fold() }()
	for { // until the new segment counts
		r.mu.Lock()
		n := len(r.retired)
		r.mu.Unlock()
		if n == 1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	// Who is removed now is overwritten in the old file too, which is still there.
	must(t, r.remove("s2"))
	if inFiles(t, r.dir, template(t, 2, right)[20:60]) {
		t.Error("who was removed is still in the file that waits for its end")
	}
	select {
	case err := <-folded:
		t.Fatalf("the fold has ended before the search: %v", err)
	default:
	}
	close(goOn)
	if c := <-found; len(c) != 1 || c[0].Subject != "s3" {
		t.Errorf("found %v", c)
	}
	must(t, <-folded)
	if inFiles(t, r.dir, template(t, 3, right)[20:60]) != true || slices.Contains(r.files, old) {
		t.Error("the old segment is still the store's, or the new one holds nobody")
	}
	if list, _ := filepath.Glob(old.path); len(list) != 0 {
		t.Error("the old file is still there")
	}
	r.check(t, "folded")
}

// A fold that ends while it waits for searches leaves old places behind; the next one does not take them for people.
func TestFoldAfterOneCutShort(t *testing.T) {
	r := newRig(t, true)
	for i := range 4 {
		must(t, r.add(person(t, i, "open", right)))
	}
	must(t, r.Fold())
	must(t, r.move("s0", "closed"))
	began, goOn, searched := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		probe := []gallery.Finger{{Position: right, Template: finger.Prepare(pop.Reference(3, right))}}
		asked := false
		_, err := r.Gallery().Search(context.Background(), probe, func(string) bool {
			if !asked {
				asked = true
				close(began)
				<-goOn
			}
			return true
		}, gallery.Options{Threshold: 45})
		searched <- err
	}()
	<-began
	ctx, cancel := context.WithCancel(t.Context())
	folded := make(chan error)
	go func() { _, err := r.compact(ctx, true); folded <- err }()
	for { // until it waits
		r.mu.Lock()
		n := len(r.stale)
		r.mu.Unlock()
		if n == 1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-folded; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	must(t, r.remove("s1"))
	must(t, r.remove("s2"))
	close(goOn)
	must(t, <-searched)
	must(t, r.Fold())
	r.check(t, "folded again")
	if len(r.stale) != 0 || len(r.retired) != 0 {
		t.Error("something was left")
	}
	r.again(t)
	r.check(t, "opened again")
}

// A store that ends at any step of a fold, with changes in the middle of it, holds what was acknowledged.
func TestKilledInFold(t *testing.T) {
	for _, plain := range []bool{true, false} {
		kills := 0
		for n, finished := 0, false; !finished; n++ {
			r := newRig(t, plain)
			for i := range 4 {
				must(t, r.add(person(t, i, "open", right)))
			}
			must(t, r.Fold())
			must(t, r.move("s0", "closed"))
			must(t, r.add(person(t, 4, "open", right)))
			must(t, r.remove("s1"))
			must(t, r.remove("s2"))
			count, dead := 0, false
			must(t, r.Close())
			must(t, r.start(r.dir, func(step string) error {
				if count++; dead || count > n {
					dead = true
					return errKilled
				}
				if step == "block" {
					// Each is acknowledged or not; for the truth of a store that is sealed both are right.
					if err := r.move("s4", "closed"); err != nil {
						return err
					}
					return r.add(person(t, 5, "open", right))
				}
				return nil
			}))
			err := r.Fold()
			if err != nil && !errors.Is(err, errKilled) {
				t.Fatal(err)
			}
			finished = err == nil
			before, acknowledged := state(r.Store), r.recent["s5"].Subject != ""
			must(t, r.Close())
			must(t, r.start(r.dir, func(string) error { return nil }))
			if !plain {
				r.check(t, fmt.Sprint("killed at step ", n))
			} else if got := state(r.Store); got != before {
				t.Errorf("killed at step %d: %s, want %s", n, got, before)
			}
			if got := find(t, r.Store, 5, right); acknowledged && got != "s5" {
				t.Errorf("killed at step %d: s5 finds %q", n, got)
			}
			must(t, r.Verify())
			must(t, r.Fold())
			must(t, r.Verify())
			must(t, r.Close())
			kills++
		}
		if kills < 7 {
			t.Errorf("only %d steps", kills)
		}
	}
}

// Compact does what is due and nothing else: a log that has grown, sparse segments, many small ones.
func TestCompactWhenDue(t *testing.T) {
	r := newRig(t, true)
	r.limits.small = 4
	compact := func(want bool) {
		t.Helper()
		did, err := r.Compact(t.Context())
		must(t, err)
		if did != want {
			t.Errorf("something was due: %v", did)
		}
	}
	must(t, r.add(person(t, 0, "open", right)))
	compact(false)
	r.limits.log = 100
	compact(true)
	compact(false)
	for i := range 3 {
		must(t, r.add(person(t, i+1, "open", right)))
		must(t, r.add(person(t, i+4, "open", right)))
		compact(true)
	}
	if len(r.files) != 4 {
		t.Fatalf("%d segments", len(r.files))
	}
	compact(true)
	compact(false)
	if len(r.files) != 1 {
		t.Errorf("%d segments", len(r.files))
	}
	r.limits.log = 1 << 20
	must(t, r.remove("s1"))
	compact(false)
	must(t, r.remove("s2"))
	compact(true)
	r.check(t, "at the end")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, r.remove("s3"))
	must(t, r.remove("s4"))
	if _, err := r.Compact(ctx); err == nil {
		t.Error("a compaction without time ended well")
	}
	r.check(t, "not compacted")
	r.again(t)
	r.check(t, "not compacted, and opened again")
}

// Tend folds what is due, finds damage, and ends with its context.
func TestTend(t *testing.T) {
	r := newRig(t, false)
	r.limits.log = 1
	must(t, r.add(person(t, 0, "open", right)))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		r.Tend(ctx, time.Millisecond, func(err error) { t.Error(err) })
		close(ended)
	}()
	for {
		r.mu.Lock()
		n := len(r.files)
		r.mu.Unlock()
		if n == 1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-ended
	r.check(t, "tended")
}
