package finger_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"convenio/finger"
)

// strange draws images that are no fingerprints, or that only look like one.
var strange = map[string]func(x, y float64, r *rand.Rand) float64{
	"black":    func(x, y float64, r *rand.Rand) float64 { return 0 },
	"white":    func(x, y float64, r *rand.Rand) float64 { return 255 },
	"noise":    func(x, y float64, r *rand.Rand) float64 { return 255 * r.Float64() },
	"gradient": func(x, y float64, r *rand.Rand) float64 { return (x + y) / 3 },
	"rings": func(x, y float64, r *rand.Rand) float64 {
		return 128 + 90*math.Cos(2*math.Pi*math.Hypot(x-150, y-160)/9)
	},
	"stripes": func(x, y float64, r *rand.Rand) float64 { return 128 + 90*math.Cos(2*math.Pi*(x+0.3*y)/9) },
	"checkers": func(x, y float64, r *rand.Rand) float64 {
		return 128 + 60*math.Cos(2*math.Pi*x/10) + 60*math.Cos(2*math.Pi*y/10)
	},
	"face": face,
	"text": text,
}

// face is a smooth portrait: an oval with eyes, brows, nose, mouth, hair with strands, and the grain of a camera.
func face(x, y float64, r *rand.Rand) float64 {
	blob := func(cx, cy, rx, ry float64) float64 { return math.Exp(-(x-cx)*(x-cx)/(rx*rx) - (y-cy)*(y-cy)/(ry*ry)) }
	v := 60 + y/8
	if d := math.Hypot((x-150)/95, (y-180)/125); d < 1 {
		v = 205 - 60*d*d - 0.12*(x-150)
	}
	v -= 120*blob(110, 155, 16, 8) + 120*blob(190, 155, 16, 8) + 70*blob(110, 132, 26, 5) + 70*blob(190, 132, 26, 5)
	v -= 45*blob(150, 205, 12, 9) + 95*blob(150, 252, 36, 8)
	if y < 95+0.004*(x-150)*(x-150) {
		v = 45 + 25*math.Sin(x/2.2+math.Sin(y/30)*4)
	}
	return v + 3*r.NormFloat64()
}

// text is lines of strokes like print on a page.
func text(x, y float64, r *rand.Rand) float64 {
	line, column := int(y/18), int(x/9)
	h := uint32(line*7919+column*104729) * 2654435761
	if math.Mod(y, 18) > 11 || math.Mod(x, 9) > 7 || h>>28 == 0 {
		return 245
	}
	if i, j := int(math.Mod(x, 9)/2.4), int(math.Mod(y, 18)/3); h>>(uint(i*4+j)%24)&1 == 1 {
		return 25
	}
	return 245
}

func paint(w, h int, f func(x, y float64, r *rand.Rand) float64) finger.Image {
	r := rand.New(rand.NewPCG(4, 4))
	img := finger.Image{Width: w, Height: h, PPI: 500, Pix: make([]uint8, w*h)}
	for i := range img.Pix {
		img.Pix[i] = uint8(min(max(f(float64(i%w), float64(i/w), r), 0), 255))
	}
	return img
}

// What is no fingerprint is refused, or said to be of no use, and is never taken for a finger.
func TestStrangeImages(t *testing.T) {
	var fingers []*finger.Prepared
	for seed := range uint64(4) {
		fingers = append(fingers, preparedPhantom(t, seed, 0, 0, 0))
	}
	c := finger.NewComparer()
	for name, f := range strange {
		t.Run(name, func(t *testing.T) {
			x, err := finger.Extract(paint(300, 340, f), nil)
			if err != nil {
				var reject *finger.RejectError
				if !errors.As(err, &reject) {
					t.Fatal(err)
				}
				t.Log(reject)
				return
			}
			t.Logf("quality %d %v, %d minutiae", x.Quality.Score, x.Quality.Reasons, len(x.Minutiae))
			if x.Quality.Usable() || len(x.Quality.Reasons) == 0 {
				t.Errorf("passes as a usable print: %+v", x.Quality)
			}
			for _, p := range fingers {
				if s := c.Compare(finger.Prepare(x), p).Score; s > finger.Threshold(1e-3) {
					t.Errorf("score %v with a finger", s)
				}
			}
		})
	}
}

func mirrored(img finger.Image) finger.Image {
	out := img
	out.Pix = make([]uint8, len(img.Pix))
	for i := range img.Pix {
		out.Pix[i] = img.Pix[i/img.Width*img.Width+img.Width-1-i%img.Width]
	}
	return out
}

func upsideDown(img finger.Image) finger.Image {
	out := img
	out.Pix = make([]uint8, len(img.Pix))
	for i := range img.Pix {
		out.Pix[i] = img.Pix[len(img.Pix)-1-i]
	}
	return out
}

// A mirrored print is another finger; one upside down is found only where any turn is asked for.
func TestMirroredAndUpsideDown(t *testing.T) {
	var images []finger.Image
	for seed := range uint64(4) {
		img, _ := phantom(seed, 0, 0, 0)
		images = append(images, img)
	}
	// A phantom's flow is nearly the same upside down, which no finger's is.
	t.Run("phantoms", func(t *testing.T) { mirrorAndTurn(t, images, finger.Threshold(1e-5)) })
	images = nil
	t.Run("real", func(t *testing.T) {
		for _, set := range []string{"fvc2002_db1_b", "fvc2002_db3_b", "uareu_25"} {
			list := setFiles(t, set)
			for i := 0; i < len(list); i += 40 {
				images = append(images, loadImage(t, list[i]))
			}
		}
		mirrorAndTurn(t, images, finger.Threshold(1e-4))
	})
}

// mirrorAndTurn holds the images to their scores: upside down, compared as if upright, at most `most`.
func mirrorAndTurn(t *testing.T, images []finger.Image, most finger.Score) {
	upright, anyTurn := finger.NewComparer(), finger.NewComparer()
	anyTurn.AnyTurn = true
	found := 0
	for i, img := range images {
		p := finger.Prepare(mustExtract(t, img))
		m, u := finger.Prepare(mustExtract(t, mirrored(img))), finger.Prepare(mustExtract(t, upsideDown(img)))
		if s := max(upright.Compare(m, p).Score, anyTurn.Compare(m, p).Score); s > finger.Threshold(1e-3) {
			t.Errorf("image %d: score %v with its mirror image", i, s)
		}
		if s := upright.Compare(u, p).Score; s > most {
			t.Errorf("image %d: score %v upside down, though no turn was asked for", i, s)
		}
		if anyTurn.Compare(u, p).Score >= finger.Threshold(1e-4) {
			found++
		}
	}
	if found*100 < len(images)*95 {
		t.Errorf("%d of %d found upside down", found, len(images))
	}
}
