package node

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"convenio/agreement"
	"convenio/examples/agreements"
)

// What a node remembers of the notices is what they come to, whenever it is asked and whatever comes between.
func TestStateIsRememberedRightly(t *testing.T) {
	files, err := agreements.Files(agreements.CoUsDemo)
	if err != nil {
		t.Fatal(err)
	}
	a, err := agreement.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		l := &law{Agreement: a}
		sequence := map[string]int{}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "notice") {
				by := rapid.SampledFrom([]string{"co", "us", "co-oversight"}).Draw(t, "by")
				sequence[by]++
				n := agreement.Notice{Agreement: a.Digest(), Party: by, Sequence: sequence[by], Reason: "x",
					Kind: rapid.SampledFrom([]string{agreement.Suspend, agreement.Resume}).Draw(t, "kind"),
					From: start.Add(time.Duration(rapid.IntRange(-5, 5).Draw(t, "from")) * time.Minute)}
				if rapid.Bool().Draw(t, "part") {
					n.Part = &agreement.Part{Purposes: []string{rapid.SampledFrom([]string{"border-examination", "missing-persons"}).Draw(t, "purpose")}}
				}
				l.add(n)
			}
			at := start.Add(time.Duration(rapid.IntRange(-6, 6).Draw(t, "at")) * time.Minute)
			want, err := agreement.Fold(a, l.notices, at)
			if err != nil {
				t.Fatal(err)
			}
			got := l.state(at)
			for _, purpose := range []string{"border-examination", "missing-persons", "visa-application"} {
				r := agreement.Request{Act: agreement.ActSearch, From: "co", To: "us", Authority: "co-migration", Purpose: purpose, Suspended: got.Suspended}
				q := r
				q.Suspended = want.Suspended
				if a.Suspends(r) != a.Suspends(q) || len(got.By) != len(want.By) {
					t.Fatalf("at %s: %+v, want %+v", at, got, want)
				}
			}
		}
	})
}
