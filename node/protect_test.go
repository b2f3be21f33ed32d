package node_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"maps"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"convenio/api"
	"convenio/exchange"
	"convenio/node"
)

// recorder stands where a party's node would and keeps what the partner sends: all that a curious
// partner can see. It takes nothing for good, so it keeps the first delivery of each message.
type recorder struct {
	mu  sync.Mutex
	got map[exchange.ID]arrival // by exchange
}

type arrival struct {
	at       time.Time
	envelope []byte
}

func (r *recorder) Receive(_ context.Context, _ exchange.PartyID, m exchange.Message) (exchange.Reply, error) {
	h, _, err := exchange.Inspect(m.Envelope, exchange.MaxEnvelope)
	if err != nil {
		return exchange.Reply{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.got[h.Exchange]; !known {
		r.got[h.Exchange] = arrival{time.Now(), m.Envelope}
	}
	return exchange.Reply{}, exchange.Busy(time.Hour)
}

func (r *recorder) of(id exchange.ID) (arrival, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a, ok := r.got[id]
	return a, ok
}

// record serves a recorder at the address of a party's node.
func record(t *testing.T, as, peer *party) *recorder {
	t.Helper()
	keys, err := node.KeysOf(as.dir)
	must(t, err)
	card, err := node.CardOf(peer.dir)
	must(t, err)
	peers, err := exchange.NewPeers(card)
	must(t, err)
	r := &recorder{got: map[exchange.ID]arrival{}}
	s, err := exchange.NewServer(exchange.ServerConfig{Keys: keys, Peers: peers, Inbox: r})
	must(t, err)
	cfg, err := node.LoadConfig(node.ConfigOf(as.dir))
	must(t, err)
	l, err := net.Listen("tcp", cfg.Exchange.Listen)
	must(t, err)
	h := s.HTTPServer()
	go func() { _ = h.Serve(tls.NewListener(l, exchange.ServerTLS(keys, peers))) }()
	t.Cleanup(func() { _ = h.Close() })
	return r
}

// TestProtectedIsUnseen searches people who are protected and somebody who is not there at all, and
// compares all that the asking party can see of the answers.
func TestProtectedIsUnseen(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	for _, where := range []string{"memory", "disk"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			protectedIsUnseen(t, where)
		})
	}
}

func protectedIsUnseen(t *testing.T, where string) {
	p := newPair(t)
	p.us.gallery(where)
	p.us.start()
	sight := record(t, p.co, p.us)
	r := newRogue(t, p.co, p.us)
	us, err := node.CardOf(p.us.dir)
	must(t, err)
	// The same person every time, so that nothing but the class of the record differs.
	fingers := handOf(t, 3, 1, 2, 7)
	co := "co"
	search := func() (exchange.ID, time.Time) {
		h := r.header(exchange.TxSearch, r.id())
		payload, err := r.searchOf(fingers, officer("border-examination", "person-present"))
		envelope := r.seal(h, payload, err)
		sent := time.Now()
		d, err := r.send(envelope)
		if why, _ := refusal(d, err); why != nil || err != nil {
			t.Fatalf("search refused: %v %v", why, err)
		}
		return h.Exchange, sent
	}
	seen := func(id exchange.ID) arrival {
		var a arrival
		waitUntil(t, "the answer", func() (ok bool) {
			a, ok = sight.of(id)
			return ok
		})
		return a
	}
	open := func(a arrival) (exchange.Header, exchange.AnswerPayload) {
		o, err := exchange.Open(r.keys, us, a.envelope, time.Now(), exchange.OpenOptions{Agreements: []exchange.Digest{r.text}})
		must(t, err)
		answer, err := exchange.ParseAnswer(o.Payload)
		must(t, err)
		return o.Header, answer
	}

	id, _ := search()
	nobody := seen(id)
	nobodyHeader, nobodyAnswer := open(nobody)
	if nobodyAnswer.Outcome != exchange.NoHit {
		t.Fatalf("somebody who is not enrolled is a %s", nobodyAnswer.Outcome)
	}
	must(t, nothingIn(p.us, id))
	nobodySteps := p.us.stepsOf(string(id))

	for _, c := range []struct {
		name, category, nationality, article string
		guards                               []api.Safeguard
	}{
		{"claims asylum from the asking party", "border-encounter", "VE", "8", []api.Safeguard{{Kind: "asylum-claim", Against: &co}}},
		{"minor", "border-encounter", "VE", "9", []api.Safeguard{{Kind: "minor"}}},
		{"victim", "visa", "VE", "9", []api.Safeguard{{Kind: "victim"}}},
		{"contested", "return", "VE", "9", []api.Safeguard{{Kind: "contested"}}},
		{"restricted", "border-encounter", "EC", "9", []api.Safeguard{{Kind: "restricted"}}},
		{"two safeguards", "border-encounter", "VE", "", []api.Safeguard{{Kind: "minor"}, {Kind: "asylum-claim", Against: &co}}},
		{"own national", "border-encounter", "US", "10", nil},
		{"national of the asking party", "border-encounter", "CO", "7", nil},
		{"one of two nationalities", "border-encounter", "VE", "9", []api.Safeguard{{Kind: "contested"}}},
		{"claim for protection", "protection-claim", "VE", "8", nil},
		{"criminal investigation", "investigation", "VE", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			subject := p.us.enrolAs(c.name, 3, c.category, c.nationality, c.guards...)
			defer p.us.erase(subject)
			id, _ := search()
			a := seen(id)
			h, answer := open(a)
			if len(a.envelope) != len(nobody.envelope) {
				t.Errorf("the sealed answer has %d bytes, that of nobody %d", len(a.envelope), len(nobody.envelope))
			}
			if h.Life() != nobodyHeader.Life() || h.Agreement != nobodyHeader.Agreement || h.Transaction != nobodyHeader.Transaction {
				t.Errorf("header %+v, that of nobody %+v", h, nobodyHeader)
			}
			answer.Probe.At = nobodyAnswer.Probe.At
			if got, want := asJSON(t, answer), asJSON(t, nobodyAnswer); got != want {
				t.Errorf("answer %s, that of nobody %s", got, want)
			}
			p.us.excluded(string(id), c.article)
			must(t, nothingIn(p.us, id))
			if got := p.us.stepsOf(string(id)); !maps.Equal(got, nobodySteps) {
				t.Errorf("the ledger has %v, for nobody %v", got, nobodySteps)
			}
		})
	}

	t.Run("without protection the same prints are found", func(t *testing.T) {
		subject := p.us.enrolAs("free", 3, "border-encounter", "VE")
		id, _ := search()
		p.us.awaits(string(id))
		// The safeguard comes while the examiner looks.
		g := []api.Safeguard{{Kind: "asylum-claim", Against: &co}}
		put, err := p.us.client("operator").PutSafeguardsWithResponse(t.Context(), subject, api.PutSafeguardsJSONRequestBody{Safeguards: g})
		must(t, api.Check(put, problemOf(put), err))
		p.us.examine(string(id), api.Confirm)
		if _, answer := open(seen(id)); answer.Outcome != exchange.NoHit || answer.Reference != "" {
			t.Errorf("a person protected before the verdict was answered %s", answer.Outcome)
		}
		late := p.us.stepsOf(string(id))
		// A rejected candidate leaves the same in the ledger.
		other := p.us.enrolAs("other", 3, "border-encounter", "VE")
		id, _ = search()
		p.us.examine(string(id), api.Reject)
		if _, answer := open(seen(id)); answer.Outcome != exchange.NoHit {
			t.Errorf("a rejected candidate was answered %s", answer.Outcome)
		}
		if rejected := p.us.stepsOf(string(id)); !maps.Equal(late, rejected) {
			t.Errorf("the ledger tells protection from rejection: %v and %v", late, rejected)
		}
		p.us.erase(other)
	})
	t.Run("a person erased before the verdict", func(t *testing.T) {
		subject := p.us.enrolAs("erased", 3, "border-encounter", "VE")
		id, _ := search()
		p.us.awaits(string(id))
		p.us.erase(subject)
		p.us.examine(string(id), api.Confirm)
		if _, answer := open(seen(id)); answer.Outcome != exchange.NoHit {
			t.Errorf("a person who is no longer there was answered %s", answer.Outcome)
		}
	})
}

// stepsOf is what a running node's ledger says of an answered exchange. What is published follows what is
// written by a moment.
func (p *party) stepsOf(id string) (steps map[string]int) {
	p.t.Helper()
	waitUntil(p.t, "the ledger to publish the answer", func() bool {
		steps = p.steps(id)
		return steps["send answer"] > 0
	})
	return steps
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	must(t, err)
	return string(b)
}

// enrolAs enrols a person again, as a new record.
func (p *party) enrolAs(key string, person uint64, category, nationality string, guards ...api.Safeguard) (subject string) {
	p.t.Helper()
	e := api.Enrolment{Category: category, Nationalities: []string{nationality}, Fields: map[string]string{"family-name": "Prueba"}, Fingers: handOf(p.t, person, 0, 2, 7)}
	if key == "one of two nationalities" {
		e.Nationalities = append(e.Nationalities, "CO")
	}
	if len(guards) > 0 {
		e.Safeguards = &guards
	}
	key = "enrol-" + exchange.DigestOf([]byte(key)).String()[:12]
	r, err := p.client("operator").EnrolWithResponse(p.t.Context(), &api.EnrolParams{IdempotencyKey: key}, e)
	must(p.t, api.Check(r, problemOf(r), err))
	return r.JSON201.Subject
}

func (p *party) erase(subject string) {
	p.t.Helper()
	r, err := p.client("operator").EraseSubjectWithResponse(p.t.Context(), subject)
	must(p.t, api.Check(r, problemOf(r), err))
}

// awaits waits until an examiner sees the candidate.
func (p *party) awaits(id string) {
	p.t.Helper()
	persist(p.t, "candidate", func() error {
		r, err := p.client("examiner").GetCandidateWithResponse(p.t.Context(), id)
		if err := api.Check(r, problemOf(r), err); err != nil {
			var f *api.Failure
			if errors.As(err, &f) && f.Status == 404 {
				return errNotYet
			}
			return err
		}
		if len(r.JSON200.Pairs) == 0 {
			return errNotYet
		}
		return nil
	})
}

func (p *party) evidence(id string) api.Evidence {
	p.t.Helper()
	r, err := p.client("auditor").GetEvidenceWithResponse(p.t.Context(), id)
	must(p.t, api.Check(r, problemOf(r), err))
	return *r.JSON200
}

// excluded checks that the overseer, and nobody else, learns which records took no part and why.
func (p *party) excluded(id, article string) {
	p.t.Helper()
	for _, e := range p.evidence(id).Entries {
		if e.Kind != "search" {
			continue
		}
		var body struct {
			Reached  []string            `json:"reached"`
			Excluded map[string][]string `json:"excluded"`
			People   int                 `json:"people"`
			Out      int                 `json:"out"`
		}
		must(p.t, json.Unmarshal(e.Body, &body))
		if body.Out != 1 || body.People != 0 || len(body.Excluded) != 1 {
			p.t.Errorf("the search reached %d people and left out %d: %s", body.People, body.Out, e.Body)
		}
		for class, articles := range body.Excluded {
			if len(articles) == 0 || (article != "" && !slices.Contains(articles, article)) {
				p.t.Errorf("class %s is left out by %v, want article %s", class, articles, article)
			}
		}
		return
	}
	p.t.Errorf("exchange %s: no search entry in the evidence", id)
}

// nothingIn says whether the node still holds anything of the probe, or waits for anybody.
func nothingIn(p *party, id exchange.ID) error {
	if held := p.evidence(string(id)).Held; held.ProbeKeys != 0 {
		return errors.New("the key of the probe is still there")
	}
	return nil
}
