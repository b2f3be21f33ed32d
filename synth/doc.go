// Package synth makes synthetic fingerprints: images of fingers that belong to
// nobody, from a seed, with the true minutiae known.
//
// Start with [NewFinger] and [Finger.Impression] under [DefaultConditions];
// draw new conditions for every capture of the same finger.
// [CooperativeConditions] gives easier captures, [PoorConditions] those that a
// quality check must refuse. A [Population] makes templates by the million
// without drawing a print. README.md explains the models and their sources.
//
// Everything follows from the seeds, bit for bit, on every platform; the
// package keeps no state but a table of filters and is safe for concurrent
// use. A seed's images may change between versions of the program: golden
// hashes in the tests show when they do.
//
// Everyday captures are about as hard to compare as real ones, in some ways
// harder (README.md has the figures). Use them for demonstrations, and for
// relative judgements; set thresholds on real data.
package synth
