package main

import (
	"fmt"
	"strings"
)

// row is one engine's line of the table.
type row struct {
	engine  string
	sets    map[string][2]float64 // EER and FMR1000 of all pairs, percent
	extract string                // milliseconds a sample
	compare string                // comparisons a second
	failed  string
	here    bool // measured in this run
}

func measured(engine string, names []string, sets map[string]one) row {
	r := row{engine: engine, sets: map[string][2]float64{}, here: true}
	var ms, perSecond, samples float64
	failed := 0
	for _, n := range names {
		s := sets[n]
		r.sets[n] = [2]float64{s.eer, s.fmr1000}
		ms += s.extractMS * float64(s.samples)
		samples += float64(s.samples)
		perSecond += 1 / s.perSecond / float64(len(names)) // harmonic: the mean time of a comparison
		failed += s.failures
	}
	r.extract, r.compare, r.failed = fmt.Sprintf("%.1f", ms/samples), fmt.Sprintf("%.0f", 1/perSecond), fmt.Sprint(failed)
	return r
}

// published are figures measured elsewhere, by the same protocol on the same images, on another machine of this kind. They
// are not measured in this run; NBIS is among them only where it could not be built.
func published(names []string, nbis bool) []row {
	order := []string{"fvc2002_db1_b", "fvc2002_db2_b", "fvc2002_db3_b", "fvc2002_db4_b", "uareu_25"}
	known := []struct {
		engine           string
		rates            [5][2]float64
		extract, compare string
		wanted           bool
	}{
		{"NBIS 5 (mindtct, bozorth3)", [5][2]float64{{4.17, 11.07}, {2.58, 5.71}, {7.87, 28.21}, {5.19, 20.00}, {1.19, 2.57}}, "12-26", "560-2,600", nbis},
		{"SourceAFIS 3.18 (Java)", [5][2]float64{{3.03, 5.71}, {1.51, 3.57}, {11.43, 27.50}, {6.06, 19.29}, {0.14, 0.29}}, "20-36", "17,100", true},
		{"FingerJetFX OSE + SourceAFIS", [5][2]float64{{2.22, 2.86}, {2.85, 3.57}, {11.06, 31.07}, {7.13, 14.64}, {0.72, 1.14}}, "6-12", "17,100", true},
	}
	var out []row
	for _, k := range known {
		r := row{engine: k.engine, sets: map[string][2]float64{}, extract: k.extract, compare: k.compare, failed: "0"}
		for i, set := range order {
			r.sets[set] = k.rates[i]
		}
		if k.wanted && hasAll(r.sets, names) {
			out = append(out, r)
		}
	}
	return out
}

func hasAll(sets map[string][2]float64, names []string) bool {
	for _, n := range names {
		if _, ok := sets[n]; !ok {
			return false
		}
	}
	return true
}

func mean(r row, names []string) (eer, fmr1000 float64) {
	for _, n := range names {
		eer, fmr1000 = eer+r.sets[n][0]/float64(len(names)), fmr1000+r.sets[n][1]/float64(len(names))
	}
	return eer, fmr1000
}

func cells(names []string, r row) []string {
	name := r.engine
	if !r.here {
		name += " *"
	}
	out := []string{name}
	for _, n := range names {
		out = append(out, fmt.Sprintf("%.2f / %.2f", r.sets[n][0], r.sets[n][1]))
	}
	e, f := mean(r, names)
	return append(out, fmt.Sprintf("%.2f / %.2f", e, f), r.failed, r.extract, r.compare)
}

func head(names []string) []string {
	return append(append([]string{"engine"}, names...), "mean", "failed", "ms/extraction", "comparisons/s")
}

const (
	title = "EER / FNMR at FMR 1/1000 in percent, every pair counted; processor time of one thread"
	star  = "* published figures, same images and protocol, measured on another machine; not run here"
)

// text is the table for a terminal.
func text(names []string, rows []row, why string) string {
	all := [][]string{head(names)}
	for _, r := range rows {
		all = append(all, cells(names, r))
	}
	width := make([]int, len(all[0]))
	for _, line := range all {
		for i, c := range line {
			width[i] = max(width[i], len(c))
		}
	}
	var b strings.Builder
	fmt.Fprintln(&b, title)
	for _, line := range all {
		fmt.Fprintf(&b, "%-*s", width[0], line[0])
		for i, c := range line[1:] {
			fmt.Fprintf(&b, "  %*s", width[i+1], c)
		}
		fmt.Fprintln(&b)
	}
	fmt.Fprintln(&b, star)
	if why != "" {
		fmt.Fprintln(&b, "NBIS was not built:", why)
	}
	return b.String()
}

// markdown is the same table for a document.
func markdown(names []string, rows []row, why string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\n| %s |\n|---%s|\n", title, strings.Join(head(names), " | "), strings.Repeat("|---:", len(names)+4))
	for _, r := range rows {
		c := cells(names, r)
		c[0] = strings.Replace(c[0], " *", " \\*", 1)
		fmt.Fprintf(&b, "| %s |\n", strings.Join(c, " | "))
	}
	fmt.Fprintf(&b, "\n\\%s.\n", star)
	if why != "" {
		fmt.Fprintf(&b, "NBIS was not built: %s\n", why)
	}
	return b.String()
}
