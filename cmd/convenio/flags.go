package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"convenio/api"
)

// between is a number given on the command line that must lie within bounds. It is refused while the
// line is read: before anything has been sent.
type between struct {
	low, high float64
	whole     bool
	now       float64
	set       func(float64)
}

func (b *between) Type() string {
	if b.whole {
		return "int"
	}
	return "float"
}

func (b *between) String() string { return strconv.FormatFloat(b.now, 'f', -1, 64) }

func (b *between) Set(s string) error {
	v, err := strconv.ParseFloat(s, 64)
	if b.whole && err == nil {
		_, err = strconv.Atoi(s)
	}
	if err != nil || !(v >= b.low && v <= b.high) {
		return fmt.Errorf("%g to %g can be given", b.low, b.high)
	}
	b.now = v
	b.set(v)
	return nil
}

func waitFlag(c *cobra.Command, wait *int) {
	*wait = 20
	c.Flags().Var(&between{low: 0, high: 60, whole: true, now: 20, set: func(v float64) { *wait = int(v) }},
		"wait", "seconds to wait for the partner, 0 to 60")
}

// ageFlag leaves *age below zero where no age is given.
func ageFlag(c *cobra.Command, age *int) {
	*age = -1
	c.Flags().Var(&between{low: 0, high: 130, whole: true, set: func(v float64) { *age = int(v) }}, "age", "age in years, where known")
}

// The resolutions that can be given for images that state none. Which of them the engine can use, it says.
const minPPI, maxPPI = 1, 5000

func ppiFlag[T float32 | float64](c *cobra.Command, ppi *T) {
	c.Flags().Var(&between{low: minPPI, high: maxPPI, set: func(v float64) { *ppi = T(v) }},
		"ppi", "pixels per inch of files that do not say (500 if not given)")
}

// nationalities refuses what is no code of a country: to look for it would be to look for nobody.
func nationalities(list []string) ([]string, error) {
	for _, n := range list {
		if !letters(n, 2, 3) {
			return nil, hint(fmt.Errorf("--nationality %q", n), "give the country's code of two or three letters, such as VE or VEN")
		}
	}
	return list, nil
}

// safeguards reads KIND and KIND:PARTY. A party in any other form than its two letters would be nobody,
// and the protection void.
func safeguards(list []string) ([]api.Safeguard, error) {
	var out []api.Safeguard
	for _, g := range list {
		kind, against, named := strings.Cut(g, ":")
		if kind == "" || (named && !letters(against, 2, 2)) {
			return nil, hint(fmt.Errorf("--safeguard %q", g), "write KIND, or KIND:PARTY with the two letters of the party that is feared, such as asylum-claim:co")
		}
		s := api.Safeguard{Kind: kind}
		if named {
			s.Against = &against
		}
		out = append(out, s)
	}
	return out, nil
}

// letters says whether s is of so many Latin letters.
func letters(s string, low, high int) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return len(s) >= low && len(s) <= high
}
