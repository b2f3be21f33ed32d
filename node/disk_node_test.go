package node_test

import (
	"errors"
	"path/filepath"
	"testing"

	"convenio/gallery/segment"
	"convenio/node"
	"convenio/registry"
	"convenio/synth"
)

// TestSearchWaitsForGallery: while the gallery on disk cannot be searched the status says so and the partner's search waits;
// then it is answered. What was in the way here, a gallery that is not the node's, is made anew.
func TestSearchWaitsForGallery(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPair(t)
	p.us.gallery("disk")
	other, err := segment.Open(filepath.Join(p.us.dir, "gallery")) // and so locked
	must(t, err)
	p.us.start()
	p.co.start()
	p.us.enrol(1, "border-encounter", "VE")
	waitUntil(t, "the status to say so", func() bool {
		s := p.us.status().Searching
		return s != nil && !s.Ready && s.Problem != nil
	})
	x, err := p.co.search("waits-for-gallery", border(handOf(t, 99, 1, 2, 7)))
	must(t, err)
	p.co.reaches(x.Id, "acknowledged")
	if got := p.us.status(); got.People != 1 {
		t.Errorf("the status counts %d people", got.People)
	}
	must(t, other.Close())
	p.co.reaches(x.Id, "no-hit")
	if s := p.us.status().Searching; s == nil || !s.Ready || s.Problem != nil {
		t.Errorf("%+v", s)
	}
	hit, err := p.co.search("finds-in-gallery", border(handOf(t, 1, 1, 2, 7)))
	must(t, err)
	p.us.awaits(hit.Id)
}

// TestRebuildOwnGallery: without a folder of its own to go to, a rebuilt gallery takes the place of the node's, sealed.
func TestRebuildOwnGallery(t *testing.T) {
	t.Parallel()
	p := newParty(t, "CO")
	store := p.store()
	template, err := synth.NewPopulation(3).Reference(1, 2).MarshalBinary()
	must(t, err)
	_, _, err = store.AddSubject(t.Context(), registry.NewSubject{
		Class: registry.Class{Category: "visa"}, Samples: []registry.Sample{{Position: 2, Quality: 50, Image: []byte("x"), Template: template}},
	})
	must(t, errors.Join(err, store.Close()))
	for range 2 {
		people, fingers, err := node.RebuildGallery(t.Context(), p.dir, "")
		must(t, err)
		if people != 1 || fingers != 1 {
			t.Errorf("%d people, %d fingers", people, fingers)
		}
		s, err := segment.Open(filepath.Join(p.dir, "gallery"))
		must(t, err)
		if people, fingers := s.Count(); people != 1 || fingers != 1 || s.Gallery().Len() != 0 {
			t.Errorf("%d people, %d fingers, %d in the open", people, fingers, s.Gallery().Len())
		}
		must(t, errors.Join(s.Verify(), s.Close()))
	}
}
