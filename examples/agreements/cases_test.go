package agreements_test

import (
	"testing"
	"time"

	"convenio/agreement"
	agreements "convenio/examples/agreements"
)

// now is a moment at which every shipped agreement is in force.
var now = time.Date(2026, 3, 4, 15, 30, 0, 0, time.UTC)

func shipped(t testing.TB, name string) *agreement.Agreement {
	t.Helper()
	files, err := agreements.Files(name)
	if err != nil {
		t.Fatal(err)
	}
	a, err := agreement.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func beside(t testing.TB, name, file string) []byte {
	t.Helper()
	data, err := agreements.Test(name, file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The agreements decide the cases that were written from the words of their texts.
func TestCasesFromTheText(t *testing.T) {
	for _, name := range agreements.Names() {
		t.Run(name, func(t *testing.T) {
			a := shipped(t, name)
			cases, err := a.ParseCases(beside(t, name, "cases.yaml"), now)
			if err != nil {
				t.Fatal(err)
			}
			if len(cases) < 60 {
				t.Errorf("only %d cases", len(cases))
			}
			for i := range cases {
				if wrong := cases[i].Wrong(a); wrong != "" {
					t.Errorf("%s (%s): %s", cases[i].Situation, cases[i].Section, wrong)
				}
			}
			t.Logf("%d cases", len(cases))
		})
	}
}

// What is said of every request holds.
func TestProperties(t *testing.T) {
	for _, name := range agreements.Names() {
		t.Run(name, func(t *testing.T) {
			a := shipped(t, name)
			properties, err := a.ParseProperties(name+"/tests/properties.yaml", beside(t, name, "properties.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range a.Prove(properties, 3_000_000) {
				if !p.Holds {
					t.Errorf("%s does not hold (settled: %v): %+v", p.Property, p.Settled, p.Counterexample)
				}
				t.Logf("%s: %s combinations, %d evaluations", p.Property, p.Combinations, p.Evaluations)
			}
		})
	}
}
