package audit_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"convenio/ledger"
	"convenio/ledger/audit"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
)

var epoch = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// party is one side of a story, with the tree over its entries.
type party struct {
	name    string
	entries []ledger.Entry
	tree    *compact.Range
}

// story plays exchanges between two parties and keeps both ledgers, in memory.
type story struct {
	tb     testing.TB
	us, co *party
	at     time.Time
	n      int
}

func newStory(tb testing.TB) *story {
	f := compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
	s := &story{tb: tb, us: &party{name: "US", tree: f.NewEmptyRange(0)}, co: &party{name: "CO", tree: f.NewEmptyRange(0)}, at: epoch}
	for _, p := range []*party{s.us, s.co} {
		s.add(p, ledger.Entry{Kind: ledger.KindGenesis})
		s.add(p, ledger.Entry{Kind: ledger.KindAgreement, Message: digest("agreement")})
	}
	return s
}

func digest(s string) ledger.Digest { return sha256.Sum256([]byte(s)) }

func (s *story) add(p *party, e ledger.Entry) uint64 {
	s.tb.Helper()
	s.at = s.at.Add(250 * time.Millisecond)
	s.n++
	e.ID, e.At = fmt.Sprintf("%s-%d", p.name, s.n), s.at
	e.Commitment = digest("body " + e.ID)
	raw, err := e.Encode()
	if err != nil {
		s.tb.Fatal(err)
	}
	leaf := ledger.LeafHash(raw)
	if err := p.tree.Append(leaf[:], nil); err != nil {
		s.tb.Fatal(err)
	}
	p.entries = append(p.entries, e)
	return uint64(len(p.entries) - 1)
}

func (p *party) peer(tb testing.TB, index uint64) *ledger.Peer {
	root, err := p.tree.GetRootHash(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return &ledger.Peer{Index: index, Size: uint64(len(p.entries)), Root: ledger.Digest(root)}
}

func (s *story) steps(p *party, x string, kinds ...ledger.Kind) {
	for _, k := range kinds {
		s.add(p, ledger.Entry{Kind: k, Exchange: x})
	}
}

// message sends a message from one party to the other and logs its receipt.
func (s *story) message(from, to *party, x, transaction string) ledger.Digest {
	m := digest(x + transaction)
	e := ledger.Entry{Kind: ledger.KindSend, Exchange: x, Transaction: transaction, Message: m}
	sent := s.add(from, e)
	e.Kind, e.Peer = ledger.KindReceive, from.peer(s.tb, sent)
	got := s.add(to, e)
	e.Kind, e.Peer = ledger.KindDelivered, to.peer(s.tb, got)
	s.add(from, e)
	return m
}

// refused sends a message that the other party refuses at the door, with or without the proof that it was logged.
func (s *story) refused(from, to *party, x, transaction string) {
	e := ledger.Entry{Kind: ledger.KindSend, Exchange: x, Transaction: transaction, Message: digest(x + transaction)}
	s.steps(from, x, ledger.KindDecide)
	sent := s.add(from, e)
	e.Kind, e.Peer = ledger.KindRefuse, from.peer(s.tb, sent)
	got := s.add(to, e)
	e.Kind, e.Peer = ledger.KindRejected, to.peer(s.tb, got)
	s.add(from, e)
}

// search plays a whole exchange: search, answer; and after a hit, disclosure.
func (s *story) search(from, to *party, x string, hit bool) {
	s.steps(from, x, ledger.KindDecide)
	s.message(from, to, x, "search")
	s.steps(to, x, ledger.KindDecide, ledger.KindSearch, ledger.KindResult, ledger.KindErase)
	s.message(to, from, x, "answer")
	if !hit {
		return
	}
	s.steps(from, x, ledger.KindVerdict, ledger.KindDecide)
	s.message(from, to, x, "disclose")
	s.steps(to, x, ledger.KindDecide, ledger.KindApprove)
	s.message(to, from, x, "disclosure")
}

// play tells n exchanges, both ways, hits and none, with one refusal.
func play(tb testing.TB, n int) *story {
	s := newStory(tb)
	for i := range n {
		from, to := s.us, s.co
		if i%3 == 2 {
			from, to = to, from
		}
		x := digest(fmt.Sprintf("exchange %d", i)).String()[:32]
		if i == 1 {
			s.refused(from, to, x, "search")
			continue
		}
		s.search(from, to, x, i%2 == 0)
	}
	return s
}

// book makes a Book that Load would give for entries.
func book(tb testing.TB, name string, entries []ledger.Entry) *ledger.Book {
	tb.Helper()
	b := &ledger.Book{Party: "ledger.example.org/" + name, Entries: entries}
	for _, e := range entries {
		raw, err := e.Encode()
		if err != nil {
			tb.Fatal(err)
		}
		b.Raw, b.Leaves = append(b.Raw, raw), append(b.Leaves, ledger.LeafHash(raw))
	}
	root, err := b.RootAt(b.Size())
	if err != nil {
		tb.Fatal(err)
	}
	b.Checkpoint = ledger.Checkpoint{Size: b.Size(), Root: root}
	return b
}

func (s *story) inputs() (audit.Input, audit.Input) {
	return audit.Input{Party: "US", Book: book(s.tb, "us", s.us.entries)}, audit.Input{Party: "CO", Book: book(s.tb, "co", s.co.entries)}
}

// indexOf returns the n-th entry of a party's of a kind and transaction.
func (p *party) indexOf(tb testing.TB, k ledger.Kind, transaction string, n int) int {
	tb.Helper()
	for i, e := range p.entries {
		if e.Kind == k && e.Transaction == transaction {
			if n--; n < 0 {
				return i
			}
		}
	}
	tb.Fatalf("%s has no such %s %s", p.name, k, transaction)
	return 0
}
