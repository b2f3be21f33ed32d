package gallery

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"convenio/finger"
)

// Beside a border search that never ends, a file search gets one step in borderShare and one; when it ends the file's
// search goes on alone.
func TestLanesShare(t *testing.T) {
	var l lanes
	ctx := context.Background()
	l.enter(Border)
	var files atomic.Int64
	var wg sync.WaitGroup
	const steps = 40
	wg.Go(func() {
		for range steps {
			l.step(ctx, File)
			files.Add(1)
		}
	})
	border := int64(0)
	for files.Load() < 10 {
		l.step(ctx, Border)
		border++
		if f := files.Load(); f > border/borderShare+1 {
			t.Fatalf("%d steps of files after %d of the border", f, border)
		}
	}
	l.leave(Border)
	wg.Wait()
	if files.Load() != steps {
		t.Error(files.Load())
	}
}

// A file search that waits for its turn ends with its context.
func TestLanesCancel(t *testing.T) {
	var l lanes
	l.enter(Border)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { l.step(ctx, File) })
	cancel()
	wg.Wait()
	l.leave(Border)
}

// Searches of both lanes, many at once, all end with their answers.
func TestLanesTogether(t *testing.T) {
	fingers := []finger.Position{finger.RightIndex}
	g := crowd(t, 21, 60, fingers, oneClass)
	probe := []Finger{{Position: finger.RightIndex, Template: finger.Prepare(popOf(21).Reference(7, finger.RightIndex))}}
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			r, err := g.Search(context.Background(), probe, everyone, Options{Threshold: 60, Votes: 30, Compare: 20, Workers: 2, Lane: Lane(i % 2)})
			if err != nil || len(r.Candidates) != 1 || r.Candidates[0].Subject != "s7" {
				t.Errorf("%v %v", r, err)
			}
		})
	}
	wg.Wait()
}
