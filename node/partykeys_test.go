package node_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"convenio/agreement"
	"convenio/api"
	"convenio/examples/agreements"
	"convenio/node"
)

// withKeys adds entries under keys: to a copy of a folder's node.yaml.
func withKeys(t *testing.T, dir, entries string) {
	t.Helper()
	change(t, filepath.Join(dir, "node.yaml"), func(b []byte) []byte { return append(b, "keys:\n"+entries...) })
}

// TestKeysInTheirTime: a signature of the agreement holds when its key was valid, and not revoked, at the
// time that the signature states, at the start of a node and at the installation.
func TestKeysInTheirTime(t *testing.T) {
	notUnderRace(t)
	p := newPair(t)
	day := func(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }
	us, err := node.CardOf(p.us.dir)
	must(t, err)
	its := base64.StdEncoding.EncodeToString(us.Keys.Party)
	other := base64.StdEncoding.EncodeToString(make([]byte, 32))
	const signature = "us.signature.json"
	for _, c := range []struct {
		name, entries string
		says          []string // nil: the node opens
	}{
		{"valid on the day", fmt.Sprintf("  - {of: us, from: %s, until: %s}\n", day(-9), day(9)), nil},
		{"revoked later", fmt.Sprintf("  - {of: US, revoked: %s}\n", day(1)), nil},
		{"the card's key written out", fmt.Sprintf("  - {of: us, key: %q, from: %s}\n", its, day(-1)), nil},
		{"a key that it had before", fmt.Sprintf("  - {of: us, key: %q, until: %s}\n", other, day(-300)), nil},
		{"revoked before", fmt.Sprintf("  - {of: us, revoked: %s}\n", day(-1)), []string{signature, "signature of us", "its key was revoked at " + day(-1), "node.yaml"}},
		{"not yet valid", fmt.Sprintf("  - {of: us, from: %s}\n", day(2)), []string{signature, "signature of us", "its key is not valid before " + day(2), "node.yaml"}},
		{"no longer valid", fmt.Sprintf("  - {of: us, from: %s, until: %s}\n", day(-9), day(-1)), []string{signature, "its key was valid until " + day(-1)}},
		{"our own, revoked", fmt.Sprintf("  - {of: co, revoked: %s}\n", day(-1)), []string{"co.signature.json", "signature of co", "revoked"}},
		{"a key that is none", "  - {of: us, key: abc}\n", []string{"node.yaml", "keys: entry 1, of us", "32 bytes"}},
		{"a day that is none", "  - {of: us, revoked: yesterday}\n", []string{"node.yaml", "entry 1, of us", "revoked: \"yesterday\""}},
		{"backwards", "  - {of: us, from: 2026-02-01, until: 2026-01-01}\n", []string{"node.yaml", "from is not before until"}},
		{"of nobody", "  - {revoked: 2026-01-01}\n", []string{"node.yaml", "entry 1", "of is missing"}},
		{"of somebody without card", "  - {of: fr, revoked: 2026-01-01}\n", []string{"node.yaml", "fr has no card here: give its key"}},
		{"an unknown word", "  - {of: us, expires: 2026-01-01}\n", []string{"node.yaml", "expires"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := copyOf(t, p.co.dir)
			withKeys(t, dir, c.entries)
			says(t, "start", open(dir), c.says)
			signed := read(t, filepath.Join(dir, "agreement", "agreement.txtar"))
			sigs := [][]byte{read(t, filepath.Join(dir, "agreement", "co.signature.json")), read(t, filepath.Join(dir, "agreement", signature))}
			must(t, os.RemoveAll(filepath.Join(dir, "agreement")))
			must(t, os.Mkdir(filepath.Join(dir, "agreement"), 0o700))
			_, err := node.InstallAgreement(dir, signed, sigs)
			says(t, "installation", err, c.says)
			if left, _ := os.ReadDir(filepath.Join(dir, "agreement")); err != nil && len(left) > 0 {
				t.Errorf("%d files are left of what was not installed", len(left))
			}
		})
	}
}

func says(t *testing.T, when string, err error, want []string) {
	t.Helper()
	if want == nil {
		if err != nil {
			t.Errorf("%s: %v", when, err)
		}
		return
	}
	if err == nil {
		t.Errorf("%s: no error, want one that says %q", when, want)
		return
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%s: %v\ndoes not say %q", when, err, w)
		}
	}
}

// TestOneTextInForce: of two versions of one agreement that are in force on one day a node takes neither
// beside the other; the message names the day and the article.
func TestOneTextInForce(t *testing.T) {
	notUnderRace(t)
	p := newPair(t)
	amend := func(old, new string) []byte {
		files, err := agreements.Files(agreements.CoUsDemo)
		must(t, err)
		head := string(files["agreement.yaml"])
		changed := strings.Replace(head, old, new, 1)
		if changed == head {
			t.Fatalf("%q is not in the header", old)
		}
		files["agreement.yaml"] = []byte(changed)
		a, err := agreement.Parse(files)
		must(t, err)
		return a.Bundle()
	}
	installed := read(t, filepath.Join(p.co.dir, "agreement", "agreement.txtar"))
	overlap := amend("from: 2025-01-01", "from: 2026-05-01")
	for _, c := range []struct {
		name string
		text []byte
		want []string
	}{
		{"in force on one day", overlap, []string{"agreement.yaml:", "article 24", "are both in force on 2026-05-01", "let the earlier end"}},
		{"one after the other", amend("from: 2025-01-01\n  until: 2045-01-01", "from: 2045-01-01\n  until: 2050-01-01"), []string{"a folder takes one text"}},
		{"the same", installed, []string{"is installed already"}},
		{"no agreement", []byte("x"), []string{"a folder takes one text"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := copyOf(t, p.co.dir)
			_, err := node.InstallAgreement(dir, c.text, nil)
			says(t, "installation", err, c.want)
			must(t, os.WriteFile(filepath.Join(dir, "agreement", "second.txtar"), c.text, 0o600))
			says(t, "start", open(dir), append(c.want, "second.txtar"))
		})
	}
}

// TestNoticeByAKeyInItsTime: a notice holds when its key is valid at the time at which it is received. A
// key that turns out to have been revoked by then makes the notices uncertain: the agreement counts as
// suspended, and the operator is told.
func TestNoticeByAKeyInItsTime(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPair(t)
	var clock shifted
	p.co.opt.Now = clock.now
	in := func(d time.Duration) string { return time.Now().UTC().Add(d).Format(time.RFC3339) }
	config := filepath.Join(p.co.dir, "node.yaml")
	plain := read(t, config)
	withKeys(t, p.co.dir, "  - {of: co, revoked: "+in(2*time.Hour)+"}\n")
	clock.set(time.Hour)
	p.co.start()
	p.co.notice("suspend", 1)
	p.co.notice("resume", 2)
	p.co.becomes("in-force")
	clock.set(3 * time.Hour)
	r, err := p.co.client("operator").PostNoticeWithResponse(t.Context(), api.PostNoticeJSONRequestBody{Notice: p.co.signNotice("suspend", 3)})
	says(t, "a notice by a revoked key", api.Check(r, problemOf(r), err), []string{"the notice cannot be accepted", "notice 3 of co", "its key was revoked"})
	must(t, p.co.stop())
	p.co.start() // what was received before stands
	p.co.becomes("in-force")
	must(t, p.co.stop())

	must(t, os.WriteFile(config, plain, 0o600))
	withKeys(t, p.co.dir, "  - {of: co, revoked: "+in(30*time.Minute)+"}\n")
	p.co.start()
	p.co.becomes("suspended")
	if s := p.co.status().Agreement; s.Problem == nil || !strings.Contains(*s.Problem, "notice 1 of co came") && !strings.Contains(*s.Problem, "notice 2 of co came") {
		t.Errorf("status: %+v", s)
	}
	p.co.refusedBySuspension(t, "mistrusted-1", handOf(t, 99, 1, 2, 7))
}
