package exchange

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
)

// Sizes of version 1, in bytes.
const (
	MaxEnvelope = 8 << 20 // default bound of an envelope
	minBucket   = 4 << 10 // smallest plaintext
	maxBucket   = 6 << 20 // largest plaintext: the next bucket would pass MaxEnvelope

	frameBytes = 4                         // length before each part
	innerBytes = ed25519.SignatureSize + 4 // what stands before the payload in the plaintext: signature, length
)

// MaxPayload is the longest payload that Seal takes, in bytes.
const MaxPayload = maxBucket - innerBytes

const (
	envelopeName  = "convenio-envelope/"
	envelopeMagic = envelopeName + "1\n"
)

// frame is an envelope taken apart, nothing in it verified yet.
type frame struct {
	header     []byte // JSON of Header
	enc        []byte // HPKE encapsulated key
	ciphertext []byte
	signature  []byte // by the sender's node key over everything before it
	signedPart []byte
}

var errVersion = errors.New("another protocol version")

// parseFrame takes an envelope apart. It copies nothing and allocates nothing of the sizes it reads.
func parseFrame(b []byte) (frame, error) {
	var f frame
	if !bytes.HasPrefix(b, []byte(envelopeMagic)) {
		if bytes.HasPrefix(b, []byte(envelopeName)) {
			return f, errVersion
		}
		return f, errors.New("envelope does not begin with its name and version")
	}
	rest := b[len(envelopeMagic):]
	var err error
	if f.header, rest, err = takePart(rest, "header", 2, maxHeaderBytes); err != nil {
		return f, err
	}
	if f.enc, rest, err = takePart(rest, "encapsulated key", sealEncBytes, sealEncBytes); err != nil {
		return f, err
	}
	if f.ciphertext, rest, err = takePart(rest, "ciphertext", minBucket+sealTagBytes, maxBucket+sealTagBytes); err != nil {
		return f, err
	}
	if !isBucket(len(f.ciphertext) - sealTagBytes) {
		return f, errors.New("ciphertext is not of a padded size")
	}
	if len(rest) != ed25519.SignatureSize {
		return f, fmt.Errorf("signature has %d bytes, want %d", len(rest), ed25519.SignatureSize)
	}
	f.signature, f.signedPart = rest, b[:len(b)-len(rest)]
	return f, nil
}

func takePart(b []byte, what string, least, most int) (part, rest []byte, err error) {
	if len(b) < frameBytes {
		return nil, nil, fmt.Errorf("envelope ends before the length of its %s", what)
	}
	n := int64(binary.BigEndian.Uint32(b))
	if n < int64(least) || n > int64(most) {
		return nil, nil, fmt.Errorf("%s has %d bytes, %d to %d are allowed", what, n, least, most)
	}
	b = b[frameBytes:]
	if int64(len(b)) < n {
		return nil, nil, fmt.Errorf("envelope ends inside its %s", what)
	}
	return b[:n:n], b[n:], nil
}

func appendPart(b, part []byte) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(part))), part...)
}

// bucketOf returns the padded size of a plaintext: the least of 4, 6, 8, 12, 16, 24 ... KiB that holds n bytes.
func bucketOf(n int) (int, bool) {
	for size := minBucket; size <= maxBucket; size *= 2 {
		if n <= size {
			return size, true
		}
		if half := size + size/2; n <= half && half <= maxBucket {
			return half, true
		}
	}
	return 0, false
}

func isBucket(n int) bool {
	size, ok := bucketOf(n)
	return ok && size == n
}

// pad writes the plaintext: the inner signature, the payload's length, the payload, zeros to the bucket.
func pad(signature, payload []byte, size int) []byte {
	b := make([]byte, 0, size)
	b = append(b, signature...)
	b = appendPart(b, payload)
	return b[:size]
}

// unpad takes a plaintext apart. Padding that is not zero, or larger than need be, is refused: one payload has one
// padded form.
func unpad(b []byte) (signature, payload []byte, err error) {
	if len(b) < innerBytes {
		return nil, nil, errors.New("plaintext is too short")
	}
	signature, rest := b[:ed25519.SignatureSize], b[ed25519.SignatureSize:]
	n := int64(binary.BigEndian.Uint32(rest))
	rest = rest[frameBytes:]
	if n > int64(len(rest)) {
		return nil, nil, errors.New("payload is longer than its plaintext")
	}
	payload, padding := rest[:n:n], rest[n:]
	if size, ok := bucketOf(innerBytes + int(n)); !ok || size != len(b) {
		return nil, nil, errors.New("plaintext is not padded to its size")
	}
	for _, c := range padding {
		if c != 0 {
			return nil, nil, errors.New("padding is not zero")
		}
	}
	return signature, payload, nil
}
