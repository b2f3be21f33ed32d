package node_test

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"convenio/api"
	"convenio/registry"
)

// Everything that one search with a hit leaves in the ledgers, each exactly once whatever happened on
// the way.
var (
	hitAtAsker = map[string]int{
		"decide": 2, "send search": 1, "delivered search": 1, "receive answer": 1,
		"send disclose": 1, "delivered disclose": 1, "receive disclosure": 1,
	}
	hitAtAnswerer = map[string]int{
		"receive search": 1, "decide": 3, "search": 1, "result": 1, "verdict": 1, "erase": 1, "send answer": 1, "delivered answer": 1,
		"receive disclose": 1, "approve": 1, "send disclosure": 1, "delivered disclosure": 1,
	}
	noHitAtAsker    = map[string]int{"decide": 1, "send search": 1, "delivered search": 1, "receive answer": 1}
	noHitAtAnswerer = map[string]int{"receive search": 1, "decide": 1, "search": 1, "result": 1, "erase": 1, "send answer": 1, "delivered answer": 1}
)

// TestKilledAtEachStep kills either node at each of its steps in turn, and at every write of the ledger
// around them, while one pair of nodes goes through hit, no hit and suspension. Afterwards everything
// has happened, and once.
func TestKilledAtEachStep(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPair(t)
	p.us.gallery("disk")
	us := p.us.spawn("enrol:1", "gallery:1", "log:1", "index:1")
	co := p.co.spawn()
	subject := p.us.enrol(1, "border-encounter", "VE")
	p.us.enrol(2, "border-encounter", "EC")

	var hits, misses []string
	t.Run("hit, asking side", func(t *testing.T) {
		co.next("ask:1", "log:1", "index:1", "deliver:1", "receipt:1", "log:1", "index:1", "accept:1", "acknowledge:1")
		id := p.hitUntil("kill-hit-1")
		allDied(t, co)
		co.next("log:1", "index:1", "deliver:1", "receipt:1", "accept:1", "acknowledge:1")
		finish(p, id)
		allDied(t, co)
		hits = append(hits, id)
	})
	t.Run("hit, answering side", func(t *testing.T) {
		us.next("accept:1", "log:1", "index:1", "acknowledge:1", "search:1", "log:1", "index:2", "result:1", "log:1", "verdict:1", "log:1", "answer:1", "log:1", "deliver:1", "receipt:1")
		id := p.hitUntil("kill-hit-2")
		p.us.quiet()
		allDied(t, us)
		us.next("accept:1", "acknowledge:1", "approve:1", "log:1", "index:2", "deliver:1", "receipt:1", "log:1", "index:1")
		finish(p, id)
		p.us.quiet()
		allDied(t, us)
		hits = append(hits, id)
	})
	t.Run("no hit, both", func(t *testing.T) {
		co.next("ask:1", "deliver:1", "receipt:1", "accept:1", "acknowledge:1")
		us.next("accept:1", "acknowledge:1", "search:1", "result:1", "answer:1", "log:1", "index:1", "deliver:1", "receipt:1")
		misses = append(misses, p.noHitStory("kill-miss-1"))
		p.us.quiet()
		allDied(t, co)
		allDied(t, us)
	})
	t.Run("suspended and resumed", func(t *testing.T) {
		us.next("notice:1", "log:1", "index:1", "deliver:1", "receipt:1")
		co.next("accept:1", "log:1", "acknowledge:1")
		p.us.notice("suspend", 1)
		persist(t, "suspension at the partner", func() error {
			if s := p.co.agreementState(); s != "suspended" {
				return fmt.Errorf("%w: %s", errNotYet, s)
			}
			return nil
		})
		p.us.quiet()
		allDied(t, us)
		allDied(t, co)
		p.us.notice("resume", 2)
		persist(t, "resumption at the partner", func() error {
			if s := p.co.agreementState(); s != "in-force" {
				return fmt.Errorf("%w: %s", errNotYet, s)
			}
			return nil
		})
		misses = append(misses, p.noHitStory("kill-miss-2"))
	})
	p.co.quiet()
	p.us.quiet()
	co.stop()
	us.stop()
	p.audit(false)
	for _, id := range hits {
		p.once(id, hitAtAsker, hitAtAnswerer)
	}
	for _, id := range misses {
		p.once(id, noHitAtAsker, noHitAtAnswerer)
	}
	p.kept(hits, misses, subject)
}

func finish(p *pair, id string) {
	p.t.Helper()
	p.co.askFor(id, asked...)
	p.us.release(id)
	p.co.reaches(id, "disclosed")
}

// allDied says that the process did die at every step it was told to: a kill that never came proves
// nothing.
func allDied(t *testing.T, r *process) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if len(r.pending()) == 0 {
			return
		}
	}
	// A death may fall so that a step planned for later was taken already: nothing comes to it again.
	left := r.drop()
	t.Logf("not met again, because taken before an earlier death: %v", left)
	if len(left) > maxUnmet {
		t.Errorf("%d planned deaths did not come, at most %d may", len(left), maxUnmet)
	}
}

// maxUnmet is how many planned deaths of one story may find their step taken.
const maxUnmet = 3

// once compares what both ledgers say of an exchange with what happened.
func (p *pair) once(id string, asker, answerer map[string]int) {
	p.t.Helper()
	if got := p.co.steps(id); !maps.Equal(got, asker) {
		p.t.Errorf("exchange %s: the asking ledger has %v, want %v", id, got, asker)
	}
	if got := p.us.steps(id); !maps.Equal(got, answerer) {
		p.t.Errorf("exchange %s: the answering ledger has %v, want %v", id, got, answerer)
	}
}

// kept looks into the registries of the stopped nodes: one row of everything.
func (p *pair) kept(hits, misses []string, subject string) {
	p.t.Helper()
	ctx := context.Background()
	co, us := p.co.store(), p.us.store()
	defer co.Close()
	defer us.Close()
	for _, id := range hits {
		d, err := co.Disclosures(ctx, id)
		must(p.t, err)
		if len(d) != 2 {
			p.t.Errorf("exchange %s: %d fields are kept, want 2", id, len(d))
		}
		c, err := us.Candidates(ctx, id)
		must(p.t, err)
		v, err := us.Verdicts(ctx, id)
		must(p.t, err)
		a, err := us.Approvals(ctx, id)
		must(p.t, err)
		if len(c) != 1 || len(v) != 1 || len(a) != 1 || c[0].Subject != subject {
			p.t.Errorf("exchange %s: %d candidates, %d verdicts, %d approvals: want one of each, of the person enrolled", id, len(c), len(v), len(a))
		}
	}
	for _, id := range append(hits, misses...) {
		if _, err := us.Probe(ctx, id); err == nil {
			p.t.Errorf("exchange %s: the probe is still there", id)
		}
	}
	day := time.Now().UTC().Truncate(24 * time.Hour)
	for _, s := range []*registry.Store{co, us} {
		searches, err := s.Used(ctx, "border-day/co", day)
		must(p.t, err)
		if want := len(hits) + len(misses); searches != want {
			p.t.Errorf("%d searches are counted, want %d", searches, want)
		}
		data, err := s.Used(ctx, "data-day/co", day)
		must(p.t, err)
		if want := 2 * len(hits); data != want {
			p.t.Errorf("%d data are counted, want %d", data, want)
		}
	}
	all, err := co.Exchanges(ctx, registry.ExchangeFilter{})
	must(p.t, err)
	people, err := us.Classes(ctx)
	must(p.t, err)
	n := 0
	for _, c := range people {
		n += c.Subjects
	}
	if len(all) != len(hits)+len(misses) || n != 2 {
		p.t.Errorf("%d exchanges and %d people, want %d and 2", len(all), n, len(hits)+len(misses))
	}
}

// TestVerdictCutShort: a verdict is in the ledger, the node dies before it answers, and nobody tries again.
// The node answers by itself when it is back.
func TestVerdictCutShort(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPair(t)
	us := p.us.spawn()
	p.co.start()
	p.us.enrol(1, "border-encounter", "VE")
	for verdict, state := range map[api.VerdictVerdict]string{api.Confirm: "hit", api.Reject: "no-hit"} {
		t.Run(string(verdict), func(t *testing.T) {
			id := p.co.seek("cut-short-"+string(verdict), border(handOf(t, 1, 1, 2, 7))).Id
			p.us.awaits(id)
			us.next("answer:1")
			before := us.deaths()
			r, err := p.us.client("examiner").GiveVerdictWithResponse(t.Context(), id, api.Verdict{Verdict: verdict, Reason: "said once"})
			if err := api.Check(r, problemOf(r), err); err == nil {
				t.Fatal("the node answered before it died")
			}
			p.co.reaches(id, state)
			if us.deaths() != before+1 {
				t.Errorf("the node died %d times, want once", us.deaths()-before)
			}
			list, err := p.us.client("examiner").ListCandidatesWithResponse(t.Context())
			must(t, api.Check(list, problemOf(list), err))
			if len(*list.JSON200) != 0 {
				t.Error("the candidate still waits")
			}
		})
	}
}
