package exchange

import (
	"fmt"
	"sync/atomic"
)

// Peers are the cards that an operator has installed. It is safe for concurrent use; Set replaces all of them at once,
// so that a card withdrawn is refused from the next request on.
type Peers struct{ set atomic.Pointer[peerSet] }

type peerSet struct {
	party map[PartyID]Card
	key   map[Digest]PartyID
}

// NewPeers checks the cards and returns the set. Two cards may share neither party nor TLS key.
func NewPeers(cards ...Card) (*Peers, error) {
	p := &Peers{}
	return p, p.Set(cards...)
}

// Set replaces all cards; on error the set stays as it was (empty, if it never was set).
func (p *Peers) Set(cards ...Card) error {
	s := &peerSet{party: map[PartyID]Card{}, key: map[Digest]PartyID{}}
	for _, c := range cards {
		if err := c.check(); err != nil {
			return fmt.Errorf("install card of %s: %w", c.Party, err)
		}
		if _, twice := s.party[c.Party]; twice {
			return fmt.Errorf("install card of %s: there are two", c.Party)
		}
		if other, twice := s.key[c.Keys.TLS]; twice {
			return fmt.Errorf("install card of %s: its TLS key is that of %s", c.Party, other)
		}
		s.party[c.Party], s.key[c.Keys.TLS] = c, c.Party
	}
	p.set.Store(s)
	return nil
}

// Party returns the card of a party.
func (p *Peers) Party(id PartyID) (Card, bool) {
	s := p.set.Load()
	if s == nil {
		return Card{}, false
	}
	c, ok := s.party[id]
	return c, ok
}

// Key returns the card with the given TLS key.
func (p *Peers) Key(spki Digest) (Card, bool) {
	s := p.set.Load()
	if s == nil {
		return Card{}, false
	}
	c, ok := s.party[s.key[spki]]
	return c, ok
}
