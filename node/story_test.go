package node_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"convenio/agreement"
	"convenio/api"
	"convenio/exchange"
	"convenio/finger"
	"convenio/ledger"
	"convenio/ledger/audit"
	"convenio/node"
	"convenio/registry"
)

// Drawing fingers takes longer than anything a node does with them, so each is drawn once.
var (
	handsMu sync.Mutex
	hands   = map[string][]api.FingerImage{}
)

func handOf(t *testing.T, person, impression uint64, positions ...finger.Position) []api.FingerImage {
	t.Helper()
	handsMu.Lock()
	defer handsMu.Unlock()
	key := fmt.Sprint(person, impression, positions)
	if hands[key] == nil {
		hands[key] = hand(t, person, impression, positions...)
	}
	return slices.Clone(hands[key])
}

// persist does what a person at a workstation does while a node is restarted: the same again, until it
// is answered. Only silence and answers of the kind "the node failed" are tried again.
func persist(t *testing.T, what string, call func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err = call(); err == nil {
			return
		}
		var f *api.Failure
		if errors.As(err, &f) && f.Status < 500 {
			break
		}
	}
	t.Fatalf("%s: %v", what, err)
}

// errNotYet makes persist ask again.
var errNotYet = errors.New("not yet")

// seek searches and returns the exchange, through any number of restarts.
func (p *party) seek(key string, req api.SearchRequest) (x api.Exchange) {
	p.t.Helper()
	persist(p.t, "search", func() (err error) {
		x, err = p.search(key, req)
		return err
	})
	return x
}

// reaches waits until the officer sees the exchange in a state.
func (p *party) reaches(id, state string) (x api.Exchange) {
	p.t.Helper()
	persist(p.t, "exchange in state "+state, func() error {
		r, err := p.client("migration-officer").GetExchangeWithResponse(p.t.Context(), id, &api.GetExchangeParams{})
		if err := api.Check(r, problemOf(r), err); err != nil {
			return err
		}
		if x = *r.JSON200; x.State != state {
			return fmt.Errorf("%w: it is %s %v", errNotYet, x.State, text(x.Error))
		}
		return nil
	})
	return x
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// examine waits for the candidate of an exchange and says what the examiner thinks of it.
func (p *party) examine(id string, verdict api.VerdictVerdict) {
	p.t.Helper()
	persist(p.t, "candidate", func() error {
		r, err := p.client("examiner").ListCandidatesWithResponse(p.t.Context())
		if err := api.Check(r, problemOf(r), err); err != nil {
			return err
		}
		if !slices.ContainsFunc(*r.JSON200, func(c api.Candidate) bool { return c.Exchange == id }) {
			return errNotYet
		}
		return nil
	})
	persist(p.t, "verdict", func() error {
		r, err := p.client("examiner").GiveVerdictWithResponse(p.t.Context(), id, api.Verdict{Verdict: verdict, Reason: "compared side by side"})
		return api.Check(r, problemOf(r), err)
	})
}

func (p *party) askFor(id string, fields ...string) {
	p.t.Helper()
	persist(p.t, "disclosure", func() error {
		r, err := p.client("migration-officer").RequestDisclosureWithResponse(p.t.Context(), id, api.RequestDisclosureJSONRequestBody{Fields: fields})
		return api.Check(r, problemOf(r), err)
	})
}

func (p *party) release(id string) {
	p.t.Helper()
	persist(p.t, "approval", func() error {
		r, err := p.client("approver").ListApprovalsWithResponse(p.t.Context())
		if err := api.Check(r, problemOf(r), err); err != nil {
			return err
		}
		if !slices.ContainsFunc(*r.JSON200, func(a api.Approval) bool { return a.Exchange == id }) {
			return errNotYet
		}
		return nil
	})
	persist(p.t, "release", func() error {
		r, err := p.client("approver").DecideApprovalWithResponse(p.t.Context(), id, api.DecideApprovalJSONRequestBody{Decision: "release", Reason: "needed"})
		return api.Check(r, problemOf(r), err)
	})
}

// asked are the fields of the standard story; an approver is needed for the second, the last is never given.
var asked = []string{"family-name", "travel-document-number", "address"}

// hitStory takes a search of an enrolled person through hit, verdict, disclosure and approval.
func (p *pair) hitStory(key string) string {
	p.t.Helper()
	id := p.hitUntil(key)
	p.co.askFor(id, asked...)
	p.us.release(id)
	x := p.co.reaches(id, "disclosed")
	if x.Disclosed == nil || len(*x.Disclosed) != 2 || (*x.Disclosed)["family-name"].Value != "Prueba 1" {
		p.t.Errorf("disclosed: %+v", x.Disclosed)
	}
	return id
}

func (p *pair) hitUntil(key string) string {
	p.t.Helper()
	id := p.co.seek(key, border(handOf(p.t, 1, 1, 2, 7))).Id
	p.us.examine(id, api.Confirm)
	p.co.reaches(id, "hit")
	return id
}

func (p *pair) noHitStory(key string) string {
	p.t.Helper()
	id := p.co.seek(key, border(handOf(p.t, 99, 1, 2, 7))).Id
	p.co.reaches(id, "no-hit")
	return id
}

// notice signs a notice of the party and gives it to its node.
func (p *party) notice(kind string, sequence int) {
	p.t.Helper()
	p.noticeOf(kind, sequence, nil)
}

// noticeOf is a notice of a part.
func (p *party) noticeOf(kind string, sequence int, part *agreement.Part) {
	p.t.Helper()
	raw := p.signNoticeOf(kind, sequence, part)
	persist(p.t, kind, func() error {
		r, err := p.client("operator").PostNoticeWithResponse(p.t.Context(), api.PostNoticeJSONRequestBody{Notice: raw})
		return api.Check(r, problemOf(r), err)
	})
}

func (p *party) signNotice(kind string, sequence int) []byte {
	p.t.Helper()
	return p.signNoticeOf(kind, sequence, nil)
}

func (p *party) signNoticeOf(kind string, sequence int, part *agreement.Part) []byte {
	p.t.Helper()
	keys, err := node.KeysOf(p.dir)
	must(p.t, err)
	bundle, err := os.ReadFile(filepath.Join(p.dir, "agreement", "agreement.txtar"))
	must(p.t, err)
	a, err := agreement.ParseBundle(bundle)
	must(p.t, err)
	s, err := agreement.SignNotice(agreement.Notice{
		Agreement: a.Digest(), Party: map[exchange.PartyID]string{"CO": "co", "US": "us"}[keys.ID], Kind: kind,
		From: time.Now().Add(-time.Minute).Truncate(time.Second), Reason: "test", Sequence: sequence, Part: part,
	}, keys.Party)
	must(p.t, err)
	return s.Marshal()
}

// agreementState is what the node says of its agreement.
func (p *party) agreementState() string { return p.status().Agreement.State }

func (p *party) status() (s api.Status) {
	p.t.Helper()
	persist(p.t, "status", func() error {
		r, err := p.client("operator").GetStatusWithResponse(p.t.Context())
		if err := api.Check(r, problemOf(r), err); err != nil {
			return err
		}
		s = *r.JSON200
		return nil
	})
	return s
}

// quiet waits until a node has nothing more to send and none of its entries waits for the ledger.
func (p *party) quiet() {
	p.t.Helper()
	persist(p.t, "an empty outbox", func() error {
		if s := p.status(); s.Waiting.Outbox > 0 {
			return errNotYet
		}
		return nil
	})
}

// book reads the ledger in a party's folder.
func (p *party) book() *ledger.Book {
	p.t.Helper()
	card, err := node.CardOf(p.dir)
	must(p.t, err)
	v, err := card.LedgerVerifier()
	must(p.t, err)
	b, err := ledger.Load(context.Background(), ledger.DirSource(node.LedgerOf(p.dir)), v, v.Name())
	must(p.t, err)
	return b
}

// openings reads the private bodies behind a stopped node's ledger.
func (p *party) openings() map[string]ledger.Opening {
	p.t.Helper()
	store := p.store()
	defer store.Close()
	rows, err := store.JournalFrom(context.Background(), 0, 100000)
	must(p.t, err)
	out := map[string]ledger.Opening{}
	for _, j := range rows {
		if j.Body != nil {
			out[j.ID] = ledger.Opening{Salt: j.Salt, Body: j.Body}
		}
	}
	return out
}

// store opens a stopped node's registry.
func (p *party) store() *registry.Store {
	p.t.Helper()
	keys, err := node.KeysOf(p.dir)
	must(p.t, err)
	s, err := registry.Open(filepath.Join(p.dir, "registry.db"), registry.Options{MasterKey: keys.Rest})
	must(p.t, err)
	return s
}

// audit compares the ledgers of two stopped nodes: they must agree, with nothing open.
func (p *pair) audit(noApproval bool) {
	p.t.Helper()
	a := audit.Input{Party: "CO", Book: p.co.book(), Openings: p.co.openings()}
	b := audit.Input{Party: "US", Book: p.us.book(), Openings: p.us.openings()}
	r := audit.Run(a, b, audit.Options{NoApproval: noApproval})
	if !r.Agree || len(r.Pending) > 0 || len(r.Alarms) > 0 {
		p.t.Errorf("the two ledgers do not bear each other out:\n%s", r.Text())
	}
	for _, x := range []*party{p.co, p.us} {
		s := x.store()
		if err := s.CheckDeep(context.Background()); err != nil {
			p.t.Errorf("registry of %s: %v", x.dir, err)
		}
		must(p.t, s.Close())
	}
}

// steps counts what a ledger says of one exchange ("" for what belongs to none).
func (p *party) steps(id string) map[string]int {
	p.t.Helper()
	out := map[string]int{}
	for _, e := range p.book().Entries {
		if e.Exchange != id {
			continue
		}
		name := string(e.Kind)
		if e.Transaction != "" {
			name += " " + e.Transaction
		}
		out[name]++
	}
	return out
}

// problemOf is the problem in an answer of the typed client, if there is one: also when there is no
// answer at all.
func problemOf[R any](r *R) *api.Problem {
	if r == nil {
		return nil
	}
	f := reflect.ValueOf(r).Elem().FieldByName("ApplicationproblemJSONDefault")
	if !f.IsValid() {
		return nil
	}
	p, _ := f.Interface().(*api.Problem)
	return p
}
