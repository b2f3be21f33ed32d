package ledger_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"convenio/ledger"
)

func BenchmarkAppend(b *testing.B) {
	for _, workers := range []int{1, 64} {
		b.Run(fmt.Sprintf("concurrent=%d", workers), func(b *testing.B) {
			s, v := keys(b, origin)
			l := open(b, b.TempDir(), s, v)
			mustAppend(b, l, entry(0))
			var wg sync.WaitGroup
			b.ResetTimer()
			for w := range workers {
				wg.Go(func() {
					for i := w; i < b.N; i += workers {
						if _, err := l.Append(b.Context(), entry(i+1)); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
		})
	}
}

// BenchmarkAppendProve is what one message costs a sender: its entry on disk, and the proof.
func BenchmarkAppendProve(b *testing.B) {
	s, v := keys(b, origin)
	l := open(b, b.TempDir(), s, v)
	mustAppend(b, l, entry(0))
	for i := 1; b.Loop(); i++ {
		index := mustAppend(b, l, entry(i))
		prove(b, l, index, index)
	}
}

func BenchmarkVerifyProof(b *testing.B) {
	l, _, v := proven(b, 300)
	seen, _, err := l.Checkpoint(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	fill(b, l, 300, 310)
	p, e := prove(b, l, 305, 300), raw(b, l, 305)
	b.ResetTimer()
	for b.Loop() {
		if _, err := ledger.VerifyProof(v, origin, e, p, seen.Size, seen.Root); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	const n = 100_000
	s, v := keys(b, origin)
	dir := filepath.Join(b.TempDir(), "l")
	if err := ledger.Write(b.Context(), dir, s, entries(n)); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		if _, err := ledger.Load(b.Context(), ledger.DirSource(dir), v, origin); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
