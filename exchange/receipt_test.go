package exchange

import (
	"bytes"
	"strings"
	"testing"
)

func TestReceiptRoundTrip(t *testing.T) {
	w := newWorld(t)
	d := DigestOf([]byte("a message"))
	tests := map[string]struct {
		refusal *Refusal
	}{
		"accepted": {nil},
		"denied":   {Denied("7.2", "purpose not listed")},
		"refused":  {NewRefusal(CodeBadSignature, "x")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := NewReceipt(w.b, "XA", d, test.refusal, logged(), testNow)
			if err != nil {
				t.Fatal(err)
			}
			b, err := r.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			got, err := ParseReceipt(b)
			if err != nil {
				t.Fatal(err)
			}
			if err := got.Verify(w.cb, "XA", d); err != nil {
				t.Error(err)
			}
			if (got.Outcome == Accepted) != (test.refusal == nil) || got.At != At(testNow) {
				t.Errorf("receipt %+v", got)
			}
			if again, err := got.Bytes(); err != nil || !bytes.Equal(again, b) {
				t.Error("the receipt changed on its way")
			}
		})
	}
}

func TestReceiptTampered(t *testing.T) {
	w := newWorld(t)
	d := DigestOf([]byte("a message"))
	r, err := NewReceipt(w.b, "XA", d, Denied("7.2", "purpose not listed"), logged(), testNow)
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		bad := bytes.Clone(b)
		bad[i] ^= 1 << (i % 8)
		got, err := ParseReceipt(bad)
		if err == nil {
			err = got.Verify(w.cb, "XA", d)
		}
		if err == nil {
			t.Fatalf("receipt with byte %d altered was taken", i)
		}
	}
}

func TestReceiptOfAnother(t *testing.T) {
	w := newWorld(t)
	d := DigestOf([]byte("a message"))
	r, err := NewReceipt(w.b, "XA", d, nil, logged(), testNow)
	if err != nil {
		t.Fatal(err)
	}
	_, stranger := ring(t, "XB")
	if r.Verify(w.cb, "XC", d) == nil {
		t.Error("verified for another sender")
	}
	if r.Verify(w.ca, "XA", d) == nil {
		t.Error("verified as another party's")
	}
	if r.Verify(stranger, "XA", d) == nil {
		t.Error("verified with another key of the name")
	}
	if r.Verify(w.cb, "XA", DigestOf([]byte("another"))) == nil {
		t.Error("verified for another message")
	}
	byParty, err := signDocument(w.b.Party, domainReceipt, r.unsigned())
	if err != nil {
		t.Fatal(err)
	}
	r.Signature = byParty
	if r.Verify(w.cb, "XA", d) == nil {
		t.Error("verified though the party key signed it")
	}
}

func TestReceiptRefused(t *testing.T) {
	w := newWorld(t)
	good, d := logged(), DigestOf([]byte("a message"))
	proof := func(change func(*Logged)) Logged {
		l := logged()
		change(&l)
		return l
	}
	tests := map[string]struct {
		to      PartyID
		message Digest
		refusal *Refusal
		logged  Logged
	}{
		"without a proof":             {"XA", d, nil, Logged{}},
		"to itself":                   {"XB", d, nil, good},
		"no message":                  {"XA", Digest{}, nil, good},
		"busy is not final":           {"XA", d, Busy(1), good},
		"clock skew is not final":     {"XA", d, clockRefusal(1), good},
		"consistency is not final":    {"XA", d, NeedConsistency(3), good},
		"unknown code":                {"XA", d, NewRefusal("because", "x"), good},
		"denied by no article":        {"XA", d, NewRefusal(CodeDenied, "x"), good},
		"article without denial":      {"XA", d, &Refusal{Code: CodeReplay, Detail: "x", Article: "5"}, good},
		"refusal without detail":      {"XA", d, &Refusal{Code: CodeReplay}, good},
		"detail with a line break":    {"XA", d, &Refusal{Code: CodeReplay, Detail: "a\nb"}, good},
		"no entry":                    {"XA", d, nil, proof(func(l *Logged) { l.Entry = nil })},
		"large entry":                 {"XA", d, nil, proof(func(l *Logged) { l.Entry = make([]byte, 9<<10) })},
		"no checkpoint":               {"XA", d, nil, proof(func(l *Logged) { l.Proof.Checkpoint = nil })},
		"short hash":                  {"XA", d, nil, proof(func(l *Logged) { l.Proof.Inclusion[1] = make([]byte, 31) })},
		"long path":                   {"XA", d, nil, proof(func(l *Logged) { l.Proof.Inclusion = make([][]byte, 65) })},
		"consistency from no size":    {"XA", d, nil, proof(func(l *Logged) { l.Proof.Consistency = [][]byte{make([]byte, 32)} })},
		"short hash of consistency":   {"XA", d, nil, proof(func(l *Logged) { l.Proof.Since, l.Proof.Consistency = 3, [][]byte{{1}} })},
		"detail that is far too long": {"XA", d, &Refusal{Code: CodeReplay, Detail: strings.Repeat("x", 501)}, good},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := NewReceipt(w.b, test.to, test.message, test.refusal, test.logged, testNow); err == nil {
				t.Error("made")
			}
			r := Receipt{Version: Version, Message: test.message, From: "XB", To: test.to, Outcome: Accepted,
				Refusal: test.refusal, Logged: test.logged, At: At(testNow), Signature: make([]byte, 64)}
			if test.refusal != nil {
				r.Outcome = Refused
			}
			b, err := r.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ParseReceipt(b); err == nil {
				t.Error("parsed")
			}
		})
	}
}

func TestMessageRoundTrip(t *testing.T) {
	for name, m := range map[string]Message{
		"first contact": {Sent: At(testNow), Logged: logged(), Envelope: []byte("envelope")},
		"continued":     {Sent: At(testNow), Seen: 12, Logged: continued(), Envelope: []byte("envelope")},
		"no envelope":   {Sent: At(testNow), Logged: logged(), Envelope: []byte{}},
		"empty path":    {Sent: At(testNow), Logged: emptyPath(), Envelope: []byte("envelope")},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := m.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			got, err := ParseMessage(b, MaxEnvelope)
			if err != nil {
				t.Fatal(err)
			}
			again, err := got.Bytes()
			if err != nil || !bytes.Equal(again, b) || !bytes.Equal(got.Envelope, m.Envelope) || got.Seen != m.Seen {
				t.Errorf("message changed on its way: %v", err)
			}
			for i := range len(b) - len(m.Envelope) {
				bad := bytes.Clone(b)
				bad[i] ^= 1
				if alt, err := ParseMessage(bad, MaxEnvelope); err == nil {
					// Within the proof's bytes anything is a form: it is the node that verifies them.
					if out, err := alt.Bytes(); err != nil || !bytes.Equal(out, bad) {
						t.Fatalf("byte %d altered: read as something it does not say", i)
					}
				}
			}
		})
	}
}

func continued() Logged {
	l := logged()
	l.Proof.Since, l.Proof.Consistency = 3, [][]byte{make([]byte, 32)}
	return l
}

func emptyPath() Logged {
	l := logged()
	l.Proof.Inclusion, l.Proof.Consistency = [][]byte{}, [][]byte{}
	return l
}

func TestMessageRefused(t *testing.T) {
	good, err := (Message{Sent: At(testNow), Logged: logged(), Envelope: make([]byte, 100)}).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		body []byte
		max  int
		want Code
	}{
		"empty":           {nil, MaxEnvelope, CodeMalformed},
		"no name":         {good[1:], MaxEnvelope, CodeMalformed},
		"cut":             {good[:200], MaxEnvelope, CodeMalformed},
		"other version":   {bytes.Replace(good, []byte("message/1"), []byte("message/9"), 1), MaxEnvelope, CodeUnsupported},
		"large envelope":  {good, 99, CodeTooLarge},
		"large at once":   {make([]byte, 200<<10), 99, CodeTooLarge},
		"meta not JSON":   {appendPart([]byte(messageMagic), []byte("nothing")), MaxEnvelope, CodeMalformed},
		"proof not there": {appendPart([]byte(messageMagic), []byte(`{"sent":"2026-03-04T05:06:07.890Z","logged":{"entry":"","proof":{"index":0,"checkpoint":""}}}`)), MaxEnvelope, CodeMalformed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := code(t, second(ParseMessage(test.body, test.max))); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
