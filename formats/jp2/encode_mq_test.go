package jp2

// mqWriter is the arithmetic encoder (T.800, C.2).
type mqWriter struct {
	a, c uint32
	ct   int
	out  []byte // the first byte is not part of it
	ctx  [contexts]uint8
}

func (m *mqWriter) begin() { m.a, m.c, m.ct, m.out = 0x8000, 0, 12, []byte{0} }

func (m *mqWriter) encode(ctx, bit uint8) {
	state := m.ctx[ctx]
	s := &steps[state]
	m.a -= s.qe
	if bit == state&1 {
		if m.a&0x8000 != 0 {
			m.c += s.qe
			return
		}
		if m.a < s.qe {
			m.a = s.qe
		} else {
			m.c += s.qe
		}
		m.ctx[ctx] = s.nmps
	} else {
		if m.a < s.qe {
			m.c += s.qe
		} else {
			m.a = s.qe
		}
		m.ctx[ctx] = s.nlps
	}
	for m.a&0x8000 == 0 {
		m.a <<= 1
		m.c <<= 1
		if m.ct--; m.ct == 0 {
			m.byteOut()
		}
	}
}

func (m *mqWriter) byteOut() {
	last := &m.out[len(m.out)-1]
	if *last != 0xff && m.c >= 0x8000000 {
		*last++
		if *last == 0xff {
			m.c &= 0x7ffffff
		}
	}
	if *last == 0xff {
		m.out = append(m.out, byte(m.c>>20))
		m.c &= 0xfffff
		m.ct = 7
		return
	}
	m.out = append(m.out, byte(m.c>>19))
	m.c &= 0x7ffff
	m.ct = 8
}

func (m *mqWriter) flush() []byte {
	limit := m.c + m.a
	if m.c |= 0xffff; m.c >= limit {
		m.c -= 0x8000
	}
	m.c <<= m.ct
	m.byteOut()
	m.c <<= m.ct
	m.byteOut()
	if m.out[len(m.out)-1] == 0xff {
		m.out = m.out[:len(m.out)-1]
	}
	return m.out[1:]
}
