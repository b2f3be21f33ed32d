package main

import (
	"fmt"
	"io"

	"convenio/finger"
)

// printTable writes each measure as its 5, 50 and 95 % quantiles, a column a
// source.
func printTable(w io.Writer, all []summary) {
	fmt.Fprintf(w, "%-32s", "")
	for _, s := range all {
		fmt.Fprintf(w, " | %22s", s.name)
	}
	fmt.Fprintf(w, "\n%-32s", "prints (without a template)")
	for _, s := range all {
		fmt.Fprintf(w, " | %16d (%3d)", s.prints, s.failed)
	}
	fmt.Fprintf(w, "\n%-32s", "5, 50, 95 % of:")
	for _, m := range all[0].measures {
		fmt.Fprintf(w, "\n%-32s", m.name)
		for _, s := range all {
			v := s.get(m.name)
			fmt.Fprintf(w, " | %s %s %s", short(quantile(v, 0.05)), short(quantile(v, 0.5)), short(quantile(v, 0.95)))
		}
	}
	for _, r := range []struct {
		name  string
		value func(s *summary) string
	}{
		{"mated comparisons", func(s *summary) string { return fmt.Sprint(len(s.get("mated score"))) }},
		{"mated below FMR 1e-3, %", func(s *summary) string { return below(s, 1e-3) }},
		{"mated below FMR 1e-5, %", func(s *summary) string { return below(s, 1e-5) }},
		{"non-mated comparisons", func(s *summary) string { return fmt.Sprint(len(s.get("non-mated score"))) }},
		{"non-mated score, 99 %", func(s *summary) string { return short(quantile(s.get("non-mated score"), 0.99)) }},
		{"non-mated score, 99.9 %", func(s *summary) string { return short(quantile(s.get("non-mated score"), 0.999)) }},
		{"non-mated score, highest", func(s *summary) string { return short(quantile(s.get("non-mated score"), 1)) }},
	} {
		fmt.Fprintf(w, "\n%-32s", r.name)
		for i := range all {
			fmt.Fprintf(w, " | %22s", r.value(&all[i]))
		}
	}
	fmt.Fprintln(w)
}

func short(v float64) string {
	switch {
	case v >= 100 || v <= -100:
		return fmt.Sprintf("%7.0f", v)
	case v >= 10 || v <= -10:
		return fmt.Sprintf("%7.1f", v)
	}
	return fmt.Sprintf("%7.3f", v)
}

// below is the share of mates missed at the engine's threshold for a false
// match rate, those without a template not counted.
func below(s *summary, fmr float64) string {
	n, v := 0, s.get("mated score")
	for _, x := range v {
		if x < float64(finger.Threshold(fmr)) {
			n++
		}
	}
	return fmt.Sprintf("%.2f", 100*float64(n)/float64(max(1, len(v))))
}
