package agreement

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/google/go-cmp/cmp"
)

func TestPackageIsPure(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			for _, bad := range []string{"os", "net", "net/http", "database/sql", "math/rand", "math/rand/v2", "crypto/rand", "io/fs", "log", "log/slog"} {
				if path == bad || strings.HasPrefix(path, "os/") {
					t.Errorf("%s imports %s", name, path)
				}
			}
		}
	}
}

// What Cedar() shows is what decides: read back, it decides every case alike.
func TestCedarTextIsWhatDecides(t *testing.T) {
	a := demo(t)
	list, err := cedar.NewPolicyListFromBytes("agreement.cedar", []byte(a.Cedar()))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(a.rules) {
		t.Fatalf("%d policies, %d rules", len(list), len(a.rules))
	}
	set := cedar.NewPolicySet()
	for _, p := range list {
		set.Add(cedar.PolicyID(p.Annotations()["id"]), p)
	}
	for _, c := range decideCases {
		r := c.request()
		if r.outside() != "" {
			continue
		}
		effect, diag := cedar.Authorize(set, a.entities, a.cedarRequest(&r))
		permitted := effect == cedar.Allow && len(diag.Errors) == 0
		if permitted != (c.outcome == Permit) {
			t.Errorf("%s: Cedar's text permits %v", c.name, permitted)
		}
	}
}

func TestParseRequest(t *testing.T) {
	got, err := ParseRequest([]byte(`{"act":"search","side":"asking","from":"us","to":"co","person":{"nationalities":["VE"]},"now":"2026-03-04T15:30:00Z"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Request{Act: ActSearch, Side: SideAsking, From: "us", To: "co", Person: Person{Nationalities: []string{"VE"}, AgeYears: -1}, Now: at}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for name, text := range map[string]string{
		"unknown field": `{"acts":"search","now":"2026-03-04T15:30:00Z"}`,
		"no time":       `{"act":"search"}`,
		"two":           `{"now":"2026-03-04T15:30:00Z"} {}`,
		"no object":     `[]`,
	} {
		if _, err := ParseRequest([]byte(text)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func TestWindows(t *testing.T) {
	for w, want := range map[Window][2]string{
		PerDay:   {"2026-03-04", "2026-03-05"},
		PerMonth: {"2026-03-01", "2026-04-01"},
		PerYear:  {"2026-01-01", "2027-01-01"},
	} {
		if got := [2]string{w.Start(at).Format("2006-01-02"), w.End(at).Format("2006-01-02")}; got != want {
			t.Errorf("%s: %v, want %v", w, got, want)
		}
	}
}
