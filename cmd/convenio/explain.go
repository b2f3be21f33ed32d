package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"convenio/capture"
	"convenio/explain"
	"convenio/explain/page"
	"convenio/finger"
)

// explainFlags are what explain is asked for.
type explainFlags struct {
	ppi                float64
	out, picture, lang string
}

func explainCmd(io stdio) *cobra.Command {
	var f explainFlags
	c := &cobra.Command{
		Use:   "explain A B",
		Short: "Explain the comparison of two fingerprint images, as a page to look at",
		Long: `Compares a probe A with a reference B and writes a page that shows why they scored as they did: both
prints with their minutiae, the paired ones joined by lines, the terms of the score in words, where
the prints overlap, their quality with its reasons, and what the score means as a false match rate.
The page is one file in Spanish and English, needs no network and runs no script. With --json the
same data go to standard output, or to the file of -o. Both hold the two images: they are personal
data.`,
		Example: `  convenio synth --impressions 2 -o prints/
  convenio explain prints/001-right-index_1.png prints/001-right-index_2.png -o report.html`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return runExplain(cmd, io, args[0], args[1], f) },
	}
	ppiFlag(c, &f.ppi)
	jsonFlag(c)
	fl := c.Flags()
	fl.StringVarP(&f.out, "output", "o", "", "file for the page (- for standard output)")
	fl.StringVar(&f.picture, "picture", "", "file for the picture alone, as SVG")
	fl.StringVar(&f.lang, "lang", "both", "es, en, or both with a switch in the page")
	return c
}

func runExplain(cmd *cobra.Command, io stdio, probe, reference string, f explainFlags) error {
	lang, err := page.ParseLanguage(f.lang)
	if err != nil {
		return hint(err, "see '%s --help'", cmd.CommandPath())
	}
	if f.out == "" && f.picture == "" && !asJSON(cmd) {
		return hint(errors.New("no place to write to is given"), "name a file for the page with -o report.html, or ask for --json")
	}
	a, err := explainInput(probe, f.ppi)
	if err != nil {
		return err
	}
	b, err := explainInput(reference, f.ppi)
	if err != nil {
		return err
	}
	r, err := explain.Compare(a, b)
	if err != nil {
		return rejectedHint(err)
	}
	if f.picture != "" {
		svg, err := page.Picture(r)
		if err != nil {
			return err
		}
		if err := io.write(f.picture, svg, 0o600); err != nil {
			return err
		}
	}
	if asJSON(cmd) && (f.out == "" || f.out == "-") {
		return io.json(r)
	}
	if f.out != "" {
		b, err := explained(r, lang, asJSON(cmd))
		if err != nil {
			return err
		}
		if err := io.write(f.out, b, 0o600); err != nil || f.out == "-" {
			return err
		}
	}
	io.printf("score %.1f: %s %d minutiae paired.\n", r.Score.Value, r.Score.Says.EN, len(r.Pairs))
	return nil
}

// explained is the report as a page, or as data.
func explained(r explain.Report, lang page.Language, data bool) ([]byte, error) {
	if !data {
		return page.Comparison(r, lang)
	}
	b, err := json.MarshalIndent(r, "", "  ")
	return append(b, '\n'), err
}

func explainInput(file string, ppi float64) (explain.Input, error) {
	p, err := readPrint(file, ppi)
	return explain.Input{Name: filepath.Base(file), Image: p.Image, Notes: p.Notes}, err
}

// rejectedHint adds what to do to an image that is no usable fingerprint.
func rejectedHint(err error) error {
	var rejected *finger.RejectError
	if errors.As(err, &rejected) {
		return hint(err, "%s", rejected.Reason.Text("en"))
	}
	return err
}

// tracePrints writes the steps of each of a file's prints below dir, in a folder for each where there are several.
func tracePrints(dir, file string, prints []capture.Print) error {
	for i, p := range prints {
		to := dir
		if len(prints) > 1 {
			to = filepath.Join(dir, fmt.Sprintf("%02d-%s", i+1, p.Position))
		}
		if err := writeTrace(to, file, p.Image); err != nil {
			return err
		}
	}
	return nil
}

// writeTrace writes a picture of every step of one extraction into dir, and a page that shows them.
func writeTrace(dir, file string, image finger.Image) error {
	t, err := explain.Follow(explain.Input{Name: filepath.Base(file), Image: image})
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return hint(err, "give --trace a folder that can be made")
	}
	for _, s := range t.Steps {
		if err := os.WriteFile(filepath.Join(dir, s.File), s.PNG, 0o600); err != nil {
			return err
		}
	}
	html, err := page.Steps(t, page.Both)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "index.html"), html, 0o600)
}
