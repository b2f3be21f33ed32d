// Package explain takes one comparison apart for a person to judge: both prints with their minutiae, which were paired, how
// the prints lie on each other, what the score is made of and what it means, in Spanish and English.
//
// Start with Compare, which returns a Report: plain data, the same for a page, for JSON and for an examiner's console.
// Package explain/page makes pages of it. Trace shows how one print is extracted, step by step. Values in, values out; the
// same images give the same Report on every platform.
//
// A Report holds both images: it is as sensitive as they are.
package explain
