// Package gallery searches a set of enrolled people for the person of a probe: 1:N identification over prepared
// fingerprint templates, in memory.
//
// References are kept in partitions, one for each class of record. A search is given, beside the probe, which classes it
// may reach; only the partitions of those classes are handed to the part that compares. A record out of reach is not
// filtered from a result: it is never read, and costs no time.
//
// Start with [New], [Gallery.Add] and [Gallery.Search]. The score of a candidate is calibrated: -10 log10 of the
// probability that a person who is not enrolled scores as high against one record. [PersonThreshold] turns the false
// positive identification rate of an agreement into a threshold on it.
//
// Everything is safe for concurrent use: a search works on the snapshot it began with and never waits for enrolment.
// The package is pure: it reads no clock, no file and no random source.
package gallery
