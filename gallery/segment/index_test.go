package segment

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
)

// namesOnly is an open segment of people without fingers.
func namesOnly(t *testing.T, names ...string) *file {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	w, err := newWriter(path, false)
	must(t, err)
	var list []encoded
	for _, n := range names {
		list = append(list, encoded{Person: Person{Subject: n}})
	}
	w.block(list)
	must(t, w.close())
	f, err := openFile(1, path, nil)
	must(t, err)
	return f
}

// After any changes the index holds what a map holds, whatever the hashes are.
func TestIndex(t *testing.T) {
	for _, bits := range []int{64, 34, 32, 3} { // of the hash that tell anything: the fewer, the more subjects meet
		rng := rand.New(rand.NewPCG(1, uint64(bits)))
		x := newIndex()
		whole := x.hashOf
		x.hashOf = func(name []byte) uint64 { return whole(name) >> (64 - bits) << (64 - bits) }
		model := map[string]spot{}
		var names []string
		for i := range 200 {
			names = append(names, fmt.Sprint("subject ", i))
		}
		var files []*file
		for range 3 {
			f := namesOnly(t, names...)
			x.add(f.blocks[0])
			files = append(files, f)
		}
		for range 2000 {
			at := spot{files[rng.IntN(3)].blocks[0], rng.IntN(len(names))}
			name := at.block.Subject(at.slot)
			switch rng.IntN(3) {
			case 0, 1:
				before, had := x.set(x.hashOf(at.block.name(at.slot)), at)
				if want, ok := model[name]; had != ok || before != want {
					t.Fatalf("%s was at %v %v, want %v %v", name, before.slot, had, want.slot, ok)
				}
				model[name] = at
			case 2:
				x.remove(name)
				delete(model, name)
			}
		}
		check := func() {
			t.Helper()
			living := 0
			for _, n := range names {
				at, ok := x.find(n)
				if want, in := model[n]; ok != in || at != want {
					t.Fatalf("%d bits: %s at %v %v, want %v %v", bits, n, at.slot, ok, want.slot, in)
				}
			}
			for _, f := range files {
				living += f.living
			}
			n := 0
			x.each(func(spot) { n++ })
			if n != len(model) || living != n {
				t.Fatalf("%d bits: %d people, %d living, want %d", bits, n, living, len(model))
			}
		}
		check()
		x.forget(files[1].blocks[0])
		for n, at := range model {
			if at.block == files[1].blocks[0] {
				delete(model, n)
			}
		}
		check()
	}
}
