// Command peers puts this project's engine beside NIST's (mindtct and bozorth3) on the same images in one run: error rates
// by package eval, speed as processor time of one thread. scripts/bench-peers builds NIST's engine and calls it. Without
// -nbis it prints the published figures of other engines beside ours, and says so.
//
//	peers -data DIR [-sets a,b] [-nbis PROGRAM | -why TEXT]
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"convenio/capture"
	"convenio/eval"
	"convenio/finger"
)

// ppi gives the resolution of sets that are not 500 ppi; their files do not say.
var ppi = map[string]float64{"fvc2002_db2_b": 569, "uareu_25": 512}

// one is one engine on one set.
type one struct {
	eer, fmr1000         float64 // percent, of all pairs
	extractMS, perSecond float64 // milliseconds a sample, comparisons a second
	samples, failures    int
}

func main() {
	data := flag.String("data", "", "folder of sets of images named FINGER_IMPRESSION.png")
	sets := flag.String("sets", "fvc2002_db1_b,fvc2002_db2_b,fvc2002_db3_b,fvc2002_db4_b,uareu_25", "sets to run")
	nbis := flag.String("nbis", "", "the program built from scripts/peers/nbis.c")
	why := flag.String("why", "", "why there is no such program")
	flag.Parse()
	runtime.GOMAXPROCS(1) // one thread, the collector's work included
	debug.SetGCPercent(400)
	names := strings.Split(*sets, ",")
	ours, theirs := map[string]one{}, map[string]one{}
	for _, set := range names {
		images, err := load(filepath.Join(*data, set), resolution(set))
		check(err)
		ours[set], err = runOurs(images)
		check(err)
		if *nbis != "" {
			theirs[set], err = runNBIS(*nbis, images, resolution(set))
			check(err)
		}
		fmt.Fprintf(os.Stderr, "%s done\n", set)
	}
	rows := []row{measured("Convenio", names, ours)}
	if *nbis != "" {
		rows = append(rows, measured("NBIS (mindtct, bozorth3)", names, theirs))
	}
	rows = append(rows, published(names, *nbis == "")...)
	fmt.Print(text(names, rows, *why), "\n", markdown(names, rows, *why))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers: error:", err)
		os.Exit(1)
	}
}

func resolution(set string) float64 {
	if r, ok := ppi[set]; ok {
		return r
	}
	return capture.DefaultPPI
}

// picture is one image of a set.
type picture struct {
	sample eval.Sample
	image  finger.Image
}

func load(dir string, res float64) ([]picture, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil {
		return nil, err
	}
	if len(files) < 2 {
		return nil, fmt.Errorf("%s: no PNG images in it: name a folder of sets with -data", dir)
	}
	var out []picture
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		p, err := capture.Read(b, res)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		s, err := eval.ParseSample(filepath.Base(f))
		if err != nil {
			return nil, err
		}
		out = append(out, picture{s, p.Image})
	}
	return out, nil
}

// runOurs extracts and compares on one thread.
func runOurs(images []picture) (one, error) {
	var o one
	items := make([]eval.Item, len(images))
	start := processorTime()
	for i, p := range images {
		items[i].Sample = p.sample
		if t, err := finger.Extract(p.image, nil); err == nil {
			items[i].Prepared = finger.Prepare(t)
		} else {
			o.failures++
		}
	}
	extracted := processorTime()
	scores := eval.Run(items, 1)
	compared := processorTime()
	return o.rate(scores, len(images), extracted-start, compared-extracted)
}

func (o one) rate(scores []eval.Score, samples int, extracting, comparing time.Duration) (one, error) {
	f, err := eval.Rates(scores, eval.Full)
	if err != nil {
		return o, err
	}
	o.samples, o.eer, o.fmr1000 = samples, 100*f.EER, 100*f.FMR1000
	o.extractMS = 1000 * extracting.Seconds() / float64(samples)
	o.perSecond = float64(len(scores)) / max(comparing.Seconds(), 1e-9)
	return o, nil
}

// processorTime is what this process has used so far, in all threads.
func processorTime() time.Duration {
	var u syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
