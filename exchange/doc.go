// Package exchange is the protocol between two national nodes: who the partner is, how a message is sealed, checked,
// delivered and acknowledged, and which steps an exchange may take. docs/protocol.md is the specification; this package
// carries it out.
//
// Start here:
//
//   - GenerateKeys makes a party's KeyRing; KeyRing.Card is the public half that operators compare in person by its
//     Fingerprint and install at the partner (Peers).
//   - Seal turns a payload (SearchPayload, AnswerPayload, ...) into envelope bytes for one recipient; its Digest is what
//     both ledgers record. Open checks and decrypts, and says every refusal as a *Refusal with a Code.
//   - Message is what travels: the envelope, and the sender's ledger entry with its proof. Receipt is the signed answer of
//     the receiver's door. Only a signed receipt is final.
//   - Client delivers, Server receives and hands each message to an Inbox. Both speak TLS 1.3 with pinned keys; ledger_test.go
//     shows a whole Inbox with a real ledger.
//   - Asking and Answering are the state machines, Schedule the outbox's waiting times.
//
// The package keeps no state of its own: clock, random source, seen messages and the ledger are handed in. It does not
// know the agreement, nor the ledger's code: a proof is bytes (LogProof) that the node verifies.
package exchange
