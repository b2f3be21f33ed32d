package agreement

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// What a hostile file may cost: the time is logged, the memory is held to 64 MiB
// of live heap for the largest file.
func TestHostileFiles(t *testing.T) {
	// As much as the limits let in.
	const size = MaxFileBytes - 4000
	fill := func(s string) string {
		return strings.Repeat(s, min(size/len(s), (MaxMarks-100)/max(1, marks([]byte(s))))) + "\n"
	}
	lines := func(s string) string { return fill(s + "\n") }
	tests := map[string]string{
		"keys":              lines("a: b"),
		"same nested key":   lines(" a:"),
		"open brackets":     lines("[[[[[[[["),
		"open braces":       lines("{{{{{{{{"),
		"brackets in a row": "id: " + strings.Repeat("[", 3000) + "\n",
		"dashes in a row":   "id: " + strings.Repeat("- ", 1500) + "\n",
		"list":              "languages:\n" + lines("  - es"),
		"flow list":         "languages: [" + fill("es,\n ") + "]\n",
		"stairs":            stairs(),
		"block text":        "id: |\n" + lines("  x"),
		"quoted text":       "id: \"" + lines("  x") + "\"\n",
		"unclosed quote":    "id: \"" + lines("x"),
		"comments":          lines("# x"),
		"empty lines":       "id: x\n" + fill("\n"),
		"colons":            lines(":"),
		"question marks":    lines("? "),
		"anchors":           lines("a: &x y"),
		"parties":           "parties:\n" + lines("  - {id: a, name: {es: x, en: x}}"),
		"tabs":              lines("\ta"),
		"numbers":           "languages:\n" + lines("  - 1e309"),
	}
	good := readFolder(t, "testdata/minimal")
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			files := map[string][]byte{HeaderFile: []byte(text), minSearch: good[minSearch]}
			start := time.Now()
			peak := peakHeap(func() {
				if _, err := Parse(files); err == nil {
					t.Error("was taken")
				}
			})
			t.Logf("%v, %d MiB", time.Since(start).Round(time.Millisecond), peak>>20)
			if peak > 64<<20 {
				t.Errorf("%d MiB live", peak>>20)
			}
		})
	}
}

func stairs() string {
	var b strings.Builder
	for b.Len() < MaxFileBytes/2 {
		for i := range 120 {
			b.WriteString(strings.Repeat(" ", i) + "a:\n")
		}
	}
	return b.String()
}

// peakHeap runs f and returns the most live heap seen meanwhile, by sampling.
func peakHeap(f func()) uint64 {
	runtime.GC()
	var base runtime.MemStats
	runtime.ReadMemStats(&base)
	done, out := make(chan bool), make(chan uint64)
	go func() {
		var peak uint64
		for {
			select {
			case <-done:
				out <- peak
				return
			case <-time.After(20 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				if m.HeapAlloc > base.HeapAlloc {
					peak = max(peak, m.HeapAlloc-base.HeapAlloc)
				}
			}
		}
	}()
	f()
	close(done)
	return <-out
}
