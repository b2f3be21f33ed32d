package node_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"convenio/agreement"
	"convenio/examples/agreements"
	"convenio/node"
)

// newPairUnder is newPair under an amended text.
func newPairUnder(t *testing.T, amend func(files map[string][]byte)) *pair {
	t.Helper()
	files, err := agreements.Files(agreements.CoUsDemo)
	must(t, err)
	amend(files)
	a, err := agreement.Parse(files)
	must(t, err)
	p := &pair{t: t, co: newParty(t, "CO"), us: newParty(t, "US")}
	introduce(t, p.co, p.us)
	introduce(t, p.us, p.co)
	var sigs [][]byte
	for id, x := range map[string]*party{"co": p.co, "us": p.us} {
		keys, err := node.KeysOf(x.dir)
		must(t, err)
		s, err := agreement.Sign(a.Bundle(), id, keys.Party, time.Now())
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

// TestClockAroundEntryIntoForce: as long before and after an entry into force as the clocks may differ,
// nothing is permitted that turns on it, on either side; the reason and the status say so.
func TestClockAroundEntryIntoForce(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	entry := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 2)
	p := newPairUnder(t, func(files map[string][]byte) {
		files["agreement.yaml"] = replace("from: 2025-01-01", "from: "+entry.Format(time.DateOnly))(files["agreement.yaml"])
	})
	for _, x := range []*party{p.co, p.us} {
		change(t, node.ConfigOf(x.dir), func(b []byte) []byte { return append(b, "clock_skew: 2m\n"...) })
	}
	var co, us shifted
	p.co.opt.Now, p.us.opt.Now = co.now, us.now
	at := func(c *shifted, d time.Duration) { c.set(time.Until(entry.Add(d))) }
	at(&co, -time.Hour)
	at(&us, -time.Hour)
	p.co.start()
	p.us.start()
	two := handOf(t, 99, 1, 2, 7)

	for i, c := range []struct {
		name           string
		after          time.Duration
		reason, status string
	}{
		{"long before", -time.Hour, "not in force on the date", "not-yet"},
		{"a minute and more before", -100 * time.Second, "not in force on the date", "not-yet"},
		{"half a minute after", 30 * time.Second, "less than 2 min away", "in-force"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at(&co, c.after)
			x, err := p.co.search("clock-"+string(rune('a'+i))+"-xxxx", border(two))
			must(t, err)
			if x.State != "refused" || !slices.Contains(x.Articles, "24") || x.Reasons == nil || !strings.Contains((*x.Reasons)[0].En, c.reason) {
				t.Errorf("%s by %v: %+v", x.State, x.Articles, x.Reasons)
			}
			s := p.co.status().Agreement
			near := c.after.Abs() < 2*time.Minute
			if s.State != c.status || (s.Problem != nil) != near || near && !strings.Contains(*s.Problem, "article 24: the entry into force at "+entry.Format(time.RFC3339)) {
				t.Errorf("%s, %v", s.State, s.Problem)
			}
		})
	}
	t.Run("past it here, and not yet at the partner", func(t *testing.T) {
		at(&co, 4*time.Minute)
		at(&us, time.Minute)
		x, err := p.co.search("clock-partner-1", border(two))
		must(t, err)
		if y := p.co.reaches(x.Id, "rejected"); !slices.Contains(y.Articles, "24") {
			t.Errorf("refused by %v", y.Articles)
		}
	})
	t.Run("past it on both sides", func(t *testing.T) {
		at(&us, 4*time.Minute)
		x, err := p.co.search("clock-partner-2", border(two))
		must(t, err)
		p.co.reaches(x.Id, "no-hit")
		if s := p.co.status().Agreement; s.Problem != nil || s.State != "in-force" {
			t.Errorf("%s, %v", s.State, *s.Problem)
		}
	})
}

// TestClockOfAnArticle: where only an article's own entry into force is near, what does not turn on it
// goes on.
func TestClockOfAnArticle(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	entry := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 2)
	const file = "articles/06-serious-crime.yaml"
	p := newPairUnder(t, func(files map[string][]byte) {
		if files[file] == nil {
			t.Fatal("no article 6")
		}
		files[file] = append([]byte("from: "+entry.Format(time.DateOnly)+"\n"), files[file]...)
	})
	var co, us shifted
	p.co.opt.Now, p.us.opt.Now = co.now, us.now
	co.set(time.Until(entry.Add(time.Minute)))
	us.set(time.Until(entry.Add(time.Minute)))
	p.co.start()
	p.us.start()
	x, err := p.co.search("clock-article-1", border(handOf(t, 99, 1, 2, 7)))
	must(t, err)
	p.co.reaches(x.Id, "no-hit")
	if s := p.co.status().Agreement; s.Problem == nil || !strings.Contains(*s.Problem, "article 6: the article's entry into force") {
		t.Errorf("status: %v", s.Problem)
	}
}

// TestClockSkewIsBounded: node.yaml says how far the clocks may differ, within bounds.
func TestClockSkewIsBounded(t *testing.T) {
	p := newParty(t, "CO")
	plain := read(t, node.ConfigOf(p.dir))
	for _, bad := range []string{"2h", "-1s", "soon", "5"} {
		change(t, node.ConfigOf(p.dir), func([]byte) []byte { return append(slices.Clone(plain), "clock_skew: "+bad+"\n"...) })
		_, err := node.LoadConfig(node.ConfigOf(p.dir))
		says(t, bad, err, []string{"node.yaml", "clock_skew", bad, "0s to 1h"})
	}
}
