package kernel

import "golang.org/x/sys/cpu"

//go:generate go run ./internal/asm -out kernel_amd64.s -stubs stubs_amd64.go -pkg kernel

var (
	path      = "go"
	distances = distancesGo
	hits      = hitsGo
)

func hasAVX512() bool {
	return cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VPOPCNTDQ
}

func init() {
	switch {
	case hasAVX512():
		path, distances, hits = "avx512", distances512, hits512
	case cpu.X86.HasAVX2:
		path, distances, hits = "avx2", distances2, hits2
	}
}

func distances512(out []uint16, groups []uint64, query *[SumWords]uint64) {
	distancesAVX512(&out[0], &groups[0], &query[0], len(groups)/GroupWords)
}

func distances2(out []uint16, groups []uint64, query *[SumWords]uint64) {
	distancesAVX2(&out[0], &groups[0], &query[0], len(groups)/GroupWords)
}

func hits512(out []uint32, record *[RecordWords]uint64, words []uint64, dirs []uint8, limit, turn uint8) {
	hitsAVX512(&out[0], &record[0], &words[0], &dirs[0], len(words), uint64(limit), uint64(turn))
}

func hits2(out []uint32, record *[RecordWords]uint64, words []uint64, dirs []uint8, limit, turn uint8) {
	hitsAVX2(&out[0], &record[0], &words[0], &dirs[0], len(words), uint64(limit), uint64(turn))
}
