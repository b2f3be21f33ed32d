package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"convenio/agreement"
	"convenio/examples/agreements"
)

func explainDecisionCmd(io stdio) *cobra.Command {
	var lang string
	c := &cobra.Command{
		Use:   "explain AGREEMENT REQUEST",
		Short: "Write a decision as a lawyer would, and what would have to change",
		Long: `Decides a request and writes the decision out: what is asked, the provisions that decide, the
duties that follow, and, where it is not permitted, the fewest circumstances that would have to be
otherwise.`,
		Example: "  convenio agreement explain irpr request.json --lang fr",
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			a, q, err := askedOf(io, args[0], args[1])
			if err != nil {
				return err
			}
			for i, l := range languages(a, lang) {
				if i > 0 {
					io.printf("\n%s\n\n", strings.Repeat("-", 78))
				}
				io.printf("%s", a.Explain(q, l))
			}
			return nil
		},
	}
	c.Flags().StringVar(&lang, "lang", "", "language; all of the agreement's when left out")
	return c
}

// testsFile reads a file that stands beside an agreement in its folder "tests".
func testsFile(path, name string) ([]byte, string, error) {
	file := filepath.Join(path, "tests", name)
	b, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		if b, shipped := agreements.Test(path, name); shipped == nil {
			return b, file, nil
		}
	}
	return b, file, err
}

func proveCmd(io stdio) *cobra.Command {
	var file string
	var checks int
	var asJSON bool
	c := &cobra.Command{
		Use:   "prove AGREEMENT",
		Short: "Check properties on every request that the rules can tell apart",
		Long: `Reads the properties that stand beside the agreement (tests/properties.yaml, or --properties) and
checks each over the finite domains: every party, authority, role, purpose, field, nationality,
safeguard and fact. What breaks a property is shown as a request.`,
		Example: "  convenio agreement prove co-us-demo",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := loadAgreement(args[0])
			if err != nil {
				return err
			}
			data, name, err := testsFile(args[0], "properties.yaml")
			if file != "" {
				name = file
				data, err = os.ReadFile(file)
			}
			if err != nil {
				return hint(err, "write tests/properties.yaml beside the agreement, or name a file with --properties")
			}
			properties, err := a.ParseProperties(filepath.ToSlash(name), data)
			if err != nil {
				return err
			}
			proofs := a.Prove(properties, checks)
			if asJSON {
				if err := io.json(proofs); err != nil {
					return err
				}
			} else {
				printProofs(io, a, proofs)
			}
			if slices.ContainsFunc(proofs, func(p agreement.Proof) bool { return !p.Holds }) {
				return &exitError{1}
			}
			return nil
		},
	}
	c.Flags().StringVar(&file, "properties", "", "file of properties in place of tests/properties.yaml")
	c.Flags().IntVar(&checks, "bound", 20_000_000, "evaluations of one rule to spend on each property")
	c.Flags().BoolVar(&asJSON, "json", false, "print the proofs as JSON")
	return c
}

func printProofs(io stdio, a *agreement.Agreement, proofs []agreement.Proof) {
	for _, p := range proofs {
		verdict := "holds"
		switch {
		case !p.Settled:
			verdict = "NOT SETTLED"
		case !p.Holds:
			verdict = "BROKEN"
		}
		io.printf("%s: %s; %s combinations, %d evaluations\n", p.Property, verdict, p.Combinations, p.Evaluations)
		for _, l := range a.Languages {
			io.printf("  %s\n", p.Says.In(l))
		}
		if p.Counterexample != nil {
			b, _ := json.MarshalIndent(p.Counterexample, "  ", "  ")
			io.printf("  counterexample: %s\n", b)
		}
	}
}

func diffCmd(io stdio) *cobra.Command {
	var checks int
	var asJSON bool
	c := &cobra.Command{
		Use:   "diff BEFORE AFTER",
		Short: "Say how two agreements differ in text, terms and meaning",
		Long: `Compares the words, the machine terms, and the meaning: requests that the two decide differently,
one of each kind, found by an exact search over the values that the rules of either can tell apart.`,
		Example: "  convenio agreement diff co-us-demo my-amendment/",
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := loadAgreement(args[0])
			if err != nil {
				return err
			}
			b, err := loadAgreement(args[1])
			if err != nil {
				return err
			}
			d, err := agreement.Diff(a, b, checks)
			if err != nil {
				return err
			}
			if asJSON {
				return io.json(d)
			}
			printDiff(io, &d)
			return nil
		},
	}
	c.Flags().IntVar(&checks, "bound", 20_000_000, "evaluations of one rule to spend on the meaning")
	c.Flags().BoolVar(&asJSON, "json", false, "print the differences as JSON")
	return c
}

func printDiff(io stdio, d *agreement.Difference) {
	if d.Same() {
		io.printf("no difference\n")
	}
	section := func(title string, lines []string) {
		if len(lines) > 0 {
			io.printf("%s\n", title)
		}
		for _, l := range lines {
			io.printf("  %s\n", l)
		}
	}
	section("text", d.Text)
	section("terms", d.Terms)
	if len(d.Meaning) > 0 {
		io.printf("meaning: requests that are decided differently\n")
	}
	for _, m := range d.Meaning {
		b, _ := json.Marshal(m.Request)
		io.printf("  %s, because of %s; articles %s, then %s\n    %s\n", m.Kind, m.Cause,
			strings.Join(m.Before.Articles, ", "), strings.Join(m.After.Articles, ", "), b)
	}
	if d.Settled {
		io.printf("every kind of difference was looked for (%d evaluations)\n", d.Evaluations)
	} else {
		io.printf("the search was cut off after %d evaluations; there may be more\n", d.Evaluations)
	}
}

func simulateCmd(io stdio) *cobra.Command {
	var requests, against string
	var madeUp int
	var seed uint64
	var asJSON bool
	c := &cobra.Command{
		Use:   "simulate AGREEMENT",
		Short: "Decide many requests, and count by outcome, article, purpose and authority",
		Long: `Decides the requests of a log, one JSON object a line, in the order in which they stand, counting
the quotas on the way. With --against it says what another agreement would have decided otherwise.
With --made-up it makes up the requests of a year instead.`,
		Example: `  convenio agreement simulate co-us-demo --requests log.jsonl --against my-amendment/
  convenio agreement simulate irpr --made-up 100000`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := loadAgreement(args[0])
			if err != nil {
				return err
			}
			var b *agreement.Agreement
			if against != "" {
				if b, err = loadAgreement(against); err != nil {
					return err
				}
			}
			if (requests == "") == (madeUp == 0) {
				return hint(errors.New("no requests, or two kinds of them"), "give --requests LOG or --made-up N")
			}
			run := &simulation{io: io, one: agreement.NewSimulation(a)}
			if against != "" {
				run.x = agreement.NewAgainst(a, b)
				run.one = run.x.Before
			}
			if madeUp > 0 {
				agreement.MadeUp(a, b, seed, madeUp, a.From.AddDate(1, 0, 0), run.next)
			} else if err := run.log(requests); err != nil {
				return err
			}
			return run.report(against != "", asJSON)
		},
	}
	c.Flags().StringVar(&requests, "requests", "", "file of requests, one JSON object a line, - for standard input")
	c.Flags().StringVar(&against, "against", "", "another agreement: say what it would have decided otherwise")
	c.Flags().IntVar(&madeUp, "made-up", 0, "make up this many requests in place of a log")
	c.Flags().Uint64Var(&seed, "seed", 1, "seed of the made-up requests")
	c.Flags().BoolVar(&asJSON, "json", false, "print the counts as JSON")
	return c
}

// simulation runs requests under one or two agreements.
type simulation struct {
	io      stdio
	one     *agreement.Simulation
	x       *agreement.Against // nil: one agreement alone
	line    int
	changes []agreement.Change
	more    int
}

// maxListed bounds the list of changed requests that is kept.
const maxListed = 100_000

func (s *simulation) next(r agreement.Request) bool {
	s.line++
	if s.x == nil {
		s.one.Next(r)
		return true
	}
	if c, changed := s.x.Next(s.line, r); changed {
		if len(s.changes) < maxListed {
			s.changes = append(s.changes, c)
		} else {
			s.more++
		}
	}
	return true
}

// log reads requests a line at a time.
func (s *simulation) log(path string) error {
	in := s.io.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		q, err := s.one.Agreement().ParseRequest(lines.Bytes(), time.Time{})
		if err != nil {
			return hint(fmt.Errorf("%s:%d: %w", path, n, err), "docs/agreement.md describes a request")
		}
		s.next(q.Request)
	}
	return lines.Err()
}

func (s *simulation) report(two, asJSON bool) error {
	if asJSON {
		out := map[string]any{"before": s.one.Tally}
		if two {
			out["after"], out["kinds"], out["changes"] = s.x.After.Tally, s.x.Kinds, s.changes
		}
		return s.io.json(out)
	}
	s.io.printf("%s", s.one.String())
	if !two {
		return nil
	}
	s.io.printf("\nunder the other agreement: %s\n", s.x.After.String())
	for _, k := range slices.Sorted(keys(s.x.Kinds)) {
		s.io.printf("%s: %d\n", k, s.x.Kinds[k])
	}
	for _, c := range s.changes {
		s.io.printf("  %d %s %s %s: %s (%s) becomes %s (%s)\n", c.Line, c.At.Format(time.RFC3339), c.Act, c.Why, c.Before, strings.Join(c.Old, ", "), c.After, strings.Join(c.New, ", "))
	}
	if s.more > 0 {
		s.io.printf("  and %d more\n", s.more)
	}
	return nil
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// reportRemarks prints what a look over an agreement found; a fault ends with 1.
func reportRemarks(io stdio, a *agreement.Agreement, remarks []agreement.Remark, asJSON bool) error {
	faults := 0
	for _, r := range remarks {
		kind := "remark"
		if r.Fault {
			faults++
			kind = "fault"
		}
		if !asJSON {
			io.printf("%s: %s\n", kind, r.Problem)
		}
	}
	switch {
	case asJSON:
		if err := io.json(append([]agreement.Remark{}, remarks...)); err != nil {
			return err
		}
	case faults == 0:
		io.printf("%s %s: %d articles, %d rules, nothing wrong\n", a.ID, a.Version, len(a.Articles), len(a.Rules()))
	}
	if faults > 0 {
		return &exitError{1}
	}
	return nil
}
