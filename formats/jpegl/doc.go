// Package jpegl reads and writes lossless JPEG: the predictive, Huffman-coded
// process 14 of ITU-T T.81 (1992), frame marker SOF3, gray or colour, 2 to 16
// bits a sample. It is not JPEG-LS and not the lossless mode of JPEG 2000.
//
// Start with [Decode]: it is given the whole file and [Limits], and returns an
// [Image] or an error that says what was wrong and at which byte.
// [DecodeHeader] reads size, depth and resolution alone. [Encode] writes a
// gray or three-component image.
//
// The package is pure: values in, values out.
package jpegl
