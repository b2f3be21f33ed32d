package ledger

import (
	"encoding/hex"
	"fmt"

	"github.com/transparency-dev/merkle/rfc6962"
)

// Digest is a SHA-256 value. Its text form is 64 lower-case hexadecimal digits.
type Digest [32]byte

// IsZero reports whether d holds no digest.
func (d Digest) IsZero() bool { return d == Digest{} }

// String returns the 64 lower-case hexadecimal digits of d.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText returns what String returns.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads exactly 64 lower-case hexadecimal digits.
func (d *Digest) UnmarshalText(text []byte) error {
	v, err := ParseDigest(string(text))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// ParseDigest reads exactly 64 lower-case hexadecimal digits.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	if len(s) != 2*len(d) {
		return d, fmt.Errorf("digest has %d characters, not %d", len(s), 2*len(d))
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return d, fmt.Errorf("digest has a character that is not a lower-case hexadecimal digit at position %d", i)
		}
	}
	_, err := hex.Decode(d[:], []byte(s))
	return d, err
}

// LeafHash returns the hash of an encoded entry as a leaf of the log's tree (RFC 6962, section 2.1).
func LeafHash(entry []byte) Digest { return Digest(rfc6962.DefaultHasher.HashLeaf(entry)) }

// EmptyRoot is the root of a log without entries: SHA-256 of nothing (RFC 6962, section 2.1).
func EmptyRoot() Digest { return Digest(rfc6962.DefaultHasher.EmptyRoot()) }
