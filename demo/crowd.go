package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"

	"convenio/api"
	"convenio/capture"
	"convenio/finger"
	"convenio/synth"
)

// cast is everyone who appears. Some are enrolled at both parties, under different names; some are
// under safeguards; some are nobody's record at all.
type cast struct {
	seed    uint64
	records []record
	// The people of the scenes.
	known, protected, claimant, stranger, other person
	missing                                     []person
}

// ordinary is the category of most records.
const ordinary = "border-encounter"

func newCast(opt Options) *cast {
	r := rand.New(rand.NewPCG(opt.Seed, 0xC0)) // #nosec: people of a play
	c := &cast{seed: opt.Seed}
	next := 0
	fresh := func() person {
		next++
		return newPerson(next, r, opt.Fingers)
	}
	add := func(at string, p person, category, nation string, guards ...safeguard) {
		c.records = append(c.records, record{who: p, at: at, category: category, identity: newIdentity(p, nation, r), safeguards: guards})
	}
	c.known, c.protected, c.claimant, c.stranger, c.other = fresh(), fresh(), fresh(), fresh(), fresh()
	for range 4 {
		c.missing = append(c.missing, fresh())
	}
	// Who they are at the United States node, and at Colombia's.
	add("US", c.known, ordinary, "VE")
	add("CO", c.known, ordinary, "VE")
	add("US", c.protected, ordinary, "VE", safeguard{"asylum-claim", "co"})
	add("CO", c.claimant, ordinary, "CO")
	shared := max(opt.People/5, 1)
	for i := 0; len(c.records) < 2*opt.People; i++ {
		p := fresh()
		nation := nations[r.IntN(len(nations))]
		guards := someSafeguards(i)
		at := []string{"CO", "US"}[i%2]
		add(at, p, category(i), nation, guards...)
		if i < shared && len(c.records) < 2*opt.People {
			add(map[string]string{"CO": "US", "US": "CO"}[at], p, ordinary, nation)
		}
	}
	return c
}

func category(i int) string {
	switch i % 8 {
	case 5:
		return "visa"
	case 6:
		return "return"
	case 7:
		return "missing-person"
	}
	return ordinary
}

func someSafeguards(i int) []safeguard {
	switch i % 12 {
	case 3:
		return []safeguard{{"victim", ""}}
	case 7:
		return []safeguard{{"contested", ""}}
	case 9:
		return []safeguard{{"minor", ""}}
	}
	return nil
}

// prints draws fingers of a person as images, as a live scanner would give them. The same impression
// is the same image.
func (c *cast) prints(p person, impression uint64, positions ...finger.Position) ([]api.FingerImage, error) {
	return c.draw(p, impression, synth.CooperativeConditions, positions)
}

// poorPrints draws captures that no officer should accept.
func (c *cast) poorPrints(p person, positions ...finger.Position) ([]api.FingerImage, error) {
	return c.draw(p, 99, synth.PoorConditions, positions)
}

func (c *cast) draw(p person, impression uint64, conditions func(uint64) synth.Conditions, positions []finger.Position) ([]api.FingerImage, error) {
	if len(positions) == 0 {
		positions = p.fingers
	}
	var out []api.FingerImage
	for _, pos := range positions {
		id := c.seed<<20 + uint64(p.id)
		img, _ := synth.NewFingerAt(id, pos).Impression(conditions(id<<12 + uint64(pos)<<8 + impression))
		raw, err := capture.Print{Image: img}.PNG()
		if err != nil {
			return nil, err
		}
		out = append(out, api.FingerImage{Position: pos.String(), Image: raw})
	}
	return out, nil
}

func (c *cast) enrolment(r record, impression uint64) (api.Enrolment, error) {
	e := api.Enrolment{
		Category: r.category, Nationalities: []string{r.identity.nationality}, Age: &r.who.age,
		Fields: map[string]string{
			"family-name": r.identity.family, "given-names": r.identity.given, "date-of-birth": r.identity.birth,
			"nationality": r.identity.nationality, "travel-document-number": r.identity.document,
			"immigration-status": "entry recorded", "address": "Calle Ficticia 1",
		},
	}
	var guards []api.Safeguard
	for _, g := range r.safeguards {
		s := api.Safeguard{Kind: g.kind}
		if g.against != "" {
			s.Against = &g.against
		}
		guards = append(guards, s)
	}
	if guards != nil {
		e.Safeguards = &guards
	}
	var err error
	e.Fingers, err = c.prints(r.who, impression)
	return e, err
}

// enrolAll draws and enrols everyone, at both nodes at once. A capture that the node finds too poor is
// taken again, as at any counter.
func (s *stage) enrolAll(ctx context.Context, c *cast) (map[string]int, error) {
	step, done := s.opt.Progress(len(c.records), "enrolling synthetic people")
	defer done()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range jobs {
				if err := s.enrolOne(ctx, c, i); err != nil {
					cancel(fmt.Errorf("enrol person %d: %w", c.records[i].who.id, err))
					return
				}
				step()
			}
		})
	}
	count := map[string]int{}
feed:
	for i, r := range c.records {
		select {
		case jobs <- i:
			count[r.at]++
		case <-ctx.Done():
			break feed
		}
	}
	close(jobs)
	wg.Wait()
	return count, context.Cause(ctx)
}

func (s *stage) enrolOne(ctx context.Context, c *cast, i int) (err error) {
	r := c.records[i]
	for try := range uint64(3) {
		var e api.Enrolment
		if e, err = c.enrolment(r, map[string]uint64{"CO": 1, "US": 2}[r.at]+10*try); err != nil {
			return err
		}
		_, err = s.side(r.at).enrol(ctx, fmt.Sprintf("enrol-%d-%d", i, try), e)
		if err == nil {
			return nil
		}
	}
	return err
}

func (s *stage) side(id string) *side {
	if id == "CO" {
		return s.co
	}
	return s.us
}
