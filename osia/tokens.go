package osia

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// algorithms are those of RFC 7518 and RFC 8037 that are taken: asymmetric only, so that no public key can be used as a
// secret, and never "none" (RFC 8725, 3.1 and 3.2).
var algorithms = []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256, jose.RS256}

// Bounds of tokens.
const (
	maxToken    = 8 << 10
	maxKeys     = 16
	minRSABits  = 2048
	clockLeeway = 30 * time.Second
)

// Keys are public keys that signatures are verified with, each for one algorithm.
type Keys struct{ list []jose.JSONWebKey }

// ParseKeys reads a JSON Web Key Set (RFC 7517). Each key must be public and fit one of EdDSA, ES256 or RS256.
func ParseKeys(jwks []byte) (Keys, error) {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(jwks, &set); err != nil {
		return Keys{}, fmt.Errorf("key set: %w: give a JSON Web Key Set (RFC 7517)", err)
	}
	if len(set.Keys) == 0 || len(set.Keys) > maxKeys {
		return Keys{}, fmt.Errorf("key set: %d keys, 1 to %d are taken", len(set.Keys), maxKeys)
	}
	for i, k := range set.Keys {
		alg, err := algorithmOf(k.Key)
		if err != nil {
			return Keys{}, fmt.Errorf("key set: key %d: %w", i, err)
		}
		if k.Algorithm != "" && k.Algorithm != string(alg) {
			return Keys{}, fmt.Errorf("key set: key %d is for %s by its kind and for %s by its text", i, alg, k.Algorithm)
		}
		set.Keys[i].Algorithm = string(alg)
	}
	return Keys{set.Keys}, nil
}

func algorithmOf(key any) (jose.SignatureAlgorithm, error) {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return jose.EdDSA, nil
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return jose.ES256, nil
		}
	case *rsa.PublicKey:
		if k.N.BitLen() >= minRSABits {
			return jose.RS256, nil
		}
	}
	return "", fmt.Errorf("a public key is needed: Ed25519, P-256, or RSA of %d bits or more", minRSABits)
}

// fitting are the keys that a signature with this header may be of.
func (k Keys) fitting(h jose.Header) []jose.JSONWebKey {
	var out []jose.JSONWebKey
	for _, key := range k.list {
		if key.Algorithm == h.Algorithm && (h.KeyID == "" || key.KeyID == "" || h.KeyID == key.KeyID) {
			out = append(out, key)
		}
	}
	return out
}

// Tokens says which bearer tokens are good.
type Tokens struct {
	Keys     Keys
	Audience string // must be among a token's aud
	Issuer   string // must be a token's iss; "" for any
}

// errToken says only that a token is not good: why is of no use to who has no good one.
var errToken = errors.New("the token is not valid")

// verify returns a token's scopes. The signature, exp, nbf and aud are checked; exp and aud must be there (RFC 8725, 3.9).
func (t Tokens) verify(raw string, now time.Time) ([]string, error) {
	if len(raw) > maxToken {
		return nil, errToken
	}
	tok, err := jwt.ParseSigned(raw, algorithms)
	if err != nil || len(tok.Headers) != 1 {
		return nil, errToken
	}
	h := tok.Headers[0]
	if typ, ok := h.ExtraHeaders[jose.HeaderType]; ok && typ != "JWT" && typ != "at+jwt" {
		return nil, errToken
	}
	for _, key := range t.Keys.fitting(h) {
		var c jwt.Claims
		var more struct {
			Scope scopeClaim `json:"scope"`
		}
		if tok.Claims(key.Key, &c, &more) != nil {
			continue
		}
		if c.Expiry == nil || c.ValidateWithLeeway(jwt.Expected{Issuer: t.Issuer, AnyAudience: jwt.Audience{t.Audience}, Time: now}, clockLeeway) != nil {
			return nil, errToken
		}
		return more.Scope, nil
	}
	return nil, errToken
}

// scopeClaim is white-space separated text (RFC 8693, 4.2) or a list.
type scopeClaim []string

func (s *scopeClaim) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*s = strings.Fields(text)
		return nil
	}
	return json.Unmarshal(b, (*[]string)(s))
}

// Scopes are all scopes of the interface (OSIA 7.1, Security & Privacy, Scopes).
func Scopes() []string {
	return []string{"abis.encounter.read", "abis.encounter.write", "abis.gallery.read", "abis.identify", "abis.task.read", "abis.task.update", "abis.verify"}
}

// NewSigningKey makes an Ed25519 key for tokens: the private key as a JSON Web Key, the public one as a set.
func NewSigningKey() (private, public []byte, err error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make key: %w", err)
	}
	k := jose.JSONWebKey{Key: key, Algorithm: string(jose.EdDSA), Use: "sig"}
	print, err := k.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, nil, fmt.Errorf("make key: %w", err)
	}
	k.KeyID = base64.RawURLEncoding.EncodeToString(print[:12])
	private, err1 := json.MarshalIndent(k, "", "  ")
	public, err2 := json.MarshalIndent(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{k.Public()}}, "", "  ")
	return private, public, errors.Join(err1, err2)
}

// Mint makes a token with a private JSON Web Key, for trying the interface and for small installations without an
// authorization server.
func Mint(privateJWK []byte, audience, issuer, subject string, scopes []string, now time.Time, life time.Duration) (string, error) {
	var private jose.JSONWebKey
	if err := json.Unmarshal(privateJWK, &private); err != nil {
		return "", fmt.Errorf("token key: %w", err)
	}
	if len(scopes) == 0 {
		return "", fmt.Errorf("no scope: use some of %s", strings.Join(Scopes(), " "))
	}
	for _, s := range scopes {
		if !slices.Contains(Scopes(), s) {
			return "", fmt.Errorf("scope %q: use some of %s", s, strings.Join(Scopes(), " "))
		}
	}
	if private.IsPublic() {
		return "", errors.New("mint token: a private key is needed")
	}
	public := private.Public()
	alg, err := algorithmOf(public.Key)
	if err != nil {
		return "", fmt.Errorf("mint token: %w", err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: private}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("mint token: %w", err)
	}
	return jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: issuer, Subject: subject, Audience: jwt.Audience{audience},
		IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(life)),
	}).Claims(map[string]any{"scope": strings.Join(scopes, " ")}).Serialize()
}
