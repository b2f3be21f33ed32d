// Package sc37 holds what the binary records of ISO/IEC JTC 1/SC 37 share, so that fmr, fir and iir say it once: the
// capture block of ISO/IEC 19794-1:2011 ([Capture]), the code tables of finger positions and impressions, a [Cursor]
// whose errors name record, field and byte offset, and the [Oddity] in which a reader reports what it found odd and
// kept nevertheless.
//
// All numbers in these records are big-endian. The package is pure: bytes in, values out.
package sc37
