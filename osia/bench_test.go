package osia

import (
	"context"
	"fmt"
	"testing"

	"convenio/osia/abis"
)

// BenchmarkIdentify is a search of 10,000 encounters of one finger each, on one processor.
func BenchmarkIdentify(b *testing.B) {
	w := newWorld(b, func(c *Config) { c.Workers = 1 })
	item := func(person, impression uint64) []reference {
		img, kind, sub := drawPrint(b, person, impression), abis.BiometricType("FINGER"), abis.BiometricSubType("RIGHT_INDEX")
		refs, _, err := w.service.read(context.Background(), []abis.BiometricData{{BiometricType: kind, BiometricSubType: &sub, Image: &img}})
		w.must(err)
		return refs
	}
	const n = 10000
	others := [][]reference{item(2, 1), item(3, 1), item(4, 1), item(5, 1)}
	for i := range n {
		e := &encounter{id: fmt.Sprint(i), prints: others[i%len(others)]}
		e.head.Person, e.head.Encounter, e.head.Given.Status, e.head.Given.Galleries = fmt.Sprint(i), "1", "ACTIVE", []string{"g"}
		w.service.people.put(e)
	}
	probe := item(1, 2)
	for b.Loop() {
		if _, err := w.service.search(context.Background(), "g", probe, filter{fingers: true}, options{max: 20}, ""); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "comparisons/s")
}
