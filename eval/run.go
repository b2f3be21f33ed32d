package eval

import (
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
	n := len(items)
	out := make([]Score, n*max(n-1, 0)/2)
	rows := make(chan int)
	var wg sync.WaitGroup
	for range max(workers, 1) {
		wg.Go(func() {
			c := finger.NewComparer()
			for i := range rows {
				row := out[i*(2*n-i-1)/2:]
				for j := i + 1; j < n; j++ {
					row[j-i-1] = Score{items[i].Sample, items[j].Sample, compare(c, items[i], items[j])}
				}
			}
		})
	}
	for i := range n {
		rows <- i
	}
	close(rows)
	wg.Wait()
	return out
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
