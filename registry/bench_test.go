package registry

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// BenchmarkEnrol stores a person with ten fingers: 10 images of 20 kB and 10 templates of 1 kB, one transaction each.
func BenchmarkEnrol(b *testing.B) {
	s, _ := fresh(b)
	rng := rand.New(rand.NewPCG(1, 1))
	n := NewSubject{Class: Class{Category: "migrant"}, Fields: map[string]string{"family-name": "Ejemplo"}}
	for f := range 10 {
		n.Samples = append(n.Samples, Sample{Position: uint8(f + 1), Image: filler(rng, 20_000), Template: filler(rng, 1000)})
	}
	for b.Loop() {
		if _, _, err := s.AddSubject(ctx, n); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "enrolments/s")
}

// BenchmarkExchangeStep is one step: a new state, a journal entry, a message of 5 kB queued, one synced transaction.
func BenchmarkExchangeStep(b *testing.B) {
	s, _ := fresh(b)
	_, _, err := s.AddExchange(ctx, Exchange{ID: "x", Side: Asking, Partner: "AAA", State: "s0"})
	must(b, err)
	i := 0
	for b.Loop() {
		err := s.Advance(ctx, "x", fmt.Sprint("s", i), fmt.Sprint("s", i+1), nil, func(tx *Tx) error {
			id := fmt.Sprint("m", i)
			if _, _, err := tx.JournalPut(JournalEntry{ID: id, Exchange: "x", Entry: make([]byte, 400), Body: []byte(`{}`)}); err != nil {
				return err
			}
			_, _, err := tx.PutOutbox(OutboxMessage{ID: id, Exchange: "x", Peer: "AAA", Entry: id, Expires: tx.Now().Add(time.Hour), Envelope: make([]byte, 5000)})
			return err
		})
		must(b, err)
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
}

// BenchmarkDestroyKey ends a probe of 20 kB, old pages overwritten in all files before it returns.
func BenchmarkDestroyKey(b *testing.B) {
	s, c := fresh(b)
	i := 0
	for b.Loop() {
		id := fmt.Sprint("x", i)
		b.StopTimer()
		must(b, s.PutProbe(ctx, id, make([]byte, 20_000), c.now()))
		b.StartTimer()
		must(b, s.DestroyProbe(ctx, id))
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "keys/s")
}

// BenchmarkEachTemplate loads 1,000 people of ten templates of 1 kB, as a node does when it starts.
func BenchmarkEachTemplate(b *testing.B) {
	s, _ := fresh(b)
	rng := rand.New(rand.NewPCG(1, 1))
	n := NewSubject{Class: Class{Category: "migrant"}}
	for f := range 10 {
		n.Samples = append(n.Samples, Sample{Position: uint8(f + 1), Template: filler(rng, 1000)})
	}
	must(b, s.Tx(ctx, func(tx *Tx) error {
		for range 1000 {
			if _, _, err := tx.AddSubject(n); err != nil {
				return err
			}
		}
		return nil
	}))
	rows := 0
	for b.Loop() {
		must(b, s.EachTemplate(ctx, func(TemplateRow) error { rows++; return nil }))
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "templates/s")
}
