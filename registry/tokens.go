package registry

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"
)

// Token lets a person or program use the node's interface in one role. Only the digest of the token is stored.
type Token struct {
	Hash      [32]byte // HashToken of the token
	Label     string   // unique, for people: whose token it is
	Role      string
	Authority string
	Created   time.Time // set by AddToken
	Revoked   time.Time // zero: in force
}

// HashToken is the stored form of a token: SHA-256. Enough because a token is long and random, not a password.
func HashToken(token string) [32]byte { return sha256.Sum256([]byte(token)) }

// AddToken stores a token. ErrConflict when its hash or label exists, revoked or not.
func (t *Tx) AddToken(k Token) error {
	if err := errors.Join(checkID("label", k.Label), checkID("role", k.Role)); err != nil {
		return failed("add token", err)
	}
	_, err := t.exec("add token", "INSERT INTO tokens (hash, label, role, authority, created) VALUES (?, ?, ?, ?, ?)",
		k.Hash[:], k.Label, k.Role, k.Authority, toMillis(t.now))
	return err
}

// RevokeToken ends a token by its label; again, it does nothing. ErrNotFound when there is no such label.
func (t *Tx) RevokeToken(label string) error {
	n, err := t.exec("revoke token", "UPDATE tokens SET revoked = CASE revoked WHEN 0 THEN ? ELSE revoked END WHERE label = ?", toMillis(t.now), label)
	if err == nil && n == 0 {
		return failed("revoke token", ErrNotFound)
	}
	return err
}

// TokenByHash finds a token in force. ErrNotFound when it is unknown or revoked.
func (v *View) TokenByHash(hash [32]byte) (Token, error) {
	k, err := scanToken(v.row(selectToken+" WHERE hash = ? AND revoked = 0", hash[:]))
	return k, failed("find token", err)
}

// Tokens lists all tokens by label, revoked ones included.
func (v *View) Tokens() ([]Token, error) {
	return list(v, "list tokens", scanToken, selectToken+" ORDER BY label")
}

const selectToken = "SELECT hash, label, role, authority, created, revoked FROM tokens"

func scanToken(row scanner) (k Token, err error) {
	var hash []byte
	var created, revoked int64
	if err = row.Scan(&hash, &k.Label, &k.Role, &k.Authority, &created, &revoked); err != nil {
		return Token{}, err
	}
	copy(k.Hash[:], hash)
	k.Created, k.Revoked = fromMillis(created), fromMillis(revoked)
	return k, nil
}

// AddToken is Tx.AddToken in a transaction of its own.
func (s *Store) AddToken(ctx context.Context, k Token) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.AddToken(k) })
}

// RevokeToken is Tx.RevokeToken in a transaction of its own.
func (s *Store) RevokeToken(ctx context.Context, label string) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.RevokeToken(label) })
}

// TokenByHash is View.TokenByHash.
func (s *Store) TokenByHash(ctx context.Context, hash [32]byte) (Token, error) {
	return read(ctx, s, func(v *View) (Token, error) { return v.TokenByHash(hash) })
}

// Tokens is View.Tokens.
func (s *Store) Tokens(ctx context.Context) ([]Token, error) {
	return read(ctx, s, func(v *View) ([]Token, error) { return v.Tokens() })
}
