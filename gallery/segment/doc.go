// Package segment keeps a gallery on disk: templates and the codes that the first stages of a search read, so that a
// gallery of millions is there at once when a node starts and needs no more memory than its codes.
//
// A store is a folder. Sealed-off segments hold people in blocks, written once, renamed into place by the manifest and
// mapped into memory; one log takes what has happened since: enrolments, removals, changes of class. Each record of the log
// has its length and CRC-32C; it is on disk (fsync) before the call returns. A log that ends within a record was cut by a
// crash: what was acknowledged is before the cut. Compaction turns the log into a segment and writes sparse or small
// segments anew, while searches and changes go on; Tend does it in the background.
//
// To remove somebody is to write a tombstone, from which on no search finds the person, and then to overwrite templates and
// codes with zeros where they stand: in segments at once, in the log by writing it anew. Overwriting is as good as the disk
// makes it: a file system that copies on write, a snapshot of it or a drive's spare blocks may keep the old bytes.
//
// So a store may be sealed (Options.Keys): each person's templates and codes are encrypted with a key of their own, which
// whoever has the keys can destroy. Codes are then opened into memory, by Load, which also brings the store to the truth
// that it is a cache of; templates are opened for the few who are compared. A store that is not sealed is searched where it
// lies, and codes are biometric data like templates: put it on an encrypted volume.
//
// Numbers are little-endian, and a store is not opened on a big-endian machine.
package segment
