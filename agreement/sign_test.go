package agreement

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// partyKey is a party's key made from a seed of one letter: keys for tests only.
func partyKey(letter byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{letter}, ed25519.SeedSize))
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

func mustSign(t *testing.T, bundle []byte, party string, k ed25519.PrivateKey) Signature {
	t.Helper()
	s, err := Sign(bundle, party, k, at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSignatures(t *testing.T) {
	a := minimal(t)
	bundle := a.Bundle()
	ka, kb := partyKey('a'), partyKey('b')
	keys := map[string]ed25519.PublicKey{"aa": public(ka), "bb": public(kb)}
	sa, sb := mustSign(t, bundle, "aa", ka), mustSign(t, bundle, "bb", kb)
	change := func(s Signature, f func(*Signature)) Signature { f(&s); return s }
	tests := []struct {
		name   string
		bundle []byte
		sigs   []Signature
		keys   map[string]ed25519.PublicKey
		want   error  // nil with word "" is success
		word   string // in the error
	}{
		{"both have signed", bundle, []Signature{sa, sb}, keys, nil, ""},
		{"in the other order", bundle, []Signature{sb, sa}, keys, nil, ""},
		{"only one", bundle, []Signature{sa}, keys, ErrNotSigned, "missing bb"},
		{"none", bundle, nil, keys, ErrNotSigned, "missing aa, bb"},
		{"one twice", bundle, []Signature{sa, sa}, keys, ErrBadSig, "signed twice"},
		{"a third", bundle, []Signature{sa, sb, change(sa, func(s *Signature) { s.Party = "cc" })}, keys, ErrBadSig, "not a party"},
		{"by another key", bundle, []Signature{sa, mustSign(t, bundle, "bb", ka)}, keys, ErrUnknownKey, "signature of bb"},
		{"no key known", bundle, []Signature{sa, sb}, map[string]ed25519.PublicKey{"aa": public(ka)}, ErrUnknownKey, "signature of bb"},
		{"key of wrong size", bundle, []Signature{sa, sb}, map[string]ed25519.PublicKey{"aa": public(ka), "bb": {1}}, ErrUnknownKey, "signature of bb"},
		{"another's signature under one's name", bundle, []Signature{sa, change(sa, func(s *Signature) { s.Party, s.Key = "bb", sb.Key })}, keys, ErrBadSig, "signature of bb"},
		{"time changed", bundle, []Signature{sa, change(sb, func(s *Signature) { s.Signed = s.Signed.Add(time.Second) })}, keys, ErrBadSig, "changed after signing"},
		{"a millisecond added", bundle, []Signature{sa, change(sb, func(s *Signature) { s.Signed = s.Signed.Add(time.Millisecond) })}, keys, ErrBadSig, "whole seconds"},
		{"one key for both", bundle, []Signature{sa, mustSign(t, bundle, "bb", ka)}, map[string]ed25519.PublicKey{"aa": public(ka), "bb": public(ka)}, ErrUnknownKey, "same key"},
		{"signature cut", bundle, []Signature{sa, change(sb, func(s *Signature) { s.Sig = s.Sig[:40] })}, keys, ErrBadSig, "signature of bb"},
		{"signature bent", bundle, []Signature{sa, change(sb, func(s *Signature) { s.Sig = "A" + s.Sig[1:] + "" })}, keys, ErrBadSig, "signature of bb"},
		{"another text", bytes.Replace(bundle, []byte("3 searches"), []byte("4 searches"), 1), []Signature{sa, sb}, keys, ErrBadSig, "this text is"},
		{"a comment added to the text", bytes.Replace(bundle, []byte("id: minimal"), []byte("# x\nid: minimal"), 1), []Signature{sa, sb}, keys, ErrBadSig, "this text is"},
		{"not a bundle", []byte("hello"), []Signature{sa, sb}, keys, nil, "agreement.yaml is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := VerifySignatures(tt.bundle, tt.sigs, tt.keys)
			if tt.word == "" {
				if err != nil || got.Digest() != a.Digest() {
					t.Fatalf("got %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.word) || (tt.want != nil && !errors.Is(err, tt.want)) {
				t.Errorf("got %v, want %v with %q", err, tt.want, tt.word)
			}
		})
	}
}

func TestSignRefuses(t *testing.T) {
	bundle := minimal(t).Bundle()
	if _, err := Sign(bundle, "cc", partyKey('c'), at); err == nil {
		t.Error("a stranger signed")
	}
	if _, err := Sign(bundle[:len(bundle)-1], "aa", partyKey('a'), at); err == nil {
		t.Error("a broken bundle was signed")
	}
	if _, err := Sign(bundle, "aa", partyKey('a')[:5], at); err == nil {
		t.Error("half a key signed")
	}
}

func TestSignatureFile(t *testing.T) {
	s := mustSign(t, minimal(t).Bundle(), "aa", partyKey('a'))
	back, err := ParseSignature(s.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, back); diff != "" {
		t.Error(diff)
	}
	for name, text := range map[string]string{
		"unknown field": strings.Replace(string(s.Marshal()), "{", "{\"more\": 1,", 1),
		"two objects":   string(s.Marshal()) + "{}",
		"upper case":    strings.Replace(string(s.Marshal()), s.Agreement.String(), strings.ToUpper(s.Agreement.String()), 1),
		"too long":      string(s.Marshal()) + strings.Repeat(" ", MaxSignature),
		"nothing":       "",
	} {
		if _, err := ParseSignature([]byte(text)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func TestBundleIsExact(t *testing.T) {
	a := minimal(t)
	bundle := a.Bundle()
	for name, bad := range map[string][]byte{
		"no last line feed":     bundle[:len(bundle)-1],
		"a line before":         append([]byte("x\n"), bundle...),
		"carriage returns":      bytes.ReplaceAll(bundle, []byte("\n"), []byte("\r\n")),
		"files in other order":  swapFiles(bundle),
		"a name with spaces":    bytes.Replace(bundle, []byte("-- agreement.yaml --"), []byte("--  agreement.yaml --"), 1),
		"a file twice":          append(bytes.Clone(bundle), "-- agreement.yaml --\nid: x\n"...),
		"another file":          append(bytes.Clone(bundle), "-- notes.txt --\nx\n"...),
		"the heading changed":   bytes.Replace(bundle, []byte("minimal 1"), []byte("minimal 2"), 1),
		"nothing":               nil,
		"only the heading":      []byte("convenio agreement bundle v1: minimal 1\n"),
		"larger than the limit": bytes.Repeat([]byte("x\n"), MaxBundleBytes),
	} {
		if _, err := ParseBundle(bad); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if got := a.Bundle(); &got[0] == &a.Bundle()[0] {
		t.Error("the bundle can be changed from outside")
	}
}

func swapFiles(bundle []byte) []byte {
	i := bytes.Index(bundle, []byte("-- articles/01"))
	j := bytes.Index(bundle, []byte("-- articles/02"))
	k := bytes.Index(bundle, []byte("-- articles/03"))
	return bytes.Join([][]byte{bundle[:i], bundle[j:k], bundle[i:j], bundle[k:]}, nil)
}
