package finger_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"convenio/finger"
)

func mustExtract(t testing.TB, img finger.Image) *finger.Template {
	t.Helper()
	x, err := finger.Extract(img, nil)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// The phantom's minutiae are known: most must be found, near their place, with the direction's sense right.
func TestExtractFindsDrawnMinutiae(t *testing.T) {
	var drawn, found, extra, turned int
	for seed := range uint64(6) {
		img, list := phantom(seed, float64(seed)*7-20, 0, 0)
		got := mustExtract(t, img).Minutiae
		extra += len(got)
		for _, want := range list {
			drawn++
			for _, m := range got {
				x, y := m.Px()
				if math.Hypot(x-want.x, y-want.y) <= 7 {
					found++
					extra--
					if degreesApart(m.Degrees(), want.deg) > 30 {
						turned++
					}
					break
				}
			}
		}
	}
	t.Logf("%d of %d found, %d with a wrong direction, %d extra", found, drawn, turned, extra)
	if found*100 < drawn*90 || turned*100 > found*4 || extra*100 > drawn*25 {
		t.Error("want 90 % found, 4 % turned and 25 % extra at most")
	}
}

func TestExtractAtOtherResolutions(t *testing.T) {
	img, _ := phantom(3, 0, 0, 0)
	reference := finger.Prepare(mustExtract(t, img))
	for _, ppi := range []float64{250, 300, 569, 1000} {
		scaled := rescale(img, ppi/500)
		x := mustExtract(t, scaled)
		if absInt(x.Width-img.Width) > 2 || absInt(x.Height-img.Height) > 2 {
			t.Errorf("%v ppi: template of %dx%d px, want about %dx%d", ppi, x.Width, x.Height, img.Width, img.Height)
		}
		if s := finger.NewComparer().Compare(finger.Prepare(x), reference).Score; s < 80 {
			t.Errorf("%v ppi: score %v with itself at 500 ppi", ppi, s)
		}
	}
}

func absInt(v int) int { return max(v, -v) }

// rescale resamples with bilinear interpolation and says so in the resolution.
func rescale(img finger.Image, f float64) finger.Image {
	out := finger.Image{Width: int(float64(img.Width) * f), Height: int(float64(img.Height) * f), PPI: 500 * f}
	out.Pix = make([]uint8, out.Width*out.Height)
	at := func(x, y int) float64 {
		return float64(img.Pix[min(max(y, 0), img.Height-1)*img.Width+min(max(x, 0), img.Width-1)])
	}
	for y := range out.Height {
		for x := range out.Width {
			u, v := (float64(x)+0.5)/f-0.5, (float64(y)+0.5)/f-0.5
			i, j := int(math.Floor(u)), int(math.Floor(v))
			a, b := u-float64(i), v-float64(j)
			out.Pix[y*out.Width+x] = uint8((at(i, j)*(1-a)+at(i+1, j)*a)*(1-b) + (at(i, j+1)*(1-a)+at(i+1, j+1)*a)*b)
		}
	}
	return out
}

func TestExtractRejects(t *testing.T) {
	gray := func(w, h int, value func(x, y int) uint8) finger.Image {
		img := finger.Image{Width: w, Height: h, Pix: make([]uint8, w*h)}
		for i := range img.Pix {
			img.Pix[i] = value(i%w, i/w)
		}
		return img
	}
	white := func(int, int) uint8 { return 255 }
	r := rand.New(rand.NewPCG(1, 1))
	noise := func(int, int) uint8 { return uint8(r.IntN(256)) }
	good, _ := phantom(1, 0, 0, 0)
	withPPI := func(ppi float64) finger.Image { g := good; g.PPI = ppi; return g }
	cases := []struct {
		name   string
		img    finger.Image
		reason finger.Reason
	}{
		{"nothing", finger.Image{}, finger.ReasonTooSmall},
		{"negative size", finger.Image{Width: -1, Height: -1}, finger.ReasonTooSmall},
		{"too few values", finger.Image{Width: 300, Height: 300, Pix: make([]uint8, 10)}, finger.ReasonDamaged},
		{"90 px", gray(90, 300, noise), finger.ReasonTooSmall},
		{"150 px at 1000 ppi", func() finger.Image { g := gray(150, 150, noise); g.PPI = 1000; return g }(), finger.ReasonTooSmall},
		{"wide", gray(4001, 200, white), finger.ReasonTooLarge},
		{"a whole page at 500 ppi", gray(2000, 2000, white), finger.ReasonTooLarge},
		{"180 ppi", withPPI(180), finger.ReasonResolution},
		{"2400 ppi", withPPI(2400), finger.ReasonResolution},
		{"negative resolution", withPPI(-500), finger.ReasonResolution},
		{"resolution is no number", withPPI(math.NaN()), finger.ReasonResolution},
		{"white", gray(300, 300, white), finger.ReasonNoFinger},
		{"slope", gray(300, 300, func(x, y int) uint8 { return uint8((x + y) / 3) }), finger.ReasonNoFinger},
		{"noise", gray(300, 300, noise), finger.ReasonNoFinger},
		{"faint noise", gray(300, 300, func(x, y int) uint8 { return 200 + noise(x, y)/32 }), finger.ReasonNoFinger},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			x, err := finger.Extract(c.img, nil)
			var reject *finger.RejectError
			if !errors.As(err, &reject) {
				t.Fatalf("got %v and a template %+v, want a *RejectError", err, x)
			}
			if reject.Reason != c.reason {
				t.Errorf("got reason %v (%v), want %v", reject.Reason, reject, c.reason)
			}
		})
	}
}

func TestQualityNamesWhatIsWrong(t *testing.T) {
	good, _ := phantom(2, 0, 0, 0)
	if q := mustExtract(t, good).Quality; !q.Usable() || q.Score < 70 {
		t.Errorf("a clean phantom has quality %+v", q)
	}
	small := clip(good, 38)
	q := mustExtract(t, small).Quality
	if q.Usable() || !slices.Contains(q.Reasons, finger.ReasonLittleArea) {
		t.Errorf("a print of 4 mm has quality %+v", q)
	}
}

// clip leaves a disc of the image and makes the rest light.
func clip(img finger.Image, radius float64) finger.Image {
	out := img
	out.Pix = slices.Clone(img.Pix)
	for i := range out.Pix {
		if math.Hypot(float64(i%img.Width-img.Width/2), float64(i/img.Width-img.Height/2)) > radius {
			out.Pix[i] = 230
		}
	}
	return out
}

type recorder struct{ steps []string }

func (r *recorder) Wants(string) bool       { return true }
func (r *recorder) Take(step string, _ any) { r.steps = append(r.steps, step) }

func TestTapSeesEveryStepInOrder(t *testing.T) {
	img, _ := phantom(1, 0, 0, 0)
	var r recorder
	if _, err := finger.Extract(img, &r); err != nil {
		t.Fatal(err)
	}
	want := []string{"resampled", "normalised", "mask", "orientation", "period", "enhanced", "reliability", "foreground",
		"binary", "skeleton", "candidates", "minutiae", "measures"}
	if !slices.Equal(r.steps, want) {
		t.Errorf("got %v, want %v", r.steps, want)
	}
}

// FuzzExtract feeds small images of any content and resolution: an error or a template that can be stored, no panic.
func FuzzExtract(f *testing.F) {
	f.Add([]byte{0, 255, 0, 255}, uint8(0), uint8(3), 500.0)
	f.Add([]byte("ridges and valleys"), uint8(20), uint8(90), 0.0)
	f.Add([]byte{1}, uint8(40), uint8(1), 1000.0)
	f.Fuzz(func(t *testing.T, tile []byte, size, run uint8, ppi float64) {
		if len(tile) == 0 {
			return
		}
		n := 100 + int(size)%120
		img := finger.Image{Width: n, Height: n + int(run)%30, PPI: ppi}
		img.Pix = make([]uint8, img.Width*img.Height)
		for i := range img.Pix {
			img.Pix[i] = tile[(i/(1+int(run)%16))%len(tile)]
		}
		x, err := finger.Extract(img, nil)
		if err != nil {
			var reject *finger.RejectError
			if !errors.As(err, &reject) || reject.Reason.Text("es") == "" {
				t.Fatalf("error is no rejection with a text: %v", err)
			}
			return
		}
		b, err := x.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := finger.ParseTemplate(b); err != nil {
			t.Fatal(err)
		}
		p := finger.Prepare(x)
		finger.NewComparer().Compare(p, p)
	})
}
