package ansinist_test

import (
	"testing"

	"convenio/formats/ansinist"
)

// BenchmarkRead reads a made file with a record of every kind.
func BenchmarkRead(b *testing.B) {
	data := encoded(b, everyType(b))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ansinist.Read(data, ansinist.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
