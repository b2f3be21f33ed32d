package exchange

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
)

// LogProof is the proof that an entry is in a ledger, as it travels: the ledger package's Proof in wire form.
type LogProof struct {
	Index       uint64   `json:"index"`
	Checkpoint  []byte   `json:"checkpoint"` // signed note whose tree covers Index
	Inclusion   [][]byte `json:"inclusion,omitzero"`
	Since       uint64   `json:"since,omitzero"`       // size that Consistency starts from; 0: none
	Consistency [][]byte `json:"consistency,omitzero"` // from Since to the checkpoint's tree
}

// Logged is a ledger entry and the proof that it is in its ledger. The node verifies it against the checkpoint that it
// last saw of that ledger.
type Logged struct {
	Entry []byte   `json:"entry"` // the entry's canonical bytes
	Proof LogProof `json:"proof"`
}

// Bounds of a proof: entry and checkpoint in bytes, paths in hashes (a log of 2^64 entries needs 64).
const (
	maxEntryBytes      = 4 << 10
	maxCheckpointBytes = 96 << 10 // 16 cosignatures of post-quantum size
	maxPathHashes      = 64
)

// Check says what is wrong with the form of the proof; it verifies nothing.
func (l Logged) Check() error {
	p := l.Proof
	switch {
	case len(l.Entry) == 0 || len(l.Entry) > maxEntryBytes:
		return fmt.Errorf("ledger entry has %d bytes, 1 to %d are allowed", len(l.Entry), maxEntryBytes)
	case len(p.Checkpoint) == 0 || len(p.Checkpoint) > maxCheckpointBytes:
		return fmt.Errorf("checkpoint has %d bytes, 1 to %d are allowed", len(p.Checkpoint), maxCheckpointBytes)
	case p.Since == 0 && len(p.Consistency) != 0:
		return errors.New("consistency proof starts from no size")
	}
	if err := checkPath("inclusion", p.Inclusion); err != nil {
		return err
	}
	return checkPath("consistency", p.Consistency)
}

func checkPath(what string, path [][]byte) error {
	if path != nil && len(path) == 0 || len(path) > maxPathHashes {
		return fmt.Errorf("%s proof has %d hashes, at most %d are allowed, and none is written by leaving it out", what, len(path), maxPathHashes)
	}
	for _, h := range path {
		if len(h) != sha256.Size {
			return fmt.Errorf("%s proof holds a hash of %d bytes", what, len(h))
		}
	}
	return nil
}

// Message is what one node posts to the other: an envelope, with the proof that the sender's ledger holds its send
// entry.
type Message struct {
	Sent     Time   `json:"sent"`          // the sender's clock at this attempt; Client.Deliver sets it
	Seen     uint64 `json:"seen,omitzero"` // size of the receiver's ledger that the sender has verified: the receipt's proof starts there
	Logged   Logged `json:"logged"`
	Envelope []byte `json:"-"`
}

const (
	messageMagic    = "convenio-message/1\n"
	maxMessageMeta  = 160 << 10
	messageOverhead = len(messageMagic) + frameBytes + maxMessageMeta
)

// Bytes returns the body of the request: a name, the length of the JSON part, the JSON part, the envelope.
func (m Message) Bytes() ([]byte, error) {
	m.Logged.Proof.normalize()
	if err := m.Logged.Check(); err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	meta, err := encode(m)
	if err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	if len(meta) > maxMessageMeta {
		return nil, fmt.Errorf("message: its proof takes %d bytes, at most %d are allowed", len(meta), maxMessageMeta)
	}
	b := make([]byte, 0, len(messageMagic)+frameBytes+len(meta)+len(m.Envelope))
	b = appendPart(append(b, messageMagic...), meta)
	return append(b, m.Envelope...), nil
}

// normalize gives paths without hashes their one form, so that callers need not care.
func (p *LogProof) normalize() {
	if len(p.Inclusion) == 0 {
		p.Inclusion = nil
	}
	if len(p.Consistency) == 0 {
		p.Consistency = nil
	}
}

// ParseMessage reads the body of a request. The envelope is not looked into: that is Open's. Errors are *Refusal with
// CodeTooLarge, CodeUnsupported or CodeMalformed.
func ParseMessage(b []byte, maxEnvelope int) (Message, error) {
	if len(b) > maxEnvelope+messageOverhead {
		return Message{}, refuse(CodeTooLarge, "message has %d bytes", len(b))
	}
	if !bytes.HasPrefix(b, []byte(messageMagic)) {
		if bytes.HasPrefix(b, []byte("convenio-message/")) {
			return Message{}, refuse(CodeUnsupported, "this node speaks version %d", Version)
		}
		return Message{}, refuse(CodeMalformed, "message does not begin with its name and version")
	}
	meta, envelope, err := takePart(b[len(messageMagic):], "message part", 2, maxMessageMeta)
	if err != nil {
		return Message{}, refuse(CodeMalformed, "%v", err)
	}
	var m Message
	if err := decodeStrict("message", meta, maxMessageMeta, &m); err != nil {
		return Message{}, refuse(CodeMalformed, "%v", err)
	}
	if err := m.Logged.Check(); err != nil {
		return Message{}, refuse(CodeMalformed, "%v", err)
	}
	if len(envelope) > maxEnvelope {
		return Message{}, refuse(CodeTooLarge, "envelope has %d bytes, at most %d are taken", len(envelope), maxEnvelope)
	}
	m.Envelope = envelope
	return m, nil
}
