package node

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"convenio/agreement"
	"convenio/exchange"
)

// KeyConfig says in which time a key signs agreements and notices. A party's key is the one of its card;
// an entry bounds its time, or adds a key that the party had before.
type KeyConfig struct {
	// Of is a party of the agreement, or an overseer that the agreement lists.
	Of string `yaml:"of"`
	// Key is the public key, 32 bytes in standard base64. Empty: the key of the party's card.
	Key string `yaml:"key,omitempty"`
	// From and Until bound its time; the instant of Until is no longer included. Revoked is when it was
	// revoked. Each is a day (00:00 UTC) or an instant as in RFC 3339; empty: no bound.
	From    string `yaml:"from,omitempty"`
	Until   string `yaml:"until,omitempty"`
	Revoked string `yaml:"revoked,omitempty"`
}

// key reads an entry.
func (k KeyConfig) key() (agreement.PartyKey, error) {
	var out agreement.PartyKey
	if k.Key != "" {
		raw, err := base64.StdEncoding.Strict().DecodeString(k.Key)
		if err != nil || len(raw) != ed25519.PublicKeySize {
			return out, errors.New("key is not 32 bytes in base64: copy it from what 'convenio keys show' prints")
		}
		out.Key = raw
	}
	for _, x := range []struct {
		name, written string
		at            *time.Time
	}{{"from", k.From, &out.From}, {"until", k.Until, &out.Until}, {"revoked", k.Revoked, &out.Revoked}} {
		if x.written == "" {
			continue
		}
		t, err := time.Parse(time.DateOnly, x.written)
		if err != nil {
			if t, err = time.Parse(time.RFC3339, x.written); err != nil {
				return out, fmt.Errorf("%s: %.40q is neither a day such as 2026-01-31 nor an instant such as 2026-01-31T12:00:00Z", x.name, x.written)
			}
		}
		*x.at = t.UTC()
	}
	if !out.Until.IsZero() && !out.From.Before(out.Until) {
		return out, errors.New("from is not before until")
	}
	return out, nil
}

func validateKeys(list []KeyConfig) error {
	for i, k := range list {
		if k.Of == "" {
			return fmt.Errorf("keys: entry %d: of is missing: name the party or the overseer whose key it is", i+1)
		}
		if _, err := k.key(); err != nil {
			return fmt.Errorf("keys: entry %d, of %s: %w", i+1, k.Of, err)
		}
	}
	return nil
}

// partyKeys are the keys that may sign, by party and overseer: those of the cards, first, in the time
// that node.yaml says, and what it adds.
func (c Config) partyKeys(cards ...exchange.Card) (map[string][]agreement.PartyKey, error) {
	out := map[string][]agreement.PartyKey{}
	for _, card := range cards {
		out[word(card.Party)] = []agreement.PartyKey{{Key: card.Keys.Party}}
	}
	for i, k := range c.Keys {
		key, err := k.key()
		of := strings.ToLower(k.Of)
		have := out[of]
		switch {
		case err != nil:
			return nil, fmt.Errorf("configuration %s: keys: entry %d, of %s: %w", c.path(configFile), i+1, k.Of, err)
		case key.Key == nil && len(have) == 0:
			return nil, fmt.Errorf("configuration %s: keys: entry %d: %s has no card here: give its key", c.path(configFile), i+1, k.Of)
		case key.Key == nil:
			key.Key = have[0].Key
		}
		known := false
		for j := range have {
			if have[j].Key.Equal(key.Key) {
				have[j], known = key, true
			}
		}
		if !known {
			have = append(have, key)
		}
		out[of] = have
	}
	return out, nil
}

// signatureFile is one signature with the file that it was read from.
type signatureFile struct {
	agreement.Signature
	path string
}

// verifyLaw checks that every party has signed the text, each by a key that signed at the time which the
// signature states. The error names the file and the party.
func (c Config) verifyLaw(bundle []byte, files []signatureFile, keys map[string][]agreement.PartyKey) (*agreement.Agreement, error) {
	sigs := make([]agreement.Signature, len(files))
	for i, f := range files {
		sigs[i] = f.Signature
		if len(keys[f.Party]) == 0 {
			continue // of nobody: said below
		}
		if _, err := agreement.KeyAt(keys[f.Party], f.Key, f.Signed); errors.Is(err, agreement.ErrBadSig) {
			return nil, fmt.Errorf("%s: signature of %s, made %s: %w (the key's time stands under keys: in %s)",
				f.path, f.Party, f.Signed.UTC().Format(time.RFC3339), err, c.path(configFile))
		}
	}
	a, err := agreement.VerifySignaturesAt(bundle, sigs, keys)
	if err != nil {
		return nil, fmt.Errorf("agreement in %s: %w", c.path(agreementDir), err)
	}
	return a, nil
}

// oneLaw refuses a folder with two texts: which of them is in force would not be certain. Two versions of
// one agreement on one day are named with the article that begins the later one.
func (c Config) oneLaw(installed *agreement.Agreement, other []byte, file string) error {
	b, err := agreement.ParseBundle(other)
	if err != nil {
		return fmt.Errorf("%s: a folder takes one text, and this is another: %w", file, err)
	}
	if b.Digest() == installed.Digest() {
		return fmt.Errorf("%s: %s %s is installed already", file, b.ID, b.Version)
	}
	for _, p := range agreement.Overlaps([]*agreement.Agreement{installed, b}) {
		return fmt.Errorf("%s: %w", file, &agreement.Problems{List: []agreement.Problem{p}})
	}
	return fmt.Errorf("%s: %s %s is installed here, and a folder takes one text: a later version needs new folders on both sides", file, installed.ID, installed.Version)
}

// otherLaws refuses a folder in which another text lies beside the one that is installed.
func (c Config) otherLaws(installed *agreement.Agreement) error {
	all, err := filepath.Glob(c.path(agreementDir, "*.txtar"))
	if err != nil {
		return err
	}
	for _, f := range all {
		if filepath.Base(f) == bundleFile {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			return fmt.Errorf("read agreement: %w", err)
		}
		return c.oneLaw(installed, b, f)
	}
	return nil
}
