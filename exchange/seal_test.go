package exchange

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// sealed makes the envelope of a search from XA to XB.
func (w world) sealed(t testing.TB, h Header, payload []byte) []byte {
	t.Helper()
	raw, _, err := Seal(w.a, w.cb, h, payload)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestSealOpen(t *testing.T) {
	w := newWorld(t)
	for _, tx := range Transactions() {
		h, payload := header(t, tx), []byte("what is asked")
		raw, d, err := Seal(w.a, w.cb, h, payload)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Open(w.b, w.ca, raw, testNow, openOptions())
		if err != nil {
			t.Fatal(err)
		}
		if got.Header != h || got.Digest != d || d != DigestOf(raw) || !bytes.Equal(got.Payload, payload) {
			t.Errorf("%s: opened %+v, sealed %+v", tx, got, h)
		}
		if vh, err := VerifyPayload(w.ca, got.HeaderRaw, got.Payload, got.Signature); err != nil || vh != h {
			t.Error(err)
		}
		if vh, vd, err := VerifyEnvelope(w.ca, raw); err != nil || vh != h || vd != d {
			t.Error(err)
		}
	}
}

func TestSealOpenProperty(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		payload := rapid.SliceOfN(rapid.Byte(), 0, 20_000).Draw(t, "payload")
		h := Header{Version: Version, ID: ID(rapid.StringMatching(`[0-9a-f]{32}`).Draw(t, "id")),
			Exchange:    ID(rapid.StringMatching(`[0-9a-f]{32}`).Draw(t, "exchange")),
			Transaction: TxSearch, From: "XA", To: "XB", Agreement: testAgreement,
			Created: At(testNow.Add(-time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "age"))))}
		h.Expires = At(testNow.Add(time.Duration(rapid.Int64Range(int64(time.Millisecond), int64(24*time.Hour)).Draw(t, "left"))))
		raw, _, err := Seal(w.a, w.cb, h, payload)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Open(w.b, w.ca, raw, testNow, openOptions())
		if err != nil || got.Header != h || !bytes.Equal(got.Payload, payload) {
			t.Fatalf("round trip: %v", err)
		}
	})
}

// Every single altered byte of an envelope is refused, and so is every shortened and lengthened one.
func TestEnvelopeTampered(t *testing.T) {
	w := newWorld(t)
	raw := w.sealed(t, header(t, TxSearch), []byte("x"))
	counts := map[Code]int{}
	for i := range raw {
		bad := bytes.Clone(raw)
		bad[i] ^= 1 << (i % 8)
		_, err := Open(w.b, w.ca, bad, testNow, openOptions())
		c := code(t, err)
		if c == "" {
			t.Fatalf("byte %d altered, and taken", i)
		}
		counts[c]++
	}
	if counts[CodeBadSignature] < 5000 {
		t.Errorf("few were left to the signature: %v", counts)
	}
	for _, n := range []int{0, 1, 17, 20, 24, 300, 1000, len(raw) - 65, len(raw) - 64, len(raw) - 1} {
		if c := code(t, second(Open(w.b, w.ca, raw[:n], testNow, openOptions()))); c != CodeMalformed {
			t.Errorf("cut to %d bytes: %q", n, c)
		}
	}
	if c := code(t, second(Open(w.b, w.ca, append(bytes.Clone(raw), 0), testNow, openOptions()))); c != CodeMalformed {
		t.Errorf("one byte more: %q", c)
	}
}

func second[T any](_ T, err error) error { return err }

// resign makes a valid outer signature by XA over an altered envelope: the deeper checks must hold against the sender's
// own node too.
func (w world) resign(raw []byte) []byte {
	body := bytes.Clone(raw[:len(raw)-64])
	return append(body, sign(w.a.Node, domainEnvelope, body)...)
}

func TestEnvelopeTamperedBySender(t *testing.T) {
	w := newWorld(t)
	h := header(t, TxSearch)
	raw := w.sealed(t, h, []byte("x"))
	for i := len(envelopeMagic); i < len(raw)-64; i += 7 {
		bad := bytes.Clone(raw)
		bad[i] ^= 0x10
		if c := code(t, second(Open(w.b, w.ca, w.resign(bad), testNow, openOptions()))); c == "" || c == CodeBadSignature {
			t.Fatalf("byte %d altered and signed again: %q", i, c)
		}
	}
	// Another header over the same ciphertext: bound by the encryption.
	longer := h
	longer.Expires = At(h.Expires.Add(time.Hour))
	bad := bytes.Replace(raw, []byte(h.Expires.String()), []byte(longer.Expires.String()), 1)
	if c := code(t, second(Open(w.b, w.ca, w.resign(bad), testNow, openOptions()))); c != CodeNotForThisKey {
		t.Errorf("ciphertext moved under another header: %q", c)
	}
}

// What one party sealed cannot be passed on as another's: the inner signature names the header it was made for.
func TestPayloadOfAnother(t *testing.T) {
	w := newWorld(t)
	h := header(t, TxSearch)
	raw, err := encode(h)
	if err != nil {
		t.Fatal(err)
	}
	stranger, _ := ring(t, "XA")
	tests := map[string][]byte{
		"signed by another key":     sign(stranger.Node, domainPayload, appendPart(nil, raw), []byte("x")),
		"signed for another domain": sign(w.a.Node, domainEnvelope, appendPart(nil, raw), []byte("x")),
		"signed other payload":      sign(w.a.Node, domainPayload, appendPart(nil, raw), []byte("y")),
		"signed by the party key":   sign(w.a.Party, domainPayload, appendPart(nil, raw), []byte("x")),
	}
	for name, inner := range tests {
		t.Run(name, func(t *testing.T) {
			b := w.frameOf(t, raw, pad(inner, []byte("x"), minBucket))
			if c := code(t, second(Open(w.b, w.ca, b, testNow, openOptions()))); c != CodeBadSignature {
				t.Errorf("got %q", c)
			}
		})
	}
}

// frameOf seals any plaintext under any header and signs it outside as XA.
func (w world) frameOf(t testing.TB, header, plaintext []byte) []byte {
	t.Helper()
	enc, ct, err := encrypt(w.cb, header, plaintext)
	if err != nil {
		t.Fatal(err)
	}
	b := appendPart([]byte(envelopeMagic), header)
	b = appendPart(b, enc)
	b = appendPart(b, ct)
	return append(b, sign(w.a.Node, domainEnvelope, b)...)
}

func TestPaddingRefused(t *testing.T) {
	w := newWorld(t)
	raw, err := encode(header(t, TxSearch))
	if err != nil {
		t.Fatal(err)
	}
	inner := sign(w.a.Node, domainPayload, appendPart(nil, raw), []byte("x"))
	dirty := pad(inner, []byte("x"), minBucket)
	dirty[len(dirty)-1] = 1
	huge := pad(inner, []byte("x"), minBucket)
	copy(huge[64:], []byte{0xff, 0xff, 0xff, 0xff})
	tests := map[string][]byte{
		"not zero":             dirty,
		"length past its end":  huge,
		"larger than need be":  pad(inner, []byte("x"), 6<<10),
		"smallest, but larger": pad(inner, []byte("x"), 8<<10),
	}
	for name, plaintext := range tests {
		t.Run(name, func(t *testing.T) {
			if c := code(t, second(Open(w.b, w.ca, w.frameOf(t, raw, plaintext), testNow, openOptions()))); c != CodeMalformed {
				t.Errorf("got %q", c)
			}
		})
	}
	for _, n := range []int{0, 100, 4095, 4097, 5000} {
		if c := code(t, second(Open(w.b, w.ca, w.frameOf(t, raw, make([]byte, n)), testNow, openOptions()))); c != CodeMalformed {
			t.Errorf("plaintext of %d bytes: %q", n, c)
		}
	}
}

func TestBuckets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, maxBucket).Draw(t, "n")
		size, ok := bucketOf(n)
		if !ok || size < n || size < minBucket || size > maxBucket {
			t.Fatalf("bucket of %d is %d", n, size)
		}
		if n > minBucket && float64(size) > 1.5*float64(n) {
			t.Fatalf("bucket of %d is %d: more than half is padding", n, size)
		}
	})
	if _, ok := bucketOf(maxBucket + 1); ok {
		t.Error("a bucket was found for too much")
	}
	w := newWorld(t)
	raw := w.sealed(t, header(t, TxSearch), make([]byte, MaxPayload))
	if len(raw) > MaxEnvelope {
		t.Errorf("the longest payload makes an envelope of %d bytes", len(raw))
	}
	if got, err := Open(w.b, w.ca, raw, testNow, openOptions()); err != nil || len(got.Payload) != MaxPayload {
		t.Errorf("the longest payload: %v", err)
	}
	if _, _, err := Seal(w.a, w.cb, header(t, TxSearch), make([]byte, MaxPayload+1)); err == nil {
		t.Error("a payload too long was sealed")
	}
}

// Every answer has one length, whatever it says; a longer one can be neither made nor opened.
func TestAnswersHaveOneLength(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("á", 290)
	lengths := map[int]bool{}
	for _, p := range []AnswerPayload{
		{Outcome: NoHit, Articles: []string{"5"}, Probe: Erasure{Erased: true, At: At(testNow)}},
		{Outcome: Hit, Reference: newID(t), Articles: []string{"5", "7.2"}, Probe: Erasure{At: At(testNow)}},
		{Outcome: AnswerRefused, Articles: []string{"12"}, Refusal: &Text{ES: long, EN: long}, Probe: Erasure{Erased: true, At: At(testNow)}},
	} {
		b, err := p.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		lengths[len(w.sealed(t, header(t, TxAnswer), b))] = true
	}
	if len(lengths) != 1 {
		t.Errorf("answers have the lengths %v", lengths)
	}
	h := header(t, TxAnswer)
	if _, _, err := Seal(w.a, w.cb, h, make([]byte, 5000)); err == nil {
		t.Error("a long answer was sealed")
	}
	raw, err := encode(h)
	if err != nil {
		t.Fatal(err)
	}
	inner := sign(w.a.Node, domainPayload, appendPart(nil, raw), make([]byte, 5000))
	b := w.frameOf(t, raw, pad(inner, make([]byte, 5000), 6<<10))
	if c := code(t, second(Open(w.b, w.ca, b, testNow, openOptions()))); c != CodeMalformed {
		t.Errorf("a long answer was opened: %q", c)
	}
}

func TestOpenRefuses(t *testing.T) {
	w := newWorld(t)
	kc, cc := ring(t, "XC")
	other := DigestOf([]byte("another text"))
	seen := func(d Digest) func(PartyID, ID) (Digest, bool) {
		return func(from PartyID, _ ID) (Digest, bool) { return d, from == "XA" }
	}
	type args struct {
		keys *KeyRing
		card Card
		now  time.Time
		opts OpenOptions
	}
	tests := map[string]struct {
		change func(*Header)
		args   func(*args)
		want   Code
	}{
		"as it should be":           {want: ""},
		"at the last millisecond":   {args: func(a *args) { a.now = testNow.Add(time.Hour - time.Millisecond) }, want: ""},
		"expired":                   {args: func(a *args) { a.now = testNow.Add(time.Hour) }, want: CodeExpired},
		"made in the future":        {args: func(a *args) { a.now = testNow.Add(-5*time.Minute - time.Millisecond) }, want: CodeClockSkew},
		"made in the near future":   {args: func(a *args) { a.now = testNow.Add(-5 * time.Minute) }, want: ""},
		"own tolerance":             {args: func(a *args) { a.now = testNow.Add(-time.Minute); a.opts.MaxSkew = time.Second }, want: CodeClockSkew},
		"lives too long":            {change: func(h *Header) { h.Expires = At(testNow.Add(32 * 24 * time.Hour)) }, want: CodeMalformed},
		"another text":              {change: func(h *Header) { h.Agreement = other }, want: CodeWrongAgreement},
		"no text in force":          {args: func(a *args) { a.opts.Agreements = nil }, want: CodeWrongAgreement},
		"second text in force":      {args: func(a *args) { a.opts.Agreements = []Digest{other, testAgreement} }, want: ""},
		"for another party":         {args: func(a *args) { a.keys = kc }, want: CodeWrongRecipient},
		"brought by another party":  {args: func(a *args) { a.card = cc }, want: CodeWrongSender},
		"own keys as the sender's":  {args: func(a *args) { a.card = w.cb }, want: CodeWrongSender},
		"too large":                 {args: func(a *args) { a.opts.MaxBytes = 5000 }, want: CodeTooLarge},
		"same id, other message":    {args: func(a *args) { a.opts.Seen = seen(other) }, want: CodeReplay},
		"expired and same id":       {args: func(a *args) { a.opts.Seen = seen(other); a.now = testNow.Add(2 * time.Hour) }, want: CodeExpired},
		"other text and expired":    {change: func(h *Header) { h.Agreement = other }, args: func(a *args) { a.now = testNow.Add(2 * time.Hour) }, want: CodeWrongAgreement},
		"signed by another of name": {args: func(a *args) { _, a.card = ring(t, "XA") }, want: CodeBadSignature},
		"sealed to an older key":    {args: func(a *args) { a.keys, _ = ring(t, "XB") }, want: CodeNotForThisKey},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := header(t, TxSearch)
			if test.change != nil {
				test.change(&h)
			}
			a := args{w.b, w.ca, testNow, openOptions()}
			if test.args != nil {
				test.args(&a)
			}
			o, err := Open(a.keys, a.card, w.sealed(t, h, []byte("x")), a.now, a.opts)
			if got := code(t, err); got != test.want {
				t.Errorf("got %q (%v), want %q", got, err, test.want)
			}
			if err != nil && o.Payload != nil {
				t.Error("a refused message gave its payload")
			}
		})
	}
}

// The same bytes again are a duplicate, even when expired or under a text no longer in force, and never opened twice.
func TestOpenDuplicate(t *testing.T) {
	w := newWorld(t)
	raw := w.sealed(t, header(t, TxSearch), []byte("x"))
	for name, o := range map[string]OpenOptions{"in force": openOptions(), "no longer in force": {}} {
		o.Seen = func(PartyID, ID) (Digest, bool) { return DigestOf(raw), true }
		for _, now := range []time.Time{testNow, testNow.Add(48 * time.Hour)} {
			got, err := Open(w.b, w.ca, raw, now, o)
			if !errors.Is(err, ErrDuplicate) || got.Payload != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestClockSkewSaysTheDifference(t *testing.T) {
	w := newWorld(t)
	_, err := Open(w.b, w.ca, w.sealed(t, header(t, TxSearch), nil), testNow.Add(-10*time.Minute-3*time.Second), openOptions())
	var r *Refusal
	if !errors.As(err, &r) || !strings.Contains(r.Detail, "our clocks differ by 10m3s") || r.ClockDifference() != 10*time.Minute+3*time.Second {
		t.Errorf("refusal %v", err)
	}
	if !strings.Contains(r.Text("es"), "10m3s") {
		t.Errorf("in Spanish: %s", r.Text("es"))
	}
}

func TestHeaderCheck(t *testing.T) {
	tests := map[string]struct {
		tx     Transaction
		change func(*Header)
	}{
		"version":                  {TxSearch, func(h *Header) { h.Version = 2 }},
		"id":                       {TxSearch, func(h *Header) { h.ID = "1" }},
		"id in upper case":         {TxSearch, func(h *Header) { h.ID = ID(strings.Repeat("A", 32)) }},
		"transaction":              {TxSearch, func(h *Header) { h.Transaction = "erase" }},
		"no exchange":              {TxSearch, func(h *Header) { h.Exchange = "" }},
		"exchange of a suspension": {TxSuspend, func(h *Header) { h.Exchange = h.ID }},
		"from":                     {TxSearch, func(h *Header) { h.From = "" }},
		"to":                       {TxSearch, func(h *Header) { h.To = "x" }},
		"to itself":                {TxSearch, func(h *Header) { h.To = h.From }},
		"agreement":                {TxSearch, func(h *Header) { h.Agreement = Digest{} }},
		"expires before made":      {TxSearch, func(h *Header) { h.Expires = h.Created }},
		"reply to nothing":         {TxAnswer, func(h *Header) { h.InReplyTo = "" }},
		"search in reply":          {TxSearch, func(h *Header) { h.InReplyTo = h.ID }},
		"resume in reply":          {TxResume, func(h *Header) { h.InReplyTo = h.ID }},
	}
	w := newWorld(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := header(t, test.tx)
			if err := h.Check(); err != nil {
				t.Fatal(err)
			}
			test.change(&h)
			if h.Check() == nil {
				t.Error("taken")
			}
			if _, _, err := Seal(w.a, w.cb, h, nil); err == nil {
				t.Error("sealed")
			}
			raw, err := encode(h)
			if err != nil {
				t.Fatal(err)
			}
			inner := sign(w.a.Node, domainPayload, appendPart(nil, raw))
			b := w.frameOf(t, raw, pad(inner, nil, minBucket))
			if c := code(t, second(Open(w.b, w.ca, b, testNow, openOptions()))); c != CodeMalformed {
				t.Errorf("opened, though its sender made it so: %q", c)
			}
		})
	}
}

// A header has one encoding: anything else that JSON would read as the same is refused.
func TestHeaderEncoding(t *testing.T) {
	w := newWorld(t)
	good, err := encode(header(t, TxSearch))
	if err != nil {
		t.Fatal(err)
	}
	s := string(good)
	tests := map[string]string{
		"white space":    strings.Replace(s, ",", ", ", 1),
		"unknown member": strings.Replace(s, "{", `{"name":"x",`, 1),
		"twice":          strings.Replace(s, "{", `{"version":1,`, 1),
		"upper case":     strings.Replace(s, `"from"`, `"From"`, 1),
		"reordered":      strings.Replace(strings.Replace(s, `"version":1,`, "", 1), `"from"`, `"version":1,"from"`, 1),
		"escaped":        strings.Replace(s, "search", `\u0073earch`, 1),
		"trailing":       s + " ",
		"two values":     s + s,
		"null":           "null",
		"list":           "[]",
		"long time":      strings.Replace(s, ".890Z", ".890000Z", 1),
		"time offset":    strings.Replace(s, ".890Z", ".890+00:00", 1),
		"empty reply":    strings.Replace(s, `"expires"`, `"in_reply_to":"","expires"`, 1),
	}
	for name, bad := range tests {
		t.Run(name, func(t *testing.T) {
			if bad == s {
				t.Fatal("the test changed nothing")
			}
			inner := sign(w.a.Node, domainPayload, appendPart(nil, []byte(bad)))
			b := w.frameOf(t, []byte(bad), pad(inner, nil, minBucket))
			if c := code(t, second(Open(w.b, w.ca, b, testNow, openOptions()))); c != CodeMalformed {
				t.Errorf("got %q", c)
			}
		})
	}
}

func TestOtherVersion(t *testing.T) {
	w := newWorld(t)
	raw := bytes.Replace(w.sealed(t, header(t, TxSearch), nil), []byte("envelope/1"), []byte("envelope/2"), 1)
	if c := code(t, second(Open(w.b, w.ca, raw, testNow, openOptions()))); c != CodeUnsupported {
		t.Errorf("got %q", c)
	}
}

func TestVerifyByThirdParty(t *testing.T) {
	w := newWorld(t)
	raw := w.sealed(t, header(t, TxSearch), []byte("x"))
	o, err := Open(w.b, w.ca, raw, testNow, openOptions())
	if err != nil {
		t.Fatal(err)
	}
	_, stranger := ring(t, "XA")
	for name, card := range map[string]Card{"another party": w.cb, "another key of the name": stranger} {
		if _, _, err := VerifyEnvelope(card, raw); err == nil {
			t.Errorf("%s: envelope verified", name)
		}
		if _, err := VerifyPayload(card, o.HeaderRaw, o.Payload, o.Signature); err == nil {
			t.Errorf("%s: payload verified", name)
		}
	}
	if _, err := VerifyPayload(w.ca, o.HeaderRaw, []byte("y"), o.Signature); err == nil {
		t.Error("another payload verified")
	}
	other, err := encode(header(t, TxSearch))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := VerifyPayload(w.ca, other, o.Payload, o.Signature); err == nil {
		t.Error("the payload verified under another header")
	}
}
