package agreement

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// readFolder reads an agreement's folder as Parse takes it.
func readFolder(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "tests" {
			return filepath.SkipDir
		}
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		files[filepath.ToSlash(rel)] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func minimal(t testing.TB) *Agreement {
	t.Helper()
	a, err := Parse(readFolder(t, "testdata/minimal"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// minimalSearch is a search that the minimal agreement permits.
func minimalSearch() Request {
	return Request{
		Act: ActSearch, Side: SideAsking, From: "aa", To: "bb", Authority: "aa-border", Role: "officer",
		Purpose: "border", Ground: "present", Person: UnknownPerson(), Fingers: 2, MinQuality: 60,
		Used: map[string]int{"day": 0}, Now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func TestMinimalDecides(t *testing.T) {
	a := minimal(t)
	d := a.Decide(minimalSearch())
	if !d.Permitted() || d.Articles[0] != "1" {
		t.Fatalf("search: %+v", d)
	}
	r := minimalSearch()
	r.Used["day"] = 3
	if d := a.Decide(r); d.Permitted() || d.Rules[0] != "1/quota-day" {
		t.Fatalf("over quota: %+v", d)
	}
	r.Used = nil
	if d := a.Decide(r); d.Permitted() || len(d.Errors) == 0 {
		t.Fatalf("count missing: %+v", d)
	}
	r = minimalSearch()
	r.Person.Safeguards = []Safeguard{{Kind: "asylum", Against: "bb"}}
	if d := a.Decide(r); d.Permitted() || d.Articles[0] != "2" {
		t.Fatalf("asylum: %+v", d)
	}
	b, err := ParseBundle(a.Bundle())
	if err != nil || b.Digest() != a.Digest() {
		t.Fatalf("bundle: %v", err)
	}
	t.Log(a.Cedar())
}

func BenchmarkDecideMinimal(b *testing.B) {
	a := minimal(b)
	r := minimalSearch()
	b.ReportAllocs()
	for b.Loop() {
		a.Decide(r)
	}
}
