package osia

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"convenio/finger"
	"convenio/gallery"
	"convenio/osia/abis"
)

// Candidates of one search.
const (
	defaultCandidates = 20
	maxCandidates     = 100
)

// verifyFMR is the false match rate of a verification for which the caller gives no threshold.
const verifyFMR = 1e-4

// probeOf keeps, of several prints of one finger, the best.
func probeOf(refs []reference) ([]gallery.Finger, error) {
	best := map[finger.Position]reference{}
	var out []gallery.Finger
	for _, r := range refs {
		if r.Position == finger.Unknown {
			out = append(out, gallery.Finger{Template: r.prepared})
			continue
		}
		if b, ok := best[r.Position]; !ok || r.Quality > b.Quality {
			best[r.Position] = r
		}
	}
	for p := finger.RightThumb; p <= finger.LeftLittle; p++ {
		if b, ok := best[p]; ok {
			out = append(out, gallery.Finger{Position: p, Template: b.prepared})
		}
	}
	if len(out) == 0 {
		return nil, bad("there is no fingerprint to search with: a single finger with a usable image or template is needed")
	}
	if len(out) > gallery.MaxProbe {
		return nil, bad("%d fingerprints, at most %d are compared", len(out), gallery.MaxProbe)
	}
	return out, nil
}

// options of a search, as the caller gave them.
type options struct {
	max       int
	threshold *float32
}

func newOptions(max, priority, serviceLevel *int, threshold *float32) (options, error) {
	o := options{max: defaultCandidates, threshold: threshold}
	if max != nil {
		if *max < 1 || *max > maxCandidates {
			return o, bad("maxNbCand %d: 1 to %d are given", *max, maxCandidates)
		}
		o.max = *max
	}
	if serviceLevel != nil && (*serviceLevel < 0 || *serviceLevel > 9) {
		return o, bad("serviceLevel %d: 0 to 9", *serviceLevel)
	}
	if threshold != nil && !(*threshold >= 0) {
		return o, bad("threshold: 0 or more; it is -10 log10 of a false match rate")
	}
	return o, checkPriority(priority)
}

func checkPriority(p *int) error {
	if p != nil && (*p < 0 || *p > 9) {
		return bad("priority %d: 0 (last) to 9 (first)", *p)
	}
	return nil
}

// reachable are the encounters that a search may compare with.
func (s *Service) reachable(gallery string, f filter, but string) (map[string]*encounter, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.people.hasGallery(gallery) {
		return nil, errUnknown
	}
	out := map[string]*encounter{}
	for person, list := range s.people {
		if person == but {
			continue
		}
		for _, e := range list {
			if e.active() && e.in(gallery) && f.fits(e) {
				out[e.id] = e
			}
		}
	}
	return out, nil
}

// compare scores a probe against encounters, each by itself; at least the threshold, best first.
func (s *Service) compare(ctx context.Context, probe []gallery.Finger, with map[string]*encounter, threshold finger.Score, most int) ([]gallery.Candidate, error) {
	var refs []gallery.Reference
	for id, e := range with {
		for _, r := range e.prints {
			refs = append(refs, gallery.Reference{Subject: id, Position: r.Position, Template: r.prepared})
		}
	}
	if len(refs) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(refs, func(a, b gallery.Reference) int { return cmp.Compare(a.Subject, b.Subject) })
	g := gallery.New()
	if err := g.Add(refs...); err != nil {
		return nil, err
	}
	if err := s.enterCPU(ctx); err != nil {
		return nil, err
	}
	defer s.leaveCPU()
	r, err := g.Search(ctx, probe, func(string) bool { return true }, gallery.Options{Threshold: threshold, Max: most})
	if errors.Is(err, gallery.ErrProbe) {
		return nil, bad("the prints cannot be searched with")
	}
	return r.Candidates, err
}

// search is an identification: persons by rank, each by the best of its encounters.
func (s *Service) search(ctx context.Context, name string, refs []reference, f filter, o options, but string) ([]abis.Candidate, error) {
	with, err := s.reachable(name, f, but)
	if err != nil {
		return nil, err
	}
	if !f.fingers {
		return nil, bad("the filter leaves out FINGER, and only fingers are compared")
	}
	probe, err := probeOf(refs)
	if err != nil {
		return nil, err
	}
	threshold := gallery.PersonThreshold(s.cfg.FPIR, max(1, len(with)))
	if o.threshold != nil {
		threshold = finger.Score(*o.threshold)
	}
	found, err := s.compare(ctx, probe, with, threshold, o.max*maxEncounters)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b gallery.Candidate) int { // ids in the registry are random: the order is the names'
		x, y := with[a.Subject].head, with[b.Subject].head
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(x.Person, y.Person), cmp.Compare(x.Encounter, y.Encounter))
	})
	out := []abis.Candidate{}
	at := map[string]int{}
	for _, c := range found {
		e := with[c.Subject]
		scores := details(probe, e, c)
		if i, ok := at[e.head.Person]; ok {
			list := append(*out[i].Scores, scores...)
			out[i].Scores = &list
			continue
		}
		if len(out) == o.max {
			continue
		}
		at[e.head.Person] = len(out)
		out = append(out, abis.Candidate{PersonId: e.head.Person, Rank: int32(len(out) + 1), Score: float32(c.Score), Scores: &scores})
	}
	return out, nil
}

// details are the scores of single fingers.
func details(probe []gallery.Finger, e *encounter, c gallery.Candidate) []abis.ScoreDetail {
	out := []abis.ScoreDetail{}
	for _, f := range c.Fingers {
		kind := abis.BiometricType("FINGER")
		d := abis.ScoreDetail{Score: float32(f.Score), BiometricType: &kind}
		if e != nil {
			id, galleries := e.head.Encounter, e.head.Given.Galleries
			d.EncounterId, d.Galleries = &id, &galleries
		}
		p := f.Reference
		if p == finger.Unknown && f.Probe < len(probe) {
			p = probe[f.Probe].Position
		}
		sub := subTypeOf(p)
		d.BiometricSubType = &sub
		out = append(out, d)
	}
	return out
}

// verify compares with encounters of one person, or with one set of prints; the best of them decides.
func (s *Service) verify(ctx context.Context, refs []reference, with map[string]*encounter, o options, named bool) (abis.Verification, error) {
	probe, err := probeOf(refs)
	if err != nil {
		return abis.Verification{}, err
	}
	found, err := s.compare(ctx, probe, with, 0, maxEncounters)
	if err != nil {
		return abis.Verification{}, err
	}
	threshold := finger.Threshold(verifyFMR)
	if o.threshold != nil {
		threshold = finger.Score(*o.threshold)
	}
	out := abis.Verification{}
	scores := []abis.ScoreDetail{}
	for _, c := range found {
		out.Decision = out.Decision || c.Score >= threshold
		e := with[c.Subject]
		if !named {
			e = nil
		}
		scores = append(scores, details(probe, e, c)...)
	}
	out.Scores = &scores
	return out, nil
}
