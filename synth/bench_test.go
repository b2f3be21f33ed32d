package synth

import "testing"

func BenchmarkNewFinger(b *testing.B) {
	gaborBank()
	for i := range b.N {
		NewFinger(uint64(i))
	}
}

func BenchmarkImpression(b *testing.B) {
	f := NewFinger(1)
	for i := range b.N {
		f.Impression(DefaultConditions(uint64(i)))
	}
}
