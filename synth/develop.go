package synth

// develop adds to an exposed image what some sensors do: darker corners,
// columns of unequal gain, contrast turned up. Without any of them the image
// stays as it is.
func develop(pix []uint8, c Conditions) []uint8 {
	if c.Vignette == 0 && c.Stripes == 0 && c.Harsh == 0 {
		return pix
	}
	offset := stripes(c)
	middle := (c.Ink + c.Background) / 2
	gain := mad(1.4, c.Harsh, 1)
	for y := range c.Height {
		v := float64(2*y)/float64(c.Height) - 1
		for x := range c.Width {
			u := float64(2*x)/float64(c.Width) - 1
			dark := 1 - float64(c.Vignette*max(0, square(u, v)-0.5))/1.5
			i := y*c.Width + x
			g := mad(gain, float64(pix[i])-middle, middle)
			g = float64(g*dark) + offset[x] + 0.5
			pix[i] = uint8(max(0, min(255, g)))
		}
	}
	return pix
}

// stripes are the columns' offsets in gray levels: single columns, and runs of
// some that share an amplifier.
func stripes(c Conditions) []float64 {
	r := newSource(c.Seed, streamSensor+200)
	out := make([]float64, c.Width)
	run := 0.0
	for x := range out {
		if r.Float64() < 0.08 {
			run = r.normal(0, c.Stripes)
		}
		out[x] = run + r.normal(0, c.Stripes/2)
	}
	return out
}
