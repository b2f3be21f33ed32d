package main

import (
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"convenio/eval"
)

func evalIdentifyCmd(io stdio) *cobra.Command {
	var ppi float64
	var out evalOutput
	c := &cobra.Command{
		Use:   "identify DIR",
		Short: "Measure searches: one impression of each finger enrolled, the others searched",
		Long: `Enrols the first impression of each finger of a folder of images named FINGER_IMPRESSION (the first
that can be extracted) and searches with all others. Each probe searches twice: with its own finger
enrolled, and with that left out, as a person would who is not in the gallery. Prints the rank-1
identification rate and FNIR at an FPIR of 10 % and of 1 %, with 95 % intervals (bootstrap by the
probes' fingers). A larger gallery gives more false positives: the figures are those of this size.
With --scores it writes a line 'PROBE REFERENCE score' for every pair; with --plots the CMC curve
and FNIR over FPIR.`,
		Example: "  convenio eval identify prints/ --ppi 500 --plots plots/",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return runIdentify(cmd, io, args[0], ppi, out) },
	}
	ppiFlag(c, &ppi)
	jsonFlag(c)
	out.flags(c, true)
	return c
}

// identification is what eval identify says.
type identification struct {
	Set      string    `json:"set"`
	Failures []failure `json:"failures_to_extract"`
	NoRef    int       `json:"failures_to_enrol"`
	eval.IdentificationSummary
	Times evalTimes `json:"times"`
}

func runIdentify(cmd *cobra.Command, io stdio, dir string, ppi float64, out evalOutput) error {
	start := time.Now()
	if err := out.open(); err != nil {
		return err
	}
	set, err := extractSet(cmd.Context(), io, dir, ppi)
	if err != nil {
		return err
	}
	references, probes := eval.Gallery(set.items)
	pairs, workers := len(references)*len(probes), runtime.NumCPU()
	step, done := io.progressBy(pairs, "searching")
	began := time.Now()
	scores, err := eval.RunSearches(cmd.Context(), references, probes, workers, step)
	took := time.Since(began)
	done()
	if err != nil {
		return err
	}
	if err := out.writeScores(scores); err != nil {
		return err
	}
	searches := eval.Searches(scores)
	v := identification{Set: set.name, Failures: set.failuresList()}
	for _, r := range references {
		if r.Prepared == nil {
			v.NoRef++
		}
	}
	if v.IdentificationSummary, err = eval.SummariseSearches(searches, len(references), bootstrapRounds, bootstrapSeed); err != nil {
		return needsPairs(dir, err)
	}
	if out.plots != "" {
		if err := plotIdentification(out.plots, set.name, searches, v.CMC); err != nil {
			return err
		}
	}
	v.Times = evalTimes{milliseconds(set.each), rate(pairs, took), workers, time.Since(start).Seconds()}
	if asJSON(cmd) {
		return io.json(v)
	}
	printIdentification(io, v)
	return nil
}

func printIdentification(io stdio, v identification) {
	io.printf("%s: gallery of %s, %s\n", v.Set, count(v.Gallery, "finger"), count(v.Searches, "probe"))
	io.printf("failures to extract: %d; fingers without reference (failure to enrol): %d\n", len(v.Failures), v.NoRef)
	for _, f := range v.Failures {
		io.printf("  %s: %s\n", f.Sample, f.Reason)
	}
	io.printf("\n%d mated and %d non-mated searches (the same probes, their own reference left out)\n", v.Searches, v.NonMated)
	io.printf("  %-34s %9s   %s\n", "", "", "95 % interval, by finger")
	printRate(io, "rank-1 identification rate", v.Rank1)
	printRate(io, "FNIR at FPIR 10 %", v.FNIR10)
	printRate(io, "FNIR at FPIR 1 %", v.FNIR100)
	if v.Threshold10 != nil && v.Threshold01 != nil {
		io.printf("  lowest threshold at FPIR 10 %%: %.4g; at 1 %%: %.4g\n", *v.Threshold10, *v.Threshold01)
	}
	if v.NonMated < 300 {
		io.printf("  %d non-mated searches are few for an FPIR of 1 %%: it allows %s\n", v.NonMated, count(v.NonMated/100, "false positive"))
	}
	io.printf("\nextraction %.1f ms a sample on one thread; %.0f comparisons a second on %d threads; %.1f s in all\n",
		v.Times.ExtractMS, v.Times.PerSecond, v.Times.Workers, v.Times.TotalSeconds)
}
