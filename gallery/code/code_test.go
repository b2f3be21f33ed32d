package code

import (
	"testing"

	"convenio/finger"
	"convenio/synth"
)

func BenchmarkEncode(b *testing.B) {
	t := synth.NewPopulation(1).Reference(1, finger.RightIndex)
	for b.Loop() {
		EncodeTemplate(t, MaxReference)
	}
}
func BenchmarkReference(b *testing.B) {
	i := uint64(0)
	for b.Loop() {
		synth.NewPopulation(1).Reference(i, finger.RightIndex)
		i++
	}
}
