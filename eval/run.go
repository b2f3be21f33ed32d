package eval

import (
	"context"
	"fmt"
	"sync"

	"convenio/finger"
)

// Item is a sample with its prepared template; Prepared is nil where none could be made.
type Item struct {
	Sample   Sample
	Prepared *finger.Prepared
}

// Run compares all unordered pairs of items, workers at a time (at least 1), and returns their scores in the order of the
// items: the first with each later one, then the second ... The result does not depend on workers.
func Run(items []Item, workers int) []Score {
	out, err := RunContext(context.Background(), items, workers, nil)
	if err != nil {
		panic("eval: a background context ended: " + err.Error()) // cannot happen
	}
	return out
}

// RunContext is Run that can be stopped and watched: it calls done, where that is not nil, with the number of comparisons
// just made, from several goroutines. When ctx ends it returns an error and no scores.
func RunContext(ctx context.Context, items []Item, workers int, done func(comparisons int)) ([]Score, error) {
	n := len(items)
	out := make([]Score, n*max(n-1, 0)/2)
	err := parallel(ctx, n, workers, func(c *finger.Comparer, i int) {
		row := out[i*(2*n-i-1)/2:]
		for j := i + 1; j < n; j++ {
			row[j-i-1] = Score{items[i].Sample, items[j].Sample, compare(c, items[i], items[j])}
		}
		if done != nil && n-i-1 > 0 {
			done(n - i - 1)
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// parallel hands the numbers 0 to n-1 to workers, each with a Comparer of its own, until ctx ends.
func parallel(ctx context.Context, n, workers int, work func(c *finger.Comparer, i int)) error {
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(workers, 1) {
		wg.Go(func() {
			c := finger.NewComparer()
			for i := range next {
				work(c, i)
			}
		})
	}
	var err error
	for i := 0; i < n && err == nil; i++ {
		if ctx.Err() != nil {
			err = fmt.Errorf("evaluate: %w", context.Cause(ctx))
			break
		}
		select {
		case next <- i:
		case <-ctx.Done():
			err = fmt.Errorf("evaluate: %w", context.Cause(ctx))
		}
	}
	close(next)
	wg.Wait()
	return err
}

func compare(c *finger.Comparer, a, b Item) float64 {
	if a.Prepared == nil || b.Prepared == nil {
		return Failed
	}
	return float64(c.Compare(a.Prepared, b.Prepared).Score)
}

// Check reports samples that are given twice, which would make a print its own mate.
func Check(items []Item) error {
	seen := map[Sample]bool{}
	for _, it := range items {
		if seen[it.Sample] {
			return fmt.Errorf("evaluate: sample %s is given twice", it.Sample)
		}
		seen[it.Sample] = true
	}
	return nil
}
