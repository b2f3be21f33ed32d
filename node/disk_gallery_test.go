package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"convenio/finger"
	"convenio/gallery"
	"convenio/gallery/segment"
	"convenio/registry"
	"convenio/synth"
)

// onDisk is a registry with a gallery on disk that follows it.
type onDisk struct {
	*diskGallery
	t     *testing.T
	store *registry.Store
	stop  func()
}

var onDiskPeople = synth.NewPopulation(9)

func newOnDisk(t *testing.T) *onDisk {
	t.Helper()
	store, err := registry.Open(filepath.Join(t.TempDir(), "registry.db"), registry.Options{MasterKey: [32]byte{1}})
	if err != nil {
		t.Fatal(err)
	}
	x := &onDisk{t: t, store: store}
	t.Cleanup(func() { store.Close() })
	x.begin(filepath.Join(t.TempDir(), "gallery"))
	return x
}

// begin makes the gallery; run opens it.
func (x *onDisk) begin(dir string) {
	x.diskGallery = &diskGallery{
		dir: dir, store: x.store, log: slog.New(slog.DiscardHandler), before: func(string) {}, woken: func() {}, touched: map[string]bool{},
	}
}

func (x *onDisk) run() {
	x.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- x.keep(ctx) }()
	x.stop = func() { cancel(); x.must(<-done); x.stop = func() {} }
	x.t.Cleanup(func() { x.stop() })
	x.wait()
}

// wait waits until it can be searched.
func (x *onDisk) wait() {
	x.t.Helper()
	for {
		if _, err := x.searched(); err == nil {
			return
		} else if !errors.Is(err, errNotReady) {
			x.t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
}

// again ends it and begins anew, as a node does that is stopped and started.
func (x *onDisk) again() {
	x.stop()
	x.begin(x.dir)
	x.run()
}

func (x *onDisk) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

func onDiskTemplate(t *testing.T, person int) []byte {
	t.Helper()
	b, err := onDiskPeople.Reference(uint64(person), finger.RightIndex).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// register enrols a person in the registry alone.
func (x *onDisk) register(person int, class string) string {
	x.t.Helper()
	id, _, err := x.store.AddSubject(context.Background(), registry.NewSubject{
		Class:   registry.Class{Category: class},
		Samples: []registry.Sample{{Position: uint8(finger.RightIndex), Quality: 90, Image: []byte("x"), Template: onDiskTemplate(x.t, person)}},
	})
	x.must(err)
	return id
}

// finds says whom a person's finger finds among everybody, or in one category alone.
func (x *onDisk) finds(person int, category string) string {
	x.t.Helper()
	p := print{position: finger.RightIndex, template: onDiskPeople.Reference(uint64(person), finger.RightIndex)}
	may := map[string]bool{}
	classes, err := x.classes(context.Background())
	x.must(err)
	for _, c := range classes {
		may[c.Class] = category == "" || c.Class == registry.Class{Category: category}.Key()
	}
	r, err := x.search(context.Background(), query{prints: []print{p}, reach: may, options: gallery.Options{Threshold: 60}})
	x.must(err)
	if len(r.Candidates) == 0 {
		return ""
	}
	return r.Candidates[0].Subject
}

func (x *onDisk) want(when string, found map[int]string) {
	x.t.Helper()
	for person, id := range found {
		if got := x.finds(person, ""); got != id {
			x.t.Errorf("%s: person %d finds %q, want %q", when, person, got, id)
		}
	}
}

// The gallery follows each change of the registry, and, started anew, whatever changed behind its back.
func TestDiskGalleryFollows(t *testing.T) {
	ctx := context.Background()
	x := newOnDisk(t)
	a, b := x.register(1, "one"), x.register(2, "one")
	x.run()
	x.want("made", map[int]string{1: a, 2: b, 3: ""})
	c := x.register(3, "one")
	x.must(x.enrolled(ctx, c, "", nil))
	x.must(x.enrolled(ctx, c, "", nil))
	x.want("enrolled", map[int]string{3: c})
	_, err := x.store.SetSafeguards(ctx, a, []registry.Safeguard{{Kind: "minor"}})
	x.must(err)
	x.must(x.moved(ctx, a, ""))
	if got := x.finds(1, "one"); got != "" {
		t.Errorf("moved, and found in the old class: %q", got)
	}
	x.want("moved", map[int]string{1: a})
	x.must(x.store.EraseSubject(ctx, b))
	if got := x.finds(2, ""); got != "" { // its key is gone already
		t.Errorf("erased in the registry, and found: %q", got)
	}
	x.must(x.erased(ctx, b))
	x.must(x.enrolled(ctx, b, "", nil)) // told late
	x.want("erased", map[int]string{2: ""})
	x.again()
	x.want("again", map[int]string{1: a, 2: "", 3: c})

	// The node was killed after the registry had these, before the gallery had.
	d := x.register(4, "one")
	x.must(x.store.EraseSubject(ctx, c))
	_, err = x.store.SetSafeguards(ctx, a, nil)
	x.must(err)
	x.again()
	x.want("caught up", map[int]string{1: a, 2: "", 3: "", 4: d})
	if got := x.finds(1, "one"); got != a {
		t.Errorf("person 1 is not in the class that the registry says: %q", got)
	}
}

// What changes while the gallery is loaded is caught up with before anybody searches.
func TestDiskGalleryLoads(t *testing.T) {
	ctx := context.Background()
	x := newOnDisk(t)
	a, b := x.register(1, "one"), x.register(2, "one")
	if c, err := x.classes(ctx); err != nil || len(c) != 1 || c[0].People != 2 {
		t.Error(c, err)
	}
	if _, err := x.search(ctx, query{}); !errors.Is(err, errNotReady) {
		t.Error(err)
	}
	n := &Node{people: x.diskGallery}
	if s := n.searching(); s == nil || s.Ready || s.Loaded == nil {
		t.Errorf("%+v", s)
	}
	s, err := x.open(ctx)
	x.must(err)
	c := x.register(3, "one")
	x.must(x.enrolled(ctx, c, "", nil))
	x.must(x.store.EraseSubject(ctx, a))
	x.must(x.erased(ctx, a))
	_, err = x.store.SetSafeguards(ctx, b, []registry.Safeguard{{Kind: "minor"}})
	x.must(err)
	x.must(x.moved(ctx, b, ""))
	x.must(x.diskGallery.begin(ctx, s, func() {}))
	x.want("caught up", map[int]string{1: "", 2: b, 3: c})
	if got := x.finds(2, "one"); got != "" {
		t.Errorf("found in the old class: %q", got)
	}
	if s := n.searching(); s == nil || !s.Ready || s.Loaded != nil {
		t.Errorf("%+v", s)
	}
	if (&Node{people: &ownGallery{}}).searching() != nil {
		t.Error("a gallery in memory is loaded")
	}
	x.must(s.Close())
}

// A gallery that is missing, damaged or another registry's is made anew.
func TestDiskGalleryIsMadeAnew(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"missing": os.RemoveAll,
		"manifest damaged": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "store"), []byte("00000000\n{}"), 0o600)
		},
		"segment damaged": func(dir string) error {
			list, err := filepath.Glob(filepath.Join(dir, "*.seg"))
			if err == nil {
				err = os.WriteFile(list[0], make([]byte, 100), 0o600)
			}
			return err
		},
		"log damaged": func(dir string) error {
			list, err := filepath.Glob(filepath.Join(dir, "*.log"))
			if err == nil {
				err = os.WriteFile(list[0], append([]byte{1, 0, 0, 0, 1, 1, 1, 1, 1}, bytes.Repeat([]byte{7}, 40)...), 0o600)
			}
			return err
		},
		"another registry's": func(dir string) error {
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
			other := newOnDisk(t)
			other.register(1, "other")
			other.begin(dir)
			other.run()
			other.stop()
			return nil
		},
		"not sealed": func(dir string) error {
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
			b, err := segment.NewBuilder(dir)
			if err != nil {
				return err
			}
			return b.Close("")
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := newOnDisk(t)
			a, b := x.register(1, "one"), x.register(2, "one")
			x.run()
			x.stop()
			if err := spoil(x.dir); err != nil {
				t.Fatal(err)
			}
			x.begin(x.dir)
			x.run()
			x.want(name, map[int]string{1: a, 2: b, 3: ""})
			if classes, _ := x.classes(context.Background()); len(classes) != 1 || classes[0].People != 2 {
				t.Error(classes)
			}
		})
	}
}

// A change that cannot be brought over stops searches until it is: nobody is found by a class that is not theirs any more.
func TestDiskGalleryStopsBehind(t *testing.T) {
	ctx := context.Background()
	x := newOnDisk(t)
	a := x.register(1, "one")
	x.run()
	_, err := x.store.SetSafeguards(ctx, a, []registry.Safeguard{{Kind: "minor"}})
	x.must(err)
	x.mu.Lock()
	x.must(x.people.Close()) // as after a fault of the disk
	x.mu.Unlock()
	if err := x.moved(ctx, a, ""); err == nil {
		t.Fatal("a change of a closed gallery went well")
	}
	x.wait()
	if got := x.finds(1, "one"); got != "" {
		t.Errorf("found in the old class: %q", got)
	}
	x.want("opened again", map[int]string{1: a})
}

// A template that is damaged while the node runs ends the search; it is made anew from the registry, and found again. So
// it is when whoever it is of changes.
func TestDiskGalleryMends(t *testing.T) {
	x := newOnDisk(t)
	a := x.register(1, "one")
	x.run()
	damage := func() {
		list, err := filepath.Glob(filepath.Join(x.dir, "*.seg"))
		x.must(err)
		f, err := os.OpenFile(list[0], os.O_WRONLY, 0)
		x.must(err)
		_, err = f.WriteAt([]byte("damage"), 100) // within the first template
		x.must(errors.Join(err, f.Close()))
	}
	damage()
	p := print{position: finger.RightIndex, template: onDiskPeople.Reference(1, finger.RightIndex)}
	q := query{prints: []print{p}, reach: map[string]bool{registry.Class{Category: "one"}.Key(): true}, options: gallery.Options{Threshold: 60}}
	if r, err := x.search(t.Context(), q); err == nil && len(r.Candidates) == 0 {
		t.Error("the search passed a damaged person over")
	}
	x.wait()
	x.want("mended", map[int]string{1: a})

	x.stop()
	x.must(os.RemoveAll(x.dir))
	x.begin(x.dir)
	x.run()
	damage()
	_, err := x.store.SetSafeguards(t.Context(), a, []registry.Safeguard{{Kind: "minor"}})
	x.must(err)
	if err := x.moved(t.Context(), a, ""); !errors.Is(err, segment.ErrDamaged) {
		t.Error(err)
	}
	x.wait()
	x.want("mended again", map[int]string{1: a})
	if got := x.finds(1, "one"); got != "" {
		t.Errorf("found in the old class: %q", got)
	}
}

// No file of the gallery holds a byte of a template as it is; of who was erased none holds a sealed one either.
func TestDiskGalleryErases(t *testing.T) {
	ctx := context.Background()
	x := newOnDisk(t)
	ids := []string{x.register(1, "one"), x.register(2, "one")}
	x.run()
	files := func() []byte {
		var all []byte
		list, err := filepath.Glob(filepath.Join(x.dir, "*"))
		x.must(err)
		for _, path := range list {
			b, err := os.ReadFile(path)
			x.must(err)
			all = append(all, b...)
		}
		return all
	}
	before := files()
	secret := onDiskTemplate(t, 1)
	for at := 0; at+12 < len(secret); at += 12 {
		if s := secret[at : at+12]; !bytes.Equal(s, make([]byte, 12)) && bytes.Contains(before, s) {
			t.Fatalf("bytes %d of the template are in a file", at)
		}
	}
	x.must(x.store.EraseSubject(ctx, ids[0]))
	x.must(x.erased(ctx, ids[0]))
	after := files()
	// What a file held of the erased is where it is zero now: nothing else became zero, and nothing moved.
	zeroed := 0
	for at := 0; at+16 <= len(before); at += 16 {
		if s := before[at : at+16]; !bytes.Equal(s, make([]byte, 16)) && bytes.Equal(after[at:at+16], make([]byte, 16)) {
			zeroed++
			if bytes.Contains(after, s) {
				t.Fatal("a sealed part is still in a file")
			}
		}
	}
	if zeroed*16 < len(secret) {
		t.Errorf("%d bytes were overwritten, the template alone had %d", zeroed*16, len(secret))
	}
	x.want("erased", map[int]string{1: "", 2: ids[1]})
}

// A class out of reach holds nobody that a search finds.
func TestDiskGalleryKeepsClassesApart(t *testing.T) {
	x := newOnDisk(t)
	var ids []string
	for i := range 5 {
		ids = append(ids, x.register(i, fmt.Sprint("class", i%2)))
	}
	x.run()
	for i := range 5 {
		if got := x.finds(i, fmt.Sprint("class", i%2)); got != ids[i] {
			t.Errorf("person %d finds %q", i, got)
		}
		if got := x.finds(i, fmt.Sprint("class", (i+1)%2)); got != "" {
			t.Errorf("person %d is found out of reach", i)
		}
	}
}
