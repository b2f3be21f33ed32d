package jp2

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"testing"
)

// file wraps a code stream into a JP2 file with a resolution.
func jp2File(stream []byte) []byte {
	box := func(kind string, body ...[]byte) []byte {
		b := bytes.Join(body, nil)
		return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(b)+8)), kind...), b...)
	}
	capture := []byte{0x9a, 0x31, 0, 1, 0x99, 0xca, 0, 1, 0, 0} // 39473 and 39370 a metre
	return bytes.Join([][]byte{
		[]byte(magicFile),
		box("ftyp", []byte("jp2 \x00\x00\x00\x00jp2 ")),
		box("jp2h", box("ihdr", make([]byte, 14)), box("colr", []byte{1, 0, 0, 0, 0, 0, 17}), box("res ", box("resc", capture))),
		box("jp2c", stream),
	}, nil)
}

func plain() testImage { return ownStreams()["plain"] }

func TestFile(t *testing.T) {
	data := jp2File(plain().encode())
	img, err := Decode(data, DefaultLimits)
	if err != nil || img.PPI != 1000 || len(img.Comments) != 1 || img.Comments[0] != "made for a test" {
		t.Fatalf("%+v, %v", img, err)
	}
	h, err := DecodeHeader(data)
	if want := (Header{Width: 37, Height: 29, Components: 1, BitDepth: 8, PPI: 1000, Lossless: true, Levels: 2, Tiles: 1, Layers: 1}); err != nil || h != want {
		t.Errorf("%+v, %v", h, err)
	}
	if !Is(data) || !Is(plain().encode()) || Is([]byte("\xff\xd8\xff")) || Is(nil) {
		t.Error("Is")
	}
}

func TestReduced(t *testing.T) {
	for halvings, want := range [][2]int{{37, 29}, {19, 15}, {10, 8}} {
		img, err := DecodeReduced(plain().encode(), DefaultLimits, halvings)
		if err != nil || img.Width != want[0] || img.Height != want[1] {
			t.Errorf("halved %d times: %v, %v", halvings, img, err)
		}
	}
	if _, err := DecodeReduced(plain().encode(), DefaultLimits, 3); !errors.Is(err, ErrUnsupported) {
		t.Errorf("%v", err)
	}
}

// TestTruncatedAnywhere: a file cut at any byte is refused as truncated, or
// read whole where only its end marker is missing.
func TestTruncatedAnywhere(t *testing.T) {
	tiles, packed := plain(), plain()
	tiles.tile, packed.ppt = 16, true
	for name, data := range map[string][]byte{"stream": plain().encode(), "file": jp2File(plain().encode()), "tiles": tiles.encode(), "packed": packed.encode()} {
		for n := range data {
			img, err := Decode(data[:n], DefaultLimits)
			switch {
			case err == nil && n == len(data)-2 && len(img.Notes) == 1:
			case err == nil:
				t.Errorf("%s: %d of %d bytes: accepted, %q", name, n, len(data), img.Notes)
			case n > 0 && !errors.Is(err, ErrTruncated):
				t.Errorf("%s: %d of %d bytes: %v", name, n, len(data), err)
			}
		}
	}
}

// TestMissingPackets: a tile-part that ends between packets is an image of
// lower quality, and says so.
func TestMissingPackets(t *testing.T) {
	im := plain()
	im.sop = true
	data := im.encode()
	sot := bytes.Index(data, []byte{0xff, 0x90})
	last := bytes.LastIndex(data, []byte{0xff, 0x91, 0, 4})
	cut := append(bytes.Clone(data[:last]), 0xff, 0xd9)
	binary.BigEndian.PutUint32(cut[sot+6:], uint32(last-sot))
	img, err := Decode(cut, DefaultLimits)
	if err != nil || len(img.Notes) != 1 || img.Notes[0] != "1 packets of the image were left out: it is not at its full quality" {
		t.Errorf("%v, %v", img, err)
	}
}

type lie struct {
	data []byte
	want error
}

func lies() map[string]lie {
	good := plain().encode()
	find := func(mark int) int { return bytes.Index(good, []byte{byte(mark >> 8), byte(mark)}) }
	siz, cod, qcd, sot := find(markSIZ), find(markCOD), find(markQCD), find(markSOT)
	with := func(at int, b ...byte) []byte {
		d := bytes.Clone(good)
		copy(d[at:], b)
		return d
	}
	insert := func(mark int, body ...byte) []byte {
		d := appendSegment(bytes.Clone(good[:sot]), mark, body)
		return append(d, good[sot:]...)
	}
	// Many changes of order, each over 65535 layers of which there is one.
	changes := good[:sot]
	for range 30 {
		changes = appendSegment(bytes.Clone(changes), markPOC, bytes.Repeat([]byte{0, 0, 0xff, 0xff, 33, 1, 0}, 9000))
	}
	changes = append(bytes.Clone(changes), good[sot:]...)
	copy(changes[cod+6:], []byte{0xff, 0xff})
	small := with(siz+6, 0, 0, 0x0f, 0xa0, 0, 0, 0x0f, 0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0f, 0xa0, 0, 0, 0x0f, 0xa0)
	tinyPrecincts := testImage{w: 37, h: 29, comps: 1, depth: 8, levels: 2, xcb: 2, precinct: 1, sample: pattern}.encode()
	copy(tinyPrecincts[siz+6:], small[siz+6:siz+30])
	tinyBlocks := testImage{w: 37, h: 29, comps: 1, depth: 8, levels: 0, xcb: 2, sample: pattern}.encode()
	copy(tinyBlocks[siz+6:], small[siz+6:siz+30])
	return map[string]lie{
		"empty":                     {nil, ErrNotJPEG2000},
		"PNG":                       {[]byte("\x89PNG\r\n\x1a\n"), ErrNotJPEG2000},
		"2^32 x 2^32":               {with(siz+6, 255, 255, 255, 255, 255, 255, 255, 255), ErrMalformed}, // too many tiles
		"one tile of 2^32":          {with(siz+6, bytes.Repeat([]byte{255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0}, 2)[:24]...), ErrTooLarge},
		"no area":                   {with(siz+6, 0, 0, 0, 0), ErrEmpty},
		"tiles of 0":                {with(siz+22, 0, 0, 0, 0), ErrMalformed},
		"tiles elsewhere":           {with(siz+30, 0, 0, 0, 9), ErrMalformed},
		"no component":              {with(siz+38, 0, 0), ErrMalformed},
		"16384 components":          {with(siz+38, 0x40, 0), ErrUnsupported},
		"38 bits":                   {with(siz+40, 37), ErrUnsupported},
		"samples every 0 points":    {with(siz+41, 0), ErrMalformed},
		"no coding style":           {append(bytes.Clone(good[:cod]), good[qcd:]...), ErrMalformed},
		"progression 5":             {with(cod+5, 5), ErrMalformed},
		"no layer":                  {with(cod+6, 0, 0), ErrMalformed},
		"33 levels":                 {with(cod+9, 33), ErrMalformed},
		"32 levels":                 {with(cod+9, 32), ErrMalformed}, // without step sizes
		"blocks of 2^17":            {with(cod+10, 15), ErrMalformed},
		"blocks of 8192 samples":    {with(cod+10, 8, 3), ErrMalformed},
		"unknown style":             {with(cod+12, 0x40), ErrUnsupported},
		"wavelet 2":                 {with(cod+13, 2), ErrUnsupported},
		"quantization style 3":      {with(qcd+4, 3), ErrMalformed},
		"a length of 0":             {with(cod+2, 0, 0), ErrMalformed},
		"a length past the end":     {with(cod+2, 255, 255), ErrTruncated},
		"tile 9":                    {with(sot+4, 0, 9), ErrMalformed},
		"a tile-part of 2^32":       {with(sot+6, 255, 255, 255, 255), ErrTruncated},
		"a tile-part of 5":          {with(sot+6, 0, 0, 0, 5), ErrMalformed},
		"component 7":               {insert(markCOC, 7, 0, 1, 0, 0, 0, 1), ErrMalformed},
		"half a progression":        {insert(markPOC, 0, 0, 1, 0), ErrMalformed},
		"packed headers of 2^32":    {insert(markPPM, 0, 255, 255, 255, 255), ErrMalformed},
		"packed headers for no one": {insert(markPPM, 0, 0, 0, 0, 0), ErrTruncated},
		"implicit region style 1":   {insert(markRGN, 0, 1, 3), ErrUnsupported},
		"region shift 255":          {insert(markRGN, 0, 0, 255), ErrUnsupported},
		"box of 3 bytes":            {append([]byte(magicFile), 0, 0, 0, 3, 'f', 't', 'y', 'p'), ErrMalformed},
		"box of 2^63 bytes":         {append([]byte(magicFile), 0, 0, 0, 1, 'f', 't', 'y', 'p', 255, 255, 255, 255, 255, 255, 255, 255), ErrTruncated},
		"no code stream":            {[]byte(magicFile), ErrTruncated},
		"palette":                   {append([]byte(magicFile), 0, 0, 0, 16, 'j', 'p', '2', 'h', 0, 0, 0, 8, 'p', 'c', 'l', 'r'), ErrUnsupported},
		"270,000 changes":           {changes, ErrUnsupported},
		"16 MP in precincts of 2":   {tinyPrecincts, ErrTruncated},
		"16 MP in blocks of 4":      {tinyBlocks, ErrTooLarge},
	}
}

func TestLiesAreRefusedForLittle(t *testing.T) {
	for name, c := range lies() {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			img, err := Decode(c.data, DefaultLimits)
			runtime.ReadMemStats(&after)
			if img != nil || !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 20<<20 {
				t.Errorf("took %d bytes", took)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range lies() {
		f.Add(c.data)
	}
	for _, im := range ownStreams() {
		f.Add(im.encode())
	}
	f.Add(jp2File(plain().encode()))
	lim := Limits{MaxSide: 128, MaxPixels: 1 << 13}
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := Decode(data, lim)
		if err != nil {
			if img != nil {
				t.Error("an image beside an error")
			}
			return
		}
		n := img.Width * img.Height * img.Components
		if n == 0 || img.Width*img.Height > lim.MaxPixels || len(img.Pix)+len(img.Pix16) != n {
			t.Fatalf("%d x %d x %d with %d and %d samples", img.Width, img.Height, img.Components, len(img.Pix), len(img.Pix16))
		}
		h, err := DecodeHeader(data)
		if err != nil || h.Width != img.Width || h.Height != img.Height {
			t.Errorf("the header says %d x %d, %v", h.Width, h.Height, err)
		}
	})
}

// A file is read, and a preview of it.
func Example() {
	data := jp2File(plain().encode())
	img, err := Decode(data, DefaultLimits)
	if err != nil {
		fmt.Println(err)
		return
	}
	small, err := DecodeReduced(data, DefaultLimits, 1)
	fmt.Println(img.Width, img.Height, img.PPI, small.Width, small.Height, err)
	// Output: 37 29 1000 19 15 <nil>
}
