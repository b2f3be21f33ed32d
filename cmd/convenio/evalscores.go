package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"convenio/eval"
)

func evalScoresCmd(io stdio) *cobra.Command {
	var out evalOutput
	var images string
	c := &cobra.Command{
		Use:   "scores FILE",
		Short: "Count error rates from a file of scores, of any engine",
		Long: `Reads lines 'A B score', A and B being FINGER_IMPRESSION, a higher score meaning more alike, and
prints the figures that eval fvc prints. A score that is missing, '-' or 'nan' is a comparison that
could not be made. With --images, every pair of the folder's images that the file lacks counts as
one too, so that an engine does not gain by leaving out what it cannot read.`,
		Example: "  convenio eval scores other-engine.txt --images prints/ --plots plots/",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runScores(cmd, io, args[0], images, out)
		},
	}
	jsonFlag(c)
	c.Flags().StringVar(&images, "images", "", "folder of all images of the set")
	out.flags(c, false)
	return c
}

func runScores(cmd *cobra.Command, io stdio, file, images string, out evalOutput) error {
	if err := out.open(); err != nil {
		return err
	}
	b, err := io.read(file)
	if err != nil {
		return err
	}
	scores, err := eval.Read(bytes.NewReader(b))
	if err != nil {
		return hint(fmt.Errorf("%s: %w", file, err), "write one line for each pair, such as '101_1 101_2 37.5'")
	}
	if images != "" {
		files, err := imagesIn(images)
		if err != nil {
			return err
		}
		var samples []eval.Sample
		for _, f := range files {
			s, err := eval.ParseSample(filepath.Base(f))
			if err != nil {
				return hint(fmt.Errorf("%s: %w", f, err), "name the images FINGER_IMPRESSION, such as 101_3.png")
			}
			samples = append(samples, s)
		}
		scores = eval.Complete(scores, samples)
	}
	v := verification{Set: strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))}
	if v.Summary, err = eval.Summarise(scores, bootstrapRounds, bootstrapSeed); err != nil {
		return needsPairs(file, err)
	}
	if out.plots != "" {
		if err := plotVerification(out.plots, v.Set, scores, nil); err != nil {
			return err
		}
	}
	if asJSON(cmd) {
		return io.json(v)
	}
	printVerification(io, v, nil)
	return nil
}
