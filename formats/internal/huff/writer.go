package huff

// Writer writes coded data: bits from the highest down, and 00 behind each ff.
// The zero value is ready.
type Writer struct {
	Out []byte // what is written, whole bytes
	acc uint64
	n   int
}

// Put writes the lowest bits of v, up to 32.
func (w *Writer) Put(v uint32, bits int) {
	w.acc = w.acc<<bits | uint64(v)
	for w.n += bits; w.n >= 8; w.n -= 8 {
		b := byte(w.acc >> (w.n - 8))
		if w.Out = append(w.Out, b); b == 0xff {
			w.Out = append(w.Out, 0)
		}
	}
}

// Flush fills the last byte up with ones.
func (w *Writer) Flush() {
	if w.n > 0 {
		w.Put(0xff>>w.n, 8-w.n)
	}
}
