package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"convenio/exchange"
	"convenio/node"
	"convenio/osia/abistest"
)

// TestABIS has an operator look after a folder whose node searches an ABIS.
func TestABIS(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "us")
	name := exchange.Text{ES: "Parte", EN: "Party"}
	if _, err := node.Create(dir, node.NewFolder{Party: "US", Name: name, Exchange: "127.0.0.1:1", API: "127.0.0.1:2"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	convenio := func(want int, args ...string) (out, said string) {
		t.Helper()
		var o, e bytes.Buffer
		if got := run(t.Context(), args, stdio{in: strings.NewReader(""), out: &o, err: &e}); got != want {
			t.Errorf("%v: exit code %d, want %d: %s", args, got, want, e.String())
		}
		return o.String(), e.String()
	}
	if _, said := convenio(1, "abis", "status", "--dir", dir); !strings.Contains(said, "no section abis") || !strings.Contains(said, "hint") {
		t.Errorf("without the section: %s", said)
	}
	a, err := abistest.New()
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	a.Place("somebody", "minors")
	write := func(path, text string) {
		t.Helper()
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err == nil {
			_, err = f.WriteString(text)
			err = firstOf(err, f.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(dir, "token"), "secret")
	write(node.ConfigOf(dir), "abis:\n  osia: "+a.URL+"\n  token: token\n  galleries: {classes: [{gallery: minors, category: visa, safeguards: [minor]}]}\n")
	out, _ := convenio(0, "abis", "sync", "--dir", dir)
	if !strings.Contains(out, "0 were missing or misplaced, 1 strangers") || !strings.Contains(out, a.URL) {
		t.Errorf("sync: %s", out)
	}
	out, _ = convenio(0, "abis", "status", "--dir", dir, "--json")
	var s node.ABISStatus
	if err := json.Unmarshal([]byte(out), &s); err != nil || s.Server != a.URL || s.Running || s.People != 0 || s.Classes == nil {
		t.Errorf("status: %+v, %v", s, err)
	}
	if _, said := convenio(1, "abis", "sync", "--dir", filepath.Join(dir, "nowhere")); !strings.Contains(said, "hint") {
		t.Errorf("sync of nothing: %s", said)
	}
	for _, p := range a.Problems() {
		t.Errorf("a call is not as the interface describes it: %s", p)
	}
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
