package wsq

import (
	"encoding/hex"
	"math"
	"testing"

	"convenio/formats/internal/huff"
)

// TestPerfectReconstruction: without quantization, synthesis undoes analysis at
// every size from MinSide on, odd and even.
func TestPerfectReconstruction(t *testing.T) {
	var tb tables
	if err := tb.takeFilters(segment{mark: markDTT, body: filterTable()}); err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]int{{MinSide, MinSide}, {97, 98}, {99, 131}, {130, 101}, {160, 96}, {255, 257}} {
		w, h := size[0], size[1]
		tr := newTree(w, h)
		plane := make([]float32, w*h)
		for i := range plane {
			plane[i] = float32(100 * math.Sin(float64(i*i%9973)))
		}
		want := append([]float32(nil), plane...)
		analyze(plane, w, h, tr.splits)
		synthesize(plane, w, h, tb.filters, tr.splits)
		for i := range plane {
			if d := math.Abs(float64(plane[i] - want[i])); d > 2e-3 {
				t.Errorf("%d x %d: value %d is off by %g", w, h, i, d)
				break
			}
		}
	}
}

// TestSubbandsTile: the coded subbands and the one that never is fill the
// plane without overlap.
func TestSubbandsTile(t *testing.T) {
	for _, size := range [][2]int{{96, 96}, {97, 113}, {545, 622}, {33, 1}, {1, 1}} {
		w, h := size[0], size[1]
		tr := newTree(w, h)
		seen := make([]int, w*h)
		mark := func(r region) {
			for y := r.y; y < r.y+r.h; y++ {
				for x := r.x; x < r.x+r.w; x++ {
					seen[y*w+x]++
				}
			}
		}
		for _, r := range tr.bands {
			mark(r)
		}
		mark(split{region: region{0, 0, w, h}}.quarters()[3].region)
		for i, n := range seen {
			if n != 1 {
				t.Errorf("%d x %d: place %d is in %d subbands", w, h, i, n)
				break
			}
		}
	}
}

func TestDecimals(t *testing.T) {
	for _, v := range []float64{0, 1, 0.44, 128, 65535, 0.85269867900940344, 1e-7, 254.9} {
		if got := float64(stored(v)); math.Abs(got-v) > 1e-4*v {
			t.Errorf("%v is stored as %v", v, got)
		}
	}
}

// TestFilterTable: the bytes that every encoder in use writes.
func TestFilterTable(t *testing.T) {
	const want = "0907000932d325cd000ae0f3199a010a41eff19a010b8e2764cd000be179a33300092eff5600010af933d333010bf287219a000a2677da33"
	if got := hex.EncodeToString(filterTable()); got != want {
		t.Errorf("%s", got)
	}
}

// TestCodesAreShort: frequencies like Fibonacci's make long codes, which are
// brought down to 16 bits and stay decodable; ones alone is never a code.
func TestCodesAreShort(t *testing.T) {
	var freq [256]int
	a, b := 1, 1
	for i := range 40 {
		freq[i+1] = a
		a, b = b, a+b
	}
	book := newCodeBook(freq)
	if len(book.values) != 40 {
		t.Fatalf("%d values", len(book.values))
	}
	h, _, err := huff.NewTable(book.table(0)[1:])
	if err != nil {
		t.Fatal(err)
	}
	for sym := 1; sym <= 40; sym++ {
		n := int(book.bits[sym])
		if n < 1 || n > 16 || book.code[sym] == 1<<n-1 {
			t.Errorf("symbol %d: code %b of %d bits", sym, book.code[sym], n)
		}
		if got, bits := h.Find(uint32(book.code[sym]) << (16 - n)); int(got) != sym || bits != n {
			t.Errorf("symbol %d of %d bits reads as %d of %d bits", sym, n, got, bits)
		}
	}
}
