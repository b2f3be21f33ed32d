package exchange_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"convenio/exchange"
	"convenio/ledger"
	"convenio/ledger/audit"
)

// node is a party's node with a real ledger, and a memory for what a registry would keep.
type node struct {
	keys *exchange.KeyRing
	card exchange.Card
	log  *ledger.Log
	dir  string

	mu       sync.Mutex
	seen     ledger.Checkpoint               // of the partner's ledger
	receipts map[exchange.Digest][]byte      // by envelope
	ids      map[exchange.ID]exchange.Digest // of messages received
	door     inboxDoor
	deny     func(exchange.Opened) *exchange.Refusal
	acted    int
}

const agreementText = "the signed text"

func newNode(t *testing.T, id exchange.PartyID, endpoint string) *node {
	t.Helper()
	n := &node{receipts: map[exchange.Digest][]byte{}, ids: map[exchange.ID]exchange.Digest{}, dir: filepath.Join(t.TempDir(), "ledger")}
	var err error
	if n.keys, err = exchange.GenerateKeys(rand.Reader, id, time.Now()); err != nil {
		t.Fatal(err)
	}
	if n.card, err = n.keys.Card(exchange.Text{ES: "Prueba", EN: "Test"}, endpoint, time.Now()); err != nil {
		t.Fatal(err)
	}
	n.log = n.open(t, n.dir)
	n.append(t, ledger.Entry{ID: "genesis", Kind: ledger.KindGenesis})
	return n
}

func (n *node) open(t *testing.T, dir string) *ledger.Log {
	t.Helper()
	signer, err := n.keys.LedgerSigner()
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := n.card.LedgerVerifier()
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), ledger.Config{Dir: dir, Origin: signer.Name(), Signer: signer, Verifier: verifier})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(context.Background()) })
	return l
}

// entry writes to a log and proves what was written, since a size that the partner knows.
func entry(ctx context.Context, l *ledger.Log, e ledger.Entry, since uint64) (exchange.Logged, error) {
	e.At = time.Now().UTC().Truncate(time.Millisecond)
	raw, err := e.Encode()
	if err != nil {
		return exchange.Logged{}, err
	}
	index, err := l.Append(ctx, e)
	if err != nil {
		return exchange.Logged{}, err
	}
	p, err := l.Prove(ctx, index, since)
	return exchange.Logged{Entry: raw, Proof: exchange.LogProof(p)}, err
}

func (n *node) append(t *testing.T, e ledger.Entry) exchange.Logged {
	t.Helper()
	l, err := entry(t.Context(), n.log, e, 0)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// trust connects two nodes by their cards.
func (n *node) trust(t *testing.T, other exchange.Card) *exchange.Peers {
	t.Helper()
	peers, err := exchange.NewPeers(other)
	if err != nil {
		t.Fatal(err)
	}
	n.door = inboxDoor{Keys: n.keys, Peers: peers, Now: time.Now, VerifyLog: n.verifyLog,
		Options: func(exchange.Header) exchange.OpenOptions {
			return exchange.OpenOptions{Agreements: []exchange.Digest{exchange.DigestOf([]byte(agreementText))},
				Seen: func(_ exchange.PartyID, id exchange.ID) (exchange.Digest, bool) { d, ok := n.ids[id]; return d, ok }}
		}}
	return peers
}

// verify checks that l is an entry about the message, in the ledger of a card, and that the ledger continues what this
// node saw of it; it keeps the new checkpoint.
func (n *node) verify(card exchange.Card, l exchange.Logged, message exchange.Digest, kind ledger.Kind) (*ledger.Peer, error) {
	if l.Proof.Since != n.seen.Size {
		return nil, exchange.NeedConsistency(n.seen.Size)
	}
	v, err := card.LedgerVerifier()
	if err != nil {
		return nil, err
	}
	cp, err := ledger.VerifyProof(v, v.Name(), l.Entry, ledger.Proof(l.Proof), n.seen.Size, n.seen.Root)
	if errors.Is(err, ledger.ErrInconsistent) {
		return nil, exchange.NewRefusal(exchange.CodeLedgerForked, err.Error())
	}
	if err != nil {
		return nil, exchange.NewRefusal(exchange.CodeNotInLedger, err.Error())
	}
	e, err := ledger.ParseEntry(l.Entry)
	if err != nil || e.Kind != kind || e.Message != ledger.Digest(message) {
		return nil, exchange.NewRefusal(exchange.CodeNotInLedger, "the entry proved is not of this message")
	}
	n.seen = cp
	return &ledger.Peer{Index: l.Proof.Index, Size: cp.Size, Root: cp.Root}, nil
}

func (n *node) verifyLog(_ context.Context, from exchange.Card, m exchange.Message, o exchange.Opened) error {
	_, err := n.verify(from, m.Logged, o.Digest, ledger.KindSend)
	return err
}

// Receive implements exchange.Inbox in the order that the specification gives.
func (n *node) Receive(ctx context.Context, peer exchange.PartyID, m exchange.Message) (exchange.Reply, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	d := exchange.DigestOf(m.Envelope)
	o, err := n.door.Check(ctx, peer, m)
	if errors.Is(err, exchange.ErrDuplicate) || n.receipts[d] != nil {
		return exchange.Reply{Receipt: n.receipts[d], Duplicate: true}, nil
	}
	var refusal *exchange.Refusal
	if err != nil && (!errors.As(err, &refusal) || !refusal.Code.Final()) {
		return exchange.Reply{}, err
	}
	h, _, _ := exchange.Inspect(m.Envelope, exchange.MaxEnvelope)
	e := ledger.Entry{ID: "in-" + d.String(), Kind: ledger.KindReceive, Exchange: string(h.Exchange), Transaction: string(h.Transaction), Message: ledger.Digest(d)}
	if refusal == nil && n.deny != nil {
		refusal = n.deny(o)
	}
	if err == nil {
		e.Peer = &ledger.Peer{Index: m.Logged.Proof.Index, Size: n.seen.Size, Root: n.seen.Root}
	}
	if refusal != nil {
		e.Kind = ledger.KindRefuse
	} else {
		n.acted++
	}
	l, err := entry(ctx, n.log, e, m.Seen)
	if err != nil {
		return exchange.Reply{}, err
	}
	r, err := exchange.NewReceipt(n.keys, peer, d, refusal, l, time.Now())
	if err != nil {
		return exchange.Reply{}, err
	}
	raw, err := r.Bytes()
	if err != nil {
		return exchange.Reply{}, err
	}
	n.receipts[d], n.ids[h.ID] = raw, d
	return exchange.Reply{Receipt: raw}, nil
}

// pair is XA, who asks, and XB, who runs a server.
type pair struct {
	a, b   *node
	client *exchange.Client
}

func newPair(t *testing.T) *pair {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &pair{a: newNode(t, "XA", "https://127.0.0.1:1"), b: newNode(t, "XB", "https://"+ln.Addr().String())}
	p.a.trust(t, p.b.card)
	peers := p.b.trust(t, p.a.card)
	server, err := exchange.NewServer(exchange.ServerConfig{Keys: p.b.keys, Peers: peers, Inbox: p.b})
	if err != nil {
		t.Fatal(err)
	}
	h := server.HTTPServer()
	go func() { _ = h.ServeTLS(exchange.LimitListener(ln, 20), "", "") }()
	t.Cleanup(func() { h.Close() })
	if p.client, err = exchange.NewClient(exchange.ClientConfig{Keys: p.a.keys}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.client.Close)
	return p
}

// seal decides on a search, makes it, and logs that it is about to be sent.
func (p *pair) seal(t *testing.T, since uint64) (exchange.Message, ledger.Entry) {
	t.Helper()
	var ids [2]exchange.ID
	for i := range ids {
		var err error
		if ids[i], err = exchange.NewID(rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	h := exchange.Header{Version: 1, ID: ids[0], Exchange: ids[1], Transaction: exchange.TxSearch, From: "XA", To: "XB",
		Agreement: exchange.DigestOf([]byte(agreementText)), Created: exchange.At(now), Expires: exchange.At(now.Add(time.Hour))}
	raw, d, err := exchange.Seal(p.a.keys, p.b.card, h, []byte("payload"))
	if err != nil {
		t.Fatal(err)
	}
	p.a.append(t, ledger.Entry{ID: "decide-" + d.String(), Kind: ledger.KindDecide, Exchange: string(h.Exchange)})
	e := ledger.Entry{ID: "out-" + d.String(), Kind: ledger.KindSend, Exchange: string(h.Exchange), Transaction: "search", Message: ledger.Digest(d)}
	l, err := entry(t.Context(), p.a.log, e, since)
	if err != nil {
		t.Fatal(err)
	}
	return exchange.Message{Envelope: raw, Logged: l, Seen: p.a.seen.Size}, e
}

// deliver posts a message, verifies the receipt's proof, and logs what came of it.
func (p *pair) deliver(t *testing.T, m exchange.Message, e ledger.Entry) exchange.Receipt {
	t.Helper()
	d, err := p.client.Deliver(t.Context(), p.b.card, m)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[exchange.Outcome][2]ledger.Kind{
		exchange.Accepted: {ledger.KindReceive, ledger.KindDelivered},
		exchange.Refused:  {ledger.KindRefuse, ledger.KindRejected}}
	peer, err := p.a.verify(p.b.card, d.Receipt.Logged, exchange.DigestOf(m.Envelope), kinds[d.Receipt.Outcome][0])
	if err != nil {
		t.Fatal(err)
	}
	e.ID, e.Kind, e.Peer = "receipt-"+e.ID, kinds[d.Receipt.Outcome][1], peer
	p.a.append(t, e)
	return d.Receipt
}

// Messages between two nodes with real ledgers: accepted, refused, repeated. Then both ledgers are audited.
func TestTwoLedgers(t *testing.T) {
	p := newPair(t)
	for i := range 3 {
		m, e := p.seal(t, p.b.seen.Size)
		if r := p.deliver(t, m, e); r.Outcome != exchange.Accepted {
			t.Fatalf("message %d: %+v", i, r.Refusal)
		}
		if d, err := p.client.Deliver(t.Context(), p.b.card, m); err != nil || !d.Duplicate {
			t.Errorf("message %d again: %v", i, err)
		}
	}
	p.b.deny = func(exchange.Opened) *exchange.Refusal { return exchange.Denied("7.2", "purpose not listed") }
	m, e := p.seal(t, p.b.seen.Size)
	if r := p.deliver(t, m, e); r.Outcome != exchange.Refused || r.Refusal.Article != "7.2" {
		t.Errorf("receipt %+v", r)
	}
	if p.b.acted != 3 {
		t.Errorf("acted %d times on 3 messages", p.b.acted)
	}
	report := audit.Run(p.a.book(t), p.b.book(t), audit.Options{})
	if !report.Agree {
		t.Errorf("the ledgers do not agree:\n%s", report.Text())
	}
}

func (n *node) book(t *testing.T) audit.Input {
	t.Helper()
	if err := n.log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	v, err := n.card.LedgerVerifier()
	if err != nil {
		t.Fatal(err)
	}
	book, err := ledger.Load(t.Context(), ledger.DirSource(n.dir), v, v.Name())
	if err != nil {
		t.Fatal(err)
	}
	return audit.Input{Book: book}
}

func TestLedgerRefusals(t *testing.T) {
	p := newPair(t)
	m, e := p.seal(t, 0)
	p.deliver(t, m, e)
	want := func(m exchange.Message, code exchange.Code) *exchange.Refusal {
		t.Helper()
		d, err := p.client.Deliver(t.Context(), p.b.card, m)
		var r *exchange.Refusal
		if err == nil {
			r = d.Receipt.Refusal
		} else if !errors.As(err, &r) {
			t.Fatal(err)
		}
		if r == nil || r.Code != code {
			t.Errorf("got %v, want %s", r, code)
		}
		return r
	}
	first := p.b.seen.Size

	// A proof from nowhere: the receiver says from which size it must start, and takes the same envelope then.
	m, e = p.seal(t, 0)
	if r := want(m, exchange.CodeNeedConsistency); r != nil {
		if r.Have != first {
			t.Errorf("receiver says it has %d, it has %d", r.Have, first)
		}
		proof, err := p.a.log.Prove(t.Context(), m.Logged.Proof.Index, r.Have)
		if err != nil {
			t.Fatal(err)
		}
		m.Logged.Proof = exchange.LogProof(proof)
		p.deliver(t, m, e)
	}

	// The entry of another message; an entry altered.
	other, _ := p.seal(t, p.b.seen.Size)
	stray, _ := p.seal(t, p.b.seen.Size)
	stray.Logged = other.Logged
	_ = want(stray, exchange.CodeNotInLedger)
	altered, _ := p.seal(t, p.b.seen.Size)
	altered.Logged.Entry = []byte(fmt.Sprintf("%s ", altered.Logged.Entry))
	_ = want(altered, exchange.CodeNotInLedger)

	// A second ledger under the same key: XA shows XB a history that is not the one it showed before.
	p.a.log = p.a.open(t, filepath.Join(t.TempDir(), "fork"))
	p.a.append(t, ledger.Entry{ID: "genesis", Kind: ledger.KindGenesis})
	for i := range p.b.seen.Size {
		p.a.append(t, ledger.Entry{ID: fmt.Sprint("other-", i), Kind: ledger.KindChange})
	}
	forked, _ := p.seal(t, p.b.seen.Size)
	_ = want(forked, exchange.CodeLedgerForked)
}

// inboxDoor makes the checks of an Inbox in their order. What it lacks is the node's: storing message and receipt, and the
// agreement's decision on the payload, which comes after it and before anything is looked at.
type inboxDoor struct {
	Keys  *exchange.KeyRing
	Peers *exchange.Peers
	Now   func() time.Time

	// Options gives what Open needs for a message with this header, such as the agreements in force. The header is not
	// verified yet.
	Options func(exchange.Header) exchange.OpenOptions

	// VerifyLog checks that m.Logged is the send entry of this message, in the sender's ledger, and that this ledger
	// continues the one seen before. It returns a *Refusal (CodeNotInLedger, CodeLedgerForked, NeedConsistency), or the
	// node's own trouble as another error.
	VerifyLog func(ctx context.Context, from exchange.Card, m exchange.Message, o exchange.Opened) error
}

// Check passes a message that peer's connection brought, or says why not: a *Refusal, ErrDuplicate, or the node's own
// trouble.
func (d inboxDoor) Check(ctx context.Context, peer exchange.PartyID, m exchange.Message) (exchange.Opened, error) {
	card, ok := d.Peers.Party(peer)
	if !ok {
		return exchange.Opened{}, exchange.NewRefusal(exchange.CodeUnknownParty, "no card is installed")
	}
	h, _, err := exchange.Inspect(m.Envelope, exchange.MaxEnvelope)
	if err != nil {
		return exchange.Opened{}, err
	}
	o, err := exchange.Open(d.Keys, card, m.Envelope, d.Now(), d.Options(h))
	if err != nil {
		return exchange.Opened{}, err
	}
	if err := d.VerifyLog(ctx, card, m, o); err != nil {
		return exchange.Opened{}, err
	}
	return o, nil
}
