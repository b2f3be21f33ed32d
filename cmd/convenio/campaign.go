package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"convenio/gallery/trial"
)

// tellEvery is how often a campaign says how far it is.
const tellEvery = 10 * time.Second

func runCampaign(cmd *cobra.Command, io stdio, f identifyFlags) error {
	if len(f.people) != 1 || f.plant != "" || f.plots != "" || f.copies != 1 || f.minutes < 0 {
		return hint(errors.New("a campaign is of one size, without --plant, --plots and --copies"), "run it for each size, with a file for each")
	}
	last := time.Now()
	c := trial.Campaign{
		Settings: trial.Settings{
			People: f.people[0], Within: f.within, Probes: f.probes, Fingers: f.fingers, Enrolled: max(f.enrolled, f.fingers),
			Seed: f.seed, FPIR: f.fpir, Dir: f.folder(f.people[0]), Workers: f.workers,
		},
		File: f.campaign, Limit: time.Duration(f.minutes) * time.Minute,
		Told: func(t trial.Tally) {
			if now := time.Now(); t.Done == t.Total || now.Sub(last) >= tellEvery {
				last = now
				fmt.Fprintf(io.err, "%d of %d searches; %d of %d mates missed, %d of %d strangers found somebody; %.1f a second, %s left\n",
					t.Done, t.Total, t.Missed, t.Mated, t.Found, t.Others, t.PerSecond, t.Left.Round(time.Second))
			}
		},
	}
	r, err := c.Run(cmd.Context())
	if err != nil {
		return hint(err, "name another file with --campaign, or another folder with --dir, if this one is of other settings")
	}
	if asJSON(cmd) {
		return io.json(r)
	}
	printCampaign(io, r)
	return nil
}

func benchErrorsCmd(io stdio) *cobra.Command {
	var fpir float64
	var plots string
	c := &cobra.Command{
		Use:   "errors FILE...",
		Short: "Report on the outcomes of campaigns, and plot errors against the gallery's size",
		Long: `Reads the files that bench identify --campaign wrote and prints for each: FNIR and FPIR at the
threshold of --fpir, FNIR where the measured FPIR is that, recall of the stages, quantiles of
scores. With --plots, errors.svg shows FNIR against the number of people, a point for each file.`,
		Example: "  convenio bench errors one.jsonl two.jsonl ten.jsonl --plots plots",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			var reports []trial.CampaignReport
			for _, f := range files {
				r, err := trial.ReadCampaign(f, fpir)
				if err != nil {
					return hint(err, "name files that bench identify --campaign wrote")
				}
				if reports = append(reports, r); !asJSON(cmd) {
					printCampaign(io, r)
				}
			}
			if plots != "" {
				if err := trial.PlotErrors(plots, reports); err != nil {
					return err
				}
			}
			if asJSON(cmd) {
				return io.json(reports)
			}
			return nil
		},
	}
	c.Flags().Float64Var(&fpir, "fpir", 0.001, "false positive identification rate of the decision")
	c.Flags().StringVar(&plots, "plots", "", "folder for the plot")
	jsonFlag(c)
	return c
}

func printCampaign(io stdio, r trial.CampaignReport) {
	io.printf("%d people, %d fingers each; %d mated and %d non-mated searches; threshold %.1f\n", r.People, r.Fingers, r.Mated, r.NonMated, r.Threshold)
	io.printf("  FNIR  %7.3f %%   95 %% interval %.3f to %.3f   %d missed (exhaustive search %.3f %%)\n", 100*r.FNIR, 100*r.FNIRCI[0], 100*r.FNIRCI[1], r.Missed, 100*r.Exhaustive)
	io.printf("  FPIR  %7.3f %%   95 %% interval %.3f to %.3f   %d found somebody\n", 100*r.FPIR, 100*r.FPIRCI[0], 100*r.FPIRCI[1], r.Found)
	if m := r.Measured; m != nil {
		io.printf("  at a measured FPIR of %.3g %%: threshold %.1f (%.1f to %.1f), FNIR %.3f %%   95 %% interval %.3f to %.3f\n", 100*m.FPIR,
			m.Threshold, m.ThresholdCI[0], m.ThresholdCI[1], 100*m.FNIR, 100*m.FNIRCI[0], 100*m.FNIRCI[1])
	}
	io.printf("  rank 1 %6.2f %%\n", 100*r.Rank1)
	for _, s := range r.Stages {
		io.printf("  %-8s recall %7.3f %% of %d   95 %% interval %.3f to %.3f\n", s.Name, 100*s.Recall, s.Findable, 100*s.CI[0], 100*s.CI[1])
	}
	io.printf("  scores: mates")
	for _, q := range r.Mate {
		io.printf("  %g %%: %.1f", 100*q.Share, q.Score)
	}
	io.printf("; best stranger")
	for _, q := range r.Stranger {
		io.printf("  %g %%: %.1f", 100*q.Share, q.Score)
	}
	io.printf("\n")
}
