package segment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"convenio/finger"
	"convenio/gallery"
	"convenio/synth"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var (
	made sync.Map // templates are slow to make
	pop  = synth.NewPopulation(5)
)

func template(t testing.TB, person int, f finger.Position) []byte {
	t.Helper()
	if b, ok := made.Load([2]int{person, int(f)}); ok {
		return b.([]byte)
	}
	b, err := pop.Reference(uint64(person), f).MarshalBinary()
	must(t, err)
	made.Store([2]int{person, int(f)}, b)
	return b
}

func person(t testing.TB, i int, class string, fingers ...finger.Position) Person {
	p := Person{Subject: fmt.Sprint("s", i), Class: class}
	for _, f := range fingers {
		p.Fingers = append(p.Fingers, Finger{f, template(t, i, f)})
	}
	return p
}

// find says whom a person's own template finds.
func find(t testing.TB, s *Store, i int, f finger.Position) string {
	t.Helper()
	r, err := s.Gallery().Search(context.Background(), []gallery.Finger{{Position: f, Template: finger.Prepare(pop.Reference(uint64(i), f))}},
		func(string) bool { return true }, gallery.Options{Threshold: 45})
	must(t, err)
	if len(r.Candidates) == 0 {
		return ""
	}
	return r.Candidates[0].Subject
}

// state lists who is in a store, with class and number of fingers.
func state(s *Store) string {
	var out []string
	s.where.each(func(at spot) {
		subject := at.block.Subject(at.slot)
		if _, ok := s.recent[subject]; !ok {
			p, err := s.lift(subject)
			out = append(out, fmt.Sprint(subject, " ", p.Class, " ", fingersOf(p.Fingers), " ", err))
		}
	})
	for subject, p := range s.recent {
		out = append(out, fmt.Sprint(subject, " ", p.Class, " ", fingersOf(p.Fingers), " ", nil))
	}
	slices.Sort(out)
	return fmt.Sprint(out, s.people.Classes())
}

func reopen(t testing.TB, s *Store) *Store {
	t.Helper()
	must(t, s.Close())
	n, err := Open(s.dir)
	must(t, err)
	t.Cleanup(func() { n.Close() })
	return n
}

func store(t testing.TB) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "g"))
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

const (
	right = finger.RightIndex
	left  = finger.LeftIndex
)

// Whoever is enrolled is found: at once, after opening again, and after folding.
func TestStore(t *testing.T) {
	s := store(t)
	for i := range 6 {
		must(t, s.Add(person(t, i, "open", right, left)))
	}
	must(t, s.Add(person(t, 6, "closed", right), person(t, 7, "open", right)))
	must(t, s.Add(person(t, 6, "closed", left)))
	must(t, s.SetClass("s1", "closed"))
	gone, err := s.Remove("s2")
	must(t, err)
	if again, err := s.Remove("s2"); !gone || again || err != nil {
		t.Error("removing is not once", gone, again, err)
	}
	want := state(s)
	check := func(when string) {
		t.Helper()
		if got := state(s); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
		for i, name := range map[int]string{0: "s0", 1: "s1", 2: "", 6: "s6"} {
			if got := find(t, s, i, left); got != name {
				t.Errorf("%s: person %d finds %q", when, i, got)
			}
		}
		must(t, s.Verify())
	}
	check("at first")
	s = reopen(t, s)
	check("opened again")
	must(t, s.Fold())
	check("folded")
	s = reopen(t, s)
	check("folded and opened again")
	must(t, s.SetClass("s3", "closed"))
	must(t, s.Add(person(t, 7, "open", left)))
	_, err = s.Remove("s4")
	must(t, err)
	want = state(s)
	check("changed after folding")
	s = reopen(t, s)
	check("changed after folding and opened again")
	must(t, s.Fold())
	check("folded twice")
	s = reopen(t, s)
	check("folded twice and opened again")
}

// After a removal no byte of a template, and no record of its codes, is in any file of the store.
func TestRemovedBytesAreInNoFile(t *testing.T) {
	for _, folded := range []bool{false, true} {
		s := store(t)
		for i := range 4 {
			must(t, s.Add(person(t, i, "open", right, left)))
		}
		if folded {
			must(t, s.Fold())
		}
		secret := template(t, 2, right)
		if !inFiles(t, s.dir, secret[20:60]) {
			t.Fatal("the template is not there to begin with")
		}
		c, err := encode(person(t, 2, "open", right))
		must(t, err)
		var shelf gallery.Shelf
		shelf.Put(0, right, &c.codes[0])
		codes := bytesOf(shelf.Columns[right].Records[:40])
		if folded && !inFiles(t, s.dir, codes) {
			t.Fatal("the codes are not there to begin with")
		}
		_, err = s.Remove("s2")
		must(t, err)
		for at := 0; at+24 < len(secret); at += 24 {
			if !bytes.Equal(secret[at:at+24], make([]byte, 24)) && inFiles(t, s.dir, secret[at:at+24]) {
				t.Errorf("folded %v: bytes %d of the template are still in a file", folded, at)
			}
		}
		if inFiles(t, s.dir, codes) || inFiles(t, s.dir, codes[:64]) {
			t.Errorf("folded %v: the codes are still in a file", folded)
		}
		s = reopen(t, s)
		if got := find(t, s, 2, right); got != "" {
			t.Error("found", got)
		}
		if got := find(t, s, 3, right); got != "s3" {
			t.Error("the next is not found:", got)
		}
		must(t, s.Verify())
	}
}

func inFiles(t testing.TB, dir string, what []byte) bool {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	for _, path := range list {
		b, err := os.ReadFile(path)
		must(t, err)
		if bytes.Contains(b, what) {
			return true
		}
	}
	return false
}

// A log cut at any byte holds exactly what was acknowledged before the cut.
func TestLogCutAnywhere(t *testing.T) {
	s := store(t)
	path := logPath(s.dir, s.m.Log)
	type mark struct {
		size  int64
		state string
	}
	marks := []mark{{0, state(s)}}
	note := func(err error) {
		must(t, err)
		info, err := os.Stat(path)
		must(t, err)
		marks = append(marks, mark{info.Size(), state(s)})
	}
	note(s.Add(person(t, 0, "open", right)))
	note(s.Add(person(t, 1, "open", right)))
	note(s.SetClass("s0", "closed"))
	must(t, s.Close())
	whole, err := os.ReadFile(path)
	must(t, err)
	for cut := 0; cut <= len(whole); cut++ {
		if cut%7 != 0 && !slices.ContainsFunc(marks, func(m mark) bool { d := int64(cut) - m.size; return d > -12 && d < 12 }) {
			continue // near the records' ends every byte, between them each seventh
		}
		want := marks[0].state
		for _, m := range marks {
			if int64(cut) >= m.size {
				want = m.state
			}
		}
		must(t, os.WriteFile(path, whole[:cut], 0o600))
		n, err := Open(s.dir)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if got := state(n); got != want {
			t.Fatalf("cut at %d: %s, want %s", cut, got, want)
		}
		must(t, n.Add(person(t, 3, "open", right)))
		must(t, n.Close())
	}
}

// A change in the middle of a log, or anywhere in what a segment's search relies on, is not passed over.
func TestDamageIsFound(t *testing.T) {
	s := store(t)
	for i := range 3 {
		must(t, s.Add(person(t, i, "open", right)))
	}
	path := logPath(s.dir, s.m.Log)
	must(t, s.Close())
	b, err := os.ReadFile(path)
	must(t, err)
	for _, at := range []int{4, 9, 40, 200} {
		bad := slices.Clone(b)
		bad[at] ^= 1
		must(t, os.WriteFile(path, bad, 0o600))
		if n, err := Open(s.dir); !errors.Is(err, ErrDamaged) {
			t.Errorf("byte %d of the log: %v", at, err)
			n.Close()
		}
	}
	must(t, os.WriteFile(path, b, 0o600))
	s, err = Open(s.dir)
	must(t, err)
	must(t, s.Fold())
	path = segmentPath(s.dir, s.m.Segments[0])
	must(t, s.Close())
	b, err = os.ReadFile(path)
	must(t, err)
	missed := 0
	for at := 0; at < len(b); at += 97 {
		bad := slices.Clone(b)
		bad[at] ^= 0x10
		must(t, os.WriteFile(path, bad, 0o600))
		n, err := Open(s.dir)
		if err == nil {
			err = n.Verify()
			must(t, n.Close())
		}
		if err == nil {
			missed++ // filling between parts
		} else if !errors.Is(err, ErrDamaged) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
	if missed > 3 {
		t.Errorf("%d of %d changes were not found", missed, len(b)/97)
	}
}

var errKilled = errors.New("killed")

// A store that ends at any step of its changes holds, opened again, what was acknowledged; what was under way is done or
// not, never half.
func TestKilledAtEachStep(t *testing.T) {
	clean := store(t)
	states := []string{state(clean)}
	for _, d := range changes(t, clean) {
		must(t, d())
		states = append(states, state(clean))
	}
	kills := 0
	for n, finished := 0, false; !finished; n++ {
		dir := filepath.Join(t.TempDir(), "g")
		count, done := 0, 0
		s, err := open(dir, Options{}, func(string) error {
			if count++; count > n {
				return errKilled
			}
			return nil
		})
		must(t, err)
		for _, d := range changes(t, s) {
			if err = d(); err != nil {
				break
			}
			done++
		}
		if err != nil && !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		s.Close()
		finished = err == nil
		may := states[done:min(done+2, len(states))]
		again, err := Open(dir)
		must(t, err)
		if got := state(again); !slices.Contains(may, got) {
			t.Errorf("killed at step %d: %s, want one of %q", n, got, may)
		}
		must(t, again.Verify())
		must(t, again.Fold())
		if got := state(again); !slices.Contains(may, got) {
			t.Errorf("killed at step %d and folded: %s, want one of %q", n, got, may)
		}
		must(t, again.Close())
		kills++
	}
	if kills < 15 {
		t.Errorf("only %d steps", kills)
	}
}

func changes(t *testing.T, s *Store) []func() error {
	remove := func(subject string) func() error {
		return func() error { _, err := s.Remove(subject); return err }
	}
	return []func() error{
		func() error { return s.Add(person(t, 0, "open", right), person(t, 1, "open", right)) },
		func() error { return s.Add(person(t, 2, "closed", right), person(t, 3, "open", right)) },
		remove("s0"),
		s.Fold,
		func() error { return s.SetClass("s1", "closed") },
		func() error { return s.Add(person(t, 3, "open", left)) },
		remove("s2"),
		s.Fold,
		remove("s3"),
		s.Fold,
	}
}

func TestBuilderAndSnapshot(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "g")
	b, err := NewBuilder(dir)
	must(t, err)
	for i := range 5 {
		must(t, b.Add(person(t, i, []string{"open", "closed"}[i%2], right, left)))
	}
	must(t, b.Close("note"))
	if _, err := NewBuilder(dir); err == nil {
		t.Error("a second store in one folder")
	}
	s, err := Open(dir)
	must(t, err)
	defer s.Close()
	if _, err := Open(dir); err == nil {
		t.Error("opened twice")
	}
	copied := filepath.Join(t.TempDir(), "copy")
	must(t, s.Snapshot(copied))
	_, err = s.Remove("s3")
	must(t, err)
	c, err := Open(copied)
	must(t, err)
	defer c.Close()
	if got := find(t, c, 3, left); got != "s3" || c.Note() != "note" {
		t.Errorf("the copy finds %q, note %q", got, c.Note())
	}
	if got := find(t, s, 3, left); got != "" {
		t.Errorf("removed, and found %q", got)
	}
	if got := fmt.Sprint(s.Gallery().Classes()); got != "[{closed 1} {open 3}]" {
		t.Error(got)
	}
}

func TestRefused(t *testing.T) {
	s := store(t)
	must(t, s.Add(person(t, 0, "open", right)))
	for name, p := range map[string]Person{
		"no subject":    {Class: "open", Fingers: person(t, 0, "", right).Fingers},
		"no finger":     {Subject: "x", Class: "open"},
		"another class": person(t, 0, "closed", left),
		"no template":   {Subject: "x", Class: "open", Fingers: []Finger{{right, []byte("junk")}}},
	} {
		if err := s.Add(person(t, 1, "open", right), p); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if got := fmt.Sprint(s.Gallery().Classes()); got != "[{open 1}]" {
		t.Error(got)
	}
	if err := s.SetClass("nobody", "open"); !errors.Is(err, gallery.ErrUnknown) {
		t.Error(err)
	}
}

// Whatever a segment file holds, sealed or not, opening and reading it ends without a panic.
func FuzzSegment(f *testing.F) {
	dir := f.TempDir()
	for _, sealed := range []bool{false, true} {
		w, err := newWriter(filepath.Join(dir, "seed"), sealed)
		must(f, err)
		list, err := encodeAll([]Person{person(f, 0, "open", right), person(f, 1, "open", right, left)})
		must(f, err)
		if sealed {
			list, err = sealAll(list, openKeys{})
			must(f, err)
		}
		w.block(list)
		must(f, w.close())
		seed, err := os.ReadFile(filepath.Join(dir, "seed"))
		must(f, err)
		f.Add(seed)
		f.Add(seed[:200])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := &file{path: "x", data: alignedCopy(b), keys: openKeys{}}
		if s.read() != nil || s.sealed && s.makeRoom() != nil {
			return
		}
		_ = s.verify(func(int) error { return nil })
		for _, k := range s.blocks {
			k.Codes()
			for slot := range k.people {
				_, _ = k.Fingers(slot, func(finger.Position) bool { return true })
				if s.sealed {
					_ = k.show(slot, openKeys{})
				}
			}
		}
	})
}

// openKeys seal nothing: what is behind a seal is fuzzed as well.
type openKeys struct{}

func (openKeys) Key(string) (Key, error)                      { return openKeys{}, nil }
func (openKeys) Seal(_ string, plain []byte) []byte           { return plain }
func (openKeys) Open(_ string, sealed []byte) ([]byte, error) { return sealed, nil }

func alignedCopy(b []byte) []byte {
	w := make([]uint64, len(b)/8+1)
	return append(bytesOf(w)[:0], b...)
}

func FuzzLog(f *testing.F) {
	v := event{kindEnrol, person(f, 0, "open", right)}
	f.Add(v.append(nil))
	r := event{kind: kindReclass, Person: Person{Subject: "s", Class: "c"}}
	f.Add(r.append(nil))
	e, err := encode(person(f, 1, "open", right))
	must(f, err)
	sealed := event{kindSealed, sealPerson(&e, openKeys{})}
	f.Add(sealed.append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, rest, err := readEvent(b)
		if err == nil && !bytes.Equal(v.append(nil), b[:len(b)-len(rest)]) {
			t.Errorf("read and written again it differs")
		}
	})
}

// BenchmarkAdd is durable enrolment: ten people of ten fingers in a call.
func BenchmarkAdd(b *testing.B) {
	s := store(b)
	ten := []finger.Position{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	var people []Person
	for i := range 10 {
		people = append(people, person(b, i, "open", ten...))
	}
	n := 0
	for b.Loop() {
		for i := range people {
			people[i].Subject = fmt.Sprint(n)
			n++
		}
		must(b, s.Add(people...))
	}
	b.ReportMetric(float64(n*10)/b.Elapsed().Seconds(), "templates/s")
}

// BenchmarkSearch is a search of 600 people by one finger that compares 100: in memory, on disk, on disk sealed.
func BenchmarkSearch(b *testing.B) {
	var people []Person
	for i := range 600 {
		people = append(people, person(b, i, "open", right))
	}
	probe := []gallery.Finger{{Position: right, Template: finger.Prepare(pop.Reference(3, right))}}
	for _, where := range []string{"memory", "disk", "sealed"} {
		g := galleryOf(b, where, people)
		b.Run(where, func(b *testing.B) {
			for b.Loop() {
				_, err := g.Search(b.Context(), probe, func(string) bool { return true }, gallery.Options{Threshold: 50, Votes: 400, Compare: 100})
				must(b, err)
			}
		})
	}
}
