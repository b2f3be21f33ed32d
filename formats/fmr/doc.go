// Package fmr reads finger minutiae records, as scanners, cards and matchers exchange them, and writes the ISO ones.
//
//	r, err := fmr.Parse(data)          // any of the five layouts; r.Format says which was found
//	for _, v := range r.Views { ... v.Minutiae ... v.RidgeCounts() ... }
//	r.Oddities                         // what the standard forbids and was passed over
//	iso, err := r.Convert(fmr.ISO2011) // ANSI's 2-degree angles become ISO's, fields move to their places
//	out, err := iso.Marshal()          // strict: refuses what the standard forbids
//
// Read: ISO/IEC 19794-2:2005 and :2011 (record formats), ANSI INCITS 378-2004, 378-2009 and 378-2009/AM1. Written: the
// two ISO ones. The compact card formats of 19794-2 have no header to be known by and are not read. The five layouts
// share one magic; version, lengths and the fit of the whole decide (see [Parse]).
//
// What was read and is not understood is kept: extended data areas of vendors, bytes after the record. A conforming
// record comes back byte for byte from Marshal.
//
// The package is pure and bounded: it takes memory in proportion to the input (at most about 40 bytes for each), never
// what a length field claims, and never panics; errors name view, field and byte offset and are one of the kinds of
// package sc37.
package fmr
