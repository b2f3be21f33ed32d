package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"convenio/capture"
	"convenio/eval"
	"convenio/finger"
	"convenio/synth"
)

func readPrint(file string, ppi float64) (capture.Print, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return capture.Print{}, err
	}
	p, err := capture.Read(b, ppi)
	if err != nil {
		return p, hint(fmt.Errorf("%s: %w", file, err), "give a whole PNG, TIFF, BMP or JPEG picture of one finger, 500 pixels per inch or near it")
	}
	return p, nil
}

func templateOf(file string, ppi float64) (*finger.Template, error) {
	p, err := readPrint(file, ppi)
	if err != nil {
		return nil, err
	}
	t, err := finger.Extract(p.Image, nil)
	var rejected *finger.RejectError
	if errors.As(err, &rejected) {
		return nil, hint(fmt.Errorf("%s: %w", file, err), "%s", rejected.Reason.Text("en"))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return t, nil
}

// extraction is what extract says of one image.
type extraction struct {
	File     string   `json:"file"`
	Quality  int      `json:"quality"`
	Usable   bool     `json:"usable"`
	Minutiae int      `json:"minutiae"`
	Reasons  []string `json:"reasons,omitempty"`
	Notes    []string `json:"notes,omitempty"`
}

func extractCmd(io stdio) *cobra.Command {
	var ppi float64
	c := &cobra.Command{
		Use:     "extract FILE...",
		Short:   "Say how good fingerprint images are, and how many minutiae they show",
		Example: "  convenio extract r2.png l2.png",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var all []extraction
			for _, f := range args {
				p, err := readPrint(f, ppi)
				if err != nil {
					return err
				}
				e := extraction{File: f, Notes: p.Notes}
				t, err := finger.Extract(p.Image, nil)
				var rejected *finger.RejectError
				switch {
				case errors.As(err, &rejected):
					e.Reasons = []string{rejected.Reason.Text("en")}
				case err != nil:
					return fmt.Errorf("%s: %w", f, err)
				default:
					e.Quality, e.Usable, e.Minutiae = int(t.Quality.Score), t.Quality.Usable(), len(t.Minutiae)
					for _, r := range t.Quality.Reasons {
						e.Reasons = append(e.Reasons, r.Text("en"))
					}
				}
				all = append(all, e)
			}
			if asJSON(cmd) {
				return io.json(all)
			}
			for _, e := range all {
				usable := "usable"
				if !e.Usable {
					usable = "NOT usable"
				}
				io.printf("%s: quality %d, %s, %d minutiae\n", e.File, e.Quality, usable, e.Minutiae)
				for _, s := range slices.Concat(e.Reasons, e.Notes) {
					io.printf("  %s\n", s)
				}
			}
			return nil
		},
	}
	ppiFlag(c, &ppi)
	jsonFlag(c)
	return c
}

func compareCmd(io stdio) *cobra.Command {
	var ppi float64
	c := &cobra.Command{
		Use:   "compare A B",
		Short: "Compare two fingerprint images",
		Long: `Compares two images and prints the score: -10 log10 of the probability that two different fingers
score as high. 40 is one in ten thousand, 60 one in a million.`,
		Example: "  convenio compare a.png b.png",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := templateOf(args[0], ppi)
			if err != nil {
				return err
			}
			b, err := templateOf(args[1], ppi)
			if err != nil {
				return err
			}
			r := finger.NewComparer().Compare(finger.Prepare(a), finger.Prepare(b))
			if asJSON(cmd) {
				return io.json(map[string]any{"score": r.Score, "fmr": r.Score.FMR(), "paired_minutiae": len(r.Pairs)})
			}
			io.printf("score %.1f: two different fingers score as high about once in %.3g comparisons; %d minutiae paired\n", float64(r.Score), 1/r.Score.FMR(), len(r.Pairs))
			return nil
		},
	}
	ppiFlag(c, &ppi)
	jsonFlag(c)
	return c
}

func synthCmd(io stdio) *cobra.Command {
	var out string
	var people, impressions int
	var seed uint64
	var positions []string
	var everyday bool
	c := &cobra.Command{
		Use:   "synth",
		Short: "Draw synthetic fingerprints, of nobody",
		Long: `Draws fingerprint images of people who do not exist, the same for the same seed: to try the program
with, and to measure. Files are named PERSON-FINGER_IMPRESSION.png. The people are cooperative, so
that what is tried is found; captures with --everyday are as hard as real ones, some unusable.`,
		Example: "  convenio synth --people 3 --impressions 2 --seed 7 -o prints/",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := os.MkdirAll(out, 0o755); err != nil {
				return err
			}
			var fingers []finger.Position
			for _, s := range positions {
				p, err := finger.ParsePosition(s)
				if err != nil {
					return err
				}
				fingers = append(fingers, p)
			}
			step, done := io.progress(people*len(fingers), "drawing")
			defer done()
			for person := range people {
				for _, pos := range fingers {
					if err := cmd.Context().Err(); err != nil {
						return err
					}
					if err := drawFinger(out, seed, person, pos, impressions, everyday); err != nil {
						return err
					}
					step()
				}
			}
			io.printf("%d images in %s\n", people*len(fingers)*impressions, out)
			return nil
		},
	}
	fl := c.Flags()
	fl.StringVarP(&out, "output", "o", "", "folder for the images (required)")
	fl.IntVar(&people, "people", 1, "how many people")
	fl.IntVar(&impressions, "impressions", 1, "impressions of each finger")
	fl.Uint64Var(&seed, "seed", 1, "the same seed draws the same people")
	fl.StringSliceVar(&positions, "fingers", []string{"right-index", "left-index"}, "finger positions")
	fl.BoolVar(&everyday, "everyday", false, "captures as hard to compare as real ones")
	required(c, "output")
	return c
}

func drawFinger(out string, seed uint64, person int, pos finger.Position, impressions int, everyday bool) error {
	conditions := synth.CooperativeConditions
	if everyday {
		conditions = synth.DefaultConditions
	}
	id := seed<<20 + uint64(person)
	f := synth.NewFingerAt(id, pos)
	for i := range impressions {
		img, _ := f.Impression(conditions(id<<16 + uint64(pos)<<8 + uint64(i)))
		b, err := capture.Print{Image: img}.PNG()
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%03d-%s_%d.png", person+1, pos, i+1)
		if err := os.WriteFile(filepath.Join(out, name), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func evalCmd(io stdio) *cobra.Command {
	c := &cobra.Command{
		Use:     "eval",
		Short:   "Measure the engine's error rates",
		Example: "  convenio eval fvc prints/ --ppi 500 --scores scores.txt",
	}
	var ppi float64
	var scores string
	fvc := &cobra.Command{
		Use:   "fvc DIR",
		Short: "Run the FVC protocol over a folder of images named FINGER_IMPRESSION",
		Long: `Compares every unordered pair of images in the folder and prints the equal error rate and FNMR at
fixed FMR, with 95 % intervals (bootstrap by finger). With --scores it writes a line 'A B score' for
every pair. An image that cannot be extracted counts against every comparison it takes part in.`,
		Example: "  convenio eval fvc prints/ --ppi 569 --scores scores.txt",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runFVC(cmd, io, args[0], ppi, scores)
		},
	}
	ppiFlag(fvc, &ppi)
	jsonFlag(fvc)
	fvc.Flags().StringVar(&scores, "scores", "", "file for the 'A B score' lines")
	c.AddCommand(fvc)
	return c
}

// prepareAll extracts every image of a folder in parallel. Failures stay in the list, without template.
func prepareAll(files []string, ppi float64, step func()) ([]eval.Item, int, error) {
	items := make([]eval.Item, len(files))
	errs := make([]error, len(files))
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for i := range next {
				items[i], errs[i] = prepareOne(files[i], ppi)
				step()
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	wg.Wait()
	failed := 0
	for _, it := range items {
		if it.Prepared == nil {
			failed++
		}
	}
	return items, failed, errors.Join(errs...)
}

func prepareOne(file string, ppi float64) (eval.Item, error) {
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	s, err := eval.ParseSample(name)
	if err != nil {
		return eval.Item{}, hint(fmt.Errorf("%s: %w", file, err), "name the images FINGER_IMPRESSION, such as 101_3.png")
	}
	p, err := readPrint(file, ppi)
	if err != nil {
		return eval.Item{}, err
	}
	it := eval.Item{Sample: s}
	t, err := finger.Extract(p.Image, nil)
	var rejected *finger.RejectError
	if errors.As(err, &rejected) {
		return it, nil
	}
	if err != nil {
		return it, fmt.Errorf("%s: %w", file, err)
	}
	it.Prepared = finger.Prepare(t)
	return it, nil
}

func imagesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		switch strings.ToLower(filepath.Ext(e.Name())) {
		case ".png", ".tif", ".tiff", ".bmp", ".jpg", ".jpeg":
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no PNG, TIFF, BMP or JPEG image in it", dir)
	}
	return files, nil
}

func runFVC(cmd *cobra.Command, io stdio, dir string, ppi float64, scoreFile string) error {
	files, err := imagesIn(dir)
	if err != nil {
		return err
	}
	start := time.Now()
	step, done := io.progress(len(files), "extracting")
	items, failed, err := prepareAll(files, ppi, step)
	done()
	if err != nil {
		return err
	}
	if err := eval.Check(items); err != nil {
		return hint(err, "leave one image of each impression in the folder")
	}
	extracted := time.Since(start)
	start = time.Now()
	scores := eval.Run(items, runtime.NumCPU())
	compared := time.Since(start)
	if scoreFile != "" {
		var b strings.Builder
		if err := eval.Write(&b, scores); err != nil {
			return err
		}
		if err := os.WriteFile(scoreFile, []byte(b.String()), 0o644); err != nil {
			return err
		}
	}
	f, err := eval.Rates(scores, eval.Full)
	if err != nil {
		return err
	}
	ci, err := eval.Bootstrap(scores, eval.Full, 1000, 1)
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		return io.json(map[string]any{"images": len(files), "failures_to_extract": failed, "figures": f, "intervals_95": ci,
			"extract_seconds": extracted.Seconds(), "compare_seconds": compared.Seconds(), "workers": runtime.NumCPU()})
	}
	io.printf("%s: %d images, %d failures to extract\n", dir, len(files), failed)
	io.printf("%d mated and %d non-mated comparisons\n", f.Mated, f.NonMated)
	pc := func(name string, v float64, i eval.Interval) {
		io.printf("%-9s %6.2f %%   95 %% interval %5.2f to %5.2f\n", name, 100*v, 100*i.Low, 100*i.High)
	}
	pc("EER", f.EER, ci.EER)
	pc("FMR100", f.FMR100, ci.FMR100)
	pc("FMR1000", f.FMR1000, ci.FMR1000)
	pc("ZeroFMR", f.ZeroFMR, ci.ZeroFMR)
	io.printf("extraction %.0f ms an image, %.0f comparisons a second, on %d processors\n",
		1000*extracted.Seconds()/float64(len(files)), float64(len(scores))/compared.Seconds(), runtime.NumCPU())
	return nil
}
