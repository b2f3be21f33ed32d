package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"convenio/agreement"
	"convenio/exchange"
	"convenio/registry"
)

// word is how an agreement writes a party: its id in small letters, as all words of an agreement.
func word(p exchange.PartyID) string { return strings.ToLower(string(p)) }

// law is the signed agreement that the node carries out, and the notices that have been given under it.
type law struct {
	*agreement.Agreement
	digest exchange.Digest
	keys   map[string][]agreement.PartyKey // by party and overseer
	skew   time.Duration                   // that is tolerated between the two clocks

	// mistrusted says why the notices that were received are not certain any more; "" when they are. While
	// it does, the agreement counts as suspended.
	mistrusted string

	mu      sync.RWMutex
	notices []agreement.Notice
	folded  folded
}

// loadLaw reads the agreement and both signatures from the node's folder. Nothing runs under a text
// that both parties have not signed with the keys that were compared in person.
func loadLaw(c Config, own, partner exchange.Card) (*law, error) {
	bundle, err := os.ReadFile(c.path(agreementDir, bundleFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("no agreement in %s: install the text that both parties signed (convenio agreement install)", c.path(agreementDir))
	} else if err != nil {
		return nil, fmt.Errorf("read agreement: %w", err)
	}
	sigs, err := readSignatures(c.path(agreementDir))
	if err != nil {
		return nil, err
	}
	keys, err := c.partyKeys(own, partner)
	if err != nil {
		return nil, err
	}
	a, err := c.verifyLaw(bundle, sigs, keys)
	if err != nil {
		return nil, err
	}
	if err := c.otherLaws(a); err != nil {
		return nil, err
	}
	skew, err := c.skew()
	if err != nil {
		return nil, err
	}
	l := &law{Agreement: a, digest: exchange.Digest(a.Digest()), keys: keys, skew: skew}
	return l, l.checkSigners(c)
}

func readSignatures(dir string) ([]signatureFile, error) {
	files, err := filepath.Glob(filepath.Join(dir, signatureGlob))
	if err != nil {
		return nil, err
	}
	var sigs []signatureFile
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("read signature: %w", err)
		}
		s, err := agreement.ParseSignature(b)
		if err != nil {
			return nil, fmt.Errorf("signature %s: %w", f, err)
		}
		sigs = append(sigs, signatureFile{s, f})
	}
	return sigs, nil
}

// state is what the notices make of the agreement at an instant.
func (l *law) state(at time.Time) agreement.State {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.folded.holds(at) {
		return l.folded.state
	}
	s, err := agreement.Fold(l.Agreement, l.notices, at)
	if err == nil && l.mistrusted == "" {
		l.folded = folded{s, at, nextNotice(l.notices, at)}
	}
	if err != nil || l.mistrusted != "" {
		// Notices are checked before they are kept; if they do not fold, nothing is allowed.
		return agreement.State{Suspended: agreement.Suspension{Whole: true}}
	}
	return s
}

// stands is the agreement's state as a word for people and programs.
func (l *law) stands(at time.Time) string {
	s := l.state(at)
	switch {
	case s.Terminated:
		return "terminated"
	case s.Suspended.Whole:
		return "suspended"
	case at.Before(l.From):
		return "not-yet"
	case !l.Until.IsZero() && !at.Before(l.Until):
		return "expired"
	case s.Suspended.Any():
		return "suspended-in-part"
	}
	return "in-force"
}

// admit checks a signed notice and says whether it is a new one.
func (l *law) admit(raw []byte, at time.Time) (agreement.SignedNotice, bool, error) {
	s, err := agreement.ParseNotice(raw)
	if err != nil {
		return s, false, err
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	if slices.ContainsFunc(l.notices, s.Notice.Same) { // it was verified when it came
		return s, false, nil
	}
	if err := s.VerifyAt(l.keys, at); err != nil {
		return s, false, err
	}
	if _, err := agreement.Fold(l.Agreement, append(slices.Clone(l.notices), s.Notice), at); err != nil {
		return s, false, err
	}
	return s, true, nil
}

func (l *law) add(n agreement.Notice) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.ContainsFunc(l.notices, n.Same) {
		l.notices = append(l.notices, n)
		l.folded = folded{}
	}
}

// restore puts back the notices that the registry kept.
func (l *law) restore(ctx context.Context, read func(context.Context) ([]registry.Notice, error)) error {
	rows, err := read(ctx)
	if err != nil {
		return fmt.Errorf("read notices: %w", err)
	}
	for _, row := range rows {
		s, err := agreement.ParseNotice(row.Signed)
		if err != nil {
			return fmt.Errorf("read notice: %w", err)
		}
		if _, err := agreement.KeyAt(l.keys[s.Party], s.Key, row.Received); errors.Is(err, agreement.ErrBadSig) {
			l.mistrusted = fmt.Sprintf("notice %d of %s came %s, by a key that node.yaml says was not valid then: the agreement counts as suspended; speak with %s, and begin again with new folders",
				s.Sequence, s.Party, row.Received.UTC().Format(time.RFC3339), s.Party)
			l.add(s.Notice)
			continue
		}
		if err := s.VerifyAt(l.keys, row.Received); err != nil {
			return fmt.Errorf("read notice: %w", err)
		}
		l.add(s.Notice)
	}
	return nil
}
