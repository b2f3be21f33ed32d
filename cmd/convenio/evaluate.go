package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"convenio/eval"
)

// How the intervals are made: a thousand draws are enough for two digits; the seed fixes the figures.
const (
	bootstrapRounds = 1000
	bootstrapSeed   = 1
)

// evalOutput is where an evaluation goes besides standard output.
type evalOutput struct{ scores, plots string }

func (o *evalOutput) flags(c *cobra.Command, scores bool) {
	if scores {
		c.Flags().StringVar(&o.scores, "scores", "", "file for the 'A B score' lines")
	}
	c.Flags().StringVar(&o.plots, "plots", "", "folder for the curves, as SVG and PNG")
}

// open finds out before the work begins whether what it gives can be written.
func (o *evalOutput) open() error {
	if o.plots != "" {
		if err := os.MkdirAll(o.plots, 0o750); err != nil {
			return hint(err, "give --plots a folder that can be made")
		}
	}
	if o.scores == "" {
		return nil
	}
	f, err := os.OpenFile(o.scores, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return hint(err, "give --scores a file in a folder that is there")
	}
	return f.Close()
}

func (o *evalOutput) writeScores(scores []eval.Score) error {
	if o.scores == "" {
		return nil
	}
	var b bytes.Buffer
	if err := eval.Write(&b, scores); err != nil {
		return err
	}
	return os.WriteFile(o.scores, b.Bytes(), 0o600)
}

func evalCmd(io stdio) *cobra.Command {
	c := &cobra.Command{
		Use:   "eval",
		Short: "Measure the engine's error rates",
		Long: `Measures error rates on your own images, by the FVC protocol (fvc) or as a search in a gallery
(identify), or counts the scores that any engine wrote into a file (scores). Names of figures are
those of ISO/IEC 19795-1; docs/evaluating.md says what each means and what it does not.`,
		Example: "  convenio eval fvc prints/ --ppi 500 --scores scores.txt --plots plots/",
	}
	c.AddCommand(evalFVCCmd(io), evalIdentifyCmd(io), evalScoresCmd(io))
	return c
}

func evalFVCCmd(io stdio) *cobra.Command {
	var ppi float64
	var out evalOutput
	c := &cobra.Command{
		Use:   "fvc DIR",
		Short: "Run the FVC protocol over a folder of images named FINGER_IMPRESSION",
		Long: `Compares every unordered pair of images in the folder, on all processors, and prints the equal error
rate and FNMR at fixed FMR with 95 % intervals (bootstrap by finger), failures to extract and times.
"full" takes every pair of different fingers as non-mated, "FVC" the first impressions alone, as the
competitions did. An image that cannot be extracted counts against each comparison it takes part in.
With --scores it writes a line 'A B score' for every pair, '-' for one that could not be made; with
--plots a DET curve, a histogram of scores and error versus discard.`,
		Example: `  convenio synth --people 5 --impressions 4 -o prints/
  convenio eval fvc prints/ --ppi 500 --scores scores.txt --plots plots/`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runFVC(cmd, io, args[0], ppi, out) },
	}
	ppiFlag(c, &ppi)
	jsonFlag(c)
	out.flags(c, true)
	return c
}

// verification is what eval fvc and eval scores say.
type verification struct {
	Set      string `json:"set"`
	Failures any    `json:"failures_to_extract,omitempty"`
	eval.Summary
	Times *evalTimes `json:"times,omitempty"`
}

type evalTimes struct {
	ExtractMS    float64 `json:"extraction_ms_on_one_thread"`
	PerSecond    float64 `json:"comparisons_per_second"`
	Workers      int     `json:"threads"`
	TotalSeconds float64 `json:"total_seconds"`
}

func runFVC(cmd *cobra.Command, io stdio, dir string, ppi float64, out evalOutput) error {
	start := time.Now()
	if err := out.open(); err != nil {
		return err
	}
	set, err := extractSet(cmd.Context(), io, dir, ppi)
	if err != nil {
		return err
	}
	workers := runtime.NumCPU()
	pairs := len(set.items) * (len(set.items) - 1) / 2
	step, done := io.progressBy(pairs, "comparing")
	began := time.Now()
	scores, err := eval.RunContext(cmd.Context(), set.items, workers, step)
	took := time.Since(began)
	done()
	if err != nil {
		return err
	}
	if err := out.writeScores(scores); err != nil {
		return err
	}
	v := verification{Set: set.name, Failures: set.failuresList()}
	if v.Summary, err = eval.Summarise(scores, bootstrapRounds, bootstrapSeed); err != nil {
		return needsPairs(dir, err)
	}
	if out.plots != "" {
		if err := plotVerification(out.plots, set.name, scores, set.quality); err != nil {
			return err
		}
	}
	v.Times = &evalTimes{milliseconds(set.each), rate(pairs, took), workers, time.Since(start).Seconds()}
	if asJSON(cmd) {
		return io.json(v)
	}
	printVerification(io, v, set.failures)
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// failuresList is never nil, so that JSON has an empty list.
func (s sampledSet) failuresList() []failure {
	if s.failures == nil {
		return []failure{}
	}
	return s.failures
}

func needsPairs(where string, err error) error {
	if errors.Is(err, eval.ErrNoPairs) || errors.Is(err, eval.ErrNoSearches) {
		return hint(fmt.Errorf("%s: %w", where, err), "at least two fingers are needed, and two impressions of one of them: 1_1.png, 1_2.png, 2_1.png")
	}
	return err
}

func printVerification(io stdio, v verification, failures []failure) {
	io.printf("%s: %s, %s\n", v.Set, count(v.Fingers, "finger"), count(v.Samples, "sample"))
	if v.Failures != nil {
		io.printf("failures to extract: %d (failure-to-acquire rate %s)\n", len(failures), percents(float64(len(failures))/float64(v.Samples)))
	}
	for _, f := range failures {
		io.printf("  %s: %s\n", f.Sample, f.Reason)
	}
	if v.Missing > 0 {
		io.printf("%s of these samples have no score; they are NOT counted\n", count(v.Missing, "pair"))
	}
	printRated(io, "full", v.Full)
	printRated(io, "FVC", v.FVC)
	io.printf("\n")
	printLimits(io, v.Full)
	if t := v.Times; t != nil {
		io.printf("extraction %.1f ms a sample on one thread; %.0f comparisons a second on %d threads; %.1f s in all\n",
			t.ExtractMS, t.PerSecond, t.Workers, t.TotalSeconds)
	}
}

func printRated(io stdio, name string, r eval.Rated) {
	io.printf("\n%s protocol: %d mated and %d non-mated comparisons\n", name, r.Mated, r.NonMated)
	if r.FailedShare > 0 {
		io.printf("  %s of the comparisons could not be made; each counts as a non-match\n", percents(r.FailedShare))
	}
	io.printf("  %-34s %9s   %s\n", "", "", "95 % interval, by finger")
	printRate(io, "EER, equal error rate", r.EER)
	printRate(io, "FMR100, FNMR at FMR 1/100", r.FMR100)
	printRate(io, "FMR1000, FNMR at FMR 1/1000", r.FMR1000)
	printRate(io, "ZeroFMR, FNMR without false match", r.ZeroFMR)
	if r.Threshold1000 != nil && r.Threshold0 != nil {
		io.printf("  lowest threshold at FMR 1/1000: %.4g; without false match: %.4g\n", *r.Threshold1000, *r.Threshold0)
	}
}

// printLimits says what figures of so few comparisons cannot say.
func printLimits(io stdio, r eval.Rated) {
	if r.FMR100.Value == 0 {
		io.printf("a figure of 0 says: not once in %d. By the rule of 3 the true rate may be up to %s, and more, as these\ncomparisons share fingers\n",
			r.Mated, percents(eval.RuleOfThree(r.Mated)))
	}
	if r.NonMated < 3000 {
		io.printf("%d non-mated comparisons are few for an FMR of 1/1000: it allows %s\n", r.NonMated, count(r.NonMated/1000, "false match"))
	}
}

func printRate(io stdio, name string, r eval.Rate) {
	io.printf("  %-34s %9s   %s to %s\n", name, percents(r.Value), percents(r.Low), percents(r.High))
}

func percents(v float64) string { return fmt.Sprintf("%.2f %%", 100*v) }

// count says how many, in words that fit one and many.
func count(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "ch"):
		return fmt.Sprintf("%d %ses", n, what)
	default:
		return fmt.Sprintf("%d %ss", n, what)
	}
}
