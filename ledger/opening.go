package ledger

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// commitmentDomain separates commitments from every other use of SHA-256 in the system.
const commitmentDomain = "convenio-commitment-v1\x00"

// Opening is the private half of an entry: the body that the entry commits to, and the salt that keeps anybody from
// guessing the body from the commitment. It stays with the node, encrypted, and is destroyed when the data ends; an
// overseer with authority may be shown it.
type Opening struct {
	Salt Digest          `json:"salt"` // 32 random bytes
	Body json.RawMessage `json:"body"` // the exact bytes that are committed to
}

// NewOpening encodes body as JSON under a fresh random salt. The body is in the form that encoding/json keeps when an
// Opening is stored as JSON and read again, so that the commitment still holds.
func NewOpening(body any) (Opening, error) {
	var o Opening
	b, err := json.Marshal(body)
	if err != nil {
		return o, fmt.Errorf("encode private body: %w", err)
	}
	if _, err := rand.Read(o.Salt[:]); err != nil {
		return o, fmt.Errorf("draw salt: %w", err)
	}
	o.Body = b
	return o, nil
}

// Commitment returns SHA-256("convenio-commitment-v1\x00" || salt || body).
func (o Opening) Commitment() Digest {
	h := sha256.New()
	h.Write([]byte(commitmentDomain))
	h.Write(o.Salt[:])
	h.Write(o.Body)
	return Digest(h.Sum(nil))
}
