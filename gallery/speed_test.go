package gallery

import (
	"testing"

	"convenio/finger"
	"convenio/gallery/code"
	"convenio/gallery/kernel"
	"convenio/synth"
)

// BenchmarkVotes is the second stage's comparison of one probe finger with records of strangers.
func BenchmarkVotes(b *testing.B) {
	pop := synth.NewPopulation(3)
	var col Column
	var shelf Shelf
	for i := range 200 {
		c := code.EncodeTemplate(pop.Reference(uint64(i), finger.RightIndex), code.MaxReference)
		shelf.Put(uint16(i), finger.RightIndex, &c)
	}
	col = shelf.Columns[finger.RightIndex]
	probe := prepareProbe(probeOf(3, 1000, []finger.Position{finger.RightIndex}), false)
	var d desk
	i := 0
	var total int32
	for b.Loop() {
		total += d.votes(&probe[0], col.record(i%200))
		i++
	}
	b.ReportMetric(float64(total)/float64(i), "votes")
}

// BenchmarkKernelOnly is the part of it that finds the pairs.
func BenchmarkKernelOnly(b *testing.B) {
	pop := synth.NewPopulation(3)
	var shelf Shelf
	for i := range 200 {
		c := code.EncodeTemplate(pop.Reference(uint64(i), finger.RightIndex), code.MaxReference)
		shelf.Put(uint16(i), finger.RightIndex, &c)
	}
	col := shelf.Columns[finger.RightIndex]
	p := &prepareProbe(probeOf(3, 1000, []finger.Position{finger.RightIndex}), false)[0]
	var d desk
	i, hits := 0, 0
	for b.Loop() {
		kernel.Hits(d.mask[:len(p.words)], col.record(i%200), p.words, p.dirs, voteLimit, voteTurn)
		i++
	}
	for k := range 200 {
		kernel.Hits(d.mask[:len(p.words)], col.record(k), p.words, p.dirs, voteLimit, voteTurn)
		hits += d.collect(p, col.record(k))
	}
	b.ReportMetric(float64(hits)/200, "hits")
	b.ReportMetric(float64(len(p.words)), "minutiae")
}
