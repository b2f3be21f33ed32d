// Command compare puts synthetic prints beside real ones: how many minutiae,
// how much area, what quality and ridge period, and above all how mated and
// non-mated comparisons score. It prints one table and draws one picture.
//
//	go run ./synth/internal/compare [-data DIR] [-only NAME,...] [-o FILE.png]
//
// Sources are the sets of real prints found in DIR/fingerprints, the drawn
// prints of this package under its default and its cooperative conditions
// ("drawn", "cooperative"), and the templates made without drawing ("direct").
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "compare:", err)
		}
		os.Exit(2)
	}
}

func run(args []string) error {
	fs := flag.NewFlagSet("compare", flag.ContinueOnError)
	data := fs.String("data", cmp.Or(os.Getenv("CONVENIO_DATA"), "../shared/data"), "folder of the real sets")
	only := fs.String("only", "", "names of the sources to look at, comma-separated; all without it")
	fingers := fs.Int("fingers", 60, "synthetic fingers of each kind")
	captures := fs.Int("captures", 4, "captures of each of them")
	out := fs.String("o", "", "write the picture here (PNG)")
	if err := fs.Parse(args); err != nil {
		return err
	}
	sources := append(realSets(filepath.Join(*data, "fingerprints")), synthetic(*fingers, *captures)...)
	var all []summary
	for _, s := range sources {
		if *only != "" && !strings.Contains(","+*only+",", ","+s.name+",") {
			continue
		}
		prints, failed, err := s.load()
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		all = append(all, summarise(s.name, s.real, prints, failed))
	}
	if len(all) == 0 {
		return fmt.Errorf("no source is called %q", *only)
	}
	if p, ok := pool(all); ok {
		all = append(all, p)
	}
	printTable(os.Stdout, all)
	if *out == "" {
		return nil
	}
	return draw(*out, all)
}
