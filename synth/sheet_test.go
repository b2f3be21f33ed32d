package synth

import (
	"flag"
	"image"
	"os"
	"testing"

	"convenio/finger"
	"convenio/formats/picture"
)

var sheetFile = flag.String("sheet", "", "write contact sheets of the images to PREFIX-*.png, to be looked at")

// sheet lays images side by side and writes them.
func writeSheet(t *testing.T, name string, cols int, imgs []finger.Image) {
	t.Helper()
	w, h := 0, 0
	for _, m := range imgs {
		w, h = max(w, m.Width), max(h, m.Height)
	}
	rows := (len(imgs) + cols - 1) / cols
	g := image.NewGray(image.Rect(0, 0, cols*(w+4), rows*(h+4)))
	for i, m := range imgs {
		for y := range m.Height {
			copy(g.Pix[g.PixOffset(i%cols*(w+4), i/cols*(h+4)+y):], m.Pix[y*m.Width:(y+1)*m.Width])
		}
	}
	data, err := picture.EncodePNG(g, ppi)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(*sheetFile+"-"+name+".png", data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// half shrinks an image to half its size.
func half(m finger.Image) finger.Image {
	out := finger.Image{Width: m.Width / 2, Height: m.Height / 2}
	for y := range out.Height {
		for x := range out.Width {
			p := m.Pix[2*y*m.Width+2*x:]
			q := p[m.Width:]
			out.Pix = append(out.Pix, uint8((int(p[0])+int(p[1])+int(q[0])+int(q[1]))/4))
		}
	}
	return out
}

// mark draws the true minutiae: a square and a line in their direction.
func mark(m finger.Image, truth []Minutia) finger.Image {
	m.Pix = append([]uint8(nil), m.Pix...)
	put := func(x, y int, v uint8) {
		if x >= 0 && y >= 0 && x < m.Width && y < m.Height {
			m.Pix[y*m.Width+x] = v
		}
	}
	for _, t := range truth {
		v := uint8(0)
		if t.Type == Bifurcation {
			v = 255
		}
		for d := -3; d <= 3; d++ {
			for _, e := range [...]int{-3, 3} {
				put(int(t.X)+d, int(t.Y)+e, v)
				put(int(t.X)+e, int(t.Y)+d, v)
			}
		}
		sin, cos := sinCos(t.Angle)
		for d := 3; d < 12; d++ {
			put(int(t.X+float64(d)*cos), int(t.Y-float64(d)*sin), v)
		}
	}
	return m
}

func TestSheets(t *testing.T) {
	if *sheetFile == "" {
		t.Skip("give -sheet PREFIX to look at the images")
	}
	var masters, marked, classes []finger.Image
	for c := Arch; c < numClasses; c++ {
		f := newFinger(uint64(c)+100, c)
		t.Log(c, len(f.minutiae))
		masters = append(masters, f.Master())
		for k := range uint64(3) {
			img, _ := newFinger(uint64(c)+110+k*10, c).Impression(DefaultConditions(uint64(c)*3 + k + 900))
			classes = append(classes, half(img))
		}
		marked = append(marked, mark(f.Master(), f.minutiae))
	}
	var plain, same, poor []finger.Image
	for i := range uint64(8) {
		f := NewFinger(i + 1)
		img, truth := f.Impression(DefaultConditions(i + 50))
		t.Log(f.Class(), len(f.minutiae), len(truth))
		plain = append(plain, img)
	}
	var many []finger.Image
	for i := range uint64(40) {
		img, _ := NewFinger(i + 2000).Impression(DefaultConditions(i + 3000))
		many = append(many, half(img))
	}
	writeSheet(t, "many", 10, many)
	f := NewFinger(77)
	for i := range uint64(8) {
		img, truth := f.Impression(DefaultConditions(i))
		same = append(same, img, mark(img, truth))
		bad, _ := f.Impression(PoorConditions(i))
		poor = append(poor, bad)
	}
	writeSheet(t, "plain", 4, plain)
	writeSheet(t, "same", 4, same[:8])
	writeSheet(t, "poor", 4, poor)
	writeSheet(t, "classes", 6, classes)
	writeSheet(t, "masters", 5, append(masters, marked...))
}
