// Package inti reads and writes messages of INTERPOL's INT-I implementation,
// version 6: the XML encoding of ANSI/NIST-ITL 1-2011 Update:2015 in which
// states ask INTERPOL's fingerprint system, and it answers hit, no hit or
// error.
//
// Start with [Read], which gives a [Message] of a kind: NPS, MPS or CPS ask
// (print to print, latent to print and so on, as the domain has it), SRE tells
// a search's result, ERR that a message could not be taken. [Message.Write]
// gives the XML. What Write makes is valid by INTERPOL's schemas, and a test
// holds that with xmllint wherever the schemas are.
//
// Reading is tolerant of order and of what it does not know, and says so:
// Message.Oddities lists each element that was not read and each figure that
// contradicts another. Writing is strict: what a receiver would refuse is
// refused, with the element named.
//
// The 2008 edition of the XML encoding (ANSI/NIST-ITL 2-2008) has other
// namespaces and is refused with its first element named.
//
// XML from outside is hostile: a document type is refused, so that no entity
// is ever expanded; depth, number of elements and attributes are bounded by
// [Limits]; images are decoded once, from their own characters.
//
// Field numbers in comments are those of the INT-I record layouts (INT-I v6,
// field definitions), element names those of its schemas.
package inti
