// Package wsq reads and writes WSQ, the wavelet compression in which police
// forces exchange gray fingerprint images at 500 pixels per inch (FBI/CJIS,
// "WSQ Gray-Scale Fingerprint Image Compression Specification",
// IAFIS-IC-0110, version 3.1, 2010).
//
// Start with [Decode]: it is given the whole file and [Limits], and returns an
// [Image] or an error that says what was wrong and at which byte.
// [DecodeHeader] reads size, resolution and comments alone. [Encode] writes a
// file at a bit rate, 0.75 bit a pixel (about 15:1) or 2.25 (about 5:1).
//
// A WSQ decoder is right when it is bit-exact: two decoders must agree on
// every pixel, or the fingerprint examiner's image is not the one that was
// sent. This one computes in 32-bit floating point, in the order of the
// reference decoder of NIST, with each product rounded before it is added
// (no fused multiply-add), and gives the same pixels on every processor.
//
// The package is pure: values in, values out. It imports the standard library
// alone.
package wsq
