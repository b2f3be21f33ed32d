package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"convenio/gallery"
	"convenio/osia/client"
	"convenio/registry"
)

// Why a search waits although the agreement allows it. Each lets it be tried again: none is ever told as a no-hit.
var (
	// errUnmapped: the search may reach people whose class has no gallery at the ABIS.
	errUnmapped = errors.New("a class within reach has no gallery at the ABIS: give it one under abis.galleries in node.yaml")
	// errMixed: a gallery of the ABIS holds classes within reach and others out of reach.
	errMixed = errors.New("a gallery of the ABIS holds people within reach and people out of reach: give the classes galleries of their own under abis.galleries in node.yaml")
	// errProtecting: somebody who is out of reach may still be in a gallery that would be searched.
	errProtecting = errors.New("the ABIS has not confirmed yet that somebody who is out of reach has left a gallery within reach")
	// errBehind: too many people are not in the ABIS yet.
	errBehind = errors.New("the ABIS does not hold everybody yet: see 'convenio abis status'")
)

// maxHere bounds the people whom the ABIS does not hold as it should, and who are compared here.
const maxHere = 1000

// plan is what one search asks of the ABIS, and what is done here.
type abisPlan struct {
	galleries []string // to be searched, sorted
	here      []string // subjects within reach of whom the ABIS has not confirmed that it holds them
	people    int      // within reach
	out       int      // out of reach
}

// search implements references. The ABIS chooses whom to compare; what counts is the registry's word on the class of each and
// the node's own comparison, so that threshold and score mean here what they mean in the agreement.
func (a *nationalABIS) search(ctx context.Context, q query) (gallery.Result, error) {
	if len(q.prints) == 0 {
		return gallery.Result{}, gallery.ErrProbe
	}
	p, err := a.plan(ctx, q)
	if err != nil {
		return gallery.Result{}, err
	}
	a.before("abis search")
	brought, err := a.identify(ctx, q, p.galleries)
	if a.setTrouble(err) {
		wake(a.wake) // the status in the folder says so
	}
	if err != nil {
		return gallery.Result{}, err
	}
	g, err := a.within(ctx, q, append(p.here, brought...))
	if err != nil {
		return gallery.Result{}, err
	}
	opt := q.options
	opt.Exhaustive = true
	r, err := g.Search(ctx, probeFingers(q.prints), func(class string) bool { return q.reach[class] }, opt)
	r.Searched, r.Excluded = p.people, p.out // not those alone who were compared here
	return r, err
}

// plan decides, in one view of the registry, which galleries may be searched.
func (a *nationalABIS) plan(ctx context.Context, q query) (p abisPlan, err error) {
	err = a.store.View(ctx, func(v *registry.View) error {
		open, err := a.openGalleries(v, q.reach, &p)
		if err != nil {
			return err
		}
		due, err := v.ABISDue(false, 0, maxHere+1)
		if err != nil {
			return err
		}
		if len(due) > maxHere {
			return fmt.Errorf("%w: more than %d are missing", errBehind, maxHere)
		}
		for _, d := range due {
			if q.reach[d.Class] {
				p.here = append(p.here, d.Subject)
				continue
			}
			for g := range open {
				if d.In(g) {
					return errProtecting
				}
			}
		}
		for _, g := range slices.Sorted(maps.Keys(open)) {
			there, err := v.ABISHolds(g)
			if err != nil {
				return err
			}
			if there {
				p.galleries = append(p.galleries, g)
			}
		}
		return nil
	})
	return p, err
}

// openGalleries are those of the classes within reach, each of which must hold nobody else.
func (a *nationalABIS) openGalleries(v *registry.View, reach map[string]bool, p *abisPlan) (map[string]bool, error) {
	classes, err := v.Classes()
	if err != nil {
		return nil, err
	}
	open, shut := map[string]bool{}, map[string]bool{}
	for _, c := range classes {
		g := a.cfg.Galleries.of(c.Class)
		switch {
		case !reach[c.Class.Key()]:
			shut[g] = true
			p.out += c.Subjects
		case g == "":
			return nil, fmt.Errorf("%w (category %s)", errUnmapped, c.Class.Category)
		default:
			open[g] = true
			p.people += c.Subjects
		}
	}
	for g := range open {
		if shut[g] {
			return nil, fmt.Errorf("%w (gallery %s)", errMixed, g)
		}
	}
	return open, nil
}

// identify searches the galleries, one call for each, and returns the subjects that the registry knows of those brought up.
func (a *nationalABIS) identify(ctx context.Context, q query, galleries []string) ([]string, error) {
	fingers := make([]client.Finger, len(q.prints))
	for i, p := range q.prints {
		fingers[i] = client.Finger{Position: p.position, PNG: p.png, PPI: p.ppi}
	}
	lists, errs := make([][]client.Candidate, len(galleries)), make([]error, len(galleries))
	var wg sync.WaitGroup
	places := make(chan struct{}, 4)
	for i, g := range galleries {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			lists[i], errs[i] = a.client.Identify(ctx, client.Search{
				ID: abisSearchID(q.exchange, g), Exchange: q.exchange, Gallery: g, Fingers: fingers, Max: a.cfg.Candidates, Threshold: a.cfg.Threshold,
			})
			if errs[i] != nil {
				errs[i] = fmt.Errorf("search gallery %s of the ABIS: %w", g, errs[i])
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var subjects []string
	unknown := 0
	err := a.store.View(ctx, func(v *registry.View) error {
		for _, c := range slices.Concat(lists...) {
			p, err := v.ABISNamed(c.Person)
			if errors.Is(err, registry.ErrNotFound) {
				unknown++
				continue
			}
			if err != nil {
				return err
			}
			subjects = append(subjects, p.Subject)
		}
		return nil
	})
	a.drop(ctx, ABISDropped{Unknown: unknown})
	return subjects, err
}

// abisSearchID names a search for the ABIS: the same for the same exchange, and of no use to anybody who knows the exchange.
func abisSearchID(exchange, gallery string) string {
	sum := sha256.Sum256([]byte("convenio abis search\x00" + exchange + "\x00" + gallery))
	return hex.EncodeToString(sum[:16])
}

// within makes a gallery of those whom the registry, now, has in a class within reach. Whatever the ABIS brought up, nobody else
// is compared.
func (a *nationalABIS) within(ctx context.Context, q query, subjects []string) (*gallery.Gallery, error) {
	slices.Sort(subjects)
	subjects = slices.Compact(subjects)
	rows, err := a.store.Templates(ctx, subjects...)
	if err != nil {
		return nil, err
	}
	var refs []gallery.Reference
	out := map[string]bool{}
	for _, r := range rows {
		if !q.reach[r.Class] {
			out[r.Subject] = true
			continue
		}
		ref, err := referenceOf(r)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	a.drop(ctx, ABISDropped{OutOfReach: len(out)})
	g := gallery.New()
	return g, g.Add(refs...)
}

// drop counts candidates that are not taken. Either is worth an operator's look: the ABIS brings up who should not be there.
func (a *nationalABIS) drop(ctx context.Context, d ABISDropped) {
	if d == (ABISDropped{}) {
		return
	}
	a.mu.Lock()
	a.dropped.Unknown += d.Unknown
	a.dropped.OutOfReach += d.OutOfReach
	a.mu.Unlock()
	a.logger.LogAttrs(ctx, slog.LevelWarn, "abis candidates not taken", slog.Int("unknown", d.Unknown), slog.Int("out_of_reach", d.OutOfReach))
}

// setTrouble notes what failed last, and says whether that is news.
func (a *nationalABIS) setTrouble(err error) (news bool) {
	trouble := ""
	if err != nil {
		trouble = err.Error()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	news = (trouble == "") != (a.trouble == "")
	a.trouble = trouble
	return news
}
