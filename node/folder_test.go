package node_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"convenio/agreement"
	"convenio/api"
	"convenio/ledger"
	"convenio/node"
	"convenio/registry"
)

// copyOf is a party's folder copied to another place, to be spoiled there.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "node")
	copyTo(t, to, dir)
	return to
}

func copyTo(t *testing.T, to, dir string) {
	t.Helper()
	must(t, os.CopyFS(to, os.DirFS(dir)))
	keys, err := os.ReadDir(filepath.Join(to, "keys"))
	must(t, err)
	for _, k := range keys {
		must(t, os.Chmod(filepath.Join(to, "keys", k.Name()), 0o600))
	}
	must(t, os.Chmod(filepath.Join(to, "keys"), 0o700))
}

// change rewrites a file of a folder.
func change(t *testing.T, path string, f func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, f(b), 0o600))
}

func replace(old, new string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(new), 1) }
}

// open opens the node of a folder, and closes it again if it opens.
func open(dir string) error {
	cfg, err := node.LoadConfig(node.ConfigOf(dir))
	if err != nil {
		return err
	}
	n, err := node.Open(context.Background(), cfg, node.Options{})
	if err != nil {
		return err
	}
	return n.Close()
}

// TestFolderThatIsWrong spoils a good folder in one way at a time: the node does not start, and says what
// is wrong where.
func TestFolderThatIsWrong(t *testing.T) {
	notUnderRace(t)
	p := newPair(t)
	must(t, open(p.co.dir))
	must(t, open(p.us.dir))
	us := func(elem ...string) string { return filepath.Join(append([]string{p.us.dir}, elem...)...) }
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
		says  []string
		is    error
	}{
		{"unknown key in node.yaml", func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, "node.yaml"), func(b []byte) []byte { return append(b, "minimum_fingers: 1\n"...) })
		}, []string{"node.yaml", "minimum_fingers"}, nil},
		{"node.yaml that is no YAML", func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, "node.yaml"), func([]byte) []byte { return []byte("\t{{") })
		}, []string{"node.yaml"}, nil},
		{"no node.yaml", func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "node.yaml"))) }, []string{"node.yaml"}, os.ErrNotExist},
		{"another layout version", func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, "node.yaml"), replace("version: 1", "version: 2"))
		}, []string{"layout version 2", "reads version 1"}, nil},
		{"a party of three letters", func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, "node.yaml"), replace("party: CO", "party: COL"))
		}, []string{"COL", "two letters"}, nil},
		{"an address without port", func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, "node.yaml"), replace("listen: 127.0.0.1:", "listen: localhost-"))
		}, []string{"listen", "host:port"}, nil},
		{"a gallery that is nowhere", func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, "node.yaml"), func(b []byte) []byte { return append(b, "gallery: cloud\n"...) })
		}, []string{"gallery", "memory or disk"}, nil},
		{"node.yaml of the other party", func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, "node.yaml"), replace("party: CO", "party: US"))
		}, []string{"US", "CO", "one party's"}, nil},
		{"the other party's card", func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, "card.json"), read(t, us("card.json")), 0o600))
		}, []string{"card", "one party's"}, nil},
		{"no card", func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "card.json"))) }, []string{"card"}, os.ErrNotExist},
		{"an altered card", func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, "card.json"), replace("Party CO", "Party XX"))
		}, []string{"card"}, nil},
		{"no partner", func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "partners", "US.card.json"))) }, []string{"partners", "exactly one"}, nil},
		{"two partners", func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, "partners", "XX.card.json"), read(t, us("card.json")), 0o600))
		}, []string{"2 partners", "exactly one"}, nil},
		{"ourselves as partner", func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, "partners", "US.card.json"), read(t, filepath.Join(dir, "card.json")), 0o600))
		}, []string{"partner"}, nil},
		{"no keys", func(t *testing.T, dir string) { must(t, os.RemoveAll(filepath.Join(dir, "keys"))) }, []string{"keys"}, nil},
		{"keys that others may read", func(t *testing.T, dir string) {
			must(t, os.Chmod(filepath.Join(dir, "keys", "node.key"), 0o644))
		}, []string{"node.key"}, nil},
		{"no agreement", func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "agreement", "agreement.txtar"))) }, []string{"no agreement", "convenio agreement install"}, nil},
		{"an agreement altered by one letter", func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, "agreement", "agreement.txtar"), replace("3 searches per day", "9 searches per day"))
		}, []string{"agreement"}, nil},
		{"one signature missing", func(t *testing.T, dir string) {
			must(t, os.Remove(filepath.Join(dir, "agreement", "us.signature.json")))
		}, []string{"us"}, nil},
		{"a signature that does not fit", func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, "agreement", "us.signature.json"), func(b []byte) []byte {
				var s agreement.Signature
				must(t, json.Unmarshal(b, &s))
				return bytes.Replace(b, []byte(s.Sig[:8]), []byte(flip(s.Sig[:8])), 1)
			})
		}, []string{"signature", "us"}, nil},
		{"our signature under the other's name", func(t *testing.T, dir string) {
			own := read(t, filepath.Join(dir, "agreement", "co.signature.json"))
			must(t, os.WriteFile(filepath.Join(dir, "agreement", "us.signature.json"), bytes.ReplaceAll(own, []byte(`"co"`), []byte(`"us"`)), 0o600))
		}, []string{"us"}, nil},
		{"the other party's registry", func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, "registry.db"), read(t, us("registry.db")), 0o600))
		}, []string{"registry"}, registry.ErrMasterKey},
		{"a registry that is something else", func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, "registry.db"), bytes.Repeat([]byte("no database "), 1000), 0o600))
		}, []string{"registry"}, nil},
		{"the other party's ledger", func(t *testing.T, dir string) {
			must(t, os.RemoveAll(filepath.Join(dir, "ledger")))
			must(t, os.CopyFS(filepath.Join(dir, "ledger"), os.DirFS(us("ledger"))))
		}, []string{"ledger"}, nil},
		{"a ledger with an entry altered", func(t *testing.T, dir string) {
			change(t, entryBundle(t, dir), replace(`"kind":"agreement"`, `"kind":"enrol"`))
		}, []string{"ledger"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := copyOf(t, p.co.dir)
			c.spoil(t, dir)
			err := open(dir)
			if err == nil {
				t.Fatal("the node starts")
			}
			for _, s := range c.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%q is not in %q", s, err)
				}
			}
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%v is not %v", err, c.is)
			}
		})
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	return b
}

func flip(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

// entryBundle is the file of a ledger that holds its first entries.
func entryBundle(t *testing.T, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "ledger", "tile", "entries", "*"))
	must(t, err)
	for _, f := range found {
		if info, err := os.Stat(f); err == nil && info.IsDir() {
			deeper, err := filepath.Glob(filepath.Join(f, "*"))
			must(t, err)
			if len(deeper) > 0 {
				return deeper[len(deeper)-1]
			}
		} else if err == nil {
			return f
		}
	}
	t.Fatal("no entries in the ledger")
	return ""
}

// TestOneNodeOnly: a second process in the same folder, or on the same port, is told so.
func TestOneNodeOnly(t *testing.T) {
	p := newPair(t)
	co := p.co.spawn()
	if err := open(p.co.dir); !errors.Is(err, registry.ErrLocked) {
		t.Errorf("a second node in the folder: %v", err)
	}
	if _, err := node.NewToken(t.Context(), p.co.dir, "late", "operator", "co-migration"); !errors.Is(err, registry.ErrLocked) {
		t.Errorf("a token while the node runs: %v", err)
	}
	co.stop()
	must(t, open(p.co.dir)) // the lock ends with the process
	cfg, err := node.LoadConfig(node.ConfigOf(p.co.dir))
	must(t, err)
	for what, addr := range map[string]string{"exchange": cfg.Exchange.Listen, "api": cfg.API.Listen} {
		t.Run(what, func(t *testing.T) {
			l, err := net.Listen("tcp", addr)
			must(t, err)
			defer l.Close()
			n, err := node.Open(t.Context(), cfg, node.Options{})
			must(t, err)
			err = n.Run(t.Context())
			if !errors.Is(err, node.ErrPortInUse) || !strings.Contains(err.Error(), addr) || !strings.Contains(err.Error(), what+".listen") {
				t.Errorf("%v", err)
			}
			must(t, n.Close())
			must(t, n.Close()) // twice does no harm
		})
	}
	// The ledger alone may be held as well.
	signer, err := must1(node.KeysOf(p.co.dir))(t).LedgerSigner()
	must(t, err)
	v, err := must1(node.CardOf(p.co.dir))(t).LedgerVerifier()
	must(t, err)
	l, err := ledger.Open(t.Context(), ledger.Config{Dir: node.LedgerOf(p.co.dir), Origin: signer.Name(), Signer: signer, Verifier: v})
	must(t, err)
	if err := open(p.co.dir); !errors.Is(err, ledger.ErrLocked) {
		t.Errorf("%v", err)
	}
	must(t, l.Close(t.Context()))
	must(t, open(p.co.dir))
}

func must1[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// TestAddPartnerAndInstall: what is put into a folder is checked at once, and nothing half done stays.
func TestAddPartnerAndInstall(t *testing.T) {
	co, us := newParty(t, "CO"), newParty(t, "US")
	card := must1(node.CardOf(us.dir))(t)
	raw := must1(card.Bytes())(t)
	if _, err := node.AddPartner(co.dir, raw, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"); err == nil || !strings.Contains(err.Error(), card.Fingerprint()) {
		t.Errorf("a card that was not compared: %v", err)
	}
	if _, err := node.AddPartner(us.dir, raw, card.Fingerprint()); err == nil {
		t.Error("a party is its own partner")
	}
	if _, err := node.AddPartner(co.dir, raw[:len(raw)/2], card.Fingerprint()); err == nil {
		t.Error("half a card is taken")
	}
	if _, err := node.AddPartner(co.dir, raw, strings.ToLower(strings.ReplaceAll(card.Fingerprint(), "-", " "))); err != nil {
		t.Errorf("a fingerprint as it is read out: %v", err)
	}
	if _, err := node.InstallAgreement(co.dir, []byte("no agreement"), nil); err == nil {
		t.Error("anything is an agreement")
	}
	left, err := os.ReadDir(filepath.Join(co.dir, "agreement"))
	must(t, err)
	if len(left) != 0 {
		t.Errorf("%d files stay after a failed installation", len(left))
	}
	if _, err := node.Create(co.dir, node.NewFolder{Party: "CO", Exchange: "127.0.0.1:1", API: "127.0.0.1:2"}, time.Now()); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("keys made twice: %v", err)
	}
	if _, err := node.NewToken(t.Context(), co.dir, "x", "operator", ""); err != nil {
		t.Errorf("an operator needs no agreement: %v", err)
	}
	if _, err := node.NewToken(t.Context(), co.dir, "y", "migration-officer", "co-migration"); err == nil {
		t.Error("an officer of an agreement that is not there")
	}
}

// TestDiskNearlyFull: new work is refused while there is room to end what is under way, on either side.
func TestDiskNearlyFull(t *testing.T) {
	p := newPair(t)
	full := func(x *party) {
		change(t, node.ConfigOf(x.dir), func(b []byte) []byte { return append(b, "min_free_mib: 1000000000\n"...) })
	}
	free := func(x *party) { change(t, node.ConfigOf(x.dir), replace("min_free_mib: 1000000000\n", "")) }
	full(p.us)
	var clock shifted
	p.co.opt.Now = clock.now
	p.co.start()
	p.us.start()
	req := border(handOf(t, 99, 1, 2, 7))
	x, err := p.co.search("disk-1-xx", req)
	must(t, err)
	pr := p.us.problem("operator", "POST", "/v1/subjects", []byte(enrolmentJSON(t, "visa", "family-name", nil)), "Idempotency-Key", "disk-enrol-1")
	if pr.Status != 507 || pr.Code != "disk-full" || !strings.Contains(text(pr.Detail), "MiB") || !strings.Contains(text(pr.Hint), "free space") {
		t.Errorf("%+v", pr)
	}
	waitUntil(t, "the asking operator to be told", func() bool { return text(p.co.status().Partner.Problem) != "" })
	if y := p.co.follow0(x.Id); y.State != "sent" {
		t.Errorf("%s", y.State)
	}
	must(t, p.us.stop())
	free(p.us)
	p.us.start()
	clock.ahead(time.Minute)     // a full node asks to be left alone for a minute
	p.co.reaches(x.Id, "no-hit") // nothing was lost
	must(t, p.co.stop())
	full(p.co)
	p.co.start()
	_, err = p.co.search("disk-2-xx", req)
	var f *api.Failure
	if !errors.As(err, &f) || f.Status != 507 {
		t.Errorf("%v", err)
	}
	if y := p.co.follow0(x.Id); y.State != "no-hit" {
		t.Errorf("what was there cannot be read: %s", y.State)
	}
}
