package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"convenio/gallery/trial"
)

func benchCmd(io stdio) *cobra.Command {
	c := &cobra.Command{
		Use:     "bench",
		Short:   "Measure how fast and how right a search is",
		Example: "  convenio bench identify --people 10000 --probes 500 --fingers 2",
	}
	c.AddCommand(benchIdentifyCmd(io), benchErrorsCmd(io))
	return c
}

// identifyFlags are what bench identify is told.
type identifyFlags struct {
	people                   []int
	probes, fingers, workers int
	enrolled, copies, within int
	campaign                 string
	minutes                  int
	seed                     uint64
	fpir, ppi                float64
	dir, plant, plots        string
}

func benchIdentifyCmd(io stdio) *cobra.Command {
	f := identifyFlags{workers: runtime.NumCPU()}
	c := &cobra.Command{
		Use:   "identify",
		Short: "Search galleries of synthetic people, and measure errors and speed",
		Long: `Builds a gallery of synthetic people on disk, or uses the one that an earlier run left, and searches
as many captures of enrolled people (mated) as of others (non-mated). Prints how often the person is
missed (FNIR) and how often a stranger is found (FPIR) at the threshold of --fpir, with 95 %
intervals; what share of the mates that an exhaustive search finds each stage lets through; how
long a search takes; and what a finger costs in memory and on disk. --people takes several sizes.

With --within, the folder's gallery has so many people, and --people are the first of them.

With --campaign, only error rates are measured, for very many probes: mated and non-mated ones in
turn, in batches, each outcome a line of the file. A run that was stopped, or whose --minutes are
over, goes on where the file ends; a file of other settings or of another engine is refused. The
report is of all that the file holds: FNIR and FPIR at the threshold of --fpir, and FNIR where the
measured FPIR is --fpir.

With --plant, the first capture of each finger of a folder of images named FINGER_IMPRESSION is put
among the synthetic fingers, and the others are searched.`,
		Example: `  convenio bench identify --people 10000 --probes 500 --fingers 2
  convenio bench identify --people 1000,10000,100000 --probes 1000 --fingers 10 --plots plots
  convenio bench identify --people 1000000 --probes 10000 --campaign outcomes.jsonl --minutes 60
  convenio bench identify --people 10000 --probes 100 --fingers 1 --plant prints --ppi 512`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runBenchIdentify(cmd, io, f) },
	}
	c.Flags().IntSliceVar(&f.people, "people", []int{10000}, "people in the gallery, or several sizes")
	c.Flags().IntVar(&f.probes, "probes", 500, "mated searches, and as many non-mated")
	c.Flags().IntVar(&f.fingers, "fingers", 10, "fingers of a person: 1, 2, 4 or 10")
	c.Flags().IntVar(&f.enrolled, "enrolled", 0, "fingers of a person in the gallery, if more than are searched")
	c.Flags().IntVar(&f.within, "within", 0, "people in the folder's gallery, if more than are searched")
	c.Flags().StringVar(&f.campaign, "campaign", "", "file of outcomes: measure error rates alone, and go on where it ends")
	c.Flags().IntVar(&f.minutes, "minutes", 0, "time of a campaign's run; 0: until all probes are searched")
	c.Flags().IntVar(&f.copies, "copies", 1, "put everybody in so many times: for the times of a larger gallery, not its errors")
	c.Flags().Uint64Var(&f.seed, "seed", 1, "seed of the synthetic people")
	c.Flags().Float64Var(&f.fpir, "fpir", 0.001, "false positive identification rate of the decision")
	c.Flags().IntVar(&f.workers, "workers", f.workers, "processors that search")
	c.Flags().StringVar(&f.dir, "dir", "", "folder for the galleries (default: in the user's cache)")
	c.Flags().StringVar(&f.plant, "plant", "", "folder of images to plant and search")
	c.Flags().StringVar(&f.plots, "plots", "", "folder for plots of time and errors against the gallery's size")
	ppiFlag(c, &f.ppi)
	jsonFlag(c)
	return c
}

func runBenchIdentify(cmd *cobra.Command, io stdio, f identifyFlags) error {
	if f.dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return hint(err, "name a folder with --dir")
		}
		f.dir = filepath.Join(cache, "convenio", "bench")
	}
	if _, err := trial.Positions(f.fingers); err != nil {
		return hint(err, "give --fingers 1, 2, 4 or 10")
	}
	if _, err := trial.Positions(max(f.enrolled, f.fingers)); err != nil || f.copies < 1 {
		return hint(fmt.Errorf("--enrolled %d, --copies %d", f.enrolled, f.copies), "give --enrolled 1, 2, 4 or 10, --copies at least 1")
	}
	for _, n := range append(slices.Clone(f.people), f.probes) {
		if n < 1 {
			return hint(fmt.Errorf("%d people or probes", n), "give at least 1")
		}
	}
	if f.campaign != "" {
		return runCampaign(cmd, io, f)
	}
	planted, err := readPlanted(cmd.Context(), io, f.plant, f.ppi)
	if err != nil {
		return err
	}
	var reports []trial.Report
	for _, people := range f.people {
		r, err := runTrial(cmd, io, f, people, planted)
		if err != nil {
			return err
		}
		reports = append(reports, r)
		if !asJSON(cmd) {
			printTrial(io, r)
		}
	}
	if f.plots != "" {
		if err := trial.Plot(f.plots, reports); err != nil {
			return err
		}
	}
	if !asJSON(cmd) {
		return nil
	}
	if len(reports) == 1 {
		return io.json(reports[0])
	}
	return io.json(reports)
}

func runTrial(cmd *cobra.Command, io stdio, f identifyFlags, people int, planted []trial.Planted) (trial.Report, error) {
	var at string
	var step, done func()
	finish := func() {
		if done != nil {
			done()
		}
	}
	seen := 0
	r, err := trial.Run(cmd.Context(), trial.Settings{
		People: people, Probes: f.probes, Fingers: f.fingers, Seed: f.seed, FPIR: f.fpir, Plant: planted, Workers: f.workers,
		Enrolled: max(f.enrolled, f.fingers), Copies: f.copies, Within: f.within, Dir: f.folder(people),
		Progress: func(what string, now, total int) {
			if what != at {
				finish()
				at, seen = what, 0
				step, done = io.progress(total, what)
			}
			for ; seen < now; seen++ {
				step()
			}
		},
	})
	finish()
	return r, hint(err, "remove the folder, or name another with --dir, if it holds a gallery of other people")
}

// folder is where the gallery lies.
func (f *identifyFlags) folder(people int) string {
	return filepath.Join(f.dir, fmt.Sprintf("%dx%d-%d", max(people, f.within), max(f.enrolled, f.fingers), f.seed))
}

// readPlanted extracts the prints of a folder.
func readPlanted(ctx context.Context, io stdio, dir string, ppi float64) ([]trial.Planted, error) {
	if dir == "" {
		return nil, nil
	}
	set, err := extractSet(ctx, io, dir, ppi)
	if err != nil {
		return nil, err
	}
	out := make([]trial.Planted, len(set.items))
	for i, it := range set.items {
		out[i] = trial.Planted{Finger: fmt.Sprint(it.Sample.Finger), Impression: it.Sample.Impression, Template: it.Prepared}
	}
	return out, nil
}

func printTrial(io stdio, r trial.Report) {
	io.printf("%d people, %d fingers each; %d mated and %d non-mated searches; threshold %.1f\n", r.People, r.Fingers, r.Probes, r.Probes, r.Threshold)
	io.printf("  FNIR  %7.3f %%   95 %% interval %.3f to %.3f   (exhaustive search %.3f)\n", 100*r.FNIR, 100*r.FNIRCI[0], 100*r.FNIRCI[1], 100*r.Compared)
	io.printf("  FPIR  %7.3f %%   95 %% interval %.3f to %.3f\n", 100*r.FPIR, 100*r.FPIRCI[0], 100*r.FPIRCI[1])
	io.printf("  rank 1 %6.2f %%\n", 100*r.Rank1)
	for _, s := range r.Stages {
		io.printf("  %-8s recall %7.3f %%   candidates %8.0f   %8.2f ms\n", s.Name, 100*s.Recall, s.Candidates, s.Ms)
	}
	io.printf("  a search: p50 %.1f ms, p95 %.1f ms, p99 %.1f ms; %.1f ms of processor time; %.1f a second in batches\n", r.P50, r.P95, r.P99, r.CPU, r.SearchesPerS)
	io.printf("  first stage: %.1f million fingers/s and core, %.1f GB/s (memory gives %.1f); votes: %.2f million\n",
		r.FirstStageRate/1e6, r.MemoryRead, r.MemoryLimit, r.VoteRate/1e6)
	io.printf("  a finger: %.0f bytes resident, %.0f on disk; built in %.1f s, opened in %.2f s, %.0f templates/s enrolled\n",
		r.Resident, r.Disk, r.Build, r.Open, r.Enrol)
	if p := r.Planted; p != nil {
		io.printf("  planted: rank 1 %.2f %% of %d (95 %% interval %.2f to %.2f); exhaustive search at most %.2f\n",
			100*p.Rank1, p.Searches, 100*p.Rank1CI[0], 100*p.Rank1CI[1], 100*p.Exhaustive)
	}
}
