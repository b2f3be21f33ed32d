package osia

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
	"github.com/theory/jsonpath/spec"
)

// Protection opens and checks the encryption and integrity blocks of what comes in.
type Protection struct {
	// Decrypt are private keys that senders encrypt to. Without one, encrypted data are refused.
	Decrypt []jose.JSONWebKey
	// Signers are the keys that integrity signatures must be of. Without one, hashes are checked, and signatures are kept
	// and said to be unverified.
	Signers Keys
}

// What JWE may use (RFC 7518): no password, no shared secret, no RSA1_5.
var (
	keyAlgorithms = []jose.KeyAlgorithm{jose.RSA_OAEP_256, jose.ECDH_ES, jose.ECDH_ES_A128KW, jose.ECDH_ES_A256KW}
	encryptions   = []jose.ContentEncryption{jose.A128GCM, jose.A256GCM, jose.A128CBC_HS256, jose.A256CBC_HS512}
)

// Bounds of blocks in one request.
const (
	maxBlocks = 16 // integrity blocks of one object
	maxJWE    = 64 // encrypted nodes of one object
)

// ParseDecryptionKey reads one private JSON Web Key to decrypt with.
func ParseDecryptionKey(jwk []byte) (jose.JSONWebKey, error) {
	var k jose.JSONWebKey
	if err := json.Unmarshal(jwk, &k); err != nil {
		return k, fmt.Errorf("decryption key: %w: give a JSON Web Key (RFC 7517)", err)
	}
	if !k.Valid() || k.IsPublic() {
		return k, fmt.Errorf("decryption key: a private RSA or EC key is needed")
	}
	if _, secret := k.Key.([]byte); secret {
		return k, fmt.Errorf("decryption key: a shared secret is not taken; give a private RSA or EC key")
	}
	return k, nil
}

type block struct {
	ID, Type, Scope, Alg, Hash, Signature, SignatureRef string
	Encrypted, FollowRef                                bool
}

// opened is a request body after its blocks were dealt with.
type opened struct {
	clear    []byte   // the body with encrypted nodes in clear; nil when nothing was encrypted
	unproved []string // what was not verified, for the caller
}

// open checks and decrypts every biometric item and then the whole: hashes over encrypted data before decryption, the
// others after it. The body comes back with one reading: of a member that is given twice, only the one that was checked.
func (p Protection) open(body []byte) (out opened, one []byte, err error) {
	v, err := decode(body)
	if err != nil {
		return out, nil, bad("the body is not JSON")
	}
	if one, err = json.Marshal(v); err != nil {
		return out, nil, fmt.Errorf("body: %w", err)
	}
	doc, ok := v.(map[string]any)
	if !ok {
		return out, one, nil // a list of galleries, or no body
	}
	changed := false
	handle := func(o map[string]any) error {
		c, err := p.openOne(o, &out)
		changed = changed || c
		return err
	}
	for _, list := range []string{"biometricData", "biometricData1", "biometricData2"} {
		items, _ := doc[list].([]any)
		for i, it := range items {
			o, ok := it.(map[string]any)
			if !ok {
				continue
			}
			if err := handle(o); err != nil {
				return out, nil, bad("%s %d: %v", list, i, faultOf(err).message)
			}
		}
	}
	if err := handle(doc); err != nil {
		return out, nil, err
	}
	if changed {
		if out.clear, err = json.Marshal(doc); err != nil {
			return out, nil, fmt.Errorf("decrypted body: %w", err)
		}
	}
	return out, one, nil
}

func (p Protection) openOne(o map[string]any, out *opened) (changed bool, err error) {
	blocks, err := blocksOf(o)
	if err != nil {
		return false, err
	}
	check := func(encrypted bool) error {
		for _, b := range blocks {
			if b.Encrypted == encrypted {
				if err := p.checkBlock(o, b, out); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := check(true); err != nil {
		return false, err
	}
	if enc, ok := o["encryption"].(map[string]any); ok {
		if err := p.decrypt(o, enc); err != nil {
			return false, err
		}
		changed = true
	}
	return changed, check(false)
}

// reopen decrypts a body that was checked when it came and has been kept since: hashes over what it was then are not held
// against what it is now.
func (p Protection) reopen(body []byte) ([]byte, error) {
	v, err := decode(body)
	if err != nil {
		return nil, bad("the body is not JSON")
	}
	doc, _ := v.(map[string]any)
	objects := []map[string]any{}
	items, _ := doc["biometricData"].([]any)
	for _, it := range items {
		if o, ok := it.(map[string]any); ok {
			objects = append(objects, o)
		}
	}
	for _, o := range append(objects, doc) {
		if enc, ok := o["encryption"].(map[string]any); ok {
			if err := p.decrypt(o, enc); err != nil {
				return nil, err
			}
		}
	}
	return json.Marshal(v)
}

func blocksOf(o map[string]any) ([]block, error) {
	list, _ := o["integrity"].([]any)
	if len(list) > maxBlocks {
		return nil, bad("%d integrity blocks, at most %d are taken", len(list), maxBlocks)
	}
	b, err := json.Marshal(list)
	if err != nil {
		return nil, bad("integrity blocks are not JSON")
	}
	var out []block
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, bad("integrity blocks are not as described")
	}
	return out, nil
}

func (p Protection) checkBlock(o map[string]any, b block, out *opened) error {
	if b.FollowRef || b.SignatureRef != "" {
		return bad("integrity: nothing is fetched from other places; send data and signature by value")
	}
	hash, err := hashOf(o, b.Scope, b.Alg)
	if err != nil {
		return err
	}
	if !sameHash(hash, b.Hash) {
		return bad("integrity: the hash over %q does not fit the data", b.Scope)
	}
	switch b.Type {
	case "", "NONE":
		return nil
	case "PKCS7":
		return bad("integrity: PKCS7 signatures are not supported; use JWS")
	}
	if len(p.Signers.list) == 0 {
		if !slices.Contains(out.unproved, "integrity signature") {
			out.unproved = append(out.unproved, "integrity signature")
		}
		return nil
	}
	return p.checkSignature(b)
}

// checkSignature verifies a compact JWS over the hash, whole or detached (RFC 7515, appendix F). The signed text is the hash
// in hexadecimal or its bytes: OSIA does not say which.
func (p Protection) checkSignature(b block) error {
	raw, err := hex.DecodeString(b.Hash)
	if err != nil {
		return bad("integrity: the hash is not hexadecimal")
	}
	payloads := [][]byte{[]byte(b.Hash), raw}
	for _, want := range payloads {
		sig, err := jose.ParseSignedCompact(b.Signature, algorithms)
		if err != nil || len(sig.Signatures) != 1 {
			return bad("integrity: the signature is no compact JWS with EdDSA, ES256 or RS256")
		}
		detached := len(sig.UnsafePayloadWithoutVerification()) == 0
		for _, key := range p.Signers.fitting(sig.Signatures[0].Header) {
			if detached {
				if sig.DetachedVerify(want, key.Key) == nil {
					return nil
				}
				continue
			}
			if got, err := sig.Verify(key.Key); err == nil && string(got) == string(want) {
				return nil
			}
		}
	}
	return bad("integrity: no configured key verifies the signature")
}

// decrypt replaces the encrypted nodes of an object.
func (p Protection) decrypt(o, enc map[string]any) error {
	if enc["type"] != "JWE" {
		return bad("encryption: only JWE is supported")
	}
	if len(p.Decrypt) == 0 {
		return bad("encryption: this server has no decryption key; send the data in clear, over TLS")
	}
	scope, _ := enc["scope"].(string)
	list, err := paths(scope)
	if err != nil {
		return err
	}
	n := 0
	for _, path := range list {
		for _, node := range path.SelectLocated(o) {
			text, ok := node.Node.(string)
			if n++; !ok || n > maxJWE {
				return bad("encryption: each encrypted node is one text, and at most %d are taken", maxJWE)
			}
			plain, err := p.decryptOne(text)
			if err != nil {
				return err
			}
			if !set(o, node.Path, clearOf(plain)) {
				return bad("encryption: the scope names no node that can be replaced")
			}
		}
	}
	if n == 0 {
		return bad("encryption: the scope selects nothing")
	}
	return nil
}

func (p Protection) decryptOne(text string) ([]byte, error) {
	jwe, err := jose.ParseEncryptedCompact(text, keyAlgorithms, encryptions)
	if err != nil {
		return nil, bad("encryption: a node is no compact JWE with RSA-OAEP-256 or ECDH-ES and AES")
	}
	for _, key := range p.Decrypt {
		if key.KeyID != "" && jwe.Header.KeyID != "" && key.KeyID != jwe.Header.KeyID {
			continue
		}
		if plain, err := jwe.Decrypt(key.Key); err == nil {
			return plain, nil
		}
	}
	return nil, bad("encryption: no configured key opens a node")
}

// clearOf is the JSON value of decrypted bytes: an object as it is, a buffer as its base64 text, whether it was encrypted as
// bytes or as text.
func clearOf(plain []byte) any {
	if len(plain) > 0 && plain[0] == '{' {
		if v, err := decode(plain); err == nil {
			return v
		}
	}
	if _, err := base64.StdEncoding.DecodeString(string(plain)); err == nil {
		return string(plain)
	}
	return base64.StdEncoding.EncodeToString(plain)
}

// set replaces the value at a path and says whether it was there.
func set(at any, path spec.NormalizedPath, value any) bool {
	for i, sel := range path {
		last := i == len(path)-1
		switch s := sel.(type) {
		case spec.Name:
			m, ok := at.(map[string]any)
			if !ok {
				return false
			}
			if last {
				m[string(s)] = value
				return true
			}
			at = m[string(s)]
		case spec.Index:
			l, ok := at.([]any)
			if !ok || int(s) >= len(l) {
				return false
			}
			if last {
				l[s] = value
				return true
			}
			at = l[s]
		}
	}
	return false
}
