package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"convenio/capture"
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
		return p, unreadable(file, err)
	}
	return p, nil
}

// extraction is what extract says of one image.
type extraction struct {
	File     string   `json:"file"`
	Quality  int      `json:"quality"`
	Usable   bool     `json:"usable"`
	Minutiae int      `json:"minutiae"`
	Cores    int      `json:"cores"`
	Deltas   int      `json:"deltas"`
	Reasons  []string `json:"reasons,omitempty"`
	Notes    []string `json:"notes,omitempty"`
}

func extractCmd(io stdio) *cobra.Command {
	var ppi float64
	var trace string
	c := &cobra.Command{
		Use:   "extract FILE...",
		Short: "Say how good fingerprint images are, and what they show",
		Long: `Extracts images and prints quality, reasons, and the number of minutiae, cores and deltas of each.
With --trace it writes a picture of every step of the extraction into a folder, numbered in order,
and index.html to look at them; with several images, into a folder for each. They show the print:
they are personal data.`,
		Example: `  convenio extract r2.png l2.png
  convenio extract r2.png --trace steps/`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var all []extraction
			for _, f := range args {
				prints, err := allPrints(f, ppi)
				if err != nil {
					return err
				}
				found, err := extractionsOf(f, prints)
				if err != nil {
					return err
				}
				all = append(all, found...)
				if trace == "" {
					continue
				}
				dir := trace
				if len(args) > 1 {
					dir = filepath.Join(trace, strings.TrimSuffix(filepath.Base(f), filepath.Ext(f)))
				}
				if err := tracePrints(dir, f, prints); err != nil {
					return err
				}
			}
			if asJSON(cmd) {
				return io.json(all)
			}
			for _, e := range all {
				usable := "usable"
				if !e.Usable {
					usable = "NOT usable"
				}
				io.printf("%s: quality %d, %s, minutiae %d, cores %d, deltas %d\n", e.File, e.Quality, usable, e.Minutiae, e.Cores, e.Deltas)
				for _, s := range slices.Concat(e.Reasons, e.Notes) {
					io.printf("  %s\n", s)
				}
			}
			return nil
		},
	}
	ppiFlag(c, &ppi)
	jsonFlag(c)
	c.Flags().StringVar(&trace, "trace", "", "folder for a picture of every step")
	return c
}

func compareCmd(io stdio) *cobra.Command {
	var ppi float64
	c := &cobra.Command{
		Use:   "compare A B",
		Short: "Compare two fingerprint images or minutiae records",
		Long: `Compares two images and prints the score: -10 log10 of the probability that two different fingers
score as high. 40 is one in ten thousand, 60 one in a million. A record of minutiae may stand for an
image; scores are then lower and less certain.`,
		Example: "  convenio compare a.png b.png",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := templateIn(args[0], ppi)
			if err != nil {
				return err
			}
			b, err := templateIn(args[1], ppi)
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
