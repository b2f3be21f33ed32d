package exchange

import (
	"crypto/ed25519"
	"crypto/hpke"
	"errors"
	"fmt"
)

// Seal makes the envelope of a message: the payload, signed by the sender's node key, padded, encrypted to the
// recipient's seal key with the header bound, and the whole signed again. The same arguments give other bytes each time;
// what is resent must be the stored bytes. The digest is that of the envelope, which both ledgers record.
func Seal(keys *KeyRing, to Card, h Header, payload []byte) ([]byte, Digest, error) {
	raw, err := seal(keys, to, h, payload)
	if err != nil {
		return nil, Digest{}, fmt.Errorf("seal %s: %w", h.Transaction, err)
	}
	return raw, DigestOf(raw), nil
}

func seal(keys *KeyRing, to Card, h Header, payload []byte) ([]byte, error) {
	if err := h.Check(); err != nil {
		return nil, err
	}
	if h.From != keys.ID || h.To != to.Party {
		return nil, fmt.Errorf("header goes from %s to %s, the keys from %s to %s", h.From, h.To, keys.ID, to.Party)
	}
	size, ok := bucketOf(innerBytes + len(payload))
	if !ok || !sizeAllowed(h.Transaction, size) {
		return nil, fmt.Errorf("payload of %d bytes is too long for %s", len(payload), h.Transaction)
	}
	header, err := encode(h)
	if err != nil {
		return nil, err
	}
	if len(header) > maxHeaderBytes {
		return nil, errors.New("header is too long")
	}
	inner := sign(keys.Node, domainPayload, appendPart(nil, header), payload)
	enc, ciphertext, err := encrypt(to, header, pad(inner, payload, size))
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(envelopeMagic)+3*frameBytes+len(header)+len(enc)+len(ciphertext)+ed25519.SignatureSize)
	b = append(b, envelopeMagic...)
	b = appendPart(b, header)
	b = appendPart(b, enc)
	b = appendPart(b, ciphertext)
	return append(b, sign(keys.Node, domainEnvelope, b)...), nil
}

func encrypt(to Card, header, plaintext []byte) (enc, ciphertext []byte, err error) {
	key, err := sealKEM().NewPublicKey(to.Keys.Seal)
	if err != nil {
		return nil, nil, fmt.Errorf("seal key of %s: %w", to.Party, err)
	}
	enc, s, err := hpke.NewSender(key, sealKDF(), sealAEAD(), sealInfo(header))
	if err != nil {
		return nil, nil, fmt.Errorf("encapsulate to %s: %w", to.Party, err)
	}
	ciphertext, err = s.Seal(nil, plaintext)
	return enc, ciphertext, err
}

// sealInfo binds the header to the encryption. It is HPKE's info, not its aad: each envelope has a context of its own, and
// libraries with the one-shot interface alone can then open it.
func sealInfo(header []byte) []byte { return append([]byte(domainEnvelope+"\x00"), header...) }

// answerBytes is the one padded size of every answer: a hit, no hit and a refusal cannot be told apart by length.
const answerBytes = minBucket

// sizeAllowed says whether a message of the kind may have this padded size.
func sizeAllowed(t Transaction, bucket int) bool { return t != TxAnswer || bucket == answerBytes }
