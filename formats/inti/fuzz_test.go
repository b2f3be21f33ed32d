package inti_test

import (
	"strings"
	"testing"

	"convenio/formats/inti"

	"github.com/google/go-cmp/cmp"
)

// FuzzRead holds for every input: no panic, a message or an error, and what
// Write accepts of what was read comes back the same.
func FuzzRead(f *testing.F) {
	for _, m := range made(f) {
		f.Add(written(f, m))
	}
	sre := string(written(f, made(f)["sre-hit"]))
	f.Add([]byte(sre[:len(sre)/2]))
	f.Add([]byte(strings.ReplaceAll(sre, "nc:Date>", "nc:DateTime>")))
	f.Add([]byte(`<a xmlns="http://niem.gov/niem/ansi-nist/2.0"/>`))
	limits := inti.Limits{MaxElements: 2_000, MaxOddities: 50}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := inti.Read(data, limits)
		if (m == nil) != (err != nil) {
			t.Fatalf("message %v beside error %v", m != nil, err)
		}
		if err != nil {
			return
		}
		if _, err := inti.List(data, limits); err != nil {
			t.Fatalf("Read takes what List does not: %v", err)
		}
		for _, o := range m.Oddities {
			_ = o.String()
		}
		out, err := m.Write()
		if err != nil {
			return
		}
		first, err := inti.Read(out, inti.Limits{})
		if err != nil {
			t.Fatalf("what was written is refused: %v", err)
		}
		second, err := first.Write()
		if err != nil {
			t.Fatalf("what was written and read is refused: %v", err)
		}
		if diff := cmp.Diff(string(out), string(second)); diff != "" {
			t.Fatalf("written twice, not the same: %s", diff)
		}
	})
}
