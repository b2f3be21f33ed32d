// Command tail measures how far strangers' evidence reaches: it compares millions of prints of different fingers and
// prints the share that reaches each evidence, how that share falls, and the score that the engine gives there.
//
//	tail -people 10000 DIR...            # the templates of each folder against so many synthetic fingers
//	tail -people 10000 -probes 1000      # captures of synthetic people who are not among them
//	tail -cross DIR...                   # the templates of all folders against each other, other fingers only
//
// Folders hold templates named FINGER_IMPRESSION.* as measure -templates writes them; with -cross a finger of one name in
// folders whose names begin alike up to the first '-' is the same. -mated prints quantiles of mated scores instead.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"convenio/finger"
	"convenio/synth"
)

var (
	people  = flag.Int("people", 10000, "synthetic fingers to compare with")
	probes  = flag.Int("probes", 1000, "captures of other synthetic people, where no folder is given")
	seed    = flag.Uint64("seed", 1, "seed of the synthetic people")
	cross   = flag.Bool("cross", false, "compare the folders' templates with each other")
	fingers = flag.Int("fingers", 1, "fingers fused, of synthetic people's mated scores")
	mated   = flag.Bool("mated", false, "quantiles of mated scores")
)

// others is where the numbers of people who are probes alone begin.
const others = 2_000_000

// capture is one template and the finger that it is of.
type capture struct {
	set, finger string
	prepared    *finger.Prepared
}

func main() {
	flag.Parse()
	list := read(flag.Args())
	switch {
	case *mated:
		matedQuantiles(list)
	case *cross:
		report("each other", against(list, list, func(a, b capture) bool { return a.finger != b.finger }))
	default:
		refs := enrol(*people, func(i int) *finger.Template {
			return synth.NewPopulation(*seed).Reference(uint64(i), finger.RightIndex)
		})
		if len(list) == 0 {
			list = enrol(*probes, func(i int) *finger.Template {
				return synth.NewPopulation(*seed).Probe(uint64(others+i), finger.RightIndex, 0)
			})
		}
		all := new(counts)
		for _, set := range sets(list) {
			var part []capture
			for _, c := range list {
				if c.set == set {
					part = append(part, c)
				}
			}
			n := against(part, refs, func(capture, capture) bool { return true })
			report(set, n)
			all.add(n)
		}
		report("all", all)
	}
}

func sets(list []capture) (names []string) {
	for _, c := range list {
		if !slices.Contains(names, c.set) {
			names = append(names, c.set)
		}
	}
	return names
}

// read loads the templates of folders.
func read(dirs []string) (list []capture) {
	for _, d := range dirs {
		files, err := filepath.Glob(filepath.Join(d, "*_*"))
		check(err)
		sensor, _, _ := strings.Cut(filepath.Base(d), "-")
		for _, f := range files {
			b, err := os.ReadFile(f)
			check(err)
			t, err := finger.ParseTemplate(b)
			check(err)
			name, _, _ := strings.Cut(filepath.Base(f), "_")
			list = append(list, capture{filepath.Base(d), sensor + "/" + name, finger.Prepare(t)})
		}
	}
	return list
}

func enrol(n int, template func(i int) *finger.Template) []capture {
	out := make([]capture, n)
	each(n, func(_, i int) { out[i] = capture{"synthetic", fmt.Sprint(i), finger.Prepare(template(i))} })
	return out
}

// against compares every capture of a with every one of b that differs; where both lists are one, each pair once.
func against(a, b []capture, differ func(a, b capture) bool) *counts {
	workers := runtime.GOMAXPROCS(0)
	part := make([]counts, workers)
	same := len(a) > 0 && len(b) > 0 && &a[0] == &b[0]
	comparers := make([]*finger.Comparer, workers)
	each(len(a), func(w, i int) {
		if comparers[w] == nil {
			comparers[w] = finger.NewComparer()
		}
		to := len(b)
		if same {
			to = i
		}
		for j := range b[:to] {
			if differ(a[i], b[j]) {
				part[w].note(comparers[w].Compare(a[i].prepared, b[j].prepared))
			}
		}
	})
	for i := range part[1:] {
		part[0].add(&part[i+1])
	}
	return &part[0]
}

// matedQuantiles compares all captures of each finger; without folders, those of synthetic people.
func matedQuantiles(list []capture) {
	c := finger.NewComparer()
	by := map[string][]float64{}
	for i := range list {
		for j := range list[:i] {
			if list[i].set == list[j].set && list[i].finger == list[j].finger {
				by[list[i].set] = append(by[list[i].set], float64(c.Compare(list[i].prepared, list[j].prepared).Score))
			}
		}
	}
	if len(list) == 0 {
		pop := synth.NewPopulation(*seed)
		e := make([]float64, *probes)
		each(*probes, func(_, i int) {
			var scores []finger.Score
			for _, f := range []finger.Position{2, 7, 3, 8, 1, 6, 4, 9, 5, 10}[:min(max(*fingers, 1), 10)] { // index fingers first
				a, b := pop.Reference(uint64(i), f), pop.Probe(uint64(i), f, 0)
				scores = append(scores, finger.NewComparer().Compare(finger.Prepare(b), finger.Prepare(a)).Score)
			}
			e[i] = float64(finger.Fuse(scores))
		})
		by["synthetic"] = e
	}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		e := by[name]
		slices.Sort(e)
		fmt.Printf("%-22s %6d mated", name, len(e))
		for _, q := range []float64{0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9} {
			fmt.Printf("  %g%%: %.1f", 100*q, e[int(q*float64(len(e)))])
		}
		fmt.Print("; under")
		for _, t := range []float64{30, 40, 50, 60, 70, 80, 90, 120} {
			n, _ := slices.BinarySearch(e, t)
			fmt.Printf("  %g: %.2f%%", t, 100*float64(n)/float64(len(e)))
		}
		fmt.Println()
	}
}

func each(n int, do func(w, i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(w, i)
			}
		})
	}
	wg.Wait()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "tail: error:", err)
		os.Exit(1)
	}
}
