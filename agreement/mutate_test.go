package agreement

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	cedar "github.com/cedar-policy/cedar-go"
)

// examples are the shipped agreements, each with its cases.
func examples(t testing.TB) []string {
	t.Helper()
	dirs, err := filepath.Glob("../examples/agreements/*/agreement.yaml")
	if err != nil || len(dirs) == 0 {
		t.Fatal(dirs, err)
	}
	for i := range dirs {
		dirs[i] = filepath.Dir(dirs[i])
	}
	return dirs
}

func example(t testing.TB, dir string) (*Agreement, []Case) {
	t.Helper()
	a, err := Parse(readFolder(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "tests", "cases.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	cases, err := a.ParseCases(data, at)
	if err != nil {
		t.Fatal(err)
	}
	return a, cases
}

// mutant returns the agreement with one rule replaced, or removed when by is nil.
func mutant(a *Agreement, r, by *rule) *Agreement {
	b := *a
	b.rules = slices.Clone(a.rules)
	i := slices.Index(b.rules, r)
	if by == nil {
		b.rules = slices.Delete(b.rules, i, i+1)
	} else {
		by.policy = compile(a, by)
		b.rules[i] = by
	}
	b.byID = map[cedar.PolicyID]*rule{}
	for _, x := range b.rules {
		b.byID[cedar.PolicyID(x.id)] = x
	}
	b.slices, b.refers = slice(&b), sliceRefers(&b)
	return &b
}

// flipped is a rule that does the opposite: a permit forbids, a forbid permits, and
// what refers or suppresses forbids.
func flipped(r *rule) *rule {
	f := *r
	f.suppress, f.refer, f.forbid = false, false, r.suppress || r.refer || !r.forbid
	return &f
}

// noticed reports whether some case comes out wrong.
func noticed(a *Agreement, cases []Case) bool {
	return slices.ContainsFunc(cases, func(c Case) bool { return c.Wrong(a) != "" })
}

// everyMutant has TestMutants try all of them: make mutate-agreements. Otherwise it
// tries one in four.
var everyMutant = flag.Bool("every-mutant", false, "try every mutant of the shipped agreements")

// Every rule and every duty of every shipped agreement matters to a case: removed
// or flipped, some case comes out wrong.
func TestMutants(t *testing.T) {
	killed, total := 0, 0
	for _, dir := range examples(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			a, cases := example(t, dir)
			of, dead := 0, 0
			turn := 0
			try := func(what, id string, m func() *Agreement) {
				if turn++; !*everyMutant && turn%4 != 0 {
					return
				}
				of++
				if noticed(m(), cases) {
					dead++
				} else {
					t.Errorf("%s of %s: no case notices", what, id)
				}
			}
			for _, r := range a.rules {
				try("removal", r.id, func() *Agreement { return mutant(a, r, nil) })
				if !r.fromTerm {
					try("flip", r.id, func() *Agreement { return mutant(a, r, flipped(r)) })
				}
			}
			for i, d := range a.duties {
				try("removal", "duty "+d.ID, func() *Agreement {
					b := *a
					b.duties = slices.Delete(slices.Clone(a.duties), i, i+1)
					return &b
				})
			}
			t.Logf("%d of %d mutants noticed by %d cases", dead, of, len(cases))
			killed, total = killed+dead, total+of
		})
	}
	t.Logf("mutation score: %d of %d", killed, total)
}
