package huff

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// example has codes 0 (value 7), 10 (8), 1100 (9), and one of 12 bits,
// 110100000000 (10).
var example = append([]byte{1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}, 7, 8, 9, 10)

func TestFind(t *testing.T) {
	h, n, err := NewTable(append(append([]byte(nil), example...), 99))
	if err != nil || n != 20 || len(h.Values()) != 4 {
		t.Fatalf("%v, %d bytes, %v", h, n, err)
	}
	for _, c := range []struct {
		head  uint32
		value uint8
		bits  int
	}{
		{0, 7, 1}, {0x7fff, 7, 1}, {0x8000, 8, 2}, {0xbfff, 8, 2}, {0xc000, 9, 4}, {0xcfff, 9, 4},
		{0xd000, 10, 12}, {0xd00f, 10, 12}, {0xd010, 0, 17}, {0xffff, 0, 17},
	} {
		if v, bits := h.Find(c.head); bits != c.bits || v != c.value {
			t.Errorf("%04x: value %d of %d bits, want %d of %d", c.head, v, bits, c.value, c.bits)
		}
	}
}

func TestNewTableRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"values cut off":    {example[:19], "states 4 codes, there is room for 3"},
		"three of one bit":  {append([]byte{3}, make([]byte, 20)...), "more codes of 1 bits"},
		"five of two bits":  {append([]byte{0, 5}, make([]byte, 20)...), "more codes of 2 bits"},
		"300 codes":         {append([]byte{0, 0, 0, 0, 0, 0, 0, 100, 200}, make([]byte, 400)...), "states 300 codes"},
		"one and two more":  {append([]byte{1, 3}, make([]byte, 20)...), "more codes of 2 bits"},
		"no room for ones":  {append([]byte{2, 1}, make([]byte, 20)...), "more codes of 2 bits"},
		"none at all (can)": {make([]byte, 16), ""},
	} {
		_, _, err := NewTable(c.b)
		if c.want == "" && err == nil {
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestBits: what Writer writes, Reader reads, and no marker is made on the way.
func TestBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type piece struct {
			v    uint32
			bits int
		}
		var pieces []piece
		var w Writer
		total := 0
		for range rapid.IntRange(0, 50).Draw(t, "pieces") {
			n := rapid.IntRange(1, 32).Draw(t, "bits")
			v := rapid.Uint32().Draw(t, "v") >> (32 - n)
			if rapid.Bool().Draw(t, "ones") {
				v = 1<<n - 1
			}
			pieces = append(pieces, piece{v, n})
			w.Put(v, n)
			total += n
		}
		w.Flush()
		for i, b := range w.Out {
			if b == 0xff && (i+1 == len(w.Out) || w.Out[i+1] != 0) {
				t.Fatalf("a marker at byte %d of % x", i, w.Out)
			}
		}
		r := NewReader(append(w.Out, 0xff, 0xd9), 0)
		for _, p := range pieces {
			r.Fill()
			if got := r.Take(p.bits); got != p.v || r.Left() < 0 {
				t.Fatalf("%d of %d bits, want %d; %d left", got, p.bits, p.v, r.Left())
			}
		}
		r.Fill()
		if r.At() != len(w.Out) || r.Left() != (8-total%8)%8 {
			t.Fatalf("at byte %d of %d, %d bits left", r.At(), len(w.Out), r.Left())
		}
		if r.Take(30); r.Left() >= 0 {
			t.Fatalf("%d bits left", r.Left())
		}
	})
}
