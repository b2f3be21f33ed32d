package exchange

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

func TestCardRoundTrip(t *testing.T) {
	_, c := ring(t, "XA")
	b, err := c.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseCard(b)
	if err != nil {
		t.Fatal(err)
	}
	again, err := got.Bytes()
	if err != nil || !bytes.Equal(again, b) {
		t.Errorf("card changed on its way: %v", err)
	}
	if !regexp.MustCompile(`^([A-Z2-7]{4}-){7}[A-Z2-7]{4}$`).MatchString(got.Fingerprint()) || got.Fingerprint() != c.Fingerprint() {
		t.Errorf("fingerprint %q, made as %q", got.Fingerprint(), c.Fingerprint())
	}
	_, other := ring(t, "XA")
	if other.Fingerprint() == c.Fingerprint() {
		t.Error("two parties' keys have one fingerprint")
	}
}

// Every single altered bit of a card is noticed: by its form, or by its signature.
func TestCardTampered(t *testing.T) {
	_, c := ring(t, "XA")
	b, err := c.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		bad := bytes.Clone(b)
		bad[i] ^= 1 << (i % 8)
		if _, err := ParseCard(bad); err == nil {
			t.Fatalf("card with byte %d altered was taken: %.40q", i, bad[max(0, i-20):])
		}
	}
}

func TestCardRefused(t *testing.T) {
	k, good := ring(t, "XA")
	_, other := ring(t, "XB")
	tests := map[string]func(*Card){
		"version":           func(c *Card) { c.Version = 2 },
		"party form":        func(c *Card) { c.Party = "xa" },
		"party of the log":  func(c *Card) { c.Party = "XC" },
		"empty name":        func(c *Card) { c.Name.ES = "" },
		"name with control": func(c *Card) { c.Name.EN = "a\nb" },
		"name turned round": func(c *Card) { c.Name.EN = "a\u202eb" },
		"http endpoint":     func(c *Card) { c.Endpoint = "http://host:1" },
		"endpoint path":     func(c *Card) { c.Endpoint = "https://host:1/x" },
		"endpoint user":     func(c *Card) { c.Endpoint = "https://me@host:1" },
		"no endpoint":       func(c *Card) { c.Endpoint = "" },
		"short party key":   func(c *Card) { c.Keys.Party = c.Keys.Party[:31] },
		"node key as party": func(c *Card) { c.Keys.Node = c.Keys.Party },
		"seal key":          func(c *Card) { c.Keys.Seal = c.Keys.Seal[1:] },
		"no tls key":        func(c *Card) { c.Keys.TLS = Digest{} },
		"ledger key":        func(c *Card) { c.Keys.Ledger = "nothing" },
		"ledger of another": func(c *Card) { c.Keys.Ledger = other.Keys.Ledger },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			c := good
			change(&c)
			var err error
			if c.Signature, err = signDocument(k.Party, domainCard, c.unsigned()); err != nil {
				t.Fatal(err)
			}
			b, err := c.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ParseCard(b); err == nil {
				t.Error("taken, though signed by the party itself")
			}
		})
	}
}

func TestPeers(t *testing.T) {
	ka, a := ring(t, "XA")
	_, b := ring(t, "XB")
	p, err := NewPeers(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := p.Key(a.Keys.TLS); !ok || c.Party != "XA" {
		t.Error("card not found by its TLS key")
	}
	if _, ok := p.Key(Digest{}); ok {
		t.Error("a card was found by no key")
	}
	if _, ok := p.Party("XC"); ok {
		t.Error("a card was found that is not installed")
	}
	if err := p.Set(a, a); err == nil {
		t.Error("two cards of one party were installed")
	}
	ka.ID, ka.Ledger = "XC", strings.Replace(ka.Ledger, "XA", "XC", 1)
	if twin, err := ka.Card(a.Name, a.Endpoint, testNow); err != nil {
		t.Fatal(err)
	} else if err := p.Set(a, twin); err == nil {
		t.Error("two parties with one TLS key were installed")
	}
	if _, ok := p.Party("XB"); !ok {
		t.Error("a refused Set changed the cards")
	}
	if err := p.Set(b); err != nil {
		t.Fatal(err)
	}
	if _, ok := p.Key(a.Keys.TLS); ok {
		t.Error("a withdrawn card is still found")
	}
}

func TestSaveLoad(t *testing.T) {
	k, card := ring(t, "XA")
	dir := filepath.Join(t.TempDir(), "keys")
	if err := k.Save(dir); err != nil {
		t.Fatal(err)
	}
	for _, e := range append(mustDir(t, dir), dir) {
		info, err := os.Stat(e)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %o", e, info.Mode().Perm())
		}
	}
	got, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := got.Card(card.Name, card.Endpoint, testNow)
	if err != nil {
		t.Fatal(err)
	}
	if again.Fingerprint() != card.Fingerprint() || got.Rest != k.Rest {
		t.Error("loaded keys are not those saved")
	}
	raw, _, err := Seal(got, card, Header{}, nil)
	if err == nil || raw != nil {
		t.Error("an empty header was sealed")
	}
	if err := k.Save(dir); err == nil {
		t.Error("keys were overwritten")
	}
	signer, err := got.LedgerSigner()
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := card.LedgerVerifier()
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Sign(&note.Note{Text: "convenio/XA\n"}, signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(n, note.VerifierList(verifier)); err != nil {
		t.Errorf("the card's ledger key does not verify the ledger's notes: %v", err)
	}
}

func TestLoadWithoutPartyKey(t *testing.T) {
	k, _ := ring(t, "XA")
	dir := filepath.Join(t.TempDir(), "keys")
	if err := k.Save(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, fileParty)); err != nil {
		t.Fatal(err)
	}
	got, err := Load(dir)
	if err != nil || got.Party != nil {
		t.Fatalf("a key ring without party key: %v", err)
	}
	if _, err := got.Card(Text{"a", "a"}, "https://a", testNow); err == nil {
		t.Error("a card was signed without the party key")
	}
	again := filepath.Join(t.TempDir(), "again")
	if err := got.Save(again); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(again, fileParty)); err == nil {
		t.Error("a party key was saved that is not there")
	}
}

func TestLoadRefuses(t *testing.T) {
	k, _ := ring(t, "XA")
	other, _ := ring(t, "XB")
	tests := map[string]struct {
		change func(dir string) error
		want   string
	}{
		"folder readable":    {func(d string) error { return os.Chmod(d, 0o750) }, "chmod 700"},
		"key readable":       {func(d string) error { return os.Chmod(filepath.Join(d, fileNode), 0o640) }, "chmod 600"},
		"missing node key":   {func(d string) error { return os.Remove(filepath.Join(d, fileNode)) }, "there is none"},
		"folder missing":     {os.RemoveAll, "there is none"},
		"node key empty":     {rewrite(fileNode, ""), "PEM"},
		"node key not a key": {rewrite(fileNode, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), "PKCS #8"},
		"seal key cut":       {rewrite(fileSeal, sealPrefix+"AAAA\n"), "MLKEM768"},
		"seal key unnamed":   {rewrite(fileSeal, "AAAA\n"), "does not begin"},
		"rest key cut":       {rewrite(fileRest, restPrefix+"AAAA\n"), "3 bytes"},
		"rest key junk":      {rewrite(fileRest, restPrefix+"!\n"), "base64"},
		"ledger of another":  {rewrite(fileLedger, other.Ledger+"\n"), "ledger key"},
		"no party":           {rewrite(fileID, `{"version":1,"party":"x"}`+"\n"), "key ring"},
		"large":              {rewrite(fileNode, strings.Repeat("x", maxKeyFileBytes+1)), "too large"},
		"link to a shared file": {func(d string) error {
			p, shared := filepath.Join(d, fileNode), filepath.Join(filepath.Dir(d), "shared")
			if err := os.Rename(p, shared); err != nil {
				return err
			}
			return errors.Join(os.Chmod(shared, 0o644), os.Symlink(shared, p))
		}, "chmod 600"},
		"folder as a key": {func(d string) error {
			p := filepath.Join(d, fileNode)
			return errors.Join(os.Remove(p), os.Mkdir(p, 0o700))
		}, "not a plain file"},
		"certificate of another": {func(d string) error {
			files, err := other.files()
			if err != nil {
				return err
			}
			return rewrite(fileTLSCert, string(files[fileTLSCert]))(d)
		}, "not of the key"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "keys")
			if err := k.Save(dir); err != nil {
				t.Fatal(err)
			}
			if err := test.change(dir); err != nil {
				t.Fatal(err)
			}
			_, err := Load(dir)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one that says %q", err, test.want)
			}
		})
	}
}

// A key ring printed or logged by mistake shows no secret.
func TestKeyRingPrintsNothing(t *testing.T) {
	k, _ := ring(t, "XA")
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		fmt.Fprintf(&out, verb+verb, k, *k)
	}
	for _, h := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(h).Info("keys", slog.Any("keys", k))
	}
	if err := json.NewEncoder(&out).Encode(k); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "key ring of XA") || out.Len() > 1000 {
		t.Errorf("printed: %.200s", out.String())
	}
}

func TestGenerateKeysRefusesParty(t *testing.T) {
	for _, id := range []PartyID{"", "x", "co", "A", "CO ", "ÑÑ", "AAAAAAAAAAAAAAAAA"} {
		if _, err := GenerateKeys(seeded("x"), id, testNow); err == nil {
			t.Errorf("keys were made for %q", id)
		}
	}
	if _, err := GenerateKeys(bytes.NewReader(make([]byte, 40)), "XA", testNow); err == nil {
		t.Error("keys were made though the random source ended")
	}
}

func TestKeysAreDistinct(t *testing.T) {
	k, _ := ring(t, "XA")
	seen := map[string]string{}
	for name, key := range map[string]any{"party": k.Party, "node": k.Node, "tls": k.TLS.PrivateKey} {
		s := string(key.(ed25519.PrivateKey))
		if seen[s] != "" {
			t.Errorf("%s key is the %s key", name, seen[s])
		}
		seen[s] = name
	}
}

func rewrite(name, content string) func(string) error {
	return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600) }
}

func mustDir(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, filepath.Join(dir, e.Name()))
	}
	return out
}

func TestKeysFitTheirCard(t *testing.T) {
	keys, err := GenerateKeys(rand.Reader, "XA", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	card, err := keys.Card(Text{ES: "Parte", EN: "Party"}, "https://127.0.0.1:1", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.Fits(card); err != nil {
		t.Error(err)
	}
	other, err := GenerateKeys(rand.Reader, "XA", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, swap := range map[string]func(*KeyRing){
		"node":   func(k *KeyRing) { k.Node = other.Node },
		"seal":   func(k *KeyRing) { k.Seal = other.Seal },
		"TLS":    func(k *KeyRing) { k.TLS = other.TLS },
		"ledger": func(k *KeyRing) { k.Ledger = other.Ledger },
	} {
		swapped := *keys
		swap(&swapped)
		if err := swapped.Fits(card); err == nil || !strings.Contains(err.Error(), name+" key") {
			t.Errorf("another %s key: %v", name, err)
		}
	}
}
