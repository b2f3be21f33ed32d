// Package ansinist reads and writes transactions of ANSI/NIST-ITL 1-2011
// Update:2015, traditional encoding: what live scanners, AFIS and INTERPOL's
// partners send. Older files (1993 to 2008) are read too.
//
// Start with [Read]. It gives a [Transaction]: its records, each with its
// fields ([Record.Fields], [Describe] for their mnemonics and names) and its
// image ([Record.Image]), and a list of oddities: whatever is not as the
// standard has it, with record, field and byte offset. Reading is tolerant:
// what can be kept is kept and reported; only what cannot be cut into records
// is refused, with an [*Error] that says where.
//
// Typed views: [Transaction.Header] for Type-1, [Record.FixedImage] for the
// binary Types 3 to 6, [Record.Signature] for Type-8, [Record.Minutiae] for
// Type-9 (standard, M1 and EFS blocks), [Record.FrictionRidge] for Types 13,
// 14, 15 and 19, [Record.Face] for Type-10, [Record.Iris] for Type-17. Every
// other record is carried through byte for byte and its fields can be listed.
//
// Writing is strict: [Transaction.Encode] refuses what it could not defend
// before a reader at the other end, and recomputes each LEN (xx.001). A record
// that was read and not changed is written as it was read. [Transaction.Carry]
// gives back, without judgement, the bytes of everything that was not changed.
//
// [NewSearch] builds the transaction that asks for a fingerprint search, and
// [ReadSearch] takes one apart again.
//
// The package is pure: bytes in, bytes out. It decodes no image; it only reads
// the size that an image's own header states. Values that Read returns share
// memory with its argument, which must not be changed while they are in use.
package ansinist
