package trial

import (
	"context"
	"fmt"
	"slices"

	"convenio/finger"
	"convenio/gallery"
)

// Planted is one capture of a real finger: the first of each finger goes into the gallery, the others are searched.
type Planted struct {
	Finger     string
	Impression int
	Template   *finger.Prepared // nil: the engine refused the image
}

// plant puts prints of one finger each among the others, in memory, as everybody's first finger, and searches the fingers'
// other captures.
func (t *trial) plant(ctx context.Context) error {
	if len(t.Plant) == 0 {
		return nil
	}
	list := slices.Clone(t.Plant)
	slices.SortStableFunc(list, func(a, b Planted) int { return a.Impression - b.Impression })
	in, err := t.enrolPlanted(list)
	if err != nil {
		return err
	}
	out := &PlantReport{}
	first, possible := 0, 0
	compare := gallery.New()
	for i, p := range list {
		t.tell("planted searches", i+1, len(list))
		if in[p.Finger] == p.Template && p.Template != nil {
			continue
		}
		out.Searches++
		if p.Template == nil || in[p.Finger] == nil {
			continue
		}
		opt := t.options()
		opt.Threshold, opt.Follow = 0, "planted-"+p.Finger
		probe := []gallery.Finger{{Position: t.fingers[0], Template: p.Template}}
		r, err := t.people.Search(ctx, probe, everyone, opt)
		if err != nil {
			return err
		}
		var best finger.Score
		for k, c := range r.Candidates {
			if c.Subject != opt.Follow {
				best = max(best, c.Score)
			} else if k == 0 {
				first++
			}
		}
		exact, err := alone(ctx, compare, in[p.Finger], probe)
		if err != nil {
			return fmt.Errorf("planted %s: %w", p.Finger, err)
		}
		if exact > best {
			possible++
		}
	}
	out.Rank1, out.Rank1CI, out.Exhaustive = share(first, out.Searches), Wilson(first, out.Searches), share(possible, out.Searches)
	t.out.Planted = out
	return nil
}

// enrolPlanted enrols the first capture of each finger.
func (t *trial) enrolPlanted(list []Planted) (map[string]*finger.Prepared, error) {
	in := map[string]*finger.Prepared{}
	for _, p := range list {
		if _, ok := in[p.Finger]; ok || p.Template == nil {
			continue
		}
		in[p.Finger] = p.Template
		r := gallery.Reference{Subject: "planted-" + p.Finger, Position: t.fingers[0], Class: class, Template: p.Template}
		if err := t.people.Add(r); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// alone compares a probe with one template.
func alone(ctx context.Context, g *gallery.Gallery, template *finger.Prepared, probe []gallery.Finger) (finger.Score, error) {
	if err := g.Add(gallery.Reference{Subject: "alone", Position: probe[0].Position, Class: class, Template: template}); err != nil {
		return 0, err
	}
	defer g.Remove("alone")
	r, err := g.Search(ctx, probe, everyone, gallery.Options{Exhaustive: true})
	if err != nil || len(r.Candidates) == 0 {
		return 0, err
	}
	return r.Candidates[0].Score, nil
}
