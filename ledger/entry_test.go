package ledger_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"convenio/ledger"

	"pgregory.net/rapid"
)

// golden is the example of docs/ledger.md.
const golden = `{"v":1,"id":"8c2e11d0/search/receive","at":"2026-03-01T10:03:22.481Z","kind":"receive","exchange":"8c2e11d0",` +
	`"transaction":"search","message":"3f2a9c01b8d4e6f70123456789abcdef0123456789abcdef0123456789abcdef",` +
	`"peer":{"index":16,"size":17,"root":"a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90"},` +
	`"commitment":"0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"}`

func TestEncodingOfTheExample(t *testing.T) {
	e, err := ledger.ParseEntry([]byte(golden))
	if err != nil {
		t.Fatal(err)
	}
	if e.Kind != ledger.KindReceive || e.Peer.Index != 16 || !e.At.Equal(time.Date(2026, 3, 1, 10, 3, 22, 481e6, time.UTC)) {
		t.Fatalf("read %+v", e)
	}
	if got := string(encode(t, e)); got != golden {
		t.Fatalf("encoded again:\n%s\n%s", got, golden)
	}
	wrapped, err := json.Marshal(struct{ E ledger.Entry }{e})
	if err != nil || string(wrapped) != `{"E":`+golden+`}` {
		t.Fatalf("inside JSON: %s, %v", wrapped, err)
	}
}

func TestParseEntryRefuses(t *testing.T) {
	cases := map[string]string{
		"empty":                "",
		"not JSON":             "genesis",
		"unknown key":          strings.Replace(golden, `"v":1`, `"v":1,"name":"x"`, 1),
		"another order":        strings.Replace(golden, `{"v":1,"id":"8c2e11d0/search/receive"`, `{"id":"8c2e11d0/search/receive","v":1`, 1),
		"a key twice":          strings.Replace(golden, `"v":1`, `"v":1,"v":1`, 1),
		"key in another case":  strings.Replace(golden, `"kind"`, `"Kind"`, 1),
		"space":                strings.Replace(golden, `,"kind"`, `, "kind"`, 1),
		"newline at the end":   golden + "\n",
		"a second object":      golden + "{}",
		"escaped letter":       strings.Replace(golden, `"search"`, `"\u0073earch"`, 1),
		"upper-case digest":    strings.Replace(golden, "3f2a9c01", "3F2A9C01", 1),
		"short digest":         strings.Replace(golden, "3f2a9c01", "3f2a9c", 1),
		"another version":      strings.Replace(golden, `"v":1`, `"v":2`, 1),
		"number with fraction": strings.Replace(golden, `"index":16`, `"index":16.0`, 1),
		"time without millis":  strings.Replace(golden, "22.481Z", "22Z", 1),
		"time with zone":       strings.Replace(golden, "22.481Z", "22.481+00:00", 1),
		"month 13":             strings.Replace(golden, "2026-03", "2026-13", 1),
		"unknown kind":         strings.Replace(golden, `"receive"`, `"received"`, 1),
		"empty value":          strings.Replace(golden, `"exchange":"8c2e11d0"`, `"exchange":""`, 1),
		"null peer":            golden[:strings.Index(golden, `"peer"`)] + `"peer":null}`,
		"no peer":              golden[:strings.Index(golden, `,"peer"`)] + `}`,
		"index beyond size":    strings.Replace(golden, `"index":16`, `"index":17`, 1),
		"size over 2^53":       strings.Replace(golden, `"size":17`, `"size":9007199254740992`, 1),
		"name with a space":    strings.Replace(golden, `"8c2e11d0"`, `"8c2e 11d0"`, 1),
		"too long":             strings.Replace(golden, "8c2e11d0/", strings.Repeat("8", 900), 1),
		"zero digest":          strings.Replace(golden, golden[strings.Index(golden, `"message":"`)+11:][:64], strings.Repeat("0", 64), 1),
	}
	for name, line := range cases {
		t.Run(name, func(t *testing.T) {
			if e, err := ledger.ParseEntry([]byte(line)); !errors.Is(err, ledger.ErrInvalid) {
				t.Fatalf("read %+v, %v", e, err)
			}
		})
	}
}

func TestValidateByKind(t *testing.T) {
	peer := &ledger.Peer{Index: 1, Size: 2, Root: sha256.Sum256(nil)}
	m := ledger.Digest(sha256.Sum256([]byte("m")))
	cases := map[string]struct {
		e  ledger.Entry
		ok bool
	}{
		"genesis":                      {ledger.Entry{Kind: ledger.KindGenesis}, true},
		"genesis of an exchange":       {ledger.Entry{Kind: ledger.KindGenesis, Exchange: "x"}, false},
		"decide":                       {ledger.Entry{Kind: ledger.KindDecide, Exchange: "x"}, true},
		"decide with peer":             {ledger.Entry{Kind: ledger.KindDecide, Peer: peer}, false},
		"decide with transaction":      {ledger.Entry{Kind: ledger.KindDecide, Transaction: "search"}, false},
		"send":                         {ledger.Entry{Kind: ledger.KindSend, Transaction: "search", Message: m}, true},
		"send with peer":               {ledger.Entry{Kind: ledger.KindSend, Transaction: "search", Message: m, Peer: peer}, false},
		"send without message":         {ledger.Entry{Kind: ledger.KindSend, Transaction: "search"}, false},
		"send without transaction":     {ledger.Entry{Kind: ledger.KindSend, Message: m}, false},
		"refuse without peer":          {ledger.Entry{Kind: ledger.KindRefuse, Transaction: "search", Message: m}, true},
		"refuse with peer":             {ledger.Entry{Kind: ledger.KindRefuse, Transaction: "search", Message: m, Peer: peer}, true},
		"receive without peer":         {ledger.Entry{Kind: ledger.KindReceive, Transaction: "search", Message: m}, false},
		"delivered without peer":       {ledger.Entry{Kind: ledger.KindDelivered, Transaction: "search", Message: m}, false},
		"delivered with an empty root": {ledger.Entry{Kind: ledger.KindDelivered, Transaction: "search", Message: m, Peer: &ledger.Peer{Size: 1}}, false},
		"no kind":                      {ledger.Entry{}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.e.ID, c.e.At = "id", epoch
			if err := c.e.Validate(); (err == nil) != c.ok {
				t.Fatalf("Validate: %v", err)
			}
		})
	}
}

// anyEntry draws entries that keep the rules.
func anyEntry(t *rapid.T) ledger.Entry {
	digest := rapid.Custom(func(t *rapid.T) ledger.Digest {
		return sha256.Sum256(rapid.SliceOfN(rapid.Byte(), 1, 4).Draw(t, "seed"))
	})
	e := ledger.Entry{
		ID:         rapid.StringMatching(`[!#-%(-;=?-\[\]-~]{1,128}`).Draw(t, "id"),
		At:         time.UnixMilli(rapid.Int64Range(946684800000, 253402300799999).Draw(t, "at")),
		Commitment: digest.Draw(t, "commitment"),
	}
	e.Kind = rapid.SampledFrom([]ledger.Kind{ledger.KindGenesis, ledger.KindAgreement, ledger.KindEnrol, ledger.KindChange,
		ledger.KindErase, ledger.KindDecide, ledger.KindSend, ledger.KindDelivered, ledger.KindRejected, ledger.KindReceive,
		ledger.KindRefuse, ledger.KindSearch, ledger.KindResult, ledger.KindVerdict, ledger.KindApprove}).Draw(t, "kind")
	if e.Kind == ledger.KindGenesis {
		return e
	}
	e.Exchange = rapid.StringMatching(`[0-9a-f]{0,32}`).Draw(t, "exchange")
	if e.Kind.AboutMessage() {
		e.Transaction = rapid.StringMatching(`[a-z-]{1,32}`).Draw(t, "transaction")
		e.Message = digest.Draw(t, "message")
		if e.Kind != ledger.KindSend {
			index := rapid.Uint64Max(ledger.MaxPeerSize-9).Draw(t, "index")
			e.Peer = &ledger.Peer{Index: index, Size: index + rapid.Uint64Range(1, 9).Draw(t, "more"), Root: digest.Draw(t, "root")}
		}
	}
	return e
}

func TestEncodeParseProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry(t)
		b, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ledger.ParseEntry(b)
		if err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		again, err := back.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("encoded again: %s, was %s (%v)", again, b, err)
		}
		if bytes.ContainsAny(b, " \n\t") || !json.Valid(b) || len(b) > ledger.MaxEntryBytes {
			t.Fatalf("not one line of JSON: %s", b)
		}
	})
}

func FuzzParseEntry(f *testing.F) {
	f.Add([]byte(golden))
	for i := range 3 {
		f.Add(encode(f, entry(i)))
	}
	f.Add([]byte(`{"v":1,"id":"a","at":"2026-03-01T10:03:22.481Z","kind":"genesis","peer":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ledger.ParseEntry(b)
		if err != nil {
			if !errors.Is(err, ledger.ErrInvalid) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		if again := encode(t, e); !bytes.Equal(again, b) {
			t.Fatalf("%q was read and is written %q", b, again)
		}
	})
}

func TestOpening(t *testing.T) {
	o, err := ledger.NewOpening(map[string]any{"decision": "permit", "article": "4 <2>", "n": 1})
	if err != nil {
		t.Fatal(err)
	}
	want := sha256.Sum256(append(append([]byte("convenio-commitment-v1\x00"), o.Salt[:]...), o.Body...))
	if o.Commitment() != want {
		t.Fatal("commitment is not what the format says")
	}
	stored, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	var back ledger.Opening
	if err := json.Unmarshal(stored, &back); err != nil || back.Commitment() != want {
		t.Fatalf("commitment after storing: %v", err)
	}
	other, err := ledger.NewOpening(map[string]any{"decision": "permit", "article": "4 <2>", "n": 1})
	if err != nil || other.Commitment() == want {
		t.Fatal("two openings of one body have one commitment")
	}
}
