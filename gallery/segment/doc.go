// Package segment keeps a gallery on disk: templates and the codes that the first stages of a search read, so that a
// gallery of millions is there at once when a node starts and needs no more memory than its codes.
//
// A store is a folder. Sealed segments hold people in blocks, written once, renamed into place and mapped into memory; one
// log takes what has happened since: enrolments, removals, changes of class. Each record of the log has its length and
// CRC-32C; it is on disk (fsync) before the call returns. A log that ends within a record was cut by a crash: what was
// acknowledged is before the cut. Fold turns the log into a segment; searches go on meanwhile.
//
// To remove somebody is to write a tombstone, from which on no search finds the person, and then to overwrite templates and
// codes with zeros where they stand: in segments at once, in the log when it is folded or rewritten (Fold, which Remove
// calls for people who are still in the log). Overwriting is as good as the disk makes it: a file system that copies on
// write, a snapshot of it or a drive's spare blocks may keep the old bytes. The files are not encrypted, since the codes
// are searched where they lie, and codes are biometric data like templates: put the folder on an encrypted volume. It is a
// cache. The durable truth is the registry, where each datum has its own key; a store is rebuilt from it.
//
// Numbers are little-endian, and a store is not opened on a big-endian machine.
package segment
