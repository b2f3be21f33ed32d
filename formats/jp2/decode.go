package jp2

import "fmt"

// DecodeHeader reads size, depth and resolution, and nothing behind the main
// header. It fails as Decode does; sizes are not held against any limit.
func DecodeHeader(data []byte) (Header, error) {
	f, st, _, err := open(data)
	if err != nil {
		return Header{}, fmt.Errorf("read JPEG 2000 header: %w", err)
	}
	w, h := st.size.output()
	hdr := Header{
		Width: w, Height: h, Components: len(st.size.comps), BitDepth: st.size.depth, PPI: f.ppi,
		Lossless: true, Levels: maxLevels, Tiles: st.size.tilesWide * st.size.tilesHi, Layers: st.main.order.layers,
	}
	for c := range st.size.comps {
		k := st.codingOf(&tileData{}, c)
		hdr.Lossless = hdr.Lossless && k.reversible
		hdr.Levels = min(hdr.Levels, k.levels)
	}
	return hdr, nil
}

// Decode reads a JPEG 2000 file.
//
// It fails with one of the package's Err values, wrapped with the place and
// the figures. The size is held against lim on the header, before memory is
// taken for pixels, and the work against the file's length. It is safe for
// concurrent use.
func Decode(data []byte, lim Limits) (*Image, error) { return DecodeReduced(data, lim, 0) }

// DecodeReduced is Decode at 1/2^halvings of the size. The wavelet's low-pass
// filter is not made for comparing fingerprints: use it for previews.
func DecodeReduced(data []byte, lim Limits, halvings int) (*Image, error) {
	f, d, err := decodeAll(data, lim, halvings)
	if err != nil {
		return nil, err
	}
	img := d.image()
	img.PPI, img.YCbCr = f.ppi, f.ycbcr && img.Components == 3
	img.Comments, img.Notes = d.comments, append(f.notes, d.notes...)
	return img, nil
}

// Plane is one component as it is stored.
type Plane struct {
	Width, Height int  // samples
	DX, DY        int  // points of the image's grid from one sample to the next
	BitDepth      int  // bits a sample, 1 to 16
	Signed        bool // half the range was added to the samples
	// Pix holds the samples where BitDepth is 8 or less, Pix16 where it is more.
	Pix   []uint8
	Pix16 []uint16
}

// DecodePlanes is DecodeReduced for components of unequal size: it leaves them
// apart and widens none.
func DecodePlanes(data []byte, lim Limits, halvings int) ([]Plane, error) {
	_, d, err := decodeAll(data, lim, halvings)
	if err != nil {
		return nil, err
	}
	var out []Plane
	for c, s := range d.out {
		k := d.size.comps[c]
		out = append(out, Plane{s.area.w(), s.area.h(), k.dx, k.dy, d.size.depth, d.size.signed, s.pix, s.pix16})
	}
	return out, nil
}

func decodeAll(data []byte, lim Limits, halvings int) (file, *decoder, error) {
	f, st, at, err := open(data)
	if err == nil {
		err = st.size.check(lim)
	}
	if err != nil {
		return file{}, nil, fmt.Errorf("decode JPEG 2000 header: %w", err)
	}
	if halvings < 0 || halvings > maxLevels {
		return file{}, nil, fmt.Errorf("decode JPEG 2000: %w: to be halved %d times", ErrUnsupported, halvings)
	}
	if err := st.tileParts(at); err != nil {
		return file{}, nil, fmt.Errorf("decode JPEG 2000 code stream: %w", err)
	}
	d, err := st.decode(halvings)
	if err != nil {
		return file{}, nil, fmt.Errorf("decode JPEG 2000 code stream: %w", err)
	}
	return f, d, nil
}

// open reads the boxes and the main header.
func open(data []byte) (file, *stream, int, error) {
	f, err := parseFile(data)
	if err != nil {
		return file{}, nil, 0, err
	}
	if len(f.stream) < 4 {
		return file{}, nil, 0, fmt.Errorf("%w: a code stream of %d bytes", ErrTruncated, len(f.stream))
	}
	if string(f.stream[:4]) != magicStream {
		return file{}, nil, 0, fmt.Errorf("%w: no code stream at byte %d", ErrMalformed, f.at)
	}
	st := &stream{data: f.stream}
	at, err := st.mainHeader()
	return f, st, at, err
}

// decode decodes all tiles.
func (st *stream) decode(halvings int) (*decoder, error) {
	length := len(st.data)
	d := decoder{stream: st, reduce: halvings, work: budget{
		blocks: min(1<<16+length/8, 1<<19),
		runs:   min(1<<16+length, 1<<19),
		visits: 1<<25 + 1024*length,
		steps:  1<<20 + 64*length,
	}}
	missing := 0
	for i := range st.size.tilesWide * st.size.tilesHi {
		if i == 0 {
			d.makeSamples()
		}
		n, err := d.tile(i)
		if err != nil {
			return nil, fmt.Errorf("tile %d: %w", i, err)
		}
		missing += n
		delete(st.tiles, i)
	}
	if missing > 0 {
		st.notes = append(st.notes, fmt.Sprintf("%d packets of the image were left out: it is not at its full quality", missing))
	}
	if st.size.signed {
		st.notes = append(st.notes, "the samples have a sign: half their range was added")
	}
	return &d, nil
}

func (d *decoder) makeSamples() {
	for _, c := range d.size.comps {
		a := c.of(d.size.image())
		n := d.reduce
		s := samples{area: rect{ceilShift(a.x0, n), ceilShift(a.y0, n), ceilShift(a.x1, n), ceilShift(a.y1, n)}}
		if pixels := s.area.w() * s.area.h(); d.size.depth <= 8 {
			s.pix = make([]uint8, pixels)
		} else {
			s.pix16 = make([]uint16, pixels)
		}
		d.out = append(d.out, s)
	}
}

// image puts the components side by side. Components with fewer samples are
// widened by repetition.
func (d *decoder) image() *Image {
	z := &d.size
	img := &Image{Components: len(z.comps), BitDepth: z.depth, Signed: z.signed}
	if len(z.comps) == 1 {
		s := d.out[0]
		img.Width, img.Height, img.Pix, img.Pix16 = s.area.w(), s.area.h(), s.pix, s.pix16
		return img
	}
	area := d.out[0].area
	if !z.uniform() {
		a, n := z.image(), d.reduce
		area = rect{ceilShift(a.x0, n), ceilShift(a.y0, n), ceilShift(a.x1, n), ceilShift(a.y1, n)}
	}
	img.Width, img.Height = area.w(), area.h()
	n := img.Width * img.Height * img.Components
	if z.depth <= 8 {
		img.Pix = make([]uint8, n)
	} else {
		img.Pix16 = make([]uint16, n)
	}
	for c, s := range d.out {
		dx, dy := 1, 1
		if !z.uniform() {
			dx, dy = z.comps[c].dx, z.comps[c].dy
		}
		at := c
		for y := range img.Height {
			row := min(max((area.y0+y)/dy-s.area.y0, 0), s.area.h()-1) * s.area.w()
			for x := range img.Width {
				from := row + min(max((area.x0+x)/dx-s.area.x0, 0), s.area.w()-1)
				if img.Pix != nil {
					img.Pix[at] = s.pix[from]
				} else {
					img.Pix16[at] = s.pix16[from]
				}
				at += img.Components
			}
		}
	}
	return img
}
