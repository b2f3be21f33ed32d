package node_test

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"convenio/api"
	"convenio/exchange"
	"convenio/ledger"
	"convenio/node"
)

// takeOver makes a rogue that goes on with the ledger of a stopped node; give back ends it.
func takeOver(t *testing.T, as, at *party) (r *rogue, giveBack func()) {
	t.Helper()
	r = newRogue(t, as, at)
	signer, err := r.keys.LedgerSigner()
	must(t, err)
	card, err := node.CardOf(as.dir)
	must(t, err)
	v, err := card.LedgerVerifier()
	must(t, err)
	r.log, err = ledger.Open(t.Context(), ledger.Config{Dir: node.LedgerOf(as.dir), Origin: signer.Name(), Signer: signer, Verifier: v})
	must(t, err)
	log := r.log
	return r, func() { must(t, log.Close(t.Context())) }
}

// refusedBy wants the partner's signed refusal by an article.
func (r *rogue) refusedBy(t *testing.T, article string, fingers []api.FingerImage, a exchange.Asker) {
	t.Helper()
	payload, err := r.searchOf(fingers, a)
	why, signed := refusal(r.send(r.seal(r.header(exchange.TxSearch, r.id()), payload, err)))
	if why == nil || !signed || why.Code != exchange.CodeDenied || why.Article != article {
		t.Errorf("signed %v: %+v, want denied by article %s", signed, why, article)
	}
}

// TestRefusedAtHomeAndAbroad: what the agreement does not allow is refused before it leaves, and again by
// the partner when it leaves all the same.
func TestRefusedAtHomeAndAbroad(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.co.start()
	p.us.start()
	two, one := handOf(t, 99, 1, 2, 7), handOf(t, 99, 1, 2)
	missing := func() api.SearchRequest {
		return api.SearchRequest{Purpose: "missing-persons", Ground: "missing-report", Case: "M-1", Fingers: one}
	}
	person := func(p api.Person) api.SearchRequest {
		r := border(two)
		r.Person = &p
		return r
	}
	us, child, nationals := "us", 13, func(n ...string) api.Person { return api.Person{Nationalities: &n} }

	t.Run("at home", func(t *testing.T) {
		before := p.us.status().Ledger.Size
		for i, c := range []struct {
			name, article string
			req           api.SearchRequest
		}{
			{"claims persecution by the partner", "8", person(api.Person{Safeguards: &[]api.Safeguard{{Kind: "asylum-claim", Against: &us}}})},
			{"under fourteen", "9", person(api.Person{Age: &child})},
			{"national of the partner", "10", person(nationals("USA"))},
			{"own national", "7", person(nationals("VE", "CO"))},
			{"purpose not listed", "23", api.SearchRequest{Purpose: "curiosity", Ground: "person-present", Case: "C", Fingers: two}},
			{"ground of another purpose", "", api.SearchRequest{Purpose: "border-examination", Ground: "missing-report", Case: "C", Fingers: two}},
			{"purpose of another authority", "", api.SearchRequest{Purpose: "visa-application", Ground: "application-on-file", Case: "C", Fingers: two}},
			{"one finger where two are needed", "12", returning(one)},
		} {
			t.Run(c.name, func(t *testing.T) {
				x, err := p.co.search(fmt.Sprintf("home-%d-xxxx", i), c.req)
				must(t, err)
				if x.State != "refused" || !x.Settled || (c.article != "" && !slices.Contains(x.Articles, c.article)) || len(x.Articles) == 0 {
					t.Errorf("%s by articles %v, want refused by %s", x.State, x.Articles, c.article)
				}
				if x.Reasons == nil || len(*x.Reasons) == 0 || (*x.Reasons)[0].Es == "" || (*x.Reasons)[0].En == "" {
					t.Errorf("no reason in both languages: %+v", x.Reasons)
				}
				if e := p.co.evidence(x.Id); len(e.Entries) != 1 || e.Entries[0].Kind != "decide" {
					t.Errorf("the ledger holds more than the decision: %+v", e.Entries)
				}
			})
		}
		if s := p.co.status(); s.Waiting.Outbox != 0 {
			t.Errorf("%d messages wait to leave", s.Waiting.Outbox)
		}
		if now := p.us.status().Ledger.Size; now != before {
			t.Errorf("the partner's ledger grew from %d to %d: it learnt of something", before, now)
		}
	})

	t.Run("quota", func(t *testing.T) {
		for i := range 3 {
			x, err := p.co.search(fmt.Sprintf("missing-%d-xx", i), missing())
			must(t, err)
			p.co.reaches(x.Id, "no-hit")
		}
		// The same key again is the same search, and counts once.
		again, err := p.co.search("missing-2-xx", missing())
		must(t, err)
		if again.State != "no-hit" {
			t.Errorf("the third search asked for again is %s", again.State)
		}
		x, err := p.co.search("missing-3-xx", missing())
		must(t, err)
		if x.State != "refused" || !slices.Contains(x.Articles, "17") {
			t.Errorf("the fourth search: %s by %v", x.State, x.Articles)
		}
		other, err := p.co.search("border-after-xx", border(two))
		must(t, err)
		p.co.reaches(other.Id, "no-hit") // another purpose has its own quota
	})

	t.Run("suspended by the partner", func(t *testing.T) {
		p.us.notice("suspend", 1)
		p.co.becomes("suspended")
		must(t, p.co.stop())
		must(t, p.us.stop())
		p.co.start()
		p.us.start() // a restart changes nothing
		p.co.becomes("suspended")
		p.us.becomes("suspended")
		p.co.refusedBySuspension(t, "susp-us-xx", two)
	})
	t.Run("the same from a node that does not obey", func(t *testing.T) {
		p.co.quiet()
		must(t, p.co.stop())
		r, giveBack := takeOver(t, p.co, p.us)
		r.refusedBy(t, "22", two, officer("border-examination", "person-present"))
		p.us.notice("resume", 2)
		p.us.becomes("in-force")
		r.refusedBy(t, "17", one, officer("missing-persons", "missing-report"))
		giveBack()
		p.co.start()
	})
	t.Run("resumed", func(t *testing.T) {
		p.co.becomes("in-force")
		x, err := p.co.search("resumed-xx", border(two))
		must(t, err)
		p.co.reaches(x.Id, "no-hit")
	})
	t.Run("suspended by ourselves", func(t *testing.T) {
		p.co.notice("suspend", 1)
		p.co.becomes("suspended")
		p.us.becomes("suspended")
		p.co.refusedBySuspension(t, "susp-co-xx", two)
		for _, x := range []*party{p.co, p.us} {
			if by := x.suspendedBy(); !slices.Equal(by, []string{"co"}) {
				t.Errorf("suspended by %v", by)
			}
		}
		p.us.notice("resume", 3) // not its to give: our suspension stands
		p.us.quiet()
		p.co.refusedBySuspension(t, "susp-co-2-xx", two)
		p.co.notice("resume", 2)
		p.us.becomes("in-force")
		x, err := p.co.search("resumed-2-xx", border(two))
		must(t, err)
		p.co.reaches(x.Id, "no-hit")
	})
	t.Run("suspended while an examiner looks", func(t *testing.T) {
		p.us.enrol(1, "border-encounter", "VE")
		x, err := p.co.search("susp-mid-xx", border(handOf(t, 1, 1, 2, 7)))
		must(t, err)
		p.us.awaits(x.Id)
		p.us.notice("suspend", 4)
		p.us.examine(x.Id, api.Confirm)
		if y := p.co.reaches(x.Id, "answer-refused"); y.Reference != nil || !slices.Contains(y.Articles, "22") || y.Erasure == nil {
			t.Errorf("%+v", y)
		}
	})
}

func (p *party) refusedBySuspension(t *testing.T, key string, fingers []api.FingerImage) {
	t.Helper()
	x, err := p.search(key, border(fingers))
	must(t, err)
	if x.State != "refused" || !slices.Contains(x.Articles, "22") {
		t.Errorf("while suspended: %s by %v", x.State, x.Articles)
	}
}

func (p *party) becomes(state string) {
	p.t.Helper()
	persist(p.t, "agreement "+state, func() error {
		if s := p.agreementState(); s != state {
			return fmt.Errorf("%w: it is %s", errNotYet, s)
		}
		return nil
	})
}

func (p *party) suspendedBy() []string {
	p.t.Helper()
	r, err := p.client("operator").GetAgreementWithResponse(p.t.Context())
	must(p.t, api.Check(r, problemOf(r), err))
	if r.JSON200.SuspendedBy == nil {
		return nil
	}
	return *r.JSON200.SuspendedBy
}

// shifted is a clock that a test moves.
type shifted struct{ by atomic.Int64 }

func (s *shifted) now() time.Time         { return time.Now().Add(time.Duration(s.by.Load())) }
func (s *shifted) set(by time.Duration)   { s.by.Store(int64(by)) }
func (s *shifted) ahead(by time.Duration) { s.by.Add(int64(by)) }

// TestLinkAndClock cuts the link, and moves the clocks of either side.
func TestLinkAndClock(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	var co, us shifted
	p.co.opt.Now, p.us.opt.Now = co.now, us.now
	p.co.start()
	two := handOf(t, 99, 1, 2, 7)

	t.Run("the partner is down at the time of the search", func(t *testing.T) {
		x, err := p.co.search("down-1-xx", border(two))
		must(t, err)
		waitUntil(t, "the operator to be told", func() bool {
			s := p.co.status()
			return !s.Partner.Reachable && text(s.Partner.Problem) != ""
		})
		if y := p.co.follow0(x.Id); y.State != "sent" || y.Settled {
			t.Errorf("%s, settled %v", y.State, y.Settled)
		}
		if s := p.co.status(); s.Waiting.Outbox != 1 {
			t.Errorf("%d messages wait", s.Waiting.Outbox)
		}
		p.us.start()
		p.co.reaches(x.Id, "no-hit")
		if s := p.co.status(); !s.Partner.Reachable || s.Partner.Problem != nil {
			t.Errorf("after it came back: %+v", s.Partner)
		}
	})
	t.Run("clocks ten minutes apart", func(t *testing.T) {
		co.set(10 * time.Minute)
		x, err := p.co.search("skew-1-xx", border(two))
		must(t, err)
		waitUntil(t, "the operator to be told", func() bool {
			s := p.co.status()
			return s.Partner.ClockDifferenceMs != nil && *s.Partner.ClockDifferenceMs < -9*60_000 && *s.Partner.ClockDifferenceMs > -11*60_000 &&
				strings.Contains(text(s.Partner.Problem), "clock")
		})
		if y := p.co.follow0(x.Id); y.State != "sent" {
			t.Errorf("%s", y.State)
		}
		us.set(10 * time.Minute) // the operator sets the other clock: nothing was lost
		p.co.reaches(x.Id, "no-hit")
	})
	t.Run("the partner is down until the message expires", func(t *testing.T) {
		must(t, p.us.stop())
		x, err := p.co.search("down-2-xx", border(two))
		must(t, err)
		co.ahead(16 * time.Minute)
		us.ahead(16 * time.Minute)
		y := p.co.reaches(x.Id, "undelivered")
		if !y.Settled || !strings.Contains(text(y.Error), "could not be reached") {
			t.Errorf("settled %v, error %q", y.Settled, text(y.Error))
		}
		if held := p.co.evidence(x.Id).Held; held.MessageBodies != 0 {
			t.Error("the sealed search is still there")
		}
		p.us.start()
		z, err := p.co.search("down-3-xx", border(two))
		must(t, err)
		p.co.reaches(z.Id, "no-hit") // the next one goes through
	})
	t.Run("nobody looks at the candidate", func(t *testing.T) {
		p.us.enrol(1, "border-encounter", "VE")
		x, err := p.co.search("forgotten-xx", border(handOf(t, 1, 1, 2, 7)))
		must(t, err)
		p.us.awaits(x.Id)
		p.co.reaches(x.Id, "acknowledged")
		us.ahead(73 * time.Hour)
		must(t, p.us.stop())
		p.us.start() // sweeps at once
		waitUntil(t, "the probe to end", func() bool { return p.us.evidence(x.Id).State == "closed" })
		if held := p.us.evidence(x.Id).Held; held.ProbeKeys != 0 {
			t.Error("the probe is still there")
		}
		r, err := p.us.client("examiner").ListCandidatesWithResponse(t.Context())
		must(t, api.Check(r, problemOf(r), err))
		if len(*r.JSON200) != 0 {
			t.Error("the candidate still waits")
		}
		co.ahead(11 * 24 * time.Hour)
		must(t, p.co.stop())
		p.co.start()
		if y := p.co.reaches(x.Id, "expired"); !y.Settled || text(y.Error) == "" {
			t.Errorf("settled %v, error %q", y.Settled, text(y.Error))
		}
	})
}

// TestStopsAtOnce: somebody who waits for an exchange does not hold the node up, and is answered. Whether the call
// has come to the node before it stops cannot be seen from outside: one that is cut is tried again with more time.
func TestStopsAtOnce(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.co.start()
	x, err := p.co.search("stops-1-xx", border(handOf(t, 99, 1, 2, 7)))
	must(t, err)
	for ahead := 200 * time.Millisecond; ; ahead *= 2 {
		err := p.co.stopWhileWaiting(x.Id, ahead)
		var lost net.Error
		if !errors.As(err, &lost) {
			return // answered, with whatever the node then knew
		}
		if ahead > 10*time.Second {
			t.Fatalf("the waiting call was cut: %v", err)
		}
		p.co.start()
	}
}

// stopWhileWaiting asks for an exchange, waiting for it to settle, and stops the node some time after.
func (p *party) stopWhileWaiting(id string, ahead time.Duration) error {
	p.t.Helper()
	answered := make(chan error, 1)
	go func() {
		wait := 60
		r, err := p.client("migration-officer").GetExchangeWithResponse(p.t.Context(), id, &api.GetExchangeParams{Wait: &wait})
		answered <- api.Check(r, problemOf(r), err)
	}()
	time.Sleep(ahead)
	must(p.t, p.stop())
	select {
	case err := <-answered:
		return err
	case <-time.After(20 * time.Second):
		p.t.Fatal("the waiting call was never answered")
		return nil
	}
}
