// Package fir reads finger image records, as live scanners and identity systems exchange them, and writes the ISO ones.
//
//	r, err := fir.Parse(data)            // r.Format says which layout was found
//	for _, img := range r.Images { ... img.Codec() ... img.Data ... img.PPI() ... }
//	gray, err := r.Images[0].Gray()      // pixels of uncompressed and bit-packed images
//	out, err := r.Marshal()              // strict
//
// Read: ISO/IEC 19794-4:2005 and :2011, ANSI INCITS 381-2004. Written: the two ISO ones. ANSI INCITS 381-2009 is told by
// its version and refused by name. Compressed images (WSQ, JPEG, JPEG 2000, PNG) are handed out as they lie in the record,
// with the codec that they are by their own first bytes; decoding them is other packages' work.
//
// The package is pure and bounded: images are parts of the input, not copies, and an uncompressed one is unpacked only
// when its bytes are there. Errors name image, field and byte offset and are one of the kinds of package sc37.
package fir
