// Package registry is a node's only durable truth: people enrolled, exchanges and their steps, messages in and out,
// ledger entries waiting to be written, quotas, tokens and notices, in one SQLite database. All SQL of Convenio is here.
//
// Start with [Open]. Everything that belongs to one step of an exchange goes into one [Store.Tx]: it is committed and
// synced to disk when Tx returns nil, and none of it happened otherwise. [Store.View] reads a consistent snapshot. Most
// methods of [View] and [Tx] have a shortcut of the same name on [Store] that is a transaction of its own.
//
// Every protected datum (biographic fields, samples, probes, disclosures, message bodies, private details) is encrypted
// under a data key of its own, see [KeyRef]; data keys are wrapped by the master key, which is never stored. To end a
// datum is to destroy its key: see [Store.DestroyKey] and the README.
//
// Steps that a caller repeats after a crash are idempotent: Put methods give back what was stored first, and an
// exchange moves from state to state by compare-and-set ([Tx.Advance]).
//
// A Store is safe for concurrent use: one writer at a time, readers beside it. One process owns a database at a time.
package registry
