package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"convenio/finger"
	"convenio/formats/picture"
	"convenio/synth"
)

// source is a set of prints, several of each finger.
type source struct {
	name string
	real bool
	load func() (prints []print, failed int, err error)
}

// print is one capture as the engine sees it.
type print struct {
	owner    int
	template *finger.Template
	prepared *finger.Prepared
}

// resolutions of the known real sets in pixels per inch: their files don't
// say it.
var resolutions = map[string]float64{"fvc2002_db2_b": 569, "uareu_25": 512}

// realSets are the folders of files called FINGER_IMPRESSION.png.
func realSets(dir string) []source {
	folders, _ := filepath.Glob(filepath.Join(dir, "*"))
	var out []source
	for _, folder := range folders {
		files, _ := filepath.Glob(filepath.Join(folder, "*_*.png"))
		if len(files) == 0 {
			continue
		}
		name := filepath.Base(folder)
		ppi := 500.0
		if known, ok := resolutions[name]; ok {
			ppi = known
		}
		out = append(out, source{name, true, func() ([]print, int, error) { return loadFiles(files, ppi) }})
	}
	return out
}

func loadFiles(files []string, ppi float64) ([]print, int, error) {
	var mu sync.Mutex
	var failure error
	prints, failed := each(len(files), func(i int) (int, *finger.Template) {
		owner, img, err := readPrint(files[i], ppi)
		if err != nil {
			mu.Lock()
			failure = err
			mu.Unlock()
			return owner, nil
		}
		t, err := finger.Extract(img, nil)
		if err != nil {
			return owner, nil
		}
		return owner, t
	})
	return prints, failed, failure
}

func readPrint(name string, ppi float64) (owner int, img finger.Image, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return 0, img, err
	}
	p, err := picture.Decode(data, picture.DefaultLimits)
	if err != nil {
		return 0, img, err
	}
	if _, err := fmt.Sscanf(filepath.Base(name), "%d_", &owner); err != nil {
		return 0, img, fmt.Errorf("whose print is it? %w", err)
	}
	return owner, finger.Image{Width: p.Gray.Rect.Dx(), Height: p.Gray.Rect.Dy(), PPI: ppi, Pix: p.Gray.Pix}, nil
}

// synthetic are the kinds of prints that this package makes.
func synthetic(fingers, captures int) []source {
	return []source{
		{"drawn", false, func() ([]print, int, error) {
			return drawn(fingers, captures, synth.DefaultConditions)
		}},
		{"cooperative", false, func() ([]print, int, error) {
			return drawn(fingers, captures, synth.CooperativeConditions)
		}},
		{"direct", false, func() ([]print, int, error) {
			return direct(fingers*3, captures)
		}},
	}
}

// position spreads fingers over the hands.
func position(i int) finger.Position { return finger.RightThumb + finger.Position(i%10) }

func drawn(fingers, captures int, conditions func(uint64) synth.Conditions) ([]print, int, error) {
	masters := make([]*synth.Finger, fingers)
	parallel(fingers, func(i int) { masters[i] = synth.NewFingerAt(uint64(i)+9000, position(i)) })
	prints, failed := each(fingers*captures, func(i int) (int, *finger.Template) {
		owner := i / captures
		img, _ := masters[owner].Impression(conditions(uint64(i) + 70_000))
		t, err := finger.Extract(img, nil)
		if err != nil {
			return owner, nil
		}
		return owner, t
	})
	return prints, failed, nil
}

func direct(fingers, captures int) ([]print, int, error) {
	people := synth.NewPopulation(11)
	prints, failed := each(fingers*captures, func(i int) (int, *finger.Template) {
		owner := i / captures
		return owner, people.Probe(uint64(owner), position(owner), i%captures)
	})
	return prints, failed, nil
}

// each makes n prints on all processors; those without a template count as
// failed.
func each(n int, draw func(i int) (owner int, t *finger.Template)) ([]print, int) {
	all := make([]print, n)
	parallel(n, func(i int) {
		owner, t := draw(i)
		all[i] = print{owner: owner, template: t}
		if t != nil {
			all[i].prepared = finger.Prepare(t)
		}
	})
	kept := slices.DeleteFunc(all, func(p print) bool { return p.template == nil })
	return kept, n - len(kept)
}

// workers is how much is done at once.
var workers = runtime.GOMAXPROCS(0)

// parallel runs f for 0 to n-1 on all processors.
func parallel(n int, f func(i int)) {
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				f(i)
			}
		})
	}
	wg.Wait()
}
