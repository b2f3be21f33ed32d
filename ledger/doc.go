// Package ledger is a node's append-only transparency log.
//
// A node writes an entry before it acts: before a message leaves, before a gallery is searched, when a person has
// confirmed. An entry holds identifiers, a kind, a time and digests; what happened to whom stays with the node, and the
// entry binds the node to it by a salted commitment ([Opening]). So a ledger may be read by an overseer, and by the
// partner, without reading anything about a person.
//
// Start with [Open] and [Log.Append]. [Log.Prove] makes the proof that travels with a message: that the message's entry
// stands in the sender's ledger, under a checkpoint that the receiver then keeps. [VerifyProof] is the receiver's side.
// [Load] reads a whole ledger, from a folder or over HTTPS, and recomputes every hash; package audit compares the two
// ledgers of an agreement.
//
// On disk and on the wire a ledger is a C2SP tiled log (c2sp.org/tlog-tiles) with signed checkpoints
// (c2sp.org/tlog-checkpoint, c2sp.org/signed-note); Tessera's POSIX driver writes it. docs/ledger.md has the entry format.
package ledger
