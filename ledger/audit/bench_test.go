package audit_test

import (
	"fmt"
	"testing"

	"convenio/ledger/audit"
)

// BenchmarkRun audits two ledgers of about 100,000 entries each.
func BenchmarkRun(b *testing.B) {
	s := newStory(b)
	for i := 0; len(s.us.entries) < 100_000; i++ {
		x := digest(fmt.Sprintf("bench %d", i)).String()[:32]
		s.search(s.us, s.co, x, i%2 == 0)
	}
	in, out := s.inputs()
	b.ResetTimer()
	for b.Loop() {
		if r := audit.Run(in, out, audit.Options{}); !r.Agree {
			b.Fatal(r.Text())
		}
	}
	b.ReportMetric(float64(len(s.us.entries)+len(s.co.entries))*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
