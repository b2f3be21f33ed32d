package audit

import (
	"time"

	"convenio/ledger"
)

// side is one ledger with the indices that the checks need.
type side struct {
	order     int // 0 or 1, for the order of findings
	party     string
	book      *ledger.Book
	loadError error
	openings  map[string]ledger.Opening
	messages  map[messageKey][]uint64
	exchanges map[string][]uint64
	names     []string // of exchanges, in order of appearance
	people    map[personKey]time.Time
	ids       map[string]uint64
	last      time.Time
	lost      bool // entries were found missing or altered
}

// messageKey finds the entries that record one thing about one message.
type messageKey struct {
	kind    ledger.Kind
	message ledger.Digest
}

// personKey finds the first time that a person took a step (verdict, approve) in an exchange.
type personKey struct {
	exchange, step string
}

func newSide(order int, in Input) *side {
	s := &side{order: order, party: in.Party, book: in.Book, loadError: in.LoadError, openings: in.Openings,
		messages: map[messageKey][]uint64{}, exchanges: map[string][]uint64{}, ids: map[string]uint64{},
		people: map[personKey]time.Time{}}
	if s.book == nil {
		s.book = &ledger.Book{}
	}
	for i, e := range s.all() {
		if e.Kind.AboutMessage() {
			k := messageKey{e.Kind, e.Message}
			s.messages[k] = append(s.messages[k], i)
		}
		if e.Exchange != "" {
			if s.exchanges[e.Exchange] == nil {
				s.names = append(s.names, e.Exchange)
			}
			s.exchanges[e.Exchange] = append(s.exchanges[e.Exchange], i)
		}
		if e.Kind == ledger.KindVerdict || e.Kind == ledger.KindApprove {
			k := personKey{e.Exchange, step(e)}
			if first, ok := s.people[k]; !ok || e.At.Before(first) {
				s.people[k] = e.At
			}
		}
		if e.At.After(s.last) {
			s.last = e.At
		}
	}
	return s
}

// all yields the entries that could be read, by index.
func (s *side) all() func(yield func(uint64, ledger.Entry) bool) {
	return func(yield func(uint64, ledger.Entry) bool) {
		for i, e := range s.book.Entries {
			if s.book.Has(uint64(i)) && !yield(uint64(i), e) {
				return
			}
		}
	}
}

// unread reports whether nothing of the ledger could be read, so that nothing follows from what it lacks.
func (s *side) unread() bool { return s.book.Size() == 0 && s.loadError != nil }

// about returns the indices of the entries of a kind about a message.
func (s *side) about(k ledger.Kind, message ledger.Digest) []uint64 {
	return s.messages[messageKey{k, message}]
}

func (s *side) has(k ledger.Kind, message ledger.Digest) bool { return len(s.about(k, message)) > 0 }

func (s *side) summary() Summary {
	sum := Summary{Party: s.party, Origin: s.book.Party, Size: s.book.Checkpoint.Size, Root: s.book.Checkpoint.Root,
		Kinds: map[ledger.Kind]int{}, Transactions: map[string]map[ledger.Kind]int{}, Openings: len(s.openings)}
	for _, e := range s.all() {
		sum.Read++
		sum.Kinds[e.Kind]++
		if t := e.Transaction; t != "" {
			if sum.Transactions[t] == nil {
				sum.Transactions[t] = map[ledger.Kind]int{}
			}
			sum.Transactions[t][e.Kind]++
		}
		if sum.First.IsZero() {
			sum.First = e.At
		}
		sum.Last = e.At
	}
	return sum
}
