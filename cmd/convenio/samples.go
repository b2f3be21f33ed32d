package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"convenio/eval"
	"convenio/finger"
)

// sampled is one image of a set to be measured, extracted.
type sampled struct {
	item    eval.Item
	quality float64
	reason  string        // why no template could be made
	took    time.Duration // of extraction and preparation, on one thread
}

// sampledSet is a folder of images named FINGER_IMPRESSION, extracted.
type sampledSet struct {
	name     string
	items    []eval.Item
	quality  map[eval.Sample]float64
	failures []failure
	each     time.Duration // mean of an extraction on one thread
}

// failure is an image that no template could be made of.
type failure struct {
	Sample string `json:"sample"`
	Reason string `json:"reason"`
}

// extractSet extracts every image of a folder, on all processors. An image that gives no template stays in the set.
func extractSet(ctx context.Context, io stdio, dir string, ppi float64) (sampledSet, error) {
	set := sampledSet{name: filepath.Base(filepath.Clean(dir)), quality: map[eval.Sample]float64{}}
	files, err := imagesIn(dir)
	if err != nil {
		return set, err
	}
	step, done := io.progress(len(files), "extracting")
	all, err := extractFiles(ctx, files, ppi, step)
	done()
	if err != nil {
		return set, err
	}
	var spent time.Duration
	for _, s := range all {
		set.items = append(set.items, s.item)
		set.quality[s.item.Sample] = s.quality
		spent += s.took
		if s.item.Prepared == nil {
			set.failures = append(set.failures, failure{s.item.Sample.String(), s.reason})
		}
	}
	set.each = spent / time.Duration(len(all))
	if err := eval.Check(set.items); err != nil {
		return set, hint(err, "leave one image of each impression in the folder")
	}
	return set, nil
}

func extractFiles(ctx context.Context, files []string, ppi float64, step func()) ([]sampled, error) {
	out := make([]sampled, len(files))
	errs := make([]error, len(files))
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for i := range next {
				out[i], errs[i] = extractOne(files[i], ppi)
				step()
			}
		})
	}
	for i := range files {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	return out, errors.Join(errors.Join(errs...), context.Cause(ctx))
}

func extractOne(file string, ppi float64) (sampled, error) {
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	s, err := eval.ParseSample(name)
	if err != nil {
		return sampled{}, hint(fmt.Errorf("%s: %w", file, err), "name the images FINGER_IMPRESSION, such as 101_3.png")
	}
	p, err := readPrint(file, ppi)
	if err != nil {
		return sampled{}, err
	}
	out := sampled{item: eval.Item{Sample: s}}
	start := time.Now()
	t, err := finger.Extract(p.Image, nil)
	var rejected *finger.RejectError
	switch {
	case errors.As(err, &rejected):
		out.reason = rejected.Reason.String()
	case err != nil:
		return out, fmt.Errorf("%s: %w", file, err)
	default:
		out.item.Prepared, out.quality = finger.Prepare(t), float64(t.Quality.Score)
	}
	out.took = time.Since(start)
	return out, nil
}

func imagesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		switch strings.ToLower(filepath.Ext(e.Name())) {
		case ".png", ".tif", ".tiff", ".bmp", ".jpg", ".jpeg", ".jp2", ".j2k", ".jpl", ".wsq":
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no PNG, TIFF, BMP, JPEG, JPEG 2000 or WSQ image in it", dir)
	}
	return files, nil
}

// rate is how many a second so many are in a time.
func rate(n int, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}
