package agreement

import (
	"testing"
	"time"
)

func demo(t testing.TB) *Agreement {
	t.Helper()
	a, err := Parse(readFolder(t, "../examples/agreements/co-us-demo"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// at is a moment at which the shipped agreement is in force.
var at = time.Date(2026, 3, 4, 15, 30, 0, 0, time.UTC)

// borderSearch is a search that the shipped agreement permits.
func borderSearch() Request {
	return Request{
		Act: ActSearch, Side: SideAsking, From: "us", To: "co", Authority: "us-border", Role: "migration-officer",
		Purpose: "border-examination", Ground: "person-present", CasePresent: true,
		Person:  Person{Nationalities: []string{"VE"}, AgeYears: 31},
		Fingers: 4, MinQuality: 55, Used: map[string]int{"border-day": 12}, Now: at,
	}
}

// borderReach asks whether an ordinary record may take part in that search.
func borderReach() Request {
	r := borderSearch()
	r.Act, r.Side, r.Person = ActReach, SideAnswering, UnknownPerson()
	r.Record = Record{Category: "border-encounter", Nationalities: []string{"VE"}}
	return r
}

// borderDisclose asks for the family name after a confirmed hit.
func borderDisclose() Request {
	r := borderReach()
	r.Act, r.Field, r.Examiners = ActDisclose, "family-name", 1
	r.Used = map[string]int{"data-day": 0}
	return r
}

func BenchmarkDecide(b *testing.B) {
	a := demo(b)
	for name, r := range map[string]Request{"search": borderSearch(), "reach": borderReach(), "disclose": borderDisclose()} {
		b.Run(name, func(b *testing.B) {
			if d := a.Decide(r); !d.Permitted() {
				b.Fatalf("%+v", d)
			}
			b.ReportAllocs()
			for b.Loop() {
				a.Decide(r)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	files := readFolder(b, "../examples/agreements/co-us-demo")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(files); err != nil {
			b.Fatal(err)
		}
	}
}
