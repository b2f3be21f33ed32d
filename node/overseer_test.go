package node_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"convenio/agreement"
	"convenio/api"
	"convenio/node"
)

// TestOverseerSuspendsForCause: an overseer's notice, given at either node, suspends a part on both sides;
// neither party lifts it.
func TestOverseerSuspendsForCause(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPair(t)
	key := filepath.Join(t.TempDir(), "oversight.key")
	public, err := node.NewOverseerKey(key)
	must(t, err)
	entry := `  - {of: co-oversight, key: "` + base64.StdEncoding.EncodeToString(public) + `"}` + "\n"
	withKeys(t, p.co.dir, entry)
	withKeys(t, p.us.dir, entry)
	a, err := agreement.ParseBundle(read(t, filepath.Join(p.co.dir, "agreement", "agreement.txtar")))
	must(t, err)
	sign := func(kind string, sequence int) []byte {
		raw, err := node.SignOverseerNotice(a, "co-oversight", key, kind, "log not handed over", sequence, time.Now().Add(-time.Minute),
			&agreement.Part{Purposes: []string{"border-examination"}})
		must(t, err)
		return raw
	}
	give := func(at *party, raw []byte) error {
		r, err := at.client("operator").PostNoticeWithResponse(t.Context(), api.PostNoticeJSONRequestBody{Notice: raw})
		return api.Check(r, problemOf(r), err)
	}
	p.co.start()
	p.us.start()
	two := handOf(t, 99, 1, 2, 7)

	first := sign("suspend", 1)
	must(t, give(p.us, first)) // at the other party's node
	p.co.becomes("suspended-in-part")
	must(t, give(p.co, first)) // and once more: nothing happens twice
	p.us.quiet()
	p.co.quiet()
	for _, x := range []*party{p.co, p.us} {
		if by := x.suspendedBy(); !slices.Equal(by, []string{"co-oversight"}) {
			t.Errorf("suspended by %v", by)
		}
		x.refusedBySuspension(t, "overseer-1-xx", two)
	}
	p.co.notice("resume", 1)
	p.us.notice("resume", 1)
	p.us.quiet()
	p.co.quiet()
	p.co.refusedBySuspension(t, "overseer-2-xx", two) // only whoever suspended resumes
	must(t, give(p.co, sign("resume", 2)))
	p.us.becomes("in-force")
	x, err := p.co.search("overseer-3-xx", border(two))
	must(t, err)
	p.co.reaches(x.Id, "no-hit")

	_, err = node.SignOverseerNotice(a, "co-oversight", key, "terminate", "x", 3, time.Now(), nil)
	says(t, "termination", err, []string{"only a party terminates"})
	_, err = node.SignOverseerNotice(a, "co-oversight", key, "suspend", "", 3, time.Now(), nil)
	says(t, "no cause", err, []string{"for cause"})
	_, err = node.SignOverseerNotice(a, "fr-oversight", key, "suspend", "x", 1, time.Now(), nil)
	says(t, "not listed", err, []string{`"fr-oversight" is no overseer of co-us-demo`})
	must(t, os.Chmod(key, 0o644))
	_, err = node.SignOverseerNotice(a, "co-oversight", key, "suspend", "x", 3, time.Now(), nil)
	says(t, "a key that others may read", err, []string{"others may read it"})
	other, err := node.SignOverseerNotice(a, "us-oversight", newKey(t), "suspend", "x", 1, time.Now(), nil)
	must(t, err)
	says(t, "an overseer without key here", give(p.co, other), []string{"notice 1 of us-oversight", "no key is known of it"})
}

func newKey(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "other.key")
	_, err := node.NewOverseerKey(path)
	must(t, err)
	return path
}

// TestKeysOfNobody: a key under a name that the agreement does not list has no effect, and is refused.
func TestKeysOfNobody(t *testing.T) {
	notUnderRace(t)
	p := newPair(t)
	us, err := node.CardOf(p.us.dir)
	must(t, err)
	for _, c := range []struct {
		name, entry string
		says        []string
	}{
		{"misspelt", `  - {of: co-oversite, key: "` + base64.StdEncoding.EncodeToString(make([]byte, 32)) + `"}`, []string{"node.yaml", "co-oversite is neither a party nor an overseer of co-us-demo"}},
		{"one key for two", `  - {of: co-oversight, key: "` + base64.StdEncoding.EncodeToString(us.Keys.Party) + `"}`, []string{"node.yaml", "one key is given for co-oversight and for us"}},
		{"a key for an overseer", `  - {of: us-oversight, key: "` + strings.Repeat("A", 43) + `="}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := copyOf(t, p.co.dir)
			withKeys(t, dir, c.entry+"\n")
			says(t, "start", open(dir), c.says)
		})
	}
}
