package exchange

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func asker() Asker {
	return Asker{Purpose: "identify", Ground: "art-5.1", Case: "C-2026/17", Authority: "border", Role: "officer", Officer: "o-77"}
}

func search() SearchPayload {
	return SearchPayload{Number: "N-1", Asker: asker(), File: []byte("1.001:6\x1c\x01\x02")}
}

func disclosure() DisclosurePayload {
	until := At(testNow.AddDate(0, 1, 0))
	return DisclosurePayload{Outcome: Released, Reference: ID(strings.Repeat("0a", 16)), Articles: []string{"7"}, Fields: map[string]Field{
		"birth.year": {Outcome: FieldReleased, Article: "7.1", Value: "1990", KeepUntil: &until},
		"face":       {Outcome: FieldReleased, Article: "7.1", Media: "image/png", Data: []byte{1}, KeepUntil: &until},
		"family":     {Outcome: FieldRefused, Article: "7.3"},
		"alias":      {Outcome: FieldAbsent, Article: "7.1"}}}
}

// roundTrip writes, reads, and writes again.
func roundTrip[P interface {
	payload
	Bytes() ([]byte, error)
}](t *testing.T, p P, parse func([]byte) (P, error)) {
	t.Helper()
	b, err := p.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	got, err := parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := got.Bytes(); err != nil || !bytes.Equal(again, b) {
		t.Errorf("payload changed on its way: %v", err)
	}
	for _, bad := range [][]byte{append(b, ' '), append(bytes.Clone(b), b...), []byte("null"), nil,
		bytes.Replace(b, []byte("{"), []byte(`{"nationality":"x",`), 1)} {
		if code(t, second(parse(bad))) != CodeMalformed {
			t.Errorf("taken: %.60s", bad)
		}
	}
}

func TestPayloads(t *testing.T) {
	ref := ID(strings.Repeat("0a", 16))
	roundTrip(t, search(), ParseSearch)
	roundTrip(t, DisclosePayload{Reference: ref, Asker: asker(), Fields: []string{"a", "b"}}, ParseDisclose)
	roundTrip(t, disclosure(), ParseDisclosure)
	roundTrip(t, DisclosurePayload{Outcome: DisclosureRefused, Reference: ref, Articles: []string{"9"},
		Refusal: &Text{ES: `No "se" permite`, EN: "Not <allowed> & \\"}}, ParseDisclosure)
	roundTrip(t, SuspendPayload{Notice: []byte("notice")}, ParseSuspend)
	roundTrip(t, SuspendPayload{Notice: []byte("{\n  \"kind\": \"suspend\",\n  \"part\": {\n    \"purposes\": [\n      \"x\"\n    ]\n  }\n}\n")}, ParseSuspend)
	roundTrip(t, AnswerPayload{Outcome: Hit, Reference: ref, Articles: []string{"5"}, Probe: Erasure{At: At(testNow)}}, ParseAnswer)
}

// A search has these members and no other: nothing in it can say who the person is thought to be.
func TestSearchMembers(t *testing.T) {
	b, err := search().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	want := []string{"number", "purpose", "ground", "case", "authority", "role", "officer", "file"}
	for _, name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is missing", name)
		}
		delete(got, name)
	}
	if len(got) != 0 {
		t.Errorf("a search also holds %v", got)
	}
	for _, name := range []string{"name", "nationality", "birth", "sex", "document"} {
		bad := bytes.Replace(b, []byte(`"file"`), []byte(`"`+name+`":"x","file"`), 1)
		if code(t, second(ParseSearch(bad))) != CodeMalformed {
			t.Errorf("a search with %s was taken", name)
		}
	}
}

func TestSearchRefused(t *testing.T) {
	tests := map[string]func(*SearchPayload){
		"no number":        func(p *SearchPayload) { p.Number = "" },
		"number in words":  func(p *SearchPayload) { p.Number = "two words" },
		"no purpose":       func(p *SearchPayload) { p.Purpose = "" },
		"long case":        func(p *SearchPayload) { p.Case = strings.Repeat("x", 65) },
		"name for officer": func(p *SearchPayload) { p.Officer = "Ana Pérez" },
		"no file":          func(p *SearchPayload) { p.File = nil },
		"not ANSI/NIST":    func(p *SearchPayload) { p.File = []byte("GIF89a") },
		"large file":       func(p *SearchPayload) { p.File = append(p.File, make([]byte, MaxSearchFile)...) },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) { refusedBothWays(t, search(), change, ParseSearch) })
	}
	p := search()
	p.File = append(p.File, make([]byte, MaxSearchFile-len(p.File))...)
	if b, err := p.Bytes(); err != nil || len(b) > MaxPayload {
		t.Errorf("the longest file: %d bytes, %v", len(b), err)
	}
}

// refusedBothWays wants a payload that is neither written nor, if written by another program, read.
func refusedBothWays[P interface {
	payload
	Bytes() ([]byte, error)
}](t *testing.T, p P, change func(*P), parse func([]byte) (P, error)) {
	t.Helper()
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	change(&p)
	if _, err := p.Bytes(); err == nil {
		t.Error("written")
	}
	b, err := encode(p)
	if err != nil {
		t.Fatal(err)
	}
	if code(t, second(parse(b))) != CodeMalformed {
		t.Error("read")
	}
}

func TestAnswerRefused(t *testing.T) {
	ref := ID(strings.Repeat("0a", 16))
	hit := AnswerPayload{Outcome: Hit, Reference: ref, Articles: []string{"5"}, Probe: Erasure{At: At(testNow)}}
	tests := map[string]func(*AnswerPayload){
		"unknown outcome":       func(p *AnswerPayload) { p.Outcome = "maybe" },
		"hit without reference": func(p *AnswerPayload) { p.Reference = "" },
		"reference in words":    func(p *AnswerPayload) { p.Reference = "person-1" },
		"no hit with reference": func(p *AnswerPayload) { p.Outcome, p.Probe.Erased = NoHit, true },
		"no hit, junk reference": func(p *AnswerPayload) {
			p.Outcome, p.Probe.Erased, p.Reference = NoHit, true, "x"
		},
		"no hit, probe kept":   func(p *AnswerPayload) { p.Outcome, p.Reference = NoHit, "" },
		"refused without text": func(p *AnswerPayload) { p.Outcome, p.Reference, p.Probe.Erased = AnswerRefused, "", true },
		"hit with refusal":     func(p *AnswerPayload) { p.Refusal = &Text{"a", "a"} },
		"no article":           func(p *AnswerPayload) { p.Articles = nil },
		"empty article":        func(p *AnswerPayload) { p.Articles = []string{""} },
		"many articles":        func(p *AnswerPayload) { p.Articles = make([]string, 17) },
		"probe without time":   func(p *AnswerPayload) { p.Probe.At = Time{} },
		"one language": func(p *AnswerPayload) {
			*p = AnswerPayload{Outcome: AnswerRefused, Articles: []string{"5"}, Refusal: &Text{EN: "a"}, Probe: Erasure{Erased: true, At: At(testNow)}}
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) { refusedBothWays(t, hit, change, ParseAnswer) })
	}
	quotes := strings.Repeat(`"`, 600)
	p := AnswerPayload{Outcome: AnswerRefused, Articles: make([]string, 16), Refusal: &Text{quotes, quotes}, Probe: Erasure{Erased: true, At: At(testNow)}}
	for i := range p.Articles {
		p.Articles[i] = strings.Repeat(`"`, 64)
	}
	if _, err := p.Bytes(); err == nil {
		t.Error("an answer was written that does not fit the size of all answers")
	}
}

func TestDisclosureRefused(t *testing.T) {
	set := func(name string, change func(*Field)) func(*DisclosurePayload) {
		return func(p *DisclosurePayload) {
			f := p.Fields[name]
			change(&f)
			p.Fields[name] = f
		}
	}
	tests := map[string]func(*DisclosurePayload){
		"unknown outcome":          func(p *DisclosurePayload) { p.Outcome = "some" },
		"reference":                func(p *DisclosurePayload) { p.Reference = "x" },
		"refused with values":      func(p *DisclosurePayload) { p.Outcome, p.Refusal = DisclosureRefused, &Text{"a", "a"} },
		"released with refusal":    func(p *DisclosurePayload) { p.Refusal = &Text{"a", "a"} },
		"released nothing":         func(p *DisclosurePayload) { p.Fields = nil },
		"empty fields":             func(p *DisclosurePayload) { p.Fields = map[string]Field{} },
		"no article":               func(p *DisclosurePayload) { p.Articles = nil },
		"field name":               func(p *DisclosurePayload) { p.Fields["Full Name"] = p.Fields["face"] },
		"field outcome":            set("face", func(f *Field) { f.Outcome = "x" }),
		"field without article":    set("face", func(f *Field) { f.Article = "" }),
		"released without end":     set("face", func(f *Field) { f.KeepUntil = nil }),
		"released without value":   set("birth.year", func(f *Field) { f.Value = "" }),
		"released two values":      set("face", func(f *Field) { f.Value = "x" }),
		"text with empty data":     set("birth.year", func(f *Field) { f.Data = []byte{} }),
		"text with media type":     set("birth.year", func(f *Field) { f.Media = "text/plain" }),
		"data without media type":  set("face", func(f *Field) { f.Media = "" }),
		"data with odd media type": set("face", func(f *Field) { f.Media = "image" }),
		"large data":               set("face", func(f *Field) { f.Data = make([]byte, maxDataBytes+1) }),
		"text with line break":     set("birth.year", func(f *Field) { f.Value = "a\nb" }),
		"refused with value":       set("family", func(f *Field) { f.Value = "x" }),
		"refused with end":         set("family", func(f *Field) { at := At(testNow); f.KeepUntil = &at }),
		"absent with data":         set("alias", func(f *Field) { f.Data = []byte{} }),
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) { refusedBothWays(t, disclosure(), change, ParseDisclosure) })
	}
}

func TestDiscloseRefused(t *testing.T) {
	good := DisclosePayload{Reference: ID(strings.Repeat("0a", 16)), Asker: asker(), Fields: []string{"a", "b"}}
	tests := map[string]func(*DisclosePayload){
		"reference": func(p *DisclosePayload) { p.Reference = "" },
		"asker":     func(p *DisclosePayload) { p.Role = "" },
		"no fields": func(p *DisclosePayload) { p.Fields = nil },
		"unsorted":  func(p *DisclosePayload) { p.Fields = []string{"b", "a"} },
		"twice":     func(p *DisclosePayload) { p.Fields = []string{"a", "a"} },
		"name":      func(p *DisclosePayload) { p.Fields = []string{"A"} },
		"too many":  func(p *DisclosePayload) { p.Fields = make([]string, 65) },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) { refusedBothWays(t, good, change, ParseDisclose) })
	}
	for name, change := range map[string]func(*SuspendPayload){
		"no notice":    func(p *SuspendPayload) { p.Notice = nil },
		"large notice": func(p *SuspendPayload) { p.Notice = make([]byte, maxNoticeBytes+1) },
	} {
		t.Run(name, func(t *testing.T) { refusedBothWays(t, SuspendPayload{Notice: []byte("x")}, change, ParseSuspend) })
	}
}

func TestSearchProperty(t *testing.T) {
	codes := rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}`)
	rapid.Check(t, func(t *rapid.T) {
		p := SearchPayload{Number: codes.Draw(t, "number"), Asker: Asker{codes.Draw(t, "purpose"), codes.Draw(t, "ground"),
			codes.Draw(t, "case"), codes.Draw(t, "authority"), codes.Draw(t, "role"), codes.Draw(t, "officer")}}
		p.File = append(bytes.Clone(searchMagic), rapid.SliceOfN(rapid.Byte(), 0, 50).Draw(t, "file")...)
		b, err := p.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseSearch(b)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := got.Bytes(); err != nil || !bytes.Equal(again, b) {
			t.Fatal("changed on its way")
		}
	})
}

func TestTextProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if checkChars("s", s, 1<<20) != nil {
			return
		}
		b, err := encode(Text{ES: s, EN: s})
		if err != nil {
			t.Fatal(err)
		}
		// The specification promises these two escapes and no other.
		plain := strings.NewReplacer(`\\`, "", `\"`, "").Replace(string(b))
		if strings.Contains(plain, `\`) {
			t.Fatalf("encoded with other escapes: %s", b)
		}
		var got Text
		if err := decodeStrict("text", b, 1<<20, &got); err != nil || got.ES != s {
			t.Fatalf("round trip: %v", err)
		}
	})
}
