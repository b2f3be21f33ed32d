package exchange

import (
	"runtime"
	"strings"
	"testing"
)

// A mebibyte of the costliest input makes no parser take more than 64 MiB, in all, while it refuses it.
func TestMemoryOfHostileInput(t *testing.T) {
	fill := func(begin, unit, end string) []byte {
		return []byte(begin + strings.Repeat(unit, (1<<20)/len(unit)) + end)
	}
	fields := &strings.Builder{}
	for i := 0; fields.Len() < 1<<20; i++ {
		fields.WriteString(`"`)
		for n := i; n >= 0; n = n/26 - 1 {
			fields.WriteByte(byte('a' + n%26))
		}
		fields.WriteString(`":{"outcome":"","article":""},`)
	}
	tests := map[string]struct {
		input []byte
		parse func([]byte) error
	}{
		"many samples":  {fill(`{"samples":[`, `{"position":0,"png":"","ppi":0},`, `{}]}`), func(b []byte) error { return second(ParseSearch(b)) }},
		"short samples": {fill(`{"samples":[`, `{},`, `{}]}`), func(b []byte) error { return second(ParseSearch(b)) }},
		"many articles": {fill(`{"articles":[`, `"",`, `""]}`), func(b []byte) error { return second(ParseAnswer(b)) }},
		"many fields":   {[]byte(`{"fields":{` + fields.String() + `"A":{}}}`), func(b []byte) error { return second(ParseDisclosure(b)) }},
		"deep":          {fill("", "[", ""), func(b []byte) error { return second(ParseDisclosure(b)) }},
		"unknown, deep": {fill(`{"x":`, `{"x":`, ""), func(b []byte) error { return second(ParseDisclose(b)) }},
		"escapes":       {fill(`{"number":"`, `\u0041`, `"}`), func(b []byte) error { return second(ParseSearch(b)) }},
		"many hashes": {appendPart([]byte(messageMagic), fill(`{"logged":{"proof":{"inclusion":[`, `"",`, `""]}}}`)[:maxMessageMeta]),
			func(b []byte) error { return second(ParseMessage(b, MaxEnvelope)) }},
		"long card":    {fill(`{"version":1,"party":"`, "A", `"}`), func(b []byte) error { return second(ParseCard(b)) }},
		"long receipt": {fill(`{"version":1,"from":"`, "A", `"}`), func(b []byte) error { return second(ParseReceipt(b)) }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := test.parse(test.input)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Error("taken")
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
				t.Errorf("took %d MiB for %d KiB", took>>20, len(test.input)>>10)
			} else {
				t.Logf("took %.1f MiB for %d KiB", float64(took)/(1<<20), len(test.input)>>10)
			}
		})
	}
}

// The largest documents that the protocol allows stay well below the bound of structure.
func TestStructureOfLargestDocuments(t *testing.T) {
	until := At(testNow)
	p := disclosure()
	for i := len(p.Fields); i < maxFields; i++ {
		p.Fields["field-"+strings.Repeat("x", i)[:i%50]+string(rune('a'+i/50))] = Field{Outcome: FieldReleased, Article: "1", Media: "image/png", Data: []byte{1}, KeepUntil: &until}
	}
	l := logged()
	l.Proof.Inclusion, l.Proof.Since, l.Proof.Consistency = nil, 9, nil
	for range maxPathHashes {
		l.Proof.Inclusion, l.Proof.Consistency = append(l.Proof.Inclusion, make([]byte, 32)), append(l.Proof.Consistency, make([]byte, 32))
	}
	for name, v := range map[string]any{"disclosure": p, "proof": Message{Logged: l}} {
		b, err := encode(v)
		if err != nil {
			t.Fatal(err)
		}
		if n := structure(b); n < 100 || n > maxStructure/2 {
			t.Errorf("%s: structure %d", name, n)
		}
	}
}

func TestStructure(t *testing.T) {
	for in, want := range map[string]int{
		``: 0, `{}`: 1, `[1,2,3]`: 3, `{"a":"{[,"}`: 1, `{"a":"\",{","b":1}`: 2, `{"a":"\\",",":1}`: 2, `{"a":"\\\",",`: 2, `"`: 0, `"\`: 0, `"\"`: 0,
	} {
		if got := structure([]byte(in)); got != want {
			t.Errorf("%s: %d, want %d", in, got, want)
		}
	}
}
