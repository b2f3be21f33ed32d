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
// against), score (calibrated to a false match rate), fuse and person (several fingers).
//
// Guarantees: no input or output but values; time and memory bounded by the image's size, which is bounded; the same
// template and score on every platform (see numeric.go); a score does not depend on which print is the probe; functions
// are safe for concurrent use, a Prepared may be shared, a Comparer may not. A template of an older version either parses
// and compares as it did or is refused with ErrTemplate.
//
// Limits. An image has at most 4000 px a side as given, 190 to 2000 ppi, and between 100 px a side and 2 Mpx at 500 ppi;
// anything else is refused before memory is taken. Extraction takes about 0.12 us a pixel at 500 ppi on one core and
// allocates at most 72 bytes a pixel at 500 ppi (tests hold that). Where the resolution is not stated, or the ridges show
// that it cannot be right, it is estimated from them, and the quality's reasons say so. What is no print (blank, noise,
// stripes, text, a photograph) is refused or gets a quality that is not usable. A mirrored print is another finger.
//
// Prints turned more than 90 degrees against each other match only where Comparer.AnyTurn asks for it: fingers are
// captured upright, and looking at every turn doubles the cost and the chance of a false match. Not in it: latents. What
// each step brought, and the error rates, are in docs/finger.md.
package finger
