package node

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"convenio/agreement"
	"convenio/exchange"
)

// NewFolder is what a party decides when it makes its node's folder.
type NewFolder struct {
	Party exchange.PartyID
	// Name of the party as people read it.
	Name exchange.Text
	// Exchange and API are the addresses to listen on, host:port.
	Exchange, API string
	// Endpoint is where the partner reaches the node, an https URL. Defaults to https:// and Exchange.
	Endpoint string
}

// Create makes the folder of a node: new keys, its card, node.yaml. It touches no folder that holds
// anything already.
func Create(dir string, f NewFolder, now time.Time) (exchange.Card, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return exchange.Card{}, fmt.Errorf("make folder: %w", err)
	}
	if len(entries) > 0 {
		return exchange.Card{}, fmt.Errorf("make folder: %s is not empty: keys are never made twice in one place", dir)
	}
	cfg := Config{Version: FolderVersion, Party: string(f.Party), Exchange: Listener{f.Exchange}, API: Listener{f.API}}
	if err := cfg.validate(); err != nil {
		return exchange.Card{}, fmt.Errorf("make folder: %w", err)
	}
	if f.Endpoint == "" {
		f.Endpoint = "https://" + f.Exchange
	}
	keys, err := exchange.GenerateKeys(rand.Reader, f.Party, now)
	if err != nil {
		return exchange.Card{}, fmt.Errorf("make keys: %w", err)
	}
	card, err := keys.Card(f.Name, f.Endpoint, now)
	if err != nil {
		return exchange.Card{}, fmt.Errorf("make card: %w", err)
	}
	for _, d := range []string{dir, filepath.Join(dir, partnersDir), filepath.Join(dir, agreementDir)} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return exchange.Card{}, fmt.Errorf("make folder: %w", err)
		}
	}
	if err := keys.Save(filepath.Join(dir, keysDir)); err != nil {
		return exchange.Card{}, err
	}
	b, err := card.Bytes()
	if err != nil {
		return exchange.Card{}, fmt.Errorf("make card: %w", err)
	}
	if err := writeNew(filepath.Join(dir, cardFile), b); err != nil {
		return exchange.Card{}, err
	}
	return card, cfg.Save(dir)
}

// CardPath is the path of the card of the node in a folder.
func CardPath(dir string) string { return filepath.Join(dir, cardFile) }

// CardOf reads the card of the node in a folder.
func CardOf(dir string) (exchange.Card, error) { return readCard(CardPath(dir)) }

// KeysOf reads the secret keys of the node in a folder.
func KeysOf(dir string) (*exchange.KeyRing, error) { return exchange.Load(filepath.Join(dir, keysDir)) }

// LedgerOf is the folder of a node's ledger.
func LedgerOf(dir string) string { return filepath.Join(dir, ledgerDir) }

// RegistryOf is the path of a node's registry.
func RegistryOf(dir string) string { return filepath.Join(dir, registryFile) }

// ConfigOf is the path of a node's configuration.
func ConfigOf(dir string) string { return filepath.Join(dir, configFile) }

// AddPartner installs a partner's card. confirm is the fingerprint that the partner's operator read
// out; a card with another fingerprint is refused.
func AddPartner(dir string, raw []byte, confirm string) (exchange.Card, error) {
	card, err := exchange.ParseCard(raw)
	if err != nil {
		return exchange.Card{}, fmt.Errorf("partner's card: %w", err)
	}
	if normal(card.Fingerprint()) != normal(confirm) {
		return exchange.Card{}, fmt.Errorf("partner's card: its fingerprint is %s, not the one given: do not trust it", card.Fingerprint())
	}
	own, err := CardOf(dir)
	if err != nil {
		return exchange.Card{}, err
	}
	if own.Party == card.Party {
		return exchange.Card{}, fmt.Errorf("partner's card: it is of %s, as this folder is", card.Party)
	}
	return card, writeNew(filepath.Join(dir, partnersDir, string(card.Party)+".card.json"), raw)
}

func normal(fingerprint string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(strings.TrimSpace(fingerprint)))
}

func readPartner(c Config) (exchange.Card, error) {
	files, err := filepath.Glob(c.path(partnersDir, "*.card.json"))
	if err != nil {
		return exchange.Card{}, err
	}
	if len(files) != 1 {
		return exchange.Card{}, fmt.Errorf("folder %s holds %d partners' cards: exactly one is needed (convenio partner add)", c.path(partnersDir), len(files))
	}
	return readCard(files[0])
}

// InstallAgreement puts the signed text into the folder, once both signatures hold.
func InstallAgreement(dir string, bundle []byte, signatures [][]byte) (*agreement.Agreement, error) {
	cfg, err := LoadConfig(ConfigOf(dir))
	if err != nil {
		return nil, err
	}
	own, err := CardOf(dir)
	if err != nil {
		return nil, err
	}
	partner, err := readPartner(cfg)
	if err != nil {
		return nil, err
	}
	if have, err := os.ReadFile(cfg.path(agreementDir, bundleFile)); err == nil {
		installed, err := agreement.ParseBundle(have)
		if err != nil {
			return nil, fmt.Errorf("agreement in %s: %w", cfg.path(agreementDir), err)
		}
		return nil, cfg.oneLaw(installed, bundle, "the text to be installed")
	}
	if err := writeNew(cfg.path(agreementDir, bundleFile), bundle); err != nil {
		return nil, err
	}
	var written []string
	install := func() (*agreement.Agreement, error) {
		for _, raw := range signatures {
			s, err := agreement.ParseSignature(raw)
			if err != nil {
				return nil, err
			}
			path := cfg.path(agreementDir, s.Party+strings.TrimPrefix(signatureGlob, "*"))
			if err := writeNew(path, raw); err != nil {
				return nil, err
			}
			written = append(written, path)
		}
		l, err := loadLaw(cfg, own, partner)
		if err != nil {
			return nil, err
		}
		return l.Agreement, nil
	}
	a, err := install()
	if err != nil {
		for _, f := range slices.Concat([]string{cfg.path(agreementDir, bundleFile)}, written) {
			err = errors.Join(err, os.Remove(f))
		}
		return nil, err
	}
	return a, nil
}

// SignNotice writes a notice of the party whose folder it is, under the agreement installed there; part
// is what it is of, and nil for the whole.
func SignNotice(dir, kind, reason string, sequence int, from time.Time, part *agreement.Part) ([]byte, error) {
	cfg, err := LoadConfig(ConfigOf(dir))
	if err != nil {
		return nil, err
	}
	bundle, err := os.ReadFile(cfg.path(agreementDir, bundleFile))
	if err != nil {
		return nil, fmt.Errorf("read agreement: %w", err)
	}
	a, err := agreement.ParseBundle(bundle)
	if err != nil {
		return nil, err
	}
	keys, err := KeysOf(dir)
	if err != nil {
		return nil, err
	}
	if keys.Party == nil {
		return nil, errors.New("the folder holds no party key: sign where it is kept")
	}
	return signNotice(a, agreement.Notice{
		Agreement: a.Digest(), Party: word(keys.ID), Kind: kind, From: from.UTC().Truncate(time.Second), Reason: reason, Sequence: sequence, Part: part,
	}, keys.Party)
}

func writeNew(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if _, err := f.Write(b); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), f.Close(), os.Remove(path))
	}
	return errors.Join(f.Sync(), f.Close())
}
