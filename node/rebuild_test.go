package node

import (
	"context"
	"path/filepath"
	"testing"

	"convenio/finger"
	"convenio/gallery"
	"convenio/gallery/segment"
	"convenio/registry"
	"convenio/synth"
)

// A gallery rebuilt from the registry finds whom the registry holds, and nobody who was erased.
func TestRebuildGallery(t *testing.T) {
	ctx := context.Background()
	store, err := registry.Open(filepath.Join(t.TempDir(), "registry.db"), registry.Options{MasterKey: [32]byte{1}})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	pop := synth.NewPopulation(8)
	var ids []string
	err = store.Tx(ctx, func(tx *registry.Tx) error {
		for i := range uint64(3) {
			s := registry.NewSubject{Class: registry.Class{Category: "ordinary"}, Idempotency: string(rune('a' + i))}
			for _, f := range []finger.Position{finger.RightIndex, finger.LeftIndex} {
				b, err := pop.Reference(i, f).MarshalBinary()
				if err != nil {
					return err
				}
				s.Samples = append(s.Samples, registry.Sample{Position: uint8(f), Quality: 90, Image: []byte("x"), Template: b})
			}
			id, _, err := tx.AddSubject(s)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return tx.EraseSubject(ids[1])
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "gallery")
	b, err := segment.NewBuilder(dir)
	if err != nil {
		t.Fatal(err)
	}
	people, fingers, err := rebuild(ctx, store, b, "", func(int) {})
	if err != nil || people != 2 || fingers != 4 {
		t.Fatalf("%d people, %d fingers: %v", people, fingers, err)
	}
	g, err := segment.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	for i, want := range []string{ids[0], "", ids[2]} {
		probe := []gallery.Finger{{Position: finger.LeftIndex, Template: finger.Prepare(pop.Reference(uint64(i), finger.LeftIndex))}}
		r, err := g.Gallery().Search(ctx, probe, func(string) bool { return true }, gallery.Options{Threshold: 60})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if len(r.Candidates) > 0 {
			got = r.Candidates[0].Subject
		}
		if got != want {
			t.Errorf("person %d finds %q, want %q", i, got, want)
		}
	}
}
