package agreement

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzParse changes one file of an agreement that reads.
func FuzzParse(f *testing.F) {
	minimal := readFolder(f, "testdata/minimal")
	for _, name := range []string{minHeader, minSearch, minGuard, minEnd} {
		f.Add(name, minimal[name])
	}
	for name, data := range readFolder(f, "../examples/agreements/co-us-demo") {
		f.Add(name, data)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		files := map[string][]byte{}
		for k, v := range minimal {
			files[k] = v
		}
		files[name] = data
		checkParsed(t, files)
	})
}

// checkParsed parses; what is taken must come back exactly through its bundle.
func checkParsed(t *testing.T, files map[string][]byte) {
	a, err := parse(files, bounds{200, 100_000})
	if err != nil {
		var p *Problems
		if !errors.As(err, &p) || len(p.List) == 0 {
			t.Fatalf("not a list of problems: %v", err)
		}
		return
	}
	if _, err := ParseBundle(a.Bundle()); err != nil {
		t.Fatalf("its own bundle is refused: %v", err)
	}
	for _, lang := range append(a.Languages, "xx") {
		if a.Render(lang) == "" {
			t.Fatal("renders nothing")
		}
	}
	if d := a.Decide(minimalSearch()); len(d.Articles) == 0 {
		t.Fatal("no article decides")
	}
}

func FuzzParseBundle(f *testing.F) {
	for _, dir := range []string{"testdata/minimal", "../examples/agreements/co-us-demo"} {
		a, err := Parse(readFolder(f, dir))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(a.Bundle())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 64<<10 {
			return
		}
		a, err := ParseBundle(data)
		if err == nil && !bytes.Equal(a.Bundle(), data) {
			t.Fatal("the bundle comes back otherwise")
		}
	})
}

// FuzzDecide gives requests in JSON; a permit must rest on listed words.
func FuzzDecide(f *testing.F) {
	a := demo(f)
	f.Add([]byte(`{"act":"search","side":"asking","from":"us","to":"co","authority":"us-border","role":"migration-officer","purpose":"border-examination","ground":"person-present","case_present":true,"person":{"nationalities":["VE"],"safeguards":[{"kind":"asylum-claim","against":"us"}]},"fingers":2,"min_quality":40,"used":{"border-day":1},"now":"2026-03-04T15:30:00Z"}`))
	f.Add([]byte(`{"act":"disclose","side":"answering","from":"us","to":"co","field":"family-name","record":{"category":"visa"},"examiners":1,"approved":true,"suspended":false,"now":"2026-03-04T15:30:00Z"}`))
	f.Add([]byte(`{"act":"search","side":"answering","from":"us","to":"co","suspended":{"purposes":["visa-application"],"except":[{"asking":["us"]}]},"now":"2026-03-04T15:30:00Z"}`))
	f.Add([]byte(`{"act":"reach","side":"asking","suspended":[{"acts":["search"]},{"of":"co"}],"now":"2026-03-04T15:30:00Z"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseRequest(data)
		if err != nil {
			return
		}
		d := a.Decide(r)
		if len(d.Articles) == 0 {
			t.Fatal("no article decides")
		}
		if d.Permitted() && (!a.words.purpose[r.Purpose] || r.Suspended.Whole || r.From == r.To || len(d.Errors) > 0) {
			t.Fatalf("permitted: %+v", r)
		}
	})
}

// FuzzSignatureFiles reads signature and notice files; none of them verifies.
func FuzzSignatureFiles(f *testing.F) {
	a, err := Parse(readFolder(f, "testdata/minimal"))
	if err != nil {
		f.Fatal(err)
	}
	s, err := Sign(a.Bundle(), "aa", partyKey('x'), at)
	if err != nil {
		f.Fatal(err)
	}
	n, err := SignNotice(Notice{Agreement: a.Digest(), Party: "aa", Kind: Suspend, From: at, Sequence: 1}, partyKey('x'))
	if err != nil {
		f.Fatal(err)
	}
	p, err := SignNotice(Notice{Agreement: a.Digest(), Party: "aa", Kind: Resume, From: at, Sequence: 1,
		Part: &Part{Purposes: []string{"border"}, Asking: []string{"bb"}}}, partyKey('x'))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(s.Marshal())
	f.Add(n.Marshal())
	f.Add(p.Marshal())
	keys := map[string][]byte{"aa": public(partyKey('a'))}
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := ParseSignature(data); err == nil && s.verify(a.Digest(), keys["aa"]) == nil {
			t.Fatal("a forged signature holds")
		}
		if n, err := ParseNotice(data); err == nil {
			if _, err := Fold(a, []Notice{n.Notice}, at); err == nil && n.check() != nil {
				t.Fatal("a notice that means nothing was folded")
			}
		}
	})
}

// FuzzAskedRequest reads requests in the words of the encoded laws; a permit rests on
// no error and on listed words, and an explanation is always given.
func FuzzAskedRequest(f *testing.F) {
	irpr, pcsc := lawOf(f, "irpr"), lawOf(f, "pcsc")
	f.Add([]byte(`{` + m5Query + `}`))
	f.Add([]byte(`{"act":"respond","asking":"us","answering":"ca","purpose":"data-accuracy","field":"name","person":{"nationalities":["stateless"],"permanent_resident_of":["ca"]},"match":["fingerprints"],"now":"2026-03-04T15:30:00Z"}`))
	f.Add([]byte(`{"act":"query-fingerprints","asking":"us","answering":"nl","facts":{"max-penalty":13,"search-type":"latent-to-tenprint"},"used":{"latent-to-tenprint":20}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, a := range []*Agreement{irpr, pcsc} {
			q, err := a.ParseRequest(data, at)
			if err != nil {
				continue
			}
			o := a.Opine(q)
			if len(o.Articles) == 0 || o.Told == "" {
				t.Fatalf("no article decides: %+v", o)
			}
			if o.Permitted() && (len(o.Errors) > 0 || q.From == q.To || (q.Purpose != "" && !a.words.purpose[q.Purpose])) {
				t.Fatalf("permitted: %+v", q.Request)
			}
		}
	})
}

// FuzzProperties changes a file of properties; what is read claims something.
func FuzzProperties(f *testing.F) {
	a := demo(f)
	f.Add([]byte("properties:\n  - {id: x, says: {es: x, en: x}, acts: [search], when: {purpose: [visa-application]}, never: [permit]}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		ps, err := a.ParseProperties("p.yaml", data)
		if err != nil {
			return
		}
		for _, p := range ps {
			if p.Never == nil && p.Possible == "" {
				t.Fatal("a property claims nothing")
			}
		}
	})
}
