package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// implementation is one form of both kernels.
type implementation struct {
	name      string
	distances func([]uint16, []uint64, *[SumWords]uint64)
	hits      func([]uint32, *[RecordWords]uint64, []uint64, []uint8, uint8, uint8)
}

// Every form that this processor can run gives what plain Go gives, bit for bit.
func TestFormsAgree(t *testing.T) {
	forms := implementations()
	t.Logf("%d forms beside plain Go; in use: %s", len(forms), Path())
	rng := rand.New(rand.NewPCG(1, 2))
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			for n := range 40 {
				groups, query := make([]uint64, n*GroupWords), [SumWords]uint64{}
				fill(rng, groups, n)
				fill(rng, query[:], n)
				got, want := make([]uint16, n*Lanes+1), make([]uint16, n*Lanes+1)
				if n > 0 {
					f.distances(got, groups, &query)
				}
				distancesGo(want, groups, &query)
				if !slices.Equal(got, want) {
					t.Fatalf("%d groups: distances %v, want %v", n, got, want)
				}
			}
			for n := 1; n < 600; n++ {
				record := new([RecordWords]uint64)
				fill(rng, record[:], n)
				words, dirs := make([]uint64, n%50+1), make([]uint8, n%50+1)
				for i := range words {
					words[i] = record[rng.IntN(Minutiae)]
					for range rng.IntN(14) {
						words[i] ^= 1 << rng.IntN(64)
					}
					dirs[i] = uint8(rng.Uint32())
				}
				limit, turn := uint8(rng.IntN(65)), uint8(rng.IntN(128))
				got, want := make([]uint32, len(words)), make([]uint32, len(words))
				f.hits(got, record, words, dirs, limit, turn)
				hitsGo(want, record, words, dirs, limit, turn)
				if !slices.Equal(got, want) {
					t.Fatalf("limit %d, turn %d: hits %x, want %x", limit, turn, got, want)
				}
			}
		})
	}
}

// fill draws words: random ones, or all bits, or none.
func fill(rng *rand.Rand, to []uint64, n int) {
	for i := range to {
		switch n % 7 {
		case 1:
			to[i] = ^uint64(0)
		case 2:
			to[i] = 0
		default:
			to[i] = rng.Uint64()
		}
	}
}

// Known values, worked out by hand.
func TestDistances(t *testing.T) {
	groups := make([]uint64, GroupWords)
	groups[0*Lanes+3] = 0b1011 // word 0 of aggregate 3
	groups[7*Lanes+3] = 1 << 63
	groups[2*Lanes+5] = ^uint64(0)
	out := make([]uint16, Lanes)
	Distances(out, groups, &[SumWords]uint64{0b0001})
	if got := fmt.Sprint(out); got != "[1 1 1 3 1 65 1 1]" {
		t.Error(got)
	}
	Distances(nil, nil, &[SumWords]uint64{})
}

func TestHits(t *testing.T) {
	record := new([RecordWords]uint64)
	record[0], record[1], record[31] = 0xff, 0x1ff, 0xff00
	record[recordDirs] = 250 | 6<<8
	record[recordDirs+3] = 20 << 56
	for k := 2; k < 31; k++ {
		record[k] = ^uint64(0)
	}
	out := make([]uint32, 2)
	Hits(out, record, []uint64{0, 0}, []uint8{0, 200}, 8, 6)
	if out[0] != 1 || out[1] != 0 {
		t.Errorf("%b", out)
	}
	Hits(out, record, []uint64{0, 0}, []uint8{0, 0}, 9, 20)
	if out[0] != 1|2|1<<31 {
		t.Errorf("%b", out)
	}
}

func TestShortRoomPanics(t *testing.T) {
	for name, f := range map[string]func(){
		"distances": func() { Distances(make([]uint16, 7), make([]uint64, GroupWords), &[SumWords]uint64{}) },
		"hits":      func() { Hits(make([]uint32, 1), new([RecordWords]uint64), make([]uint64, 2), make([]uint8, 2), 1, 1) },
		"dirs":      func() { Hits(make([]uint32, 2), new([RecordWords]uint64), make([]uint64, 2), make([]uint8, 1), 1, 1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s wrote beyond its room", name)
				}
			}()
			f()
		}()
	}
}

func BenchmarkDistances(b *testing.B) {
	for _, size := range []int{4096, 1 << 22} { // in cache, and 256 MiB
		groups, out := make([]uint64, size*SumWords), make([]uint16, size)
		for i := range groups {
			groups[i] = uint64(i) * 0x9e3779b97f4a7c15
		}
		query := [SumWords]uint64{1, 2, 3, 4, 5, 6, 7, 8}
		for _, f := range append(implementations(), implementation{"go", distancesGo, hitsGo}) {
			b.Run(fmt.Sprintf("%dKiB/%s", size*SumWords*8>>10, f.name), func(b *testing.B) {
				b.SetBytes(int64(len(groups) * 8))
				cpu := cpuNanos()
				for b.Loop() {
					f.distances(out, groups, &query)
				}
				report(b, cpuNanos()-cpu, size)
			})
		}
	}
}

// report gives the rate by processor time, which other work on the machine disturbs least.
func report(b *testing.B, cpu int64, fingers int) {
	if cpu > 0 {
		b.ReportMetric(float64(fingers)*float64(b.N)/float64(cpu)*1e9, "fingers/cpu-s")
	}
}

// BenchmarkReading is the limit: adding up the same memory.
func BenchmarkReading(b *testing.B) {
	words := make([]uint64, 1<<25)
	for i := range words {
		words[i] = uint64(i)
	}
	b.SetBytes(int64(len(words) * 8))
	var s [8]uint64
	cpu := cpuNanos()
	for b.Loop() {
		for i := 0; i < len(words); i += 8 {
			w := (*[8]uint64)(words[i:])
			s[0] += w[0]
			s[1] += w[1]
			s[2] += w[2]
			s[3] += w[3]
			s[4] += w[4]
			s[5] += w[5]
			s[6] += w[6]
			s[7] += w[7]
		}
	}
	if s[0] == 1 {
		b.Log(s)
	}
	report(b, cpuNanos()-cpu, len(words)/SumWords)
}

func BenchmarkHits(b *testing.B) {
	records := make([][RecordWords]uint64, 4096)
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range records {
		fill(rng, records[i][:], 0)
	}
	words, dirs, out := make([]uint64, 40), make([]uint8, 40), make([]uint32, 40)
	fill(rng, words, 0)
	for _, f := range append(implementations(), implementation{"go", distancesGo, hitsGo}) {
		b.Run(f.name, func(b *testing.B) {
			i, cpu := 0, cpuNanos()
			for b.Loop() {
				f.hits(out, &records[i&4095], words, dirs, 8, 48)
				i++
			}
			report(b, cpuNanos()-cpu, 1)
		})
	}
}
