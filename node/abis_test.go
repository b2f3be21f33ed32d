package node_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"convenio/api"
	"convenio/exchange"
	"convenio/node"
	"convenio/osia/abistest"
	"convenio/osia/client"
)

// addConfig adds lines to a party's node.yaml.
func (p *party) addConfig(format string, args ...any) {
	p.t.Helper()
	p.configure(func(c string) string { return c + fmt.Sprintf(format, args...) })
}

// file writes a file of a party's folder.
func (p *party) file(name string, b []byte) {
	p.t.Helper()
	must(p.t, os.WriteFile(filepath.Join(p.dir, name), b, 0o600))
}

// eager has a client ask after results often.
func eager(c *client.Config) {
	c.Poll = func(int) time.Duration { return 50 * time.Millisecond }
	c.Retry = func(int) time.Duration { return 10 * time.Millisecond }
}

// useStub has a party's node search an ABIS that is a stub.
func (p *party) useStub(more string) *abistest.ABIS {
	p.t.Helper()
	a, err := abistest.New()
	must(p.t, err)
	p.t.Cleanup(func() {
		a.Close()
		for _, x := range a.Problems() {
			p.t.Errorf("a call is not as the interface describes it: %s", x)
		}
	})
	at := freePort(p.t)
	p.file("abis.token", []byte("secret"))
	p.addConfig("abis:\n  osia: %s\n  token: abis.token\n  callback: {listen: '%s', url: 'http://%s/results'}\n%s", a.URL, at, at, more)
	p.opt.ABIS = eager
	return a
}

// pem makes a certificate for 127.0.0.1.
func certificate(t *testing.T) (cert, key []byte) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	c := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "abis"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, &c, &c, &k.PublicKey, k)
	must(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

// settledABIS waits until a running node says that the ABIS holds so many people as it should, and nobody else.
func (p *party) settledABIS(people int) (s node.ABISStatus) {
	p.t.Helper()
	waitUntil(p.t, "the ABIS to be told of everybody", func() bool {
		var err error
		s, err = node.ReadABISStatus(p.t.Context(), p.dir)
		return err == nil && s.Due == 0 && s.Held == people && s.People == people
	})
	return s
}

// answers is what becomes of a search for a person at the partner, who confirms whoever is a candidate.
func (p *pair) answers(key string, person uint64) api.Exchange {
	p.t.Helper()
	x, err := p.co.search(key, border(handOf(p.t, person, 1, 2, 7)))
	must(p.t, err)
	waitUntil(p.t, "an answer or a candidate", func() bool {
		r, err := p.us.client("examiner").GetCandidateWithResponse(p.t.Context(), x.Id)
		if err == nil && r.JSON200 != nil {
			_, err := p.us.client("examiner").GiveVerdictWithResponse(p.t.Context(), x.Id, api.Verdict{Verdict: "confirm", Reason: "12 points agree"})
			must(p.t, err)
			return true
		}
		return p.co.follow0(x.Id).Settled
	})
	return p.co.follow(x.Id)
}

// A node that answers from a national ABIS: our own OSIA server, in a process of its own, over TLS, with callbacks. People are
// found, protected, erased as in the node's own gallery; while the ABIS is down nobody is told that there is nobody.
func TestNodeOnAnABISInAnotherProcess(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	other := newPair(t) // whose US is the ABIS: it needs to be a whole node to run
	abis := other.us
	p := newPair(t)
	back := freePort(t)

	cert, key := certificate(t)
	abis.file("abis.pem", cert)
	abis.file("abis-key.pem", key)
	keys, err := node.NewOSIAKeys(abis.dir)
	must(t, err)
	at := freePort(t)
	abis.addConfig("osia:\n  listen: %s\n  certificate: abis.pem\n  key: abis-key.pem\n  tokens: {keys: %s, audience: abis}\n  callbacks: ['https://%s']\n  callback_roots: abis.pem\n", at, keys, back)
	token, err := node.NewOSIAToken(abis.dir, "us", []string{"abis.encounter.write", "abis.identify", "abis.task.read", "abis.task.update", "abis.gallery.read"}, time.Now(), time.Hour)
	must(t, err)

	p.us.file("abis.token", []byte(token))
	p.us.file("roots.pem", cert)
	p.us.file("back-key.pem", key)
	p.us.addConfig("abis:\n  osia: https://%s\n  roots: roots.pem\n  token: abis.token\n"+
		"  callback: {listen: '%s', url: 'https://%s/results', certificate: roots.pem, key: back-key.pem}\n  galleries: {prefix: us-}\n", at, back, back)
	p.us.opt.ABIS = eager
	server := abis.spawn()
	p.co.start()
	p.us.start()
	subject := p.us.enrol(1, "border-encounter", "VE")
	p.us.enrol(2, "border-encounter", "EC")
	if s := p.us.settledABIS(2); len(s.Classes) != 2 || !s.Running || len(s.Advice) != 0 {
		t.Errorf("%+v", s)
	}
	if x := p.answers("abis-hit-1", 1); x.State != "hit" {
		t.Errorf("the search ended as %s: %+v", x.State, x)
	}
	if x := p.answers("abis-miss-1", 9); x.State != "no-hit" {
		t.Errorf("a search for nobody ended as %s", x.State)
	}

	guards := []api.Safeguard{{Kind: "minor"}}
	r, err := p.us.client("operator").PutSafeguardsWithResponse(t.Context(), subject, api.PutSafeguardsJSONRequestBody{Safeguards: guards})
	must(t, api.Check(r, problemOf(r), err))
	if x := p.answers("abis-protected", 1); x.State != "no-hit" {
		t.Errorf("a search for somebody protected ended as %s", x.State)
	}
	p.us.erase(subject)
	p.us.settledABIS(1)

	// Down: the search waits, and ends as a hit when the ABIS is back.
	server.stop()
	x, err := p.co.search("abis-down-1", border(handOf(t, 2, 1, 2, 7)))
	must(t, err)
	waitUntil(t, "the search to fail at the ABIS", func() bool {
		s, err := node.ReadABISStatus(t.Context(), p.us.dir)
		return err == nil && s.Trouble != "" || p.us.status().Waiting.Examiner > 0
	})
	if y := p.co.follow0(x.Id); y.Settled {
		t.Fatalf("without its ABIS the node answered %s", y.State)
	}
	abis.spawn()
	p.us.awaits(x.Id)
	p.us.examine(x.Id, api.Confirm)
	if y := p.co.follow(x.Id); y.State != "hit" {
		t.Errorf("after the ABIS came back: %s", y.State)
	}
	must(t, p.us.stop())
	out, err := node.SyncABIS(t.Context(), p.us.dir, node.Options{}, func(int, int) {})
	if err != nil || out.Missing != 0 || out.Strangers != 0 || out.Status.Held != 1 || out.Status.People != 1 {
		t.Errorf("%+v, %v", out, err)
	}
}

// A node that is stopped while the ABIS searches takes up the task when it runs again.
func TestNodeTakesUpASearchAtTheABIS(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	a := p.us.useStub("  galleries: {prefix: us-}\n")
	task := make(chan *abistest.Task, 1)
	a.Deliver = func(k *abistest.Task) {
		k.State = "PENDING"
		task <- k
	}
	p.co.start()
	p.us.start()
	p.us.enrol(1, "border-encounter", "VE")
	p.us.settledABIS(1)
	x, err := p.co.search("restart-1", border(handOf(t, 1, 1, 2, 7)))
	must(t, err)
	k := <-task
	waitUntil(t, "the node to ask after the task", func() bool { return a.Count("readTaskStatus") > 0 })
	must(t, p.us.stop())
	if s := k.Send(); s != 0 {
		t.Errorf("a stopped node took the result with %d", s)
	}
	k.Set("RESPONSE_ERROR")
	p.us.start()
	p.us.awaits(x.Id)
	if n := a.Count("identify"); n != 1 {
		t.Errorf("the ABIS searched %d times", n)
	}
	if a.Count("redeliverTaskResult") == 0 {
		t.Error("the result was not asked for again")
	}
}

// An ABIS that fails for too long is not a no-hit: the partner learns that the records could not be searched.
func TestUnavailableIsNotNoHit(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	a := p.us.useStub("  galleries: {prefix: us-}\n  give_up: 300ms\n")
	var down atomic.Bool
	a.Fault = func(op string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		if down.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
		return down.Load()
	}
	p.co.start()
	p.us.start()
	p.us.enrol(1, "border-encounter", "VE")
	p.us.settledABIS(1)
	down.Store(true)
	x, err := p.co.search("unavailable-1", border(handOf(t, 1, 1, 2, 7)))
	must(t, err)
	got := p.co.follow(x.Id)
	if got.State == "no-hit" || got.Reference != nil || got.Reasons == nil || !strings.Contains((*got.Reasons)[0].En, "could not be searched in time") || !strings.Contains((*got.Reasons)[0].Es, "no pudieron consultarse") {
		t.Errorf("%s, %+v", got.State, got.Reasons)
	}
	must(t, nothingIn(p.us, exchange.ID(x.Id))) // the probe is gone all the same
	down.Store(false)
	if y := p.answers("available-1", 1); y.State != "hit" {
		t.Errorf("afterwards: %s", y.State)
	}
}

// A node that dies between the registry's commit, the call to the ABIS and its confirmation neither loses nor doubles anybody.
func TestKilledWhileTellingTheABIS(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPair(t)
	a := p.us.useStub("  galleries: {prefix: us-}\n")
	node1 := p.us.spawn("abis tell:1", "abis told:1")
	subject := p.us.enrol(1, "border-encounter", "VE")
	p.us.enrol(2, "border-encounter", "VE")
	waitUntil(t, "both to be told of", func() bool { return len(node1.pending()) == 0 && len(a.People()) == 2 })
	p.us.settledABIS(2)
	person := ""
	node1.next("abis tell:1", "abis told:2")
	co := "co"
	persist(t, "protect", func() error {
		r, err := p.us.client("operator").PutSafeguardsWithResponse(t.Context(), subject, api.PutSafeguardsJSONRequestBody{Safeguards: []api.Safeguard{{Kind: "asylum-claim", Against: &co}}})
		return api.Check(r, problemOf(r), err)
	})
	waitUntil(t, "one to be moved", func() bool {
		for _, x := range a.People() {
			e, _ := a.Encounter(x)
			other, _ := a.Encounter(a.People()[0])
			if !slices.Equal(e.Galleries, other.Galleries) {
				person = x
			}
		}
		return person != ""
	})
	node1.drop()
	s := p.us.settledABIS(2)
	if len(a.People()) != 2 || len(s.Classes) != 2 {
		t.Errorf("%+v; the ABIS holds %v", s, a.People())
	}
	for _, c := range s.Classes {
		if in := a.In(c.Gallery); len(in) != 1 {
			t.Errorf("gallery of %v holds %v", c.Class, in)
		}
	}
	if node1.deaths() < 3 {
		t.Errorf("%d deaths: the test proves little", node1.deaths())
	}
}

// A node that has people already turns to an ABIS: everybody is told of, as often as it is interrupted, and whoever is refused is
// named.
func TestSyncABIS(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.us.start()
	for i := range uint64(3) {
		p.us.enrol(i+1, "border-encounter", "VE")
	}
	must(t, p.us.stop())
	a := p.us.useStub("  galleries: {prefix: us-}\n")
	a.Fault = func(op string, n int, w http.ResponseWriter, _ *http.Request) bool {
		if op == "createEncounter" && n == 2 {
			w.WriteHeader(http.StatusBadRequest)
			return true
		}
		return false
	}
	s, err := node.ReadABISStatus(t.Context(), p.us.dir)
	if err != nil || s.People != 3 || s.Due != 3 || s.Held != 0 {
		t.Fatalf("%+v, %v", s, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := node.SyncABIS(ctx, p.us.dir, node.Options{}, func(int, int) {}); err == nil {
		t.Error("interrupted, and no error")
	}
	last := 0
	progress := func(done, total int) {
		if total != 3 || done != last+1 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last = done
	}
	out, err := node.SyncABIS(t.Context(), p.us.dir, node.Options{}, progress)
	if err != nil || out.Status.Held != 2 || out.Status.Refused != 1 || last != 2 || len(out.Status.Advice) == 0 {
		t.Fatalf("%+v, %v", out, err)
	}
	a.Remove(a.People()[0])
	out, err = node.SyncABIS(t.Context(), p.us.dir, node.Options{}, func(int, int) {})
	if err != nil || out.Missing != 1 || out.Status.Held != 3 || len(a.People()) != 3 || len(out.Status.Advice) != 0 {
		t.Errorf("%+v, %v; the ABIS holds %v", out, err, a.People())
	}
	// Turned back, the node searches its own gallery again.
	cfg, err := node.LoadConfig(node.ConfigOf(p.us.dir))
	must(t, err)
	cfg.ABIS = nil
	n, err := node.Open(t.Context(), cfg, node.Options{})
	must(t, err)
	must(t, n.Close())
}

func TestABISSectionIsChecked(t *testing.T) {
	t.Parallel()
	const head = "version: 1\nparty: CO\nexchange: {listen: '127.0.0.1:1'}\napi: {listen: '127.0.0.1:2'}\nabis: "
	for _, c := range []struct{ name, section, want string }{
		{"good", "{osia: 'https://abis.example', token: t, galleries: {prefix: co-}}", ""},
		{"all of it", "{osia: 'https://abis.example:1/x', roots: r, token: t, callback: {listen: ':3', url: 'https://node.example', certificate: c, key: k}, timeout: 30s, give_up: 2h, candidates: 100, threshold: 3.5, galleries: {classes: [{gallery: g, category: visa, nationalities: [VE], safeguards: ['minor']}]}}", ""},
		{"no address", "{token: t, galleries: {prefix: co-}}", "abis.osia"},
		{"in clear", "{osia: 'http://abis.example', token: t, galleries: {prefix: co-}}", "in clear"},
		{"with a user", "{osia: 'https://me@abis.example', token: t, galleries: {prefix: co-}}", "no user"},
		{"no token", "{osia: 'https://abis.example', galleries: {prefix: co-}}", "abis.token"},
		{"no galleries", "{osia: 'https://abis.example', token: t}", "abis.galleries"},
		{"every gallery", "{osia: 'https://abis.example', token: t, galleries: {classes: [{gallery: ALL, category: visa}]}}", "ALL"},
		{"gallery without category", "{osia: 'https://abis.example', token: t, galleries: {classes: [{gallery: g}]}}", "category"},
		{"gallery like the prefix", "{osia: 'https://abis.example', token: t, galleries: {prefix: g, classes: [{gallery: g1, category: visa}]}}", "begins like"},
		{"callback without address", "{osia: 'https://abis.example', token: t, callback: {listen: ':3'}, galleries: {prefix: co-}}", "abis.callback.url"},
		{"callback without port", "{osia: 'https://abis.example', token: t, callback: {listen: here, url: 'https://x'}, galleries: {prefix: co-}}", "abis.callback.listen"},
		{"half a certificate", "{osia: 'https://abis.example', token: t, callback: {listen: ':3', url: 'https://x', key: k}, galleries: {prefix: co-}}", "go together"},
		{"beyond the probe's life", "{osia: 'https://abis.example', token: t, give_up: 72h, galleries: {prefix: co-}}", "give_up"},
		{"negative time", "{osia: 'https://abis.example', token: t, timeout: -1s, galleries: {prefix: co-}}", "timeout"},
		{"too many candidates", "{osia: 'https://abis.example', token: t, candidates: 5000, galleries: {prefix: co-}}", "candidates"},
		{"unknown field", "{osia: 'https://abis.example', token: t, insecure: true, galleries: {prefix: co-}}", "insecure"},
	} {
		t.Run(c.name, func(t *testing.T) { loads(t, head+c.section+"\n", c.want) })
	}
}

// What is named and not there, or no word of the agreement, is refused when the node is opened.
func TestABISSectionIsCheckedAtStart(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.us.file("t", []byte("secret"))
	own := node.ABISGalleries{Prefix: "x"}
	lines := func(category string, guards ...string) node.ABISGalleries {
		return node.ABISGalleries{Classes: []node.ABISGallery{{Gallery: "g", Category: category, Safeguards: guards}}}
	}
	for _, c := range []struct {
		name, want string
		abis       node.ABISConfig
	}{
		{"no token", "abis.token", node.ABISConfig{Token: "nothing", Galleries: own}},
		{"no roots", "abis.roots", node.ABISConfig{Token: "t", Roots: "nothing", Galleries: own}},
		{"roots that are none", "no certificate", node.ABISConfig{Token: "t", Roots: "t", Galleries: own}},
		{"unlisted category", `"viza"`, node.ABISConfig{Token: "t", Galleries: lines("viza")}},
		{"unlisted safeguard", `"minors"`, node.ABISConfig{Token: "t", Galleries: lines("visa", "minors")}},
		{"no certificate for callbacks", "abis.callback", node.ABISConfig{Token: "t", Galleries: own, Callback: &node.ABISCallback{Listen: ":1", URL: "https://x", Certificate: "a", Key: "b"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := node.LoadConfig(node.ConfigOf(p.us.dir))
			must(t, err)
			c.abis.OSIA = "https://127.0.0.1:1"
			cfg.ABIS = &c.abis
			n, err := node.Open(context.Background(), cfg, node.Options{})
			if err == nil {
				must(t, n.Close())
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
