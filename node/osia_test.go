package node_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"convenio/node"
)

// serveOSIA has a party's node serve OSIA, with a key for tokens made in its folder. more are lines of the section.
func (p *party) serveOSIA(more ...string) {
	p.t.Helper()
	keys, err := node.NewOSIAKeys(p.dir)
	must(p.t, err)
	p.configure(func(c string) string {
		return c + fmt.Sprintf("osia:\n  listen: %s\n  tokens: {keys: %s, audience: abis}\n", freePort(p.t), keys) + strings.Join(more, "")
	})
}

// configure rewrites node.yaml.
func (p *party) configure(change func(string) string) {
	p.t.Helper()
	path := node.ConfigOf(p.dir)
	b, err := os.ReadFile(path)
	must(p.t, err)
	must(p.t, os.WriteFile(path, []byte(change(string(b))), 0o600))
}

// osia makes one call of a national system.
func (p *party) osia(method, path string, body any) (int, string) {
	p.t.Helper()
	status, text, err := p.tryOSIA(method, path, body)
	must(p.t, err)
	return status, text
}

func (p *party) tryOSIA(method, path string, body any) (int, string, error) {
	p.t.Helper()
	cfg, err := node.LoadConfig(node.ConfigOf(p.dir))
	must(p.t, err)
	token, err := node.NewOSIAToken(p.dir, "registry", []string{"abis.encounter.write", "abis.identify"}, time.Now(), time.Hour)
	must(p.t, err)
	if !strings.Contains(path, "?") {
		path += "?"
	}
	path += "&transactionId=T"
	b, err := json.Marshal(body)
	must(p.t, err)
	req, err := http.NewRequestWithContext(p.t.Context(), method, "https://"+cfg.OSIA.Listen+path, bytes.NewReader(b))
	must(p.t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	c := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // whose certificate it is is not what is tested
	defer c.CloseIdleConnections()
	res, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

// Who is known through OSIA alone is found by the national system, before and after the node was stopped, and never by the
// partner.
func TestOSIAPeopleAreOutOfThePartnersReach(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.us.serveOSIA()
	p.co.start()
	p.us.start()
	if p.co.node.OSIAAddr() != "" {
		t.Error("a node without the section serves OSIA")
	}
	item := func(impression uint64) []any {
		return []any{map[string]any{"biometricType": "FINGER", "biometricSubType": "RIGHT_INDEX", "image": hand(t, 1, impression, 2)[0].Image}}
	}
	status, text := p.us.osia("POST", "/v1/persons/A-1/encounters/1", map[string]any{
		"status": "ACTIVE", "encounterType": "enrolment", "galleries": []string{"border-encounter"}, "biometricData": item(1),
		"biographicData": map[string]string{"nationality": "VE"},
	})
	if status != http.StatusOK {
		t.Fatalf("enrolment: %d %s", status, text)
	}
	search := map[string]any{"filter": map[string]string{"nationality": "VE"}, "biometricData": item(2)}
	if status, text = p.us.osia("POST", "/v1/identify/border-encounter", search); status != http.StatusOK || !strings.Contains(text, `"personId":"A-1"`) {
		t.Errorf("identification: %d %s", status, text)
	}
	must(t, p.us.stop())
	p.us.start()
	if status, text = p.us.osia("POST", "/v1/identify/ALL", search); status != http.StatusOK || !strings.Contains(text, `"personId":"A-1"`) {
		t.Errorf("identification after a stop: %d %s", status, text)
	}
	x, err := p.co.search("search-osia-1", border(hand(t, 1, 3, 2, 7)))
	must(t, err)
	if got := p.co.follow(x.Id); got.State != "no-hit" {
		t.Errorf("the partner's search ended as %q", got.State)
	}
}

func TestOSIASectionIsChecked(t *testing.T) {
	t.Parallel()
	const head = "version: 1\nparty: CO\nexchange: {listen: '127.0.0.1:1'}\napi: {listen: '127.0.0.1:2'}\nosia: "
	for _, c := range []struct{ name, section, want string }{
		{"good", "{listen: '127.0.0.1:3', tokens: {keys: k, audience: abis}}", ""},
		{"no address", "{tokens: {keys: k, audience: abis}}", "osia.listen"},
		{"no keys", "{listen: '127.0.0.1:3', tokens: {audience: abis}}", "osia.tokens"},
		{"no audience", "{listen: '127.0.0.1:3', tokens: {keys: k}}", "osia.tokens"},
		{"half a certificate", "{listen: '127.0.0.1:3', certificate: c, tokens: {keys: k, audience: abis}}", "go together"},
		{"unknown field", "{listen: '127.0.0.1:3', tokens: {keys: k, audience: abis}, insecure: true}", "insecure"},
		{"rate out of range", "{listen: '127.0.0.1:3', tokens: {keys: k, audience: abis}, fpir: 2}", "fpir"},
	} {
		t.Run(c.name, func(t *testing.T) { loads(t, head+c.section+"\n", c.want) })
	}
}
