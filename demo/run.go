package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"convenio/exchange"
)

// Options say how to play. Binary, Out and Progress are needed.
type Options struct {
	Binary  string // the program that runs the nodes: this one
	Version string
	People  int    // synthetic people on each side; at least 8
	Fingers int    // fingers of each, 0: two to four as it comes
	Seed    uint64 // the same seed plays with the same people
	Dir     string // kept afterwards; "": a temporary folder
	Serve   bool   // leave the nodes running until ctx ends
	// Ready is called with the report before Serve waits. Defaults to nothing.
	Ready func(Report)
	JSON  bool   // print nothing but the report
	Enrol string // folder of the user's own images
	Probe string // the user's own probe
	PPI   float64
	Out   io.Writer
	// Progress shows a bar where work takes long; it returns a step and an end.
	Progress func(total int, what string) (step, done func())
}

// minPeople are needed for the parts that are played.
const minPeople = 8

// Run plays the demonstration. The error is for what kept it from being played; what ended otherwise
// than it must is in the report.
func Run(ctx context.Context, opt Options) (r Report, err error) {
	if opt.People < minPeople {
		return r, fmt.Errorf("--people %d: at least %d are needed for the parts that are played", opt.People, minPeople)
	}
	if opt.Fingers < 0 || opt.Fingers > len(tenFingers) {
		return r, fmt.Errorf("--fingers %d: 1 to %d, or 0 for as it comes", opt.Fingers, len(tenFingers))
	}
	var own *ownPrints
	if opt.Enrol != "" {
		if own, err = loadOwn(opt); err != nil {
			return r, err
		}
	} else if opt.Probe != "" {
		return r, errors.New("--probe needs --enrol: a folder of images to search in")
	}
	began := time.Now()
	out := printer{w: opt.Out, quiet: opt.JSON}
	out.line("Convenio demo. The agreement, the people and their fingerprints are made up.")
	s, err := setUp(ctx, opt)
	if s != nil {
		defer func() { err = errors.Join(err, s.tearDown()) }()
	}
	if err != nil {
		return r, err
	}
	r.Fictional, r.Seed = true, opt.Seed
	r.Agreement = AgreementReport{ID: s.text.ID, Version: s.text.Version, Digest: s.text.Digest().String(), Notice: s.text.Notice.In("en")}
	out.line("")
	out.line("Agreement  %s", s.text.Title.In("en"))
	out.line("           %s", s.text.Title.In("es"))
	out.line("           %s", s.text.Notice.In("en"))
	out.line("           %s", s.text.Notice.In("es"))
	out.line("           signed by CO and US, %s", s.text.Digest())
	if r.Nodes, err = s.versions(ctx); err != nil {
		return r, err
	}
	p := &play{stage: s, cast: newCast(opt), own: own}
	if r.Enrolled, err = s.enrolAll(ctx, p.cast); err != nil {
		return r, err
	}
	if own != nil {
		n, err := s.enrolOwn(ctx, own)
		if err != nil {
			return r, err
		}
		r.Enrolled["US"] += n
	}
	out.line("")
	out.line("Nodes      CO %s   US %s   two processes, TLS 1.3 on loopback", s.co.card.Endpoint, s.us.card.Endpoint)
	out.line("Enrolled   %d people at CO, %d at US, as fingerprint images (%s)", r.Enrolled["CO"], r.Enrolled["US"], time.Since(began).Round(100*time.Millisecond))
	if p.rogue, err = newRogue(s.co, s.us, exchange.Digest(s.text.Digest())); err != nil {
		return r, err
	}
	r.OK = true
	out.line("\nScenes")
	acts := scenes()
	if own != nil {
		acts = append([]scene{{"your own prints, searched at the partner", (*play).ownSearches}}, acts...)
	}
	for _, sc := range acts {
		done := playScene(ctx, p, sc)
		r.Scenes, r.OK = append(r.Scenes, done), r.OK && done.OK
		out.scene(done)
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
	}
	if err := p.auditAll(ctx, &r, out); err != nil {
		return r, err
	}
	if opt.Serve {
		r.Reach = s.reach()
		s.serve(ctx, &r, out)
	}
	err = errors.Join(s.stop(s.co), s.stop(s.us))
	r.PeakBytes, r.Millis = max(s.peak, ownRSS()), time.Since(began).Milliseconds()
	out.ending(r)
	return r, err
}

func playScene(ctx context.Context, p *play, sc scene) Scene {
	start := time.Now()
	outcome, decided, err := sc.play(p, ctx)
	done := Scene{Name: sc.name, Outcome: outcome, Article: articles(decided), Millis: time.Since(start).Milliseconds(), OK: err == nil}
	if err != nil {
		done.Why = err.Error()
	}
	return done
}

func (s *stage) versions(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	for _, x := range []*side{s.co, s.us} {
		st, err := x.status(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", x.id, err)
		}
		out[string(x.id)] = st.Version
	}
	return out, nil
}
