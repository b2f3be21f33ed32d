package exchange

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"
)

var rewriteFlag = flag.Bool("rewrite", false, "write the golden files anew")

const vectorFile = "testdata/protocol-v1.json"

// vectors are one message and its receipt with all keys, for other implementations: bytes are base64 in JSON, keys
// hexadecimal. The keys are of test parties that do not exist.
type vectors struct {
	SealPrivateB string          `json:"seal_private_b"` // HPKE MLKEM768-X25519: seed of 32 bytes
	NodeSeedA    string          `json:"node_seed_a"`    // Ed25519 seed
	CardA        json.RawMessage `json:"card_a"`
	CardB        json.RawMessage `json:"card_b"`
	FingerprintA string          `json:"fingerprint_a"`
	Header       json.RawMessage `json:"header"`
	Payload      json.RawMessage `json:"payload"`
	Envelope     []byte          `json:"envelope"`
	Digest       Digest          `json:"digest"`
	PayloadSig   []byte          `json:"payload_signature"`
	Message      []byte          `json:"message"`
	Receipt      json.RawMessage `json:"receipt"`
}

// vectorKeys are reproducible; only Seal draws its own randomness.
func vectorKeys(t *testing.T) world {
	t.Helper()
	var w world
	var err error
	for id, k := range map[PartyID]**KeyRing{"XA": &w.a, "XB": &w.b} {
		if *k, err = GenerateKeys(seeded("protocol vectors of "+string(id)), id, testNow); err != nil {
			t.Fatal(err)
		}
	}
	if w.ca, err = w.a.Card(Text{ES: "País A", EN: "Country A"}, "https://a.example:8443", testNow); err != nil {
		t.Fatal(err)
	}
	if w.cb, err = w.b.Card(Text{ES: "País B", EN: "Country B"}, "https://b.example:8443", testNow); err != nil {
		t.Fatal(err)
	}
	return w
}

func vectorHeader() Header {
	return Header{Version: 1, ID: "00112233445566778899aabbccddeeff", Exchange: "ffeeddccbbaa99887766554433221100",
		Transaction: TxSearch, From: "XA", To: "XB", Agreement: testAgreement, Created: At(testNow), Expires: At(testNow.AddDate(0, 0, 1))}
}

func TestVectors(t *testing.T) {
	w := vectorKeys(t)
	if *rewriteFlag {
		writeVectors(t, w)
	}
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	seed, err := w.b.Seal.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if hex.EncodeToString(seed) != v.SealPrivateB || hex.EncodeToString(w.a.Node.Seed()) != v.NodeSeedA {
		t.Error("the keys are no longer made in the same way")
	}
	card, err := ParseCard(compact(t, v.CardA))
	if err != nil {
		t.Fatal(err)
	}
	if card.Fingerprint() != v.FingerprintA || card.Fingerprint() != w.ca.Fingerprint() {
		t.Errorf("fingerprint %s", card.Fingerprint())
	}
	m, err := ParseMessage(v.Message, MaxEnvelope)
	if err != nil || !bytes.Equal(m.Envelope, v.Envelope) {
		t.Fatalf("message: %v", err)
	}
	o, err := Open(w.b, card, v.Envelope, testNow, openOptions())
	if err != nil {
		t.Fatal(err)
	}
	if o.Header != vectorHeader() || !bytes.Equal(o.HeaderRaw, compact(t, v.Header)) || o.Digest != v.Digest ||
		!bytes.Equal(o.Payload, compact(t, v.Payload)) || !bytes.Equal(o.Signature, v.PayloadSig) {
		t.Errorf("opened %+v", o)
	}
	if _, err := ParseSearch(o.Payload); err != nil {
		t.Error(err)
	}
	cardB, err := ParseCard(compact(t, v.CardB))
	if err != nil {
		t.Fatal(err)
	}
	r, err := ParseReceipt(compact(t, v.Receipt))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(cardB, "XA", v.Digest); err != nil {
		t.Error(err)
	}
}

func compact(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, b); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func writeVectors(t *testing.T, w world) {
	t.Helper()
	must := func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	payload := must(search().Bytes())
	envelope := w.sealed(t, vectorHeader(), payload)
	o, err := Open(w.b, w.ca, envelope, testNow, openOptions())
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := NewReceipt(w.b, "XA", o.Digest, nil, logged(), testNow)
	if err != nil {
		t.Fatal(err)
	}
	out := must(json.MarshalIndent(vectors{
		SealPrivateB: hex.EncodeToString(must(w.b.Seal.Bytes())), NodeSeedA: hex.EncodeToString(w.a.Node.Seed()),
		CardA: must(w.ca.Bytes()), CardB: must(w.cb.Bytes()), FingerprintA: w.ca.Fingerprint(),
		Header: o.HeaderRaw, Payload: payload, Envelope: envelope, Digest: o.Digest, PayloadSig: o.Signature,
		Message: must(Message{Sent: At(testNow), Seen: 5, Logged: logged(), Envelope: envelope}.Bytes()),
		Receipt: must(receipt.Bytes()),
	}, "", "  "))
	if err := os.WriteFile(vectorFile, append(out, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
