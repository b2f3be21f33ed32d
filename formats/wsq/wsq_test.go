package wsq_test

import (
	"bytes"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"convenio/formats/internal/formattest"
	"convenio/formats/wsq"
	"convenio/synth"
)

// print is a synthetic finger's capture.
func print(seed uint64) *wsq.Image {
	img, _ := synth.NewFinger(seed).Impression(synth.CooperativeConditions(seed))
	return &wsq.Image{Width: img.Width, Height: img.Height, PPI: img.PPI, Pix: img.Pix}
}

func psnr(a, b []uint8) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += float64(d * d)
	}
	if sum == 0 {
		return math.Inf(1)
	}
	return 10 * math.Log10(255*255*float64(len(a))/sum)
}

func mustEncode(t testing.TB, img *wsq.Image, o wsq.Options) []byte {
	t.Helper()
	data, err := wsq.Encode(img, o)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustDecode(t testing.TB, data []byte) *wsq.Image {
	t.Helper()
	img, err := wsq.Decode(data, wsq.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// TestRoundTrip: how near the decoded print is to the encoded one, and how
// small it became.
func TestRoundTrip(t *testing.T) {
	for _, c := range []struct {
		rate           float64
		least          float64 // PSNR, dB
		smaller, below float64 // ratio of sizes
	}{
		{wsq.BitRateStandard, 27, 10, 25},
		{wsq.BitRateHigh, 34, 3, 8},
		{5, 37, 1.2, 4},
	} {
		var worst, ratio = math.Inf(1), 0.0
		for seed := uint64(1); seed <= 4; seed++ {
			img := print(seed)
			data := mustEncode(t, img, wsq.Options{BitRate: c.rate})
			got := mustDecode(t, data)
			if got.Width != img.Width || got.Height != img.Height || got.PPI != 500 || len(got.Notes) > 0 {
				t.Errorf("%d x %d, %v ppi, notes %q", got.Width, got.Height, got.PPI, got.Notes)
			}
			worst = min(worst, psnr(img.Pix, got.Pix))
			ratio += float64(len(img.Pix)) / float64(len(data)) / 4
		}
		t.Logf("bit rate %.2f: PSNR at least %.1f dB, %.1f:1", c.rate, worst, ratio)
		if worst < c.least || ratio < c.smaller || ratio > c.below {
			t.Errorf("bit rate %.2f: PSNR %.1f dB, wanted %.0f; ratio %.1f, wanted %.1f to %.1f", c.rate, worst, c.least, ratio, c.smaller, c.below)
		}
	}
}

// TestRealPrintsAgain: a real file decoded, encoded at its own rate and
// decoded again stays close, and its size stays as it was.
func TestRealPrintsAgain(t *testing.T) {
	dir := formattest.Standards(t)
	for _, name := range []string{"jnbis-sample.wsq", "biomeval-img.wsq", "jnbis-fp/fp-1.wsq", "openebts/finger8.wsq"} {
		t.Run(name, func(t *testing.T) {
			data := formattest.Read(t, dir+"/samples/wsq/"+name)
			h, err := wsq.DecodeHeader(data)
			if err != nil {
				t.Fatal(err)
			}
			img := mustDecode(t, data)
			again := mustEncode(t, img, wsq.Options{BitRate: h.BitRate})
			p, size := psnr(img.Pix, mustDecode(t, again).Pix), float64(len(again))/float64(len(data))
			t.Logf("bit rate %.2f: PSNR %.1f dB, size %.3f of the reference encoder's", h.BitRate, p, size)
			if p < 34 || size < 0.9 || size > 1.1 {
				t.Errorf("PSNR %.1f dB, size %.3f", p, size)
			}
		})
	}
}

// TestAnySize: whatever the size, the image comes back, with every subband at
// its place: at a high rate it is nearly exact. A little noise makes that every
// subband is coded.
func TestAnySize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(wsq.MinSide, 200).Draw(t, "w"), rapid.IntRange(wsq.MinSide, 200).Draw(t, "h")
		ax, ay := rapid.Float64Range(0.05, 0.8).Draw(t, "ax"), rapid.Float64Range(0.05, 0.8).Draw(t, "ay")
		img := &wsq.Image{Width: w, Height: h, Pix: make([]uint8, w*h)}
		noise := uint32(w*h + 1)
		for i := range img.Pix {
			noise = noise*1664525 + 1013904223
			img.Pix[i] = uint8(118 + float64(noise>>24)/12 + 80*math.Sin(ax*float64(i%w)+ay*float64(i/w)))
		}
		data, err := wsq.Encode(img, wsq.Options{BitRate: 4})
		if err != nil {
			t.Fatal(err)
		}
		got, err := wsq.Decode(data, wsq.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		if p := psnr(img.Pix, got.Pix); p < 30 {
			t.Fatalf("PSNR %.1f dB", p)
		}
	})
}

// TestFlatAndNoise: images that the quantizer's model was not made for. Of
// noise a quarter is always lost: WSQ has no place for the highest subbands.
func TestFlatAndNoise(t *testing.T) {
	const w, h = 130, 97
	flat := &wsq.Image{Width: w, Height: h, Pix: bytes.Repeat([]byte{77}, w*h)}
	if got := mustDecode(t, mustEncode(t, flat, wsq.Options{})); !bytes.Equal(got.Pix, flat.Pix) {
		t.Error("a flat image changed")
	}
	black := &wsq.Image{Width: w, Height: h, Pix: make([]byte, w*h)}
	if got := mustDecode(t, mustEncode(t, black, wsq.Options{})); !bytes.Equal(got.Pix, black.Pix) {
		t.Error("a black image changed")
	}
	noise := &wsq.Image{Width: w, Height: h, Pix: make([]byte, w*h)}
	state := uint32(1)
	for i := range noise.Pix {
		state = state*1664525 + 1013904223
		noise.Pix[i] = uint8(state >> 24)
	}
	if p := psnr(noise.Pix, mustDecode(t, mustEncode(t, noise, wsq.Options{BitRate: 6})).Pix); p < 15 {
		t.Errorf("noise: PSNR %.1f dB", p)
	}
}

func TestHeaderAndComments(t *testing.T) {
	data := mustEncode(t, print(3), wsq.Options{PPI: 508, Comments: []string{"made up", ""}})
	h, err := wsq.DecodeHeader(data)
	if err != nil {
		t.Fatal(err)
	}
	if h.PPI != 508 || h.BitRate != 0.75 || h.White != 255 || h.Encoder != 2 || len(h.Comments) != 3 || h.Comments[1] != "made up" {
		t.Errorf("%+v", h)
	}
	c := wsq.NISTCOM(h.Comments)
	for name, want := range map[string]string{"NIST_COM": "9", "PIX_DEPTH": "8", "PPI": "508", "LOSSY": "1", "COLORSPACE": "GRAY", "COMPRESSION": "WSQ", "WSQ_BITRATE": "0.750000"} {
		if c[name] != want {
			t.Errorf("%s is %q, want %q", name, c[name], want)
		}
	}
	if unknown := mustDecode(t, mustEncode(t, &wsq.Image{Width: 96, Height: 96, Pix: make([]byte, 96*96)}, wsq.Options{})); unknown.PPI != 0 {
		t.Errorf("%v ppi where none is known", unknown.PPI)
	}
}

func TestEncodeRefuses(t *testing.T) {
	ok := func() *wsq.Image { return &wsq.Image{Width: 96, Height: 96, Pix: make([]byte, 96*96)} }
	short, small := ok(), &wsq.Image{Width: 95, Height: 96, Pix: make([]byte, 95*96)}
	short.Pix = short.Pix[1:]
	for name, c := range map[string]struct {
		img *wsq.Image
		o   wsq.Options
	}{
		"too few values":    {short, wsq.Options{}},
		"too small":         {small, wsq.Options{}},
		"bit rate":          {ok(), wsq.Options{BitRate: 7}},
		"bit rate NaN":      {ok(), wsq.Options{BitRate: math.NaN()}},
		"negative ppi":      {ok(), wsq.Options{PPI: -1}},
		"too long a remark": {ok(), wsq.Options{Comments: []string{strings.Repeat("x", 65534)}}},
	} {
		if _, err := wsq.Encode(c.img, c.o); !errors.Is(err, wsq.ErrImage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTruncatedAnywhere: a file cut at any byte is refused as truncated, or
// read whole where only its end marker is missing.
func TestTruncatedAnywhere(t *testing.T) {
	img := &wsq.Image{Width: 96, Height: 100, Pix: make([]uint8, 96*100)}
	for i := range img.Pix {
		img.Pix[i] = uint8(i * i >> 3)
	}
	data := mustEncode(t, img, wsq.Options{})
	want := mustDecode(t, data)
	for n := range data {
		got, err := wsq.Decode(data[:n], wsq.DefaultLimits)
		switch {
		case err == nil && n >= len(data)-2 && bytes.Equal(got.Pix, want.Pix) && len(got.Notes) == 1:
		case err == nil:
			t.Errorf("%d of %d bytes: accepted", n, len(data))
		case n > 0 && !errors.Is(err, wsq.ErrTruncated):
			t.Errorf("%d of %d bytes: %v", n, len(data), err)
		}
	}
}

// lies are files that contradict themselves; each must be refused for little.
func lies(t testing.TB) map[string]struct {
	data []byte
	want error
} {
	good := mustEncode(t, &wsq.Image{Width: 96, Height: 96, Pix: bytes.Repeat([]byte{0, 255, 9, 40}, 96*24)}, wsq.Options{})
	frame := bytes.Index(good, []byte{0xff, 0xa2})
	table := bytes.Index(good, []byte{0xff, 0xa6})
	block := bytes.Index(good, []byte{0xff, 0xa3})
	filter := bytes.Index(good, []byte{0xff, 0xa4})
	with := func(at int, b ...byte) []byte {
		d := bytes.Clone(good)
		copy(d[at:], b)
		return d
	}
	without := func(from, to int) []byte { return append(bytes.Clone(good[:from]), good[to:]...) }
	return map[string]struct {
		data []byte
		want error
	}{
		"empty":                    {nil, wsq.ErrNotWSQ},
		"PNG":                      {[]byte("\x89PNG\r\n\x1a\n"), wsq.ErrNotWSQ},
		"65535 x 65535 pixels":     {with(frame+6, 0xff, 0xff, 0xff, 0xff), wsq.ErrTooLarge},
		"4000 x 4000 pixels":       {with(frame+6, 0x0f, 0xa0, 0x0f, 0xa0), wsq.ErrMalformed},
		"no pixels":                {with(frame+6, 0, 0), wsq.ErrEmpty},
		"a length of 0":            {with(frame+2, 0, 0), wsq.ErrMalformed},
		"a length of 2":            {with(frame+2, 0, 2), wsq.ErrMalformed},
		"a length past the end":    {with(frame+2, 0xff, 0xff), wsq.ErrTruncated},
		"no marker":                {with(frame, 0xfe), wsq.ErrMalformed},
		"marker of another family": {with(frame+1, 0xd8), wsq.ErrMalformed},
		"restart intervals":        {with(frame+1, 0xa7), wsq.ErrUnsupported},
		"even filters":             {with(filter+4, 8, 8), wsq.ErrUnsupported},
		"filters of 9 and 9":       {with(filter+4, 9, 9), wsq.ErrUnsupported},
		"filters of 255 and 253":   {with(filter+4, 255, 253), wsq.ErrUnsupported},
		"no transform table":       {without(filter, filter+60), wsq.ErrMalformed},
		"no Huffman table":         {without(table, block), wsq.ErrMalformed},
		"table number 8":           {with(table+4, 8), wsq.ErrMalformed},
		"too many codes":           {with(table+5, 3), wsq.ErrMalformed},
		"255 codes of each length": {with(table+5, bytes.Repeat([]byte{255}, 16)...), wsq.ErrMalformed},
		"table not defined":        {with(block+4, 5), wsq.ErrMalformed},
		"two frame headers":        {append(bytes.Clone(good[:frame+19]), good[frame:]...), wsq.ErrMalformed},
		"end where a block is due": {append(bytes.Clone(good[:block]), 0xff, 0xa1), wsq.ErrMalformed},
	}
}

func TestLiesAreRefusedForLittle(t *testing.T) {
	for name, c := range lies(t) {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			img, err := wsq.Decode(c.data, wsq.DefaultLimits)
			runtime.ReadMemStats(&after)
			if img != nil || !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
				t.Errorf("took %d bytes", took)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range lies(f) {
		f.Add(c.data)
	}
	small := &wsq.Image{Width: 96, Height: 97, PPI: 500, Pix: make([]uint8, 96*97)}
	for i := range small.Pix {
		small.Pix[i] = uint8(i * 37)
	}
	f.Add(mustEncode(f, small, wsq.Options{}))
	f.Add(mustEncode(f, small, wsq.Options{BitRate: 5, Comments: []string{"x"}}))
	lim := wsq.Limits{MaxSide: 256, MaxPixels: 1 << 15}
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := wsq.Decode(data, lim)
		if err != nil {
			if img != nil {
				t.Error("an image beside an error")
			}
			return
		}
		if img.Width < 1 || img.Height < 1 || len(img.Pix) != img.Width*img.Height || len(img.Pix) > lim.MaxPixels {
			t.Fatalf("%d x %d with %d values", img.Width, img.Height, len(img.Pix))
		}
		h, err := wsq.DecodeHeader(data)
		if err != nil || h.Width != img.Width || h.Height != img.Height {
			t.Errorf("the header says %d x %d, %v", h.Width, h.Height, err)
		}
		if img.Width >= wsq.MinSide && img.Height >= wsq.MinSide {
			if _, err := wsq.Encode(img, wsq.Options{}); err != nil {
				t.Error(err)
			}
		}
	})
}
