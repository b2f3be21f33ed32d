package picture

import (
	"runtime"
	"testing"
)

// TestLiesCostLittle: files that state a large picture and hold nothing must
// not make Decode take the memory they ask for.
func TestLiesCostLittle(t *testing.T) {
	g := gradient(64, 64)
	lies := map[string][]byte{
		"png too large":    pngOf(40_000, 40_000),
		"png within":       pngOf(4000, 4000),
		"tiff too large":   tiffFile{gray: g, width: 40_000, height: 40_000}.bytes(),
		"tiff within":      tiffFile{gray: g, width: 4000, height: 4000}.bytes(),
		"tiff deep within": tiffFile{gray: g, width: 4000, height: 4000, bits: 16}.bytes(),
		"bmp within":       withMetre(mustBMP(t, g), 1, 1)[:100],
	}
	for name, data := range lies {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := Decode(data, DefaultLimits); err == nil {
				t.Error("accepted")
			}
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
				t.Errorf("took %d bytes", took)
			}
		})
	}
}
