// Command measure runs the engine over sets of fingerprint images and writes one score file a set ('A B score' for every
// unordered pair), with timings. It is a tool for whoever tunes the engine.
//
//	measure -data DIR [-sets a,b] [-out DIR] [-cross] [-terms] [-measures] [-templates DIR]
//	measure -data DIR -taps DIR -image set/name
package main

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"

	"convenio/finger"
)

// ppi gives the resolution of sets that are not 500 ppi; their files do not say.
var ppi = map[string]float64{"fvc2002_db2_b": 569, "uareu_25": 512}

func load(path string, res float64) finger.Image {
	f, err := os.Open(path)
	check(err)
	defer f.Close()
	src, err := png.Decode(f)
	check(err)
	g := image.NewGray(src.Bounds())
	draw.Draw(g, g.Bounds(), src, src.Bounds().Min, draw.Src)
	return finger.Image{Width: g.Rect.Dx(), Height: g.Rect.Dy(), PPI: res, Pix: g.Pix}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "measure: error:", err)
		os.Exit(1)
	}
}

func main() {
	data := flag.String("data", "../shared/data/fingerprints", "folder of sets")
	sets := flag.String("sets", "fvc2002_db1_b,fvc2002_db2_b,fvc2002_db3_b,fvc2002_db4_b,uareu_25", "sets to run")
	out := flag.String("out", "", "folder for score files")
	taps := flag.String("taps", "", "folder for pictures of the steps of -image")
	one := flag.String("image", "", "SET/NAME whose steps are drawn")
	terms := flag.Bool("terms", false, "append the terms to each score line")
	cross := flag.Bool("cross", false, "compare across sets too, all in one file")
	flag.Parse()
	if *taps != "" {
		set, name, _ := strings.Cut(*one, "/")
		img := load(filepath.Join(*data, set, name+".png"), ppi[set])
		t, err := finger.Extract(img, pictures{*taps})
		check(err)
		drawMinutiae(filepath.Join(*taps, "overlay.png"), img, t)
		fmt.Printf("%dx%d %d minutiae quality %+v\n", t.Width, t.Height, len(t.Minutiae), t.Quality)
		return
	}
	if *cross {
		run(*data, strings.Split(*sets, ","), "cross", *out, *terms)
		return
	}
	for _, s := range strings.Split(*sets, ",") {
		run(*data, []string{s}, s, *out, *terms)
	}
}

func run(data string, sets []string, set, out string, terms bool) {
	var names []string
	for _, s := range sets {
		files, err := filepath.Glob(filepath.Join(data, s, "*.png"))
		check(err)
		sort.Strings(files)
		names = append(names, files...)
	}
	label := func(i int) string {
		if len(sets) == 1 {
			return filepath.Base(names[i])
		}
		return filepath.Base(filepath.Dir(names[i])) + "-" + filepath.Base(names[i])
	}
	prepared := make([]*finger.Prepared, len(names))
	var mu sync.Mutex
	var minutiae, failed, quality, unusable, size int
	var spent time.Duration
	parallel(len(names), func(i int) {
		start := time.Now()
		t, err := template(names[i])
		d := time.Since(start)
		mu.Lock()
		defer mu.Unlock()
		spent += d
		if err != nil {
			failed++
			fmt.Println(filepath.Base(names[i]), err)
			return
		}
		minutiae += len(t.Minutiae)
		quality += int(t.Quality.Score)
		if !t.Quality.Usable() {
			unusable++
		}
		if *showMeasures {
			fmt.Println(filepath.Base(names[i]), t.Quality.Score, t.Quality.Reasons)
		}
		if b, err := t.MarshalBinary(); err == nil {
			size += len(b)
		}
		prepared[i] = finger.Prepare(t)
	})
	lines := make([][]string, len(names))
	var compared time.Duration
	parallel(len(names), func(i int) {
		c := finger.NewComparer()
		start := time.Now()
		for j := i + 1; j < len(names); j++ {
			if prepared[i] == nil || prepared[j] == nil {
				continue
			}
			r := c.Compare(prepared[i], prepared[j])
			l := fmt.Sprintf("%s %s %.4f", label(i), label(j), float64(r.Score))
			if terms {
				l += fmt.Sprintf(" %v", r.Terms)
			}
			lines[i] = append(lines[i], l)
		}
		mu.Lock()
		compared += time.Since(start)
		mu.Unlock()
	})
	n := len(names)
	fmt.Printf("%-14s %d images, %d failed, %.1f minutiae, quality %.1f (%d unusable), %d bytes, extract %.1f ms, compare %.1f us\n", set, n, failed,
		float64(minutiae)/float64(n), float64(quality)/float64(n), unusable, size/n, spent.Seconds()*1e3/float64(n), compared.Seconds()*1e6/float64(n*(n-1)/2))
	if out == "" {
		return
	}
	f, err := os.Create(filepath.Join(out, set+".txt"))
	check(err)
	defer f.Close()
	for _, l := range lines {
		for _, s := range l {
			fmt.Fprintln(f, s)
		}
	}
}

func parallel(n int, work func(i int)) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				work(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

type measures struct{ name string }

func (m measures) Wants(s string) bool  { return *showMeasures && s == "measures" }
func (m measures) Take(s string, v any) { fmt.Printf("%s %+v\n", m.name, v) }

var showMeasures = flag.Bool("measures", false, "print each image's quality measures")

type pictures struct{ dir string }

func (pictures) Wants(string) bool { return true }

func (p pictures) Take(step string, v any) {
	switch v := v.(type) {
	case finger.Gray:
		writePNG(filepath.Join(p.dir, step+".png"), &image.Gray{Pix: v.Pix, Stride: v.Width, Rect: image.Rect(0, 0, v.Width, v.Height)})
	case finger.Grid:
		g := image.NewGray(image.Rect(0, 0, v.Columns*v.CellPx, v.Rows*v.CellPx))
		top := 1
		for _, x := range v.Values {
			top = max(top, int(x))
		}
		for i := range g.Pix {
			x, y := i%g.Stride/v.CellPx, i/g.Stride/v.CellPx
			g.Pix[i] = uint8(int(v.Values[y*v.Columns+x]) * 255 / top)
		}
		writePNG(filepath.Join(p.dir, step+".png"), g)
	}
}

func drawMinutiae(path string, img finger.Image, t *finger.Template) {
	const zoom = 2
	m := image.NewRGBA(image.Rect(0, 0, t.Width*zoom, t.Height*zoom))
	for y := range t.Height * zoom {
		for x := range t.Width * zoom {
			v := img.Pix[y*img.Height/(t.Height*zoom)*img.Width+x*img.Width/(t.Width*zoom)]
			m.Set(x, y, color.Gray{v/2 + 128})
		}
	}
	for _, p := range t.Minutiae {
		x, y := p.Px()
		c := color.RGBA{255, 0, 0, 255}
		if p.Kind == finger.KindBifurcation {
			c = color.RGBA{0, 0, 255, 255}
		}
		if p.Quality < 40 {
			c.G = 160
		}
		for d := -3; d <= 3; d++ {
			m.Set(int(x*zoom)+d, int(y*zoom)-3, c)
			m.Set(int(x*zoom)+d, int(y*zoom)+3, c)
			m.Set(int(x*zoom)-3, int(y*zoom)+d, c)
			m.Set(int(x*zoom)+3, int(y*zoom)+d, c)
		}
		ux, uy := unit(p.Degrees())
		for d := range 16 {
			m.Set(int(x*zoom+ux*float64(d)), int(y*zoom-uy*float64(d)), c)
		}
	}
	writePNG(path, m)
}

func writePNG(path string, m image.Image) {
	f, err := os.Create(path)
	check(err)
	defer f.Close()
	check(png.Encode(f, m))
}
