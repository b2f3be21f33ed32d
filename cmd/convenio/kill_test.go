package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestKill9 runs two nodes as processes and kills one without warning in the middle of a search, again
// and again, at another moment each time. The officer repeats the command with the same key; every
// search ends once, and at the end the two ledgers agree.
func TestKill9(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.must("synth", "--people", "2", "--impressions", "2", "-o", "prints")
	p.start("co")
	p.start("us")
	p.must("enrol", "--as", "us-operator.profile", "--category", "border-encounter", "--nationality", "VE",
		"--finger", "right-index=prints/001-right-index_1.png", "--finger", "left-index=prints/001-left-index_1.png")
	for i, killed := range []string{"us", "co", "us", "co"} {
		t.Logf("round %d: %s is killed", i, killed)
		p.killedSearch(fmt.Sprintf("search-%d", i), killed, time.Duration(i)*110*time.Millisecond)
	}
	p.eventually("0 messages to leave, 0 for an examiner", "status", "--as", "co-operator.profile")
	p.eventually("0 messages to leave, 0 for an examiner", "status", "--as", "us-operator.profile")
	p.stop("co")
	p.stop("us")
	said := p.must("audit", "co/ledger", "us/ledger", "--card", "co/card.json", "--card", "us/card.json")
	if !strings.Contains(said, "COMPLETE: both ledgers are whole") {
		t.Errorf("the ledgers do not agree: %s", said)
	}
	if !strings.Contains(said, "search: delivered 4, send 4") || !strings.Contains(said, "search: receive 4") {
		t.Errorf("not every search was sent and received once: %s", said)
	}
}

// killedSearch asks about a person who is not enrolled while one of the nodes dies and comes back.
func (p *pair) killedSearch(key, killed string, after time.Duration) {
	p.t.Helper()
	args := []string{"search", "--as", "co-officer.profile", "--purpose", "border-examination", "--ground", "person-present",
		"--case", "2026-0117", "--nationality", "VE", "--key", key, "--wait", "0",
		"--finger", "right-index=prints/002-right-index_1.png", "--finger", "left-index=prints/002-left-index_1.png"}
	asked := make(chan string, 1)
	go func() {
		out, err := p.try(args...)
		if err != nil && killed != "co" {
			p.t.Errorf("the officer's own node was up, and refused: %v: %s", err, out)
		}
		asked <- out
	}()
	time.Sleep(after)
	p.kill9(killed)
	<-asked
	p.start(killed)
	id := regexp.MustCompile(`(?m)^exchange +([0-9a-f]{32})$`).FindStringSubmatch(p.must(args...))
	if id == nil {
		p.t.Fatal("the repeated search names no exchange")
	}
	p.eventually("state        no-hit", "exchange", id[1], "--as", "co-officer.profile", "--wait", "20")
}

// pair is two ministries' folders, made by the program as people would, and their nodes.
type pair struct {
	t    *testing.T
	dir  string
	addr map[string][2]string // exchange and api of each party
	node map[string]*exec.Cmd
	log  map[string]*bytes.Buffer
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{t: t, dir: t.TempDir(), addr: map[string][2]string{}, node: map[string]*exec.Cmd{}, log: map[string]*bytes.Buffer{}}
	for _, dir := range []string{"co", "us"} {
		var a [2]string
		for i := range a {
			var err error
			if a[i], err = freePort(); err != nil {
				t.Fatal(err)
			}
		}
		p.addr[dir] = a
		p.must("keys", "new", "--party", strings.ToUpper(dir), "--dir", dir, "--exchange", a[0], "--api", a[1])
	}
	fingerprint := func(dir string) string {
		said := strings.Fields(p.must("keys", "show", dir+"/card.json"))
		return said[len(said)-1]
	}
	p.must("partner", "add", "--dir", "co", "us/card.json", "--fingerprint", fingerprint("us"))
	p.must("partner", "add", "--dir", "us", "co/card.json", "--fingerprint", fingerprint("co"))
	p.must("agreement", "bundle", "co-us-demo", "-o", "agreement.txtar")
	for _, dir := range []string{"co", "us"} {
		p.must("agreement", "sign", "agreement.txtar", "--dir", dir, "-o", dir+".signature.json")
	}
	for dir, authority := range map[string]string{"co": "co-migration", "us": "us-border"} {
		p.must("agreement", "install", "agreement.txtar", "--dir", dir, "--signature", "co.signature.json", "--signature", "us.signature.json")
		p.must("token", "new", "--dir", dir, "--label", "operator", "--role", "operator", "-o", dir+"-operator.profile")
		p.must("token", "new", "--dir", dir, "--label", "officer", "--role", "migration-officer", "--authority", authority, "-o", dir+"-officer.profile")
	}
	t.Cleanup(func() {
		for dir, n := range p.node {
			_ = n.Process.Kill()
			_ = n.Wait()
			if t.Failed() {
				t.Logf("%s: %s", dir, p.log[dir])
			}
		}
	})
	return p
}

// try runs the program in the pair's folder and returns what it printed.
func (p *pair) try(args ...string) (string, error) {
	cmd := program(p.t, args...)
	cmd.Dir = p.dir
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "panic") {
		p.t.Errorf("%v panicked: %s", args, out)
	}
	return string(out), err
}

func (p *pair) must(args ...string) string {
	p.t.Helper()
	out, err := p.try(args...)
	if err != nil {
		p.t.Fatalf("convenio %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return out
}

// eventually repeats a command until it prints what is wanted.
func (p *pair) eventually(want string, args ...string) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		out, err := p.try(args...)
		if err == nil && strings.Contains(out, want) {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("convenio %s does not come to say %q: %v: %s", strings.Join(args, " "), want, err, out)
		}
	}
}

func (p *pair) start(dir string) {
	p.t.Helper()
	if p.log[dir] == nil {
		p.log[dir] = &bytes.Buffer{}
	}
	n := program(p.t, "node", "--config", filepath.Join(dir, "node.yaml"))
	n.Dir, n.Stdout, n.Stderr = p.dir, p.log[dir], p.log[dir]
	if err := n.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.node[dir] = n
	for _, addr := range p.addr[dir] {
		if err := waitListening(addr); err != nil {
			p.t.Fatal(err)
		}
	}
}

// kill9 ends a node as a power cut would: it is not asked, and nothing is closed.
func (p *pair) kill9(dir string) {
	p.t.Helper()
	if err := p.node[dir].Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	_ = p.node[dir].Wait() // it was killed: that is its error
	delete(p.node, dir)
}

// stop asks a node to end, which it must with exit code 0.
func (p *pair) stop(dir string) {
	p.t.Helper()
	if err := p.node[dir].Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	if err := p.node[dir].Wait(); err != nil {
		p.t.Errorf("%s did not end well: %v", dir, err)
	}
	delete(p.node, dir)
}
