package node_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"convenio/agreement"
	"convenio/api"
	"convenio/capture"
	"convenio/examples/agreements"
	"convenio/exchange"
	"convenio/finger"
	"convenio/internal/loopback"
	"convenio/node"
	"convenio/synth"
)

// pair is two nodes of one agreement, each in a folder of its own, talking over TLS on loopback.
type pair struct {
	t      *testing.T
	co, us *party
}

// party is one side of a pair; its node may be stopped and started again.
type party struct {
	t         *testing.T
	dir       string
	opt       node.Options
	profiles  map[string]api.Profile
	described *described

	node *node.Node
	stop func() error
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{t: t, co: newParty(t, "CO"), us: newParty(t, "US")}
	introduce(t, p.co, p.us)
	introduce(t, p.us, p.co)
	files, err := agreements.Files(agreements.CoUsDemo)
	must(t, err)
	a, err := agreement.Parse(files)
	must(t, err)
	var sigs [][]byte
	for _, x := range []*party{p.co, p.us} {
		keys, err := node.KeysOf(x.dir)
		must(t, err)
		s, err := agreement.Sign(a.Bundle(), map[exchange.PartyID]string{"CO": "co", "US": "us"}[keys.ID], keys.Party, time.Now())
		must(t, err)
		sigs = append(sigs, s.Marshal())
	}
	for _, x := range []*party{p.co, p.us} {
		_, err := node.InstallAgreement(x.dir, a.Bundle(), sigs)
		must(t, err)
	}
	p.co.tokens("co-migration")
	p.us.tokens("us-border")
	return p
}

func newParty(t *testing.T, id exchange.PartyID) *party {
	t.Helper()
	dir := filepath.Join(tempDir(t), string(id))
	_, err := node.Create(dir, node.NewFolder{
		Party: id, Name: exchange.Text{ES: "Parte " + string(id), EN: "Party " + string(id)}, Exchange: freePort(t), API: freePort(t),
	}, time.Now())
	must(t, err)
	return &party{t: t, dir: dir, profiles: map[string]api.Profile{}, described: newDescribed(t)}
}

// tempDir is a folder that goes with the test. The library of the ledger may finish a file just after its log is closed, so that
// removing takes a second try now and then.
func tempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "convenio-node-")
	must(t, err)
	t.Cleanup(func() {
		for range 100 {
			if err = os.RemoveAll(dir); err == nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Errorf("remove the test's folder: %v", err)
	})
	return dir
}

func introduce(t *testing.T, to, whom *party) {
	t.Helper()
	card, err := node.CardOf(whom.dir)
	must(t, err)
	raw, err := card.Bytes()
	must(t, err)
	_, err = node.AddPartner(to.dir, raw, card.Fingerprint())
	must(t, err)
}

func (p *party) tokens(authority string) {
	p.t.Helper()
	for _, role := range []string{"migration-officer", "examiner", "approver", "auditor", "operator"} {
		profile, err := node.NewToken(p.t.Context(), p.dir, role+" 1", role, authority)
		must(p.t, err)
		p.profiles[role] = profile
	}
}

// gallery has the party's node keep its gallery in memory or on disk, from its next start on.
func (p *party) gallery(where string) {
	p.t.Helper()
	f, err := os.OpenFile(node.ConfigOf(p.dir), os.O_WRONLY|os.O_APPEND, 0)
	must(p.t, err)
	_, err = fmt.Fprintf(f, "gallery: %s\n", where)
	must(p.t, errors.Join(err, f.Close()))
}

// start runs the node of a party until the test ends or stop is called.
func (p *party) start() {
	p.t.Helper()
	cfg, err := node.LoadConfig(node.ConfigOf(p.dir))
	must(p.t, err)
	opt := p.opt
	if opt.Retry == nil {
		opt.Retry = often
	}
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.NewTextHandler(testLog{p.t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	ctx, cancel := context.WithCancel(context.Background())
	n, err := node.Open(ctx, cfg, opt)
	if err != nil {
		cancel()
		p.t.Fatalf("open %s: %v", cfg.Party, err)
	}
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	var once sync.Once
	p.node = n
	p.stop = func() (err error) {
		once.Do(func() {
			cancel()
			err = <-done
			if e := n.Close(); err == nil {
				err = e
			}
		})
		return err
	}
	p.t.Cleanup(func() {
		if err := p.stop(); err != nil {
			p.t.Errorf("stop %s: %v", cfg.Party, err)
		}
	})
	p.waitListening()
}

func (p *party) client(role string) *api.ClientWithResponses {
	p.t.Helper()
	c, err := api.NewClientWithResponses(p.profiles[role].Node, api.WithHTTPClient(p.http(role)))
	must(p.t, err)
	return c
}

// http is the workstation of somebody in a role; every answer to it is held against the description.
func (p *party) http(role string) *http.Client {
	c := p.profiles[role].HTTPClient()
	c.Transport = p.described.over(c.Transport)
	return c
}

// hand is a synthetic person's fingers.
func hand(t *testing.T, person, impression uint64, positions ...finger.Position) []api.FingerImage {
	t.Helper()
	var out []api.FingerImage
	for _, pos := range positions {
		img, _ := synth.NewFingerAt(person, pos).Impression(synth.CooperativeConditions(person*1000 + uint64(pos)*10 + impression))
		raw, err := capture.Print{Image: img}.PNG()
		must(t, err)
		out = append(out, api.FingerImage{Position: pos.String(), Image: raw})
	}
	return out
}

func (p *party) enrol(person uint64, category, nationality string, guards ...api.Safeguard) string {
	p.t.Helper()
	e := api.Enrolment{
		Category: category, Nationalities: []string{nationality},
		Fields: map[string]string{
			"family-name": fmt.Sprintf("Prueba %d", person), "given-names": "Persona", "date-of-birth": "1990-01-01", "nationality": nationality,
			"travel-document-number": fmt.Sprintf("X%06d", person), "photograph": "photograph-bytes", "immigration-status": "admitted", "address": "Calle 1",
		},
		Fingers: handOf(p.t, person, 0, 2, 7),
	}
	if len(guards) > 0 {
		e.Safeguards = &guards
	}
	subject := ""
	persist(p.t, "enrol", func() error {
		r, err := p.client("operator").EnrolWithResponse(p.t.Context(), &api.EnrolParams{IdempotencyKey: fmt.Sprintf("enrol-%d-%s", person, category)}, e)
		if err := api.Check(r, problemOf(r), err); err != nil {
			return err
		}
		subject = r.JSON201.Subject
		return nil
	})
	return subject
}

func (p *party) search(key string, req api.SearchRequest) (api.Exchange, error) {
	p.t.Helper()
	r, err := p.client("migration-officer").SearchWithResponse(p.t.Context(), &api.SearchParams{IdempotencyKey: key}, req)
	if err := api.Check(r, problemOf(r), err); err != nil {
		return api.Exchange{}, err
	}
	return *r.JSON201, nil
}

func border(fingers []api.FingerImage) api.SearchRequest {
	return api.SearchRequest{Purpose: "border-examination", Ground: "person-present", Case: "C-1", Fingers: fingers}
}

// returning is a search for a purpose that needs two fingers.
func returning(fingers []api.FingerImage) api.SearchRequest {
	return api.SearchRequest{Purpose: "return-documentation", Ground: "return-decision", Case: "C-1", Fingers: fingers}
}

// follow waits for an exchange to settle.
func (p *party) follow(id string) api.Exchange { return p.look(id, 30) }

func (p *party) follow0(id string) api.Exchange { return p.look(id, 0) }

func (p *party) look(id string, wait int) api.Exchange {
	p.t.Helper()
	r, err := p.client("migration-officer").GetExchangeWithResponse(p.t.Context(), id, &api.GetExchangeParams{Wait: &wait})
	must(p.t, api.Check(r, r.ApplicationproblemJSONDefault, err))
	return *r.JSON200
}

type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Helper()
	defer func() { _ = recover() }() // a line after the test's end is of no use
	l.t.Log(string(b))
	return len(b), nil
}

// testPatience is long, for machines that do much else: a test that passes never waits it out.
const testPatience = 2 * time.Minute

func waitUntil(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(testPatience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited %v for %s", testPatience, what)
}

func freePort(t *testing.T) string {
	t.Helper()
	addrs, err := loopback.FreePorts(1)
	must(t, err)
	return addrs[0]
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// loads reads a configuration, which must be good if want is empty, and be refused with an error that has want in it if not.
func loads(t *testing.T, text, want string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "node.yaml")
	must(t, os.WriteFile(path, []byte(text), 0o600))
	_, err := node.LoadConfig(path)
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
}
