// Package jp2 decodes JPEG 2000 (ITU-T T.800 | ISO/IEC 15444-1), as it is used
// for fingerprints at 1000 and 500 pixels per inch: JP2 files and bare code
// streams, lossless and lossy, gray or colour, up to 16 bits a sample.
//
// Start with [Decode]: it is given the whole file and [Limits], and returns an
// [Image] or an error that says what was wrong and where. [DecodeHeader] reads
// size, depth and resolution alone; [DecodeReduced] leaves out the finest
// levels, for a preview.
//
// All of part 1 that has to do with samples is read: tiles, tile-parts, every
// progression order and its changes, precincts, layers, both wavelets, regions
// of interest, all code-block styles, packed packet headers. What is refused is
// said by name: palettes, components of different depth, more than 4
// components, more than 16 bits.
//
// The files of a decoder, in the order in which an image goes through them:
// boxes.go (the JP2 file around the code stream), markers.go and params.go
// (headers), stream.go (tile-parts), geometry.go (tile, resolutions, subbands,
// precincts, code-blocks), progression.go (the order of packets), packet.go and
// tagtree.go (packet headers), mq.go and block.go (the bits of code-blocks),
// wavelet.go, tile.go (samples out).
//
// The package is pure: values in, values out. It imports the standard library
// alone.
package jp2
