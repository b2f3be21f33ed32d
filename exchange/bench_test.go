package exchange

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"
)

// sizes are those of an answer, of a search with two fingers, and of one with ten.
var benchSizes = []int{500, 120 << 10, 1 << 20}

func BenchmarkSeal(b *testing.B) {
	w := newWorld(b)
	for _, size := range benchSizes {
		b.Run(fmt.Sprintf("%dB", size), func(b *testing.B) {
			h, payload := header(b, TxSearch), make([]byte, size)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Seal(w.a, w.cb, h, payload); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	w := newWorld(b)
	for _, size := range benchSizes {
		b.Run(fmt.Sprintf("%dB", size), func(b *testing.B) {
			raw := w.sealed(b, header(b, TxSearch), make([]byte, size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Open(w.b, w.ca, raw, testNow, openOptions()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

func BenchmarkReceipt(b *testing.B) {
	w := newWorld(b)
	for b.Loop() {
		r, err := NewReceipt(w.b, "XA", testAgreement, nil, logged(), testNow)
		if err != nil {
			b.Fatal(err)
		}
		raw, err := r.Bytes()
		if err != nil {
			b.Fatal(err)
		}
		if r, err = ParseReceipt(raw); err != nil {
			b.Fatal(err)
		}
		if err := r.Verify(w.cb, "XA", testAgreement); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "receipts/s")
}

func BenchmarkParseSearch(b *testing.B) {
	p := search()
	p.File = append(p.File, make([]byte, 120<<10)...)
	raw, err := p.Bytes()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseSearch(raw); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDeliver is one message after another over a local connection: sealed, posted, acknowledged, verified. Opening
// and ledgers are not part of it.
func BenchmarkDeliver(b *testing.B) {
	l := newLink(b, nil)
	for b.Loop() {
		if _, err := l.client.Deliver(b.Context(), l.cb, l.message(b, "x")); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
}

// BenchmarkGenerateKeys is what a party does once.
func BenchmarkGenerateKeys(b *testing.B) {
	for b.Loop() {
		if _, err := GenerateKeys(rand.Reader, "XA", time.Unix(0, 0)); err != nil {
			b.Fatal(err)
		}
	}
}
