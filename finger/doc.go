// Package finger is the fingerprint engine: it makes templates of images and compares them.
//
// Use it in this order:
//
//	t, err := finger.Extract(finger.Image{Width: w, Height: h, PPI: 500, Pix: gray}, nil)
//	if !t.Quality.Usable() { ... t.Quality.Reasons[0].Text("es") ... }   // ask for another capture
//	b, err := t.MarshalBinary()                                         // 1 to 2 KiB; ParseTemplate reads it
//	p := finger.Prepare(t)                                              // once, then shared
//	c := finger.NewComparer()                                           // one for each goroutine
//	r := c.Compare(p, reference)
//	if r.Score >= finger.Threshold(1e-4) { ... }
//
// Extraction is a list of steps, a file each, and a Tap sees what each made: resample, normalise, segment, orientation,
// period, enhance (the last three twice), thin, skeleton, minutia, filter, quality. Comparison likewise: prepare
// (descriptors), similarity, align (hypotheses), pair (one to one, following the skin's distortion), evidence (for and
// against), score (calibrated to a false match rate), fuse (several fingers).
//
// Guarantees: no input or output but values; time and memory bounded by the image's size, which is bounded; the same
// template and score on every platform (see numeric.go); a score does not depend on which print is the probe; functions
// are safe for concurrent use, a Prepared may be shared, a Comparer may not. A template of an older version either parses
// and compares as it did or is refused with ErrTemplate.
//
// Not in it: prints turned more than 90 degrees against each other, and latents. What each step brought, and the error
// rates, are in README.md.
package finger
