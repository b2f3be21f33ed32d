package agreement

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Limits of a file of keys.
const (
	MaxKeysFile = 256 << 10 // bytes
	MaxKeys     = 1000      // keys in it
)

// keysFile is the form of a file of keys.
type keysFile struct {
	Keys []keyLine `json:"keys"`
}

type keyLine struct {
	Party   string    `json:"party"`
	Key     string    `json:"key"` // Ed25519 public key, standard base64 of 32 bytes
	From    time.Time `json:"from,omitzero"`
	Until   time.Time `json:"until,omitzero"`
	Revoked time.Time `json:"revoked,omitzero"`
	Note    string    `json:"note,omitempty"` // for people
}

// ParseKeys reads which keys the parties have had, and when each was valid: a JSON
// object whose "keys" list gives for each key its "party", the "key" in base64 and,
// where they apply, "from", "until" and "revoked" in RFC 3339; see [PartyKey]. A key
// stands once: two lines could say two things of it. An error names the line of the
// list, counted from 1.
func ParseKeys(data []byte) (map[string][]PartyKey, error) {
	if len(data) > MaxKeysFile {
		return nil, fmt.Errorf("read keys: over %d bytes", MaxKeysFile)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var f keysFile
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("read keys: more follows after the JSON object")
	}
	if len(f.Keys) == 0 || len(f.Keys) > MaxKeys {
		return nil, fmt.Errorf(`read keys: "keys" lists %d, from 1 to %d are possible`, len(f.Keys), MaxKeys)
	}
	keys := map[string][]PartyKey{}
	seen := map[string]int{}
	for i, l := range f.Keys {
		k, err := l.read()
		if err == nil && seen[l.Key] > 0 {
			err = fmt.Errorf("the key stands in line %d already", seen[l.Key])
		}
		if err != nil {
			return nil, fmt.Errorf("read keys: line %d: %w", i+1, err)
		}
		seen[l.Key] = i + 1
		keys[l.Party] = append(keys[l.Party], k)
	}
	return keys, nil
}

func (l *keyLine) read() (PartyKey, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(l.Key)
	switch {
	case !idForm.MatchString(l.Party) || len(l.Party) > 64:
		return PartyKey{}, fmt.Errorf("%.70q is not a party", l.Party)
	case err != nil || len(raw) != ed25519.PublicKeySize:
		return PartyKey{}, fmt.Errorf("the key of %s is not 32 bytes in standard base64", l.Party)
	case !l.Until.IsZero() && !l.From.Before(l.Until):
		return PartyKey{}, fmt.Errorf("the key of %s ends before it begins", l.Party)
	}
	return PartyKey{Key: raw, From: l.From, Until: l.Until, Revoked: l.Revoked}, nil
}

// Ahead refuses signatures that state a time later than now by more than skew: such a
// time would make a key that is not valid yet look valid.
func Ahead(sigs []Signature, now time.Time, skew time.Duration) error {
	i := slices.IndexFunc(sigs, func(s Signature) bool { return s.Signed.Sub(now) > skew })
	if i < 0 {
		return nil
	}
	return fmt.Errorf("verify agreement: signature of %s of %s: %w: it is %s, and that moment has not come",
		strings.ToLower(sigs[i].Party), sigs[i].Signed.UTC().Format(time.RFC3339), ErrBadSig, now.UTC().Format(time.RFC3339))
}
