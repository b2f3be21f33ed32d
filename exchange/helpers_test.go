package exchange

import (
	"crypto/rand"
	"errors"
	"io"
	"log"
	mathrand "math/rand/v2"
	"testing"
	"time"
)

// now is the instant at which tests take place.
var testNow = time.Date(2026, 3, 4, 5, 6, 7, 890_000_000, time.UTC)

// ring makes the keys and card of a party of the tests.
func ring(t testing.TB, id PartyID) (*KeyRing, Card) {
	t.Helper()
	k, err := GenerateKeys(rand.Reader, id, testNow)
	if err != nil {
		t.Fatal(err)
	}
	c, err := k.Card(Text{ES: "País de prueba", EN: "Test country"}, "https://127.0.0.1:1", testNow)
	if err != nil {
		t.Fatal(err)
	}
	return k, c
}

// world is two parties that know each other.
type world struct {
	a, b   *KeyRing
	ca, cb Card
}

func newWorld(t testing.TB) world {
	t.Helper()
	var w world
	w.a, w.ca = ring(t, "XA")
	w.b, w.cb = ring(t, "XB")
	return w
}

var testAgreement = DigestOf([]byte("an agreement"))

func newID(t testing.TB) ID {
	t.Helper()
	id, err := NewID(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// header is that of a message from XA to XB, made now.
func header(t testing.TB, tx Transaction) Header {
	t.Helper()
	h := Header{Version: Version, ID: newID(t), Transaction: tx, From: "XA", To: "XB", Agreement: testAgreement,
		Created: At(testNow), Expires: At(testNow.Add(time.Hour))}
	if !tx.ofAgreement() {
		h.Exchange = newID(t)
	}
	if tx.isReply() {
		h.InReplyTo = newID(t)
	}
	return h
}

func openOptions() OpenOptions { return OpenOptions{Agreements: []Digest{testAgreement}} }

// logged is a proof of the right form.
func logged() Logged {
	return Logged{Entry: []byte(`{"id":"x"}`), Proof: LogProof{Index: 7, Checkpoint: []byte("convenio/XA\n8\nroot\n"),
		Inclusion: [][]byte{make([]byte, 32), make([]byte, 32)}}}
}

// quietLog drops what net/http says of failed handshakes, which tests provoke.
var quietLog = log.New(io.Discard, "", 0)

// seeded is a reproducible random source.
func seeded(label string) io.Reader { return mathrand.NewChaCha8(DigestOf([]byte(label))) }

// code returns the code of a refusal, "" for no error, and fails for any other error.
func code(t testing.TB, err error) Code {
	t.Helper()
	if err == nil {
		return ""
	}
	var r *Refusal
	if !errors.As(err, &r) {
		t.Fatalf("error is not a refusal: %v", err)
	}
	return r.Code
}
