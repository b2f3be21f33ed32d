package node_test

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"convenio/api"
	"convenio/capture"
	"convenio/exchange"
	"convenio/finger"
	"convenio/ledger"
	"convenio/node"
)

// rogue is whoever holds a party's keys and does not keep to the protocol: it speaks to the partner's
// node without a node of its own.
type rogue struct {
	t      *testing.T
	keys   *exchange.KeyRing
	client *exchange.Client
	log    *ledger.Log
	to     exchange.Card
	text   exchange.Digest // the agreement in force
	have   uint64          // how much of our ledger the partner has verified
}

func newRogue(t *testing.T, as, at *party) *rogue {
	t.Helper()
	keys, err := node.KeysOf(as.dir)
	must(t, err)
	to, err := node.CardOf(at.dir)
	must(t, err)
	client, err := exchange.NewClient(exchange.ClientConfig{Keys: keys})
	must(t, err)
	t.Cleanup(client.Close)
	text, err := exchange.ParseDigest(at.status().Agreement.Digest)
	must(t, err)
	r := &rogue{t: t, keys: keys, client: client, to: to, text: text}
	r.newLedger()
	return r
}

// newLedger begins a ledger from nothing, under the party's own key.
func (r *rogue) newLedger() {
	r.t.Helper()
	signer, err := r.keys.LedgerSigner()
	must(r.t, err)
	card, err := r.keys.Card(exchange.Text{ES: "x", EN: "x"}, "https://127.0.0.1:1", time.Now())
	must(r.t, err)
	v, err := card.LedgerVerifier()
	must(r.t, err)
	r.log, err = ledger.Open(r.t.Context(), ledger.Config{Dir: filepath.Join(r.t.TempDir(), "ledger"), Origin: signer.Name(), Signer: signer, Verifier: v})
	must(r.t, err)
	log := r.log
	r.t.Cleanup(func() { _ = log.Close(r.t.Context()) })
	r.write(ledger.Entry{ID: "genesis", At: time.Now(), Kind: ledger.KindGenesis})
}

func (r *rogue) write(e ledger.Entry) uint64 {
	r.t.Helper()
	i, err := r.log.Append(r.t.Context(), e)
	must(r.t, err)
	return i
}

// id draws an identifier.
func (r *rogue) id() exchange.ID {
	id, err := exchange.NewID(rand.Reader)
	must(r.t, err)
	return id
}

func (r *rogue) header(tx exchange.Transaction, x exchange.ID) exchange.Header {
	now := time.Now()
	return exchange.Header{Version: exchange.Version, ID: r.id(), Exchange: x, Transaction: tx, From: r.keys.ID, To: r.to.Party,
		Agreement: r.text, Created: exchange.At(now), Expires: exchange.At(now.Add(time.Hour))}
}

func (r *rogue) seal(h exchange.Header, payload []byte, err error) []byte {
	r.t.Helper()
	must(r.t, err)
	envelope, _, err := exchange.Seal(r.keys, r.to, h, payload)
	must(r.t, err)
	return envelope
}

func officer(purpose, ground string) exchange.Asker {
	return exchange.Asker{Purpose: purpose, Ground: ground, Case: "case-1", Authority: "co-migration", Role: "migration-officer", Officer: "officer-1"}
}

func (r *rogue) searchOf(fingers []api.FingerImage, a exchange.Asker) ([]byte, error) {
	p := exchange.SearchPayload{Number: string(r.id()), Asker: a}
	var samples []capture.SearchSample
	for i, f := range fingers {
		samples = append(samples, capture.SearchSample{Position: finger.Position(2 + 5*i), PNG: f.Image, PPI: 500})
	}
	var err error
	p.File, err = capture.SearchFile(capture.SearchHeader{From: string(r.keys.ID), To: string(r.to.Party), Number: p.Number, At: time.Now()}, samples)
	must(r.t, err)
	return p.Bytes()
}

// logged writes the send entry of an envelope into the rogue's ledger and proves it.
func (r *rogue) logged(envelope []byte) exchange.Logged {
	r.t.Helper()
	h, digest, err := exchange.Inspect(envelope, exchange.MaxEnvelope)
	must(r.t, err)
	return r.prove(r.write(ledger.Entry{
		ID: "send:" + string(r.id()), At: time.Now(), Kind: ledger.KindSend, Exchange: string(h.Exchange),
		Transaction: string(h.Transaction), Message: ledger.Digest(digest),
	}))
}

func (r *rogue) prove(index uint64) exchange.Logged {
	r.t.Helper()
	_, raw, err := r.log.Entry(r.t.Context(), index)
	must(r.t, err)
	p, err := r.log.Prove(r.t.Context(), index, r.have)
	must(r.t, err)
	return exchange.Logged{Entry: raw, Proof: exchange.LogProof{
		Index: p.Index, Checkpoint: p.Checkpoint, Inclusion: p.Inclusion, Since: p.Since, Consistency: p.Consistency,
	}}
}

// send delivers an envelope that is in the rogue's ledger, as a lawful node would.
func (r *rogue) send(envelope []byte) (exchange.Delivery, error) {
	r.t.Helper()
	return r.sendWith(envelope, r.logged(envelope))
}

// sendWith delivers an envelope with the proof of some entry.
func (r *rogue) sendWith(envelope []byte, l exchange.Logged) (exchange.Delivery, error) {
	r.t.Helper()
	for {
		d, err := r.client.Deliver(r.t.Context(), r.to, exchange.Message{Logged: l, Envelope: envelope})
		var need *exchange.Refusal
		if errors.As(err, &need) && need.Code == exchange.CodeNeedConsistency {
			r.have = need.Have
			l.Proof = r.prove(l.Proof.Index).Proof
			continue
		}
		return d, err
	}
}

// refusal is why a delivery was not accepted: signed in a receipt, or unsigned; nil if it was accepted.
func refusal(d exchange.Delivery, err error) (*exchange.Refusal, bool) {
	var r *exchange.Refusal
	if errors.As(err, &r) {
		return r, false
	}
	return d.Receipt.Refusal, true
}

// TestRogue sends what no lawful node sends, with the partner's own keys.
func TestRogue(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.us.start()
	p.us.enrol(1, "border-encounter", "VE")
	r := newRogue(t, p.co, p.us)
	known := handOf(t, 1, 1, 2, 7)
	lawful := officer("border-examination", "person-present")
	search := func(change func(*exchange.Header), a exchange.Asker) []byte {
		h := r.header(exchange.TxSearch, r.id())
		if change != nil {
			change(&h)
		}
		payload, err := r.searchOf(known, a)
		return r.seal(h, payload, err)
	}
	before := p.us.status().Ledger.Size
	var refused int64

	// A search that is accepted, to know that the rogue is able to make one.
	first := search(nil, lawful)
	d, err := r.send(first)
	if why, _ := refusal(d, err); why != nil || err != nil {
		t.Fatalf("a lawful search was refused: %v %v", why, err)
	}
	h, _, err := exchange.Inspect(first, exchange.MaxEnvelope)
	must(t, err)
	p.us.examine(string(h.Exchange), api.Confirm)
	p.us.answered(string(h.Exchange))

	t.Run("the same bytes again", func(t *testing.T) {
		size := p.us.status().Ledger.Size
		again, err := r.send(first)
		must(t, err)
		if !again.Duplicate || string(again.Raw) != string(d.Raw) {
			t.Errorf("duplicate %v; same receipt %v", again.Duplicate, string(again.Raw) == string(d.Raw))
		}
		if now := p.us.status().Ledger.Size; now != size {
			t.Errorf("the ledger grew from %d to %d", size, now)
		}
	})
	t.Run("altered bytes under a used id", func(t *testing.T) {
		size := p.us.status().Ledger.Size
		altered := slices.Clone(first)
		altered[len(altered)/2] ^= 1
		why, signed := refusal(r.send(altered))
		if why == nil || why.Code != exchange.CodeReplay || signed {
			t.Errorf("%+v", why)
		}
		if now := p.us.status().Ledger.Size; now != size {
			t.Errorf("the ledger grew from %d to %d", size, now)
		}
	})

	cases := []struct {
		name    string
		send    func() (exchange.Delivery, error)
		code    exchange.Code
		article string
	}{
		{"altered bytes", func() (exchange.Delivery, error) {
			e := search(nil, lawful)
			e[len(e)/2] ^= 1
			return r.send(e)
		}, exchange.CodeBadSignature, ""},
		{"a purpose that is not listed", func() (exchange.Delivery, error) {
			return r.send(search(nil, officer("mass-surveillance", "person-present")))
		}, exchange.CodeDenied, "23"},
		{"a purpose that is not the authority's", func() (exchange.Delivery, error) {
			return r.send(search(nil, officer("visa-application", "application-on-file")))
		}, exchange.CodeDenied, ""},
		{"another text of the agreement", func() (exchange.Delivery, error) {
			return r.send(search(func(h *exchange.Header) { h.Agreement = exchange.DigestOf([]byte("another text")) }, lawful))
		}, exchange.CodeWrongAgreement, ""},
		{"expired", func() (exchange.Delivery, error) {
			return r.send(search(func(h *exchange.Header) {
				h.Created, h.Expires = exchange.At(time.Now().Add(-2*time.Hour)), exchange.At(time.Now().Add(-time.Hour))
			}, lawful))
		}, exchange.CodeExpired, ""},
		{"made in the future", func() (exchange.Delivery, error) {
			return r.send(search(func(h *exchange.Header) { h.Created = exchange.At(time.Now().Add(10 * time.Minute)) }, lawful))
		}, exchange.CodeClockSkew, ""},
		{"a life without end", func() (exchange.Delivery, error) {
			return r.send(search(func(h *exchange.Header) { h.Expires = exchange.At(time.Now().AddDate(1, 0, 0)) }, lawful))
		}, exchange.CodeMalformed, ""},
		{"a lawful search that the sender's ledger does not show", func() (exchange.Delivery, error) {
			e, other := search(nil, lawful), search(nil, lawful)
			return r.sendWith(e, r.logged(other))
		}, exchange.CodeNotInLedger, ""},
		{"a proof with an entry that is not in the tree", func() (exchange.Delivery, error) {
			e, other := search(nil, lawful), search(nil, lawful)
			l := r.logged(other)
			h, digest, err := exchange.Inspect(e, exchange.MaxEnvelope)
			must(t, err)
			l.Entry, err = ledger.Entry{ID: "send:x", At: time.Now(), Kind: ledger.KindSend, Exchange: string(h.Exchange), Transaction: "search", Message: ledger.Digest(digest)}.Encode()
			must(t, err)
			return r.sendWith(e, l)
		}, exchange.CodeNotInLedger, ""},
		{"an answer to an exchange that was never begun", func() (exchange.Delivery, error) {
			h := r.header(exchange.TxAnswer, r.id())
			h.InReplyTo = r.id()
			payload, err := exchange.AnswerPayload{Outcome: exchange.NoHit, Articles: []string{"13"}, Probe: exchange.Erasure{Erased: true, At: exchange.At(time.Now())}}.Bytes()
			return r.send(r.seal(h, payload, err))
		}, exchange.CodeOutOfOrder, ""},
		{"an answer to an exchange that the answering side serves", func() (exchange.Delivery, error) {
			hh := r.header(exchange.TxAnswer, h.Exchange)
			hh.InReplyTo = h.ID
			payload, err := exchange.AnswerPayload{Outcome: exchange.NoHit, Articles: []string{"13"}, Probe: exchange.Erasure{Erased: true, At: exchange.At(time.Now())}}.Bytes()
			return r.send(r.seal(hh, payload, err))
		}, exchange.CodeOutOfOrder, ""},
		{"a disclosure nobody asked for", func() (exchange.Delivery, error) {
			hh := r.header(exchange.TxDisclosure, h.Exchange)
			hh.InReplyTo = h.ID
			payload, err := exchange.DisclosurePayload{Outcome: exchange.DisclosureRefused, Reference: r.id(), Articles: []string{"16"}, Refusal: &exchange.Text{ES: "no", EN: "no"},
				Fields: map[string]exchange.Field{"address": {Outcome: exchange.FieldRefused, Article: "16"}}}.Bytes()
			return r.send(r.seal(hh, payload, err))
		}, exchange.CodeOutOfOrder, ""},
		{"facts behind a hit with a reference that was guessed", func() (exchange.Delivery, error) {
			hh := r.header(exchange.TxDisclose, h.Exchange)
			hh.InReplyTo = h.ID
			payload, err := exchange.DisclosePayload{Reference: r.id(), Asker: lawful, Fields: []string{"family-name"}}.Bytes()
			return r.send(r.seal(hh, payload, err))
		}, exchange.CodeOutOfOrder, ""},
		{"a second search in the same exchange", func() (exchange.Delivery, error) {
			payload, err := r.searchOf(known, lawful)
			return r.send(r.seal(r.header(exchange.TxSearch, h.Exchange), payload, err))
		}, exchange.CodeOutOfOrder, ""},
		{"bytes that are no search", func() (exchange.Delivery, error) {
			return r.send(r.seal(r.header(exchange.TxSearch, r.id()), []byte(`{"name":"somebody"}`), nil))
		}, exchange.CodeMalformed, ""},
		{"a suspension that the party did not sign", func() (exchange.Delivery, error) {
			notice := strings.Replace(string(p.us.signNotice("suspend", 1)), `"us"`, `"co"`, 1)
			payload, err := exchange.SuspendPayload{Notice: []byte(notice)}.Bytes()
			return r.send(r.seal(r.header(exchange.TxSuspend, ""), payload, err))
		}, exchange.CodeMalformed, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			why, signed := refusal(c.send())
			if why == nil || signed != c.code.Final() || why.Code != c.code {
				t.Fatalf("signed %v: %+v, want %s", signed, why, c.code)
			}
			if c.article != "" && why.Article != c.article {
				t.Errorf("article %q, want %q", why.Article, c.article)
			}
			if c.code == exchange.CodeClockSkew && (why.ClockDifference() < 9*time.Minute || why.ClockDifference() > 11*time.Minute) {
				t.Errorf("the difference is said to be %v", why.ClockDifference())
			}
		})
		if c.code.Final() {
			refused++
		}
	}

	t.Run("a forked ledger", func(t *testing.T) {
		have := r.have
		r.have = 0
		r.newLedger() // the same key, another history
		for range have + 4 {
			r.write(ledger.Entry{ID: string(r.id()), At: time.Now(), Kind: ledger.KindEnrol})
		}
		why, signed := refusal(r.send(search(nil, lawful)))
		if why == nil || !signed || why.Code != exchange.CodeLedgerForked {
			t.Fatalf("signed %v: %+v", signed, why)
		}
	})
	refused++

	s := p.us.status()
	if s.Agreement.State != "in-force" {
		t.Errorf("the agreement is %s", s.Agreement.State)
	}
	must(t, p.us.stop())
	got := map[ledger.Kind]int64{}
	for _, e := range p.us.book().Entries[before:] {
		got[e.Kind]++
	}
	// Of everything above only the first search did anything; what was refused is one entry each.
	if got[ledger.KindSearch] != 1 || got[ledger.KindReceive] != 1 || got[ledger.KindRefuse] != refused {
		t.Errorf("the ledger has %v: want one search and %d refusals", got, refused)
	}
}

// answered waits until all that an answer leaves in the ledger is there.
func (p *party) answered(id string) {
	p.t.Helper()
	waitUntil(p.t, "the ledger to hold the answer", func() bool {
		steps := p.steps(id)
		return steps["send answer"] > 0 && steps["erase"] > 0
	})
}
