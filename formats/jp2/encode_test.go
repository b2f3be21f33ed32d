package jp2

import "encoding/binary"

// A small encoder, to have streams of our own to test and to fuzz with: the
// reversible wavelet, one layer, code-blocks of any style but bypass. Here the
// segments; one file each for the order of packets, the wavelet, packets, the
// arithmetic coder and code-blocks.

type testImage struct {
	w, h, comps, depth int
	tile               int // side of a tile; 0: one tile
	levels             int
	xcb                int // log2 of a code-block's side; 0: 6
	style              byte
	progression        byte
	precinct           byte // log2 of a precinct's side; 0: the largest
	mix                bool
	sop, eph           bool
	ppt, ppm           bool                  // packet headers in the tile-part's, or in the main header
	roi                int                   // everything is shifted by so much, as a region of interest
	poc                bool                  // the order is told resolution by resolution
	sample             func(x, y, c int) int // 0 to 2^depth - 1
}

func (t testImage) at(x, y, c int) int { return t.sample(x, y, c) & (1<<t.depth - 1) }

// size as the decoder has it.
func (t testImage) size() size {
	z := size{x1: t.w, y1: t.h, tileW: t.w, tileH: t.h, depth: t.depth}
	if t.tile > 0 {
		z.tileW, z.tileH = t.tile, t.tile
	}
	for range t.comps {
		z.comps = append(z.comps, component{1, 1})
	}
	z.tilesWide, z.tilesHi = ceilDiv(t.w, z.tileW), ceilDiv(t.h, z.tileH)
	return z
}

func (t testImage) encode() []byte {
	if t.xcb == 0 {
		t.xcb = 6
	}
	z := t.size()
	out := []byte{0xff, 0x4f}
	siz := binary.BigEndian.AppendUint16(nil, 0)
	for _, v := range []int{t.w, t.h, 0, 0, z.tileW, z.tileH, 0, 0} {
		siz = binary.BigEndian.AppendUint32(siz, uint32(v))
	}
	siz = binary.BigEndian.AppendUint16(siz, uint16(t.comps))
	for range t.comps {
		siz = append(siz, byte(t.depth-1), 1, 1)
	}
	out = appendSegment(out, markSIZ, siz)
	flags := byte(0)
	if t.precinct > 0 {
		flags |= 1
	}
	if t.sop {
		flags |= 2
	}
	if t.eph {
		flags |= 4
	}
	cod := []byte{flags, t.progression, 0, 1, byte(boolInt(t.mix)), byte(t.levels), byte(t.xcb - 2), byte(t.xcb - 2), t.style, 1}
	qcd := []byte{2 << 5, byte(t.depth+1) << 3}
	for range t.levels {
		qcd = append(qcd, byte(t.depth+2)<<3, byte(t.depth+2)<<3, byte(t.depth+3)<<3)
	}
	for range t.levels + 1 {
		if t.precinct > 0 {
			cod = append(cod, t.precinct<<4|t.precinct)
		}
	}
	out = appendSegment(out, markCOD, cod)
	out = appendSegment(out, markQCD, qcd)
	out = appendSegment(out, markCOM, []byte("\x00\x01made for a test"))
	if t.roi > 0 {
		for c := range t.comps {
			out = appendSegment(out, markRGN, []byte{byte(c), 0, byte(t.roi)})
		}
	}
	if t.poc {
		var b []byte
		for r := range t.levels + 1 {
			b = append(b, byte(r), 0, 0, 1, byte(r+1), byte(t.comps), t.progression)
		}
		out = appendSegment(out, markPOC, b)
	}
	// The headers are read by the decoder, so that both share the geometry.
	st := &stream{data: appendSegment(append([]byte(nil), out...), markSOT, make([]byte, 8))}
	if _, err := st.mainHeader(); err != nil {
		panic(err)
	}
	var parts, packed []byte
	for i := range z.tilesWide * z.tilesHi {
		part, headers := t.tilePart(st, i)
		parts = append(parts, part...)
		packed = append(binary.BigEndian.AppendUint32(packed, uint32(len(headers))), headers...)
	}
	if t.ppm { // in two segments, to be joined
		half := len(packed) / 2
		out = appendSegment(out, markPPM, append([]byte{1}, packed[half:]...))
		out = appendSegment(out, markPPM, append([]byte{0}, packed[:half]...))
	}
	return append(append(out, parts...), 0xff, 0xd9)
}

func appendSegment(out []byte, mark int, body []byte) []byte {
	out = binary.BigEndian.AppendUint16(out, uint16(mark))
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	return append(out, body...)
}

func (t testImage) tilePart(st *stream, index int) (part, headers []byte) {
	var comps []*tileComp
	var planes [][]int32
	for c := range t.comps {
		tc, err := st.tileComp(&tileData{}, index, c)
		if err != nil {
			panic(err)
		}
		plane := make([]int32, tc.area.w()*tc.area.h())
		for i := range plane {
			plane[i] = int32(t.at(tc.area.x0+i%tc.area.w(), tc.area.y0+i/tc.area.w(), c) - 1<<(t.depth-1))
		}
		comps, planes = append(comps, tc), append(planes, plane)
	}
	if t.mix {
		for i := range planes[0] {
			r, g, b := planes[0][i], planes[1][i], planes[2][i]
			planes[0][i], planes[1][i], planes[2][i] = (r+2*g+b)>>2, b-g, r-g
		}
	}
	for c, tc := range comps {
		forward(planes[c], tc)
		for i := range planes[c] {
			planes[c][i] <<= t.roi
		}
	}
	if err := makePrecincts(comps, 1<<20); err != nil {
		panic(err)
	}
	var body []byte
	for i, p := range t.order(comps) {
		if t.sop {
			body = append(body, 0xff, 0x91, 0, 4, byte(i>>8), byte(i))
		}
		h, b := encodePacket(comps[p.c], planes[p.c], p.r, p.k)
		if t.eph {
			h = append(h, 0xff, 0x92)
		}
		if t.ppt || t.ppm {
			headers = append(headers, h...)
		} else {
			body = append(body, h...)
		}
		body = append(body, b...)
	}
	var head []byte
	if t.ppt {
		head = appendSegment(nil, markPPT, append([]byte{0}, headers...))
	}
	sot := binary.BigEndian.AppendUint16(nil, uint16(index))
	sot = binary.BigEndian.AppendUint32(sot, uint32(12+len(head)+2+len(body)))
	out := append(appendSegment(nil, markSOT, append(sot, 0, 1)), head...)
	return append(append(out, 0xff, 0x93), body...), headers
}
