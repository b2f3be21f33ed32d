package segment

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"convenio/finger"
	"convenio/gallery"
)

// truth is what a sealed store follows: people in memory, and a key for each.
type truth struct {
	mu     sync.Mutex
	people map[string]Person
}

type testKey struct{ cipher.AEAD }

func (k testKey) Seal(what string, plain []byte) []byte {
	return k.AEAD.Seal(nil, nil, plain, []byte(what))
}
func (k testKey) Open(what string, sealed []byte) ([]byte, error) {
	return k.AEAD.Open(nil, nil, sealed, []byte(what))
}

func keyOf(subject string) Key {
	k := sha256.Sum256([]byte(subject))
	block, err := aes.NewCipher(k[:])
	if err != nil {
		panic(err)
	}
	a, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return testKey{a}
}

func (w *truth) Key(subject string) (Key, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.people[subject]; !ok {
		return nil, gallery.ErrUnknown
	}
	return keyOf(subject), nil
}

func (w *truth) Each(_ context.Context, f func(Entry) error) error {
	w.mu.Lock()
	people := maps.Clone(w.people)
	w.mu.Unlock()
	for _, subject := range slices.Sorted(maps.Keys(people)) {
		p := people[subject]
		if err := f(Entry{p.Subject, p.Class, len(p.Fingers), keyOf(subject)}); err != nil {
			return err
		}
	}
	return nil
}

func (w *truth) Person(_ context.Context, subject string) (Person, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, ok := w.people[subject]
	if !ok {
		return p, gallery.ErrUnknown
	}
	return p, nil
}

func (w *truth) state() string {
	var out []string
	classes := map[string]int{}
	for _, p := range w.people {
		out = append(out, fmt.Sprint(p.Subject, " ", p.Class, " ", len(p.Fingers), " ", nil))
		classes[p.Class]++
	}
	slices.Sort(out)
	var counts []gallery.ClassCount
	for _, c := range slices.Sorted(maps.Keys(classes)) {
		counts = append(counts, gallery.ClassCount{Class: c, People: classes[c]})
	}
	return fmt.Sprint(out, counts)
}

// rig is a store and its truth, which changes first.
type rig struct {
	*Store
	truth *truth
	plain bool
}

func (r *rig) options() Options {
	if r.plain {
		return Options{}
	}
	return Options{Keys: r.truth, Note: "rig"}
}

// start opens the store in a folder and, if it is sealed, loads it.
func (r *rig) start(dir string, step func(string) error) (err error) {
	if r.Store, err = open(dir, r.options(), step); err != nil || r.plain {
		return err
	}
	_, err = r.Load(context.Background(), r.truth, nil)
	return err
}

func newRig(t testing.TB, plain bool) *rig {
	t.Helper()
	r := &rig{truth: &truth{people: map[string]Person{}}, plain: plain}
	must(t, r.start(filepath.Join(t.TempDir(), "g"), func(string) error { return nil }))
	t.Cleanup(func() { r.Close() })
	return r
}

func (r *rig) again(t testing.TB) {
	t.Helper()
	must(t, r.Close())
	must(t, r.start(r.dir, func(string) error { return nil }))
}

func (r *rig) add(p Person) error {
	r.truth.mu.Lock()
	have := r.truth.people[p.Subject]
	r.truth.people[p.Subject] = Person{p.Subject, p.Class, append(slices.Clone(have.Fingers), p.Fingers...)}
	r.truth.mu.Unlock()
	return r.Add(p)
}

func (r *rig) remove(subject string) error {
	r.truth.mu.Lock()
	delete(r.truth.people, subject)
	r.truth.mu.Unlock()
	_, err := r.Remove(subject)
	return err
}

func (r *rig) move(subject, class string) error {
	r.truth.mu.Lock()
	p := r.truth.people[subject]
	p.Class = class
	r.truth.people[subject] = p
	r.truth.mu.Unlock()
	return r.SetClass(subject, class)
}

func (r *rig) check(t testing.TB, when string) {
	t.Helper()
	if got, want := state(r.Store), r.truth.state(); got != want {
		t.Errorf("%s: %s, want %s", when, got, want)
	}
	must(t, r.Verify())
}

func both(t *testing.T, f func(t *testing.T, r *rig)) {
	for _, plain := range []bool{true, false} {
		t.Run(map[bool]string{true: "plain", false: "sealed"}[plain], func(t *testing.T) { f(t, newRig(t, plain)) })
	}
}

// A store follows its truth through every change, opened again and folded at any time.
func TestFollows(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		steps := []func() error{
			func() error { return r.add(person(t, 0, "open", right, left)) },
			func() error { return r.add(person(t, 1, "open", right)) },
			func() error { return r.add(person(t, 2, "closed", right)) },
			func() error { return r.Fold() },
			func() error { return r.move("s1", "closed") },
			func() error { return r.add(person(t, 1, "closed", left)) },
			func() error { return r.remove("s2") },
			func() error { return r.Fold() },
			func() error { return r.add(person(t, 3, "open", right)) },
			func() error { return r.move("s0", "closed") },
			func() error { return r.remove("s1") },
			func() error { return r.Fold() },
			func() error { return r.remove("s0") },
		}
		for i, step := range steps {
			must(t, step())
			r.check(t, fmt.Sprint("step ", i))
			r.again(t)
			r.check(t, fmt.Sprint("step ", i, ", opened again"))
		}
		if got := find(t, r.Store, 3, right); got != "s3" {
			t.Errorf("s3 finds %q", got)
		}
		if got := find(t, r.Store, 0, left); got != "" {
			t.Errorf("s0 finds %q", got)
		}
	})
}

// No file of a sealed store ever holds a byte of a template, or of a code, as it is; after a removal none holds them sealed.
func TestSealedBytesAreInNoFile(t *testing.T) {
	for _, folded := range []bool{false, true} {
		r := newRig(t, false)
		for i := range 3 {
			must(t, r.add(person(t, i, "open", right, left)))
		}
		if folded {
			must(t, r.Fold())
		}
		r.again(t)
		if got := find(t, r.Store, 1, right); got != "s1" {
			t.Fatalf("s1 finds %q", got)
		}
		e, err := encode(person(t, 1, "open", right, left))
		must(t, err)
		for name, secret := range map[string][]byte{"template": template(t, 1, right), "codes": packCodes(&e)} {
			for at := 0; at+16 < len(secret); at += 16 {
				if !bytes.Equal(secret[at:at+16], make([]byte, 16)) && inFiles(t, r.dir, secret[at:at+16]) {
					t.Errorf("folded %v: bytes %d of the %s are in a file", folded, at, name)
				}
			}
		}
		p, err := r.lift("s1")
		must(t, err)
		if len(p.Fingers) != 3 || !inFiles(t, r.dir, p.Fingers[0].Template) || !inFiles(t, r.dir, p.Fingers[2].Template) {
			t.Fatalf("what is sealed is not there to begin with: %d", len(p.Fingers))
		}
		must(t, r.remove("s1"))
		for i, f := range p.Fingers {
			for at := 0; at+16 < len(f.Template); at += 16 {
				if inFiles(t, r.dir, f.Template[at:at+16]) {
					t.Fatalf("folded %v: sealed bytes %d of datum %d are still in a file", folded, at, i)
				}
			}
		}
		if folded { // and its codes are not in memory
			k := r.files[0].blocks[0]
			for slot := range k.people {
				if k.Subject(slot) != "s1" {
					continue
				}
				for _, p := range []finger.Position{right, left} {
					if c := k.shelf.Columns[p]; !bytes.Equal(bytesOf(c.Records[slot*45:(slot+1)*45]), make([]byte, 45*8)) {
						t.Error("the codes are still in memory")
					}
				}
			}
		}
	}
}

// Whatever differs when a sealed store is loaded is set right.
func TestLoadSetsRight(t *testing.T) {
	r := newRig(t, false)
	for i := range 8 {
		must(t, r.add(person(t, i, "open", right)))
		if i == 3 {
			must(t, r.Fold())
		}
	}
	must(t, r.Close())
	// In the segment are 0 to 3, in the log 4 to 7.
	delete(r.truth.people, "s0")
	delete(r.truth.people, "s4")
	for _, i := range []int{1, 5} {
		r.truth.people[fmt.Sprint("s", i)] = person(t, i, "closed", right)
	}
	r.truth.people["s2"] = person(t, 2, "open", right, left)
	r.truth.people["s6"] = person(t, 6, "open", right, left)
	r.truth.people["s9"] = person(t, 9, "open", right)
	s, err := OpenWith(r.dir, r.options())
	must(t, err)
	r.Store = s
	if n := s.Gallery().Len(); n != 0 {
		t.Errorf("%d people before it is loaded", n)
	}
	changes, err := s.Load(t.Context(), r.truth, nil)
	must(t, err)
	if changes != (Changes{Added: 1, Removed: 2, Moved: 2, Damaged: 2}) {
		t.Errorf("%+v", changes)
	}
	r.check(t, "loaded")
	r.again(t)
	r.check(t, "loaded again")
	for i, name := range map[int]string{0: "", 1: "s1", 4: "", 5: "s5", 6: "s6", 9: "s9"} {
		if got := find(t, r.Store, i, right); got != name {
			t.Errorf("person %d finds %q", i, got)
		}
	}
	if got := find(t, r.Store, 2, left); got != "s2" {
		t.Errorf("person 2 finds %q", got)
	}
	// A datum that does not open any more.
	must(t, r.Fold())
	at, ok := r.where.find("s7")
	if !ok {
		t.Fatal("s7 is in no segment")
	}
	_, _, n, first := at.block.row(at.slot)
	row := at.block.file.data[at.block.fingersAt()+(first+n-1)*fingerSize:]
	must(t, r.Close())
	f, err := os.OpenFile(at.block.file.path, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt([]byte("damage"), int64(row[0])|int64(row[1])<<8|int64(row[2])<<16)
	must(t, errors.Join(err, f.Close()))
	must(t, r.start(r.dir, func(string) error { return nil }))
	r.check(t, "mended")
	if got := find(t, r.Store, 7, right); got != "s7" {
		t.Errorf("person 7 finds %q", got)
	}
}

// A sealed store opens to its own keys alone; without them it can be checked and copied, and holds nobody.
func TestSealedToOthers(t *testing.T) {
	r := newRig(t, false)
	must(t, r.add(person(t, 0, "open", right)))
	must(t, r.Fold())
	must(t, r.add(person(t, 1, "open", right)))
	must(t, r.Close())
	if _, err := OpenWith(r.dir, Options{Keys: r.truth, Note: "another"}); !errors.Is(err, ErrAnother) {
		t.Error(err)
	}
	s, err := Open(r.dir)
	must(t, err)
	must(t, s.Verify())
	if s.Gallery().Len() != 0 {
		t.Error("it can be searched")
	}
	if err := s.Add(person(t, 2, "open", right)); !errors.Is(err, errSealed) {
		t.Error(err)
	}
	must(t, s.Snapshot(filepath.Join(t.TempDir(), "copy")))
	must(t, s.Close())
	p := newRig(t, true)
	must(t, p.Close())
	if _, err := OpenWith(p.dir, r.options()); !errors.Is(err, ErrAnother) {
		t.Error(err)
	}
	must(t, Destroy(r.dir))
	must(t, Destroy(filepath.Join(r.dir, "nowhere")))
	if list, _ := filepath.Glob(filepath.Join(r.dir, "*")); len(list) != 1 { // the lock
		t.Error(list)
	}
}

// A sealed store that is built at once is as one that was filled person by person.
func TestSealedBuilder(t *testing.T) {
	r := &rig{truth: &truth{people: map[string]Person{}}}
	dir := filepath.Join(t.TempDir(), "g")
	b, err := NewSealedBuilder(dir, r.truth)
	must(t, err)
	for i := range 5 {
		p := person(t, i, []string{"open", "closed"}[i%2], right, left)
		if i != 4 { // whose key is gone
			r.truth.people[p.Subject] = p
		}
		must(t, b.Add(p))
	}
	must(t, b.Close("rig"))
	must(t, r.start(dir, func(string) error { return nil }))
	defer r.Close()
	r.check(t, "built")
	if got := find(t, r.Store, 3, left); got != "s3" {
		t.Errorf("s3 finds %q", got)
	}
}

// In memory, on disk and sealed, the same people are found with the same scores, in stages too.
func TestAllFindTheSame(t *testing.T) {
	var people []Person
	for i := range 60 {
		p := person(t, i, []string{"open", "closed"}[i%2], right, left)
		if i%20 == 0 { // of unknown position
			p.Fingers[1].Position = 0
		}
		people = append(people, p)
	}
	galleries := map[string]*gallery.Gallery{}
	for _, where := range []string{"memory", "disk", "sealed"} {
		galleries[where] = galleryOf(t, where, people)
	}
	opt := gallery.Options{Threshold: 40, Votes: 80, Compare: 30}
	for i := 0; i < len(people); i += 7 {
		probe := []gallery.Finger{{Position: right, Template: finger.Prepare(pop.Probe(uint64(i), right, 0))}, {Position: left, Template: finger.Prepare(pop.Probe(uint64(i), left, 0))}}
		want := ""
		for _, where := range []string{"memory", "disk", "sealed"} {
			r, err := galleries[where].Search(t.Context(), probe, func(string) bool { return true }, opt)
			must(t, err)
			if where == "memory" {
				want = fmt.Sprint(r.Candidates)
			} else if got := fmt.Sprint(r.Candidates); got != want {
				t.Errorf("person %d: %s %s, in memory %s", i, where, got, want)
			}
		}
	}
}
