// Package iir reads iris image records of the three layouts that share the magic "IIR", and writes that of 2011.
//
//	r, err := iir.Parse(data)
//	for _, img := range r.Images { ... img.EyeName(), img.Codec(), img.Data ... }
//	out, err := r.Marshal() // as ISO/IEC 19794-6:2011, strict
//
// The version field decides: "010" is ISO/IEC 19794-6:2005 (rectilinear images, header of 45 bytes), "015" the draft that
// NIST's IREX evaluation of 2008 used (rectilinear or unsegmented polar, header of 46 bytes), "020" ISO/IEC 19794-6:2011.
// The polar format of 2005 is another record under the same magic and version; it is not read, and refused where its
// bytes do not fit.
//
// The package is pure and bounded: images are parts of the input, not copies. Errors name image, field and byte offset
// and are one of the kinds of package sc37.
package iir
