package registry

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// Sizes in bytes. A sealed text is nonce (12) || ciphertext || tag (16): AES-256-GCM, NIST SP 800-38D, random nonce.
const (
	dataKeySize    = 32
	sealOverhead   = 28
	wrappedKeySize = dataKeySize + sealOverhead
)

// master holds what is derived (HKDF-SHA-256, RFC 5869) from the master key; the master key itself is not kept.
type master struct {
	wrapping cipher.AEAD // wraps data keys
	index    []byte      // HMAC key of blind indexes
	check    []byte      // stored in the database to recognise the master key; reveals nothing about it
}

func newMaster(key [32]byte) (*master, error) {
	if key == ([32]byte{}) {
		return nil, invalid("master key is all zero")
	}
	derive := func(label string) ([]byte, error) {
		return hkdf.Key(sha256.New, key[:], nil, "convenio-registry-v1 "+label, 32)
	}
	kek, err1 := derive("key wrapping")
	index, err2 := derive("blind index")
	check, err3 := derive("master key check")
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, fmt.Errorf("derive keys: %w", err)
	}
	wrapping, err := newAEAD(kek)
	if err != nil {
		return nil, err
	}
	return &master{wrapping: wrapping, index: index, check: check}, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("prepare cipher: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// binding is the additional authenticated data: the place a sealed text belongs to. Each part is length-prefixed, so
// that no two places bind alike. A text moved to another row, name or table does not open.
func binding(parts ...string) []byte {
	out := []byte("convenio-registry-v1")
	for _, p := range parts {
		out = binary.BigEndian.AppendUint32(out, uint32(len(p)))
		out = append(out, p...)
	}
	return out
}

func keyBinding(slot int64, ref KeyRef) []byte {
	return binding("key_slots", fmt.Sprint(slot), string(ref.Purpose), ref.Owner)
}

func datumBinding(row int64, ref KeyRef, name string) []byte {
	return binding("vault", fmt.Sprint(row), string(ref.Purpose), ref.Owner, name)
}

// newDataKey makes a random data key and returns it ready to use, and wrapped for storage.
func (m *master) newDataKey(bind []byte) (cipher.AEAD, []byte, error) {
	key := make([]byte, dataKeySize)
	rand.Read(key) // never fails: it ends the program instead
	defer clear(key)
	aead, err := newAEAD(key)
	if err != nil {
		return nil, nil, err
	}
	return aead, m.wrapping.Seal(nil, nil, key, bind), nil
}

// unwrap gives the data key back, or ErrCorrupt when it was not wrapped by this master key for this place.
func (m *master) unwrap(wrapped, bind []byte) (cipher.AEAD, error) {
	key, err := m.wrapping.Open(nil, nil, wrapped, bind)
	if err != nil {
		return nil, fmt.Errorf("unwrap data key: %w", ErrCorrupt)
	}
	defer clear(key)
	return newAEAD(key)
}

func unseal(key cipher.AEAD, sealed, bind []byte) ([]byte, error) {
	plain, err := key.Open(nil, nil, sealed, bind)
	if err != nil {
		return nil, fmt.Errorf("open sealed datum: %w", ErrCorrupt)
	}
	return plain, nil
}

// blind returns a keyed digest by which equal values can be found without the database telling the value.
func (m *master) blind(kind, value string) []byte {
	mac := hmac.New(sha256.New, m.index)
	mac.Write(binding(kind, value))
	return mac.Sum(nil)
}
