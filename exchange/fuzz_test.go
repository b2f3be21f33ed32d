package exchange

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// fuzzSeeds are the vectors, in their compact form.
func fuzzSeeds(f *testing.F) vectors {
	f.Helper()
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		f.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(b, &v); err != nil {
		f.Fatal(err)
	}
	for _, p := range []*json.RawMessage{&v.CardA, &v.CardB, &v.Header, &v.Payload, &v.Receipt} {
		var out bytes.Buffer
		if err := json.Compact(&out, *p); err != nil {
			f.Fatal(err)
		}
		*p = out.Bytes()
	}
	return v
}

func fuzzKeys(f *testing.F) (*KeyRing, Card) {
	f.Helper()
	b, err := GenerateKeys(seeded("protocol vectors of XB"), "XB", testNow)
	if err != nil {
		f.Fatal(err)
	}
	card, err := ParseCard(fuzzSeeds(f).CardA)
	if err != nil {
		f.Fatal(err)
	}
	return b, card
}

func FuzzEnvelope(f *testing.F) {
	v := fuzzSeeds(f)
	keys, card := fuzzKeys(f)
	f.Add(v.Envelope)
	f.Add(v.Envelope[:400])
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, d, err := Inspect(b, MaxEnvelope); err == nil {
			if h.Check() != nil || d != DigestOf(b) {
				t.Fatal("inspected a header that does not check")
			}
		} else {
			code(t, err)
		}
		if _, err := Open(keys, card, b, testNow, openOptions()); err == nil && !bytes.Equal(b, v.Envelope) {
			t.Fatal("opened what was never sealed")
		}
	})
}

// FuzzPlaintext goes past the signatures: what a hostile sender may put inside.
func FuzzPlaintext(f *testing.F) {
	f.Add(pad(make([]byte, 64), []byte("payload"), minBucket))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		signature, payload, err := unpad(b)
		if err == nil && !bytes.Equal(pad(signature, payload, len(b)), b) {
			t.Fatal("a payload has two padded forms")
		}
	})
}

func FuzzMessage(f *testing.F) {
	f.Add(fuzzSeeds(f).Message)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseMessage(b, MaxEnvelope)
		if err != nil {
			code(t, err)
			return
		}
		if again, err := m.Bytes(); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("a message has two forms: %v", err)
		}
	})
}

func FuzzCard(f *testing.F) {
	v := fuzzSeeds(f)
	f.Add([]byte(v.CardA))
	f.Add([]byte(v.CardB))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCard(b)
		if err != nil {
			return
		}
		if again, err := c.Bytes(); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("a card has two forms: %v", err)
		}
	})
}

func FuzzReceipt(f *testing.F) {
	v := fuzzSeeds(f)
	card, err := ParseCard(v.CardB)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(v.Receipt))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseReceipt(b)
		if err != nil {
			return
		}
		if again, err := r.Bytes(); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("a receipt has two forms: %v", err)
		}
		if r.Verify(card, "XA", v.Digest) == nil && !bytes.Equal(b, v.Receipt) {
			t.Fatal("verified what was never signed")
		}
	})
}

func FuzzRefusal(f *testing.F) {
	for _, c := range Codes() {
		f.Add([]byte(`{"code":"` + string(c) + `","detail":"x"}`))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := parseRefusal(b); err == nil && (r.Text("es") == "" || r.Error() == "") {
			t.Fatal("a refusal says nothing")
		}
	})
}

// FuzzPayloads gives every payload parser the same bytes: each takes its one form or refuses as malformed.
func FuzzPayloads(f *testing.F) {
	add := func(b []byte, err error) {
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	ref := ID("0123456789abcdef0123456789abcdef")
	add(search().Bytes())
	add(disclosure().Bytes())
	add(AnswerPayload{Outcome: Hit, Reference: ref, Articles: []string{"5"}, Probe: Erasure{At: At(testNow)}}.Bytes())
	add(DisclosePayload{Reference: ref, Asker: asker(), Fields: []string{"a"}}.Bytes())
	add(SuspendPayload{Notice: []byte("n")}.Bytes())
	add(SuspendPayload{Notice: []byte(`{"kind":"suspend","sequence":1,"part":{"purposes":["x"]}}`)}.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		oneForm(t, b, ParseSearch)
		oneForm(t, b, ParseAnswer)
		oneForm(t, b, ParseDisclose)
		oneForm(t, b, ParseDisclosure)
		oneForm(t, b, ParseSuspend)
	})
}

func oneForm[P interface{ Bytes() ([]byte, error) }](t *testing.T, b []byte, parse func([]byte) (P, error)) {
	t.Helper()
	p, err := parse(b)
	if err != nil {
		if code(t, err) != CodeMalformed {
			t.Fatalf("refused as %v", err)
		}
		return
	}
	if again, err := p.Bytes(); err == nil && !bytes.Equal(again, b) {
		t.Fatal("a payload has two forms")
	}
}
