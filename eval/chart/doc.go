// Package chart draws the curves of an evaluation: detection error trade-off, score histogram, error versus discard,
// cumulative match characteristic.
//
// Start with DET, Histogram, Discard or CMC; each returns a Picture that is written as SVG or PNG. Values in, bytes out: no
// file is touched, and the same figures give the same bytes.
package chart
