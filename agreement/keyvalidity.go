package agreement

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"time"
)

// KeyAt finds among a signer's keys the one that is written in a signature or a
// notice, and says why it does not sign at a moment. Of a key that is listed several
// times every entry has to allow it.
func KeyAt(keys []PartyKey, written string, at time.Time) (ed25519.PublicKey, error) {
	var found ed25519.PublicKey
	for i := range keys {
		k := &keys[i]
		if len(k.Key) != ed25519.PublicKeySize || base64.StdEncoding.EncodeToString(k.Key) != written {
			continue
		}
		if why := k.at(at); why != "" {
			return nil, fmt.Errorf("%w: %s", ErrBadSig, why)
		}
		found = k.Key
	}
	if found != nil {
		return found, nil
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%w: no key is known of it", ErrUnknownKey)
	}
	return nil, ErrUnknownKey
}

// VerifyAt is [SignedNotice.Verify] where a party has had several keys over time: the
// notice must be by a key of its party that signs at the moment at which the notice
// was received. What a notice says of its own time does not count: whoever holds a
// revoked key can write any.
func (s SignedNotice) VerifyAt(keys map[string][]PartyKey, received time.Time) error {
	if err := s.check(); err != nil {
		return fmt.Errorf("verify %w", err)
	}
	key, err := KeyAt(keys[s.Party], s.Key, received)
	if err != nil {
		return fmt.Errorf("verify notice %d of %s: %w", s.Sequence, s.Party, err)
	}
	return s.Verify(map[string]ed25519.PublicKey{s.Party: key})
}
