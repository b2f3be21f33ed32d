// Package picture reads the picture files that fingerprints arrive in (PNG,
// TIFF, BMP, JPEG, and by the packages beside it WSQ, JPEG 2000 and lossless
// JPEG) as 8-bit gray with the resolution that the file states,
// and writes PNG.
//
// Start with [Decode]: it is given the whole file and [Limits], and returns a
// [Picture] or an error that says what was wrong and where. Files come from
// outside, so that every size is checked on the header, before memory is
// taken for pixels; a file that lies about itself costs no more than the limit
// allows, and no input makes Decode panic.
//
// Colour becomes luma (ITU-R BT.601, as in JPEG), 16-bit samples become 8-bit,
// what is transparent lies on white. Each such change, and anything odd about
// the resolution, is told in Picture.Notes: plain English sentences without
// any content of the picture.
//
// The package is pure: values in, values out. The pixel decoders are those of
// the standard library and golang.org/x/image; this package adds what they
// leave out: resolution, limits, and errors a person can act on.
package picture
