package jp2

// The arithmetic decoder (T.800, annex C), in the form of its flow charts.

// Contexts: 0-8 significance, 9-13 sign, 14-16 refinement, 17 run, 18 uniform.
const (
	contexts   = 19
	ctxSign    = 9
	ctxRefine  = 14
	ctxRun     = 17
	ctxUniform = 18
)

// states are the rows of table C.2: probability, next row after the more and
// after the less probable symbol, and whether the latter swaps them.
var states = [47]struct {
	qe         uint32
	nmps, nlps uint8
	swap       uint8
}{
	{0x5601, 1, 1, 1}, {0x3401, 2, 6, 0}, {0x1801, 3, 9, 0}, {0x0ac1, 4, 12, 0}, {0x0521, 5, 29, 0}, {0x0221, 38, 33, 0},
	{0x5601, 7, 6, 1}, {0x5401, 8, 14, 0}, {0x4801, 9, 14, 0}, {0x3801, 10, 14, 0}, {0x3001, 11, 17, 0}, {0x2401, 12, 18, 0},
	{0x1c01, 13, 20, 0}, {0x1601, 29, 21, 0}, {0x5601, 15, 14, 1}, {0x5401, 16, 14, 0}, {0x5101, 17, 15, 0}, {0x4801, 18, 16, 0},
	{0x3801, 19, 17, 0}, {0x3401, 20, 18, 0}, {0x3001, 21, 19, 0}, {0x2801, 22, 19, 0}, {0x2401, 23, 20, 0}, {0x2201, 24, 21, 0},
	{0x1c01, 25, 22, 0}, {0x1801, 26, 23, 0}, {0x1601, 27, 24, 0}, {0x1401, 28, 25, 0}, {0x1201, 29, 26, 0}, {0x1101, 30, 27, 0},
	{0x0ac1, 31, 28, 0}, {0x09c1, 32, 29, 0}, {0x08a1, 33, 30, 0}, {0x0521, 34, 31, 0}, {0x0441, 35, 32, 0}, {0x02a1, 36, 33, 0},
	{0x0221, 37, 34, 0}, {0x0141, 38, 35, 0}, {0x0111, 39, 36, 0}, {0x0085, 40, 37, 0}, {0x0049, 41, 38, 0}, {0x0025, 42, 39, 0},
	{0x0015, 43, 40, 0}, {0x0009, 44, 41, 0}, {0x0005, 45, 42, 0}, {0x0001, 45, 43, 0}, {0x5601, 46, 46, 0},
}

// step is a state together with its more probable symbol, 2*row + symbol.
type step struct {
	qe         uint32
	nmps, nlps uint8
}

var steps = func() (t [2 * len(states)]step) {
	for i, s := range states {
		for mps := range uint8(2) {
			t[2*uint8(i)+mps] = step{s.qe, 2*s.nmps + mps, 2*s.nlps + (mps ^ s.swap)}
		}
	}
	return t
}()

// mq decodes one run of bytes.
type mq struct {
	a, c uint32
	ct   int
	data []byte
	at   int
	ctx  [contexts]uint8
}

// reset gives the contexts their first states (table D.7).
func (m *mq) reset() {
	m.ctx = [contexts]uint8{0: 2 * 4, ctxRun: 2 * 3, ctxUniform: 2 * 46}
}

// begin starts on a run of bytes; behind its end there are ones.
func (m *mq) begin(data []byte) {
	m.data, m.at = data, 0
	m.c = uint32(m.byteAt(0)) << 16
	m.byteIn()
	m.c <<= 7
	m.ct -= 7
	m.a = 0x8000
}

func (m *mq) byteAt(i int) byte {
	if i < len(m.data) {
		return m.data[i]
	}
	return 0xff
}

func (m *mq) byteIn() {
	if m.byteAt(m.at) != 0xff {
		m.at++
		m.c += uint32(m.byteAt(m.at)) << 8
		m.ct = 8
		return
	}
	if next := m.byteAt(m.at + 1); next > 0x8f {
		m.c += 0xff00
		m.ct = 8
	} else {
		m.at++
		m.c += uint32(next) << 9
		m.ct = 7
	}
}

// decode returns one decision in a context.
func (m *mq) decode(ctx uint8) uint8 {
	state := m.ctx[ctx]
	s := &steps[state]
	m.a -= s.qe
	if m.c>>16 >= s.qe {
		m.c -= s.qe << 16
		if m.a&0x8000 != 0 {
			return state & 1
		}
		return m.shorter(ctx, state, m.a < s.qe)
	}
	low := m.a < s.qe
	m.a = s.qe
	return m.shorter(ctx, state, !low)
}

// shorter adapts the context and renormalizes, after a decision that made the
// interval too short.
func (m *mq) shorter(ctx, state uint8, less bool) uint8 {
	bit, s := state&1, &steps[state]
	if less {
		bit ^= 1
		m.ctx[ctx] = s.nlps
	} else {
		m.ctx[ctx] = s.nmps
	}
	for {
		if m.ct == 0 {
			m.byteIn()
		}
		m.a <<= 1
		m.c <<= 1
		m.ct--
		if m.a&0x8000 != 0 {
			return bit
		}
	}
}

// raw reads bits as they are (D.6): behind a byte ff only seven of the next.
type raw struct {
	data []byte
	at   int
	cur  byte
	left int
}

func (r *raw) bit() uint8 {
	if r.left == 0 {
		r.left = 8
		if r.cur == 0xff {
			r.left = 7
		}
		r.cur = 0xff // behind the end there are ones
		if r.at < len(r.data) {
			r.cur = r.data[r.at]
			r.at++
		}
	}
	r.left--
	return r.cur >> r.left & 1
}
