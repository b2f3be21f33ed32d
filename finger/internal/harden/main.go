// Command harden makes sets to measure the engine on that are harder than the ones at hand, or that are of fingers
// nobody has. Each picture is a function of its name and the seed. It is a tool for whoever tunes the engine.
//
//	harden -in DIR/SET -ppi N -out DIR/SET-harder   # turned, bent, cut to a part, unevenly dry and wet, noisy
//	harden -synth 60 -out DIR/synth                 # so many synthetic fingers, four captures each
//
// Pictures are written at 500 pixels per inch.
package main

import (
	"flag"
	"fmt"
	"hash/fnv"
	"image"
	"image/draw"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"convenio/finger"
	"convenio/synth"
)

func main() {
	in := flag.String("in", "", "folder of PNG images to make harder")
	out := flag.String("out", "", "folder to write to")
	ppi := flag.Float64("ppi", 500, "resolution of the images of -in")
	seed := flag.Uint64("seed", 1, "another seed makes other pictures")
	fingers := flag.Int("synth", 0, "draw so many synthetic fingers instead")
	strength := flag.Float64("strength", 1, "0 changes nothing, 1 is hard, 2 beyond what a capture should pass")
	flag.Parse()
	check(os.MkdirAll(*out, 0o755))
	if *fingers > 0 {
		drawSynthetic(*out, *fingers, *seed)
		return
	}
	files, err := filepath.Glob(filepath.Join(*in, "*.png"))
	check(err)
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".png")
		h := fnv.New64a()
		fmt.Fprint(h, name)
		r := rand.New(rand.NewPCG(h.Sum64(), *seed))
		write(filepath.Join(*out, name+".png"), harden(load(f), *ppi/500, *strength, r))
	}
}

func drawSynthetic(out string, fingers int, seed uint64) {
	for n := range fingers {
		f := synth.NewFinger(seed<<32 + uint64(n))
		for k := range 4 {
			img, _ := f.Impression(synth.DefaultConditions(seed<<32 + uint64(n)*16 + uint64(k)))
			write(filepath.Join(out, fmt.Sprintf("%d_%d.png", 1000+n, k+1)), gray(img))
		}
	}
}

func gray(m finger.Image) *image.Gray {
	return &image.Gray{Pix: m.Pix, Stride: m.Width, Rect: image.Rect(0, 0, m.Width, m.Height)}
}

func load(path string) *image.Gray {
	f, err := os.Open(path)
	check(err)
	defer f.Close()
	src, err := png.Decode(f)
	check(err)
	g := image.NewGray(src.Bounds())
	draw.Draw(g, g.Bounds(), src, src.Bounds().Min, draw.Src)
	return g
}

func write(path string, m *image.Gray) {
	f, err := os.Create(path)
	check(err)
	check(png.Encode(f, m))
	check(f.Close())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "harden: error:", err)
		os.Exit(1)
	}
}
