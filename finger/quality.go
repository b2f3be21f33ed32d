package finger

import (
	"cmp"
	"slices"
)

// Quality tells how useful a print is for comparison.
type Quality struct {
	Score   uint8    // 0..100, higher is better
	Reasons []Reason // what is wrong, worst first; empty for a good print
}

// Measures are what a Quality is made of. A Tap gets them under the key "measures".
type Measures struct {
	AreaMM2     float64 // area with ridges
	Minutiae    int     // minutiae of quality 40 or more
	Reliability float64 // mean over that area, 0..1: how well the image follows ridges
	Contrast    float64 // mean local standard deviation there, gray steps
	Relief      float64 // contrast over how much darker the print is than the image's light parts: low where ridges run together
	Breaks      float64 // share of the pixels of ridges that are light: high where ridges are broken
	Bridges     float64 // share of the pixels of valleys that are dark
	LostShare   float64 // share of the print's first estimate that turned out not to have clear ridges
}

func measure(r ridges, n normalised, gray *plane, mask *grid, m []Minutia) Measures {
	var q Measures
	var cells, rel, contrast, ridge, valley, breaks, bridges, level int
	eachCell(r.foreground, func(i, x, y int) {
		cells++
		rel += int(r.reliability.v[i])
		contrast += int(n.contrast.v[i])
		for row := y; row < min(y+cellPx, gray.h); row++ {
			for col := x; col < min(x+cellPx, gray.w); col++ {
				o := gray.at(col, row)
				level += int(gray.pix[o])
				if r.enhanced.pix[o] < 0 {
					ridge++
					if n.img.pix[o] > 0 {
						breaks++
					}
				} else {
					valley++
					if n.img.pix[o] < 0 {
						bridges++
					}
				}
			}
		}
	})
	if cells == 0 || ridge == 0 || valley == 0 {
		return q
	}
	q.AreaMM2 = float64(cells*cellPx*cellPx) * (25.4 / standardPPI) * (25.4 / standardPPI)
	q.Reliability = float64(rel) / float64(cells*255)
	q.Contrast = float64(contrast) / float64(cells)
	q.Breaks = float64(breaks) / float64(ridge)
	q.Bridges = float64(bridges) / float64(valley)
	q.LostShare = 1 - float64(area(r.foreground))/float64(max(area(mask), area(r.foreground)))
	q.Relief = q.Contrast / float64(max(lightLevel(gray)-level/(ridge+valley), 8))
	for _, p := range m {
		if p.Quality >= 40 {
			q.Minutiae++
		}
	}
	return q
}

// lightLevel returns the 95th percentile of the image's gray values.
func lightLevel(gray *plane) int {
	var count [256]int
	for y := range gray.h {
		for _, v := range gray.row(y) {
			count[v]++
		}
	}
	rest := gray.w * gray.h / 20
	for v := 255; v > 0; v-- {
		if rest -= count[v]; rest < 0 {
			return v
		}
	}
	return 0
}

// UsableScore is the least quality score with which a probe should be searched. Below it a search is likelier to miss a
// mate than to find it, and the person should be asked for another capture. Of the 520 real prints it was set on it
// passes 505 (68 of the 80 of an old capacitive sensor); of synthetic captures made poor on purpose, none of 60.
const UsableScore = 25

// Usable reports whether a print of this quality should be searched with. Where it is false, Reasons says why.
func (q Quality) Usable() bool { return q.Score >= UsableScore }

// ramp rises from floor at lo to 1 at hi.
func ramp(v, lo, hi, floor float64) float64 {
	x := min(max((v-lo)/(hi-lo), 0), 1)
	return floor + float64((1-floor)*x)
}

// assess turns measures into a score, a product of what area, clarity, relief and minutiae leave of a full 100, and names
// what took most.
func assess(q Measures, minutiae int) Quality {
	type factor struct {
		reason Reason
		value  float64
		named  bool
	}
	dry := q.Breaks > 0.29 && q.Bridges > 0.2 && q.Reliability < 0.5
	wet := q.Bridges > 0.25 && q.Breaks < 0.15
	clarity := factor{ReasonSmeared, ramp(q.Reliability, 0.38, 0.66, 0.1), q.Reliability < 0.5}
	switch {
	case dry:
		clarity.reason, clarity.value = ReasonTooDry, min(clarity.value, 0.24)
	case wet:
		clarity.reason = ReasonTooWet
	}
	factors := []factor{
		{ReasonLittleArea, ramp(q.AreaMM2, 15, 110, 0), q.AreaMM2 < 40},
		clarity,
		{ReasonSmeared, ramp(q.Relief, 0.17, 0.27, 0.1), q.Relief < 0.2},
		{ReasonLowContrast, ramp(q.Contrast, 8, 14, 0.2), q.Contrast < 12},
		{ReasonFewMinutiae, ramp(float64(minutiae), 4, 26, 0.1), minutiae < 8},
		{ReasonManyMinutiae, ramp(-float64(minutiae), -maxMinutiae, -80, 0.3), minutiae >= maxMinutiae},
	}
	slices.SortStableFunc(factors, func(a, b factor) int { return cmp.Compare(a.value, b.value) })
	score, worst := 100.0, factors[0].reason
	var out Quality
	for _, f := range factors {
		score = score * f.value
		if f.named && !slices.Contains(out.Reasons, f.reason) {
			out.Reasons = append(out.Reasons, f.reason)
		}
	}
	out.Score = uint8(score + 0.5)
	if !out.Usable() && len(out.Reasons) == 0 {
		out.Reasons = append(out.Reasons, worst)
	}
	return out
}
