package agreement

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func part(p Part) Suspension { return Suspension{Parts: []SuspendedPart{{Part: p}}} }

// What falls in a suspended part is refused by the article on suspension; what does
// not goes on as before.
func TestSuspendedInPart(t *testing.T) {
	a := demo(t)
	const border, missing = "border-examination", "missing-persons"
	tests := []struct {
		name      string
		request   func() Request
		suspended Suspension
		stops     bool
	}{
		{"its purpose", borderSearch, part(Part{Purposes: []string{border}}), true},
		{"another purpose", borderSearch, part(Part{Purposes: []string{missing}}), false},
		{"its authority", borderSearch, part(Part{Authorities: []string{"us-border"}}), true},
		{"another authority", borderSearch, part(Part{Authorities: []string{"co-migration"}}), false},
		{"what the asking party asks", borderSearch, part(Part{Asking: []string{"us"}}), true},
		{"what the other asks", borderSearch, part(Part{Asking: []string{"co"}}), false},
		{"what the answering party answers", borderSearch, part(Part{Answering: []string{"co"}}), true},
		{"what the other answers", borderSearch, part(Part{Answering: []string{"us"}}), false},
		{"a party on either side", borderSearch, part(Part{Parties: []string{"co"}}), true},
		{"searches", borderSearch, part(Part{Acts: []string{ActSearch}}), true},
		{"disclosure", borderSearch, part(Part{Acts: []string{ActDisclose}}), false},
		{"all lists of a part hold", borderSearch, part(Part{Purposes: []string{border}, Asking: []string{"us"}}), true},
		{"not all lists of a part hold", borderSearch, part(Part{Purposes: []string{border}, Asking: []string{"co"}}), false},
		{"either of two parts", borderSearch, Suspension{Parts: []SuspendedPart{{Part: Part{Asking: []string{"co"}}}, {Part: Part{Purposes: []string{border}}}}}, true},
		{"a category of record: the search goes on", borderSearch, part(Part{Categories: []string{"border-encounter"}}), false},
		{"every category of record: no search", borderSearch, part(Part{Categories: ids(a.Categories)}), true},
		{"every category, in two parts", borderSearch, Suspension{Parts: []SuspendedPart{
			{Part: Part{Categories: ids(a.Categories)[:1]}}, {Part: Part{Categories: ids(a.Categories)[1:]}},
		}}, true},
		{"the rest but this purpose", borderSearch, Suspension{Parts: []SuspendedPart{{Except: []Part{{Purposes: []string{border}}}}}}, false},
		{"the rest with this purpose", borderSearch, Suspension{Parts: []SuspendedPart{{Except: []Part{{Purposes: []string{missing}}}}}}, true},
		{"the rest but one category: the search goes on", borderSearch, Suspension{Parts: []SuspendedPart{{Except: []Part{{Categories: []string{"visa"}}}}}}, false},
		{"the rest but another category: not this record", borderReach, Suspension{Parts: []SuspendedPart{{Except: []Part{{Categories: []string{"visa"}}}}}}, true},
		{"a record of the category", borderReach, part(Part{Categories: []string{"border-encounter"}}), true},
		{"a record of another category", borderReach, part(Part{Categories: []string{"visa"}}), false},
		{"a record, while searches are", borderReach, part(Part{Acts: []string{ActSearch}}), true},
		{"a record, for the purpose", borderReach, part(Part{Purposes: []string{border}}), true},
		{"a record, when an authority of no list is said", func() Request { r := borderReach(); r.Authority = "us-navy"; return r }, part(Part{Authorities: []string{"us-border"}}), true},
		{"a record, when no authority is said", func() Request { r := borderReach(); r.Authority = ""; return r }, part(Part{Authorities: []string{"us-border"}}), true},
		{"disclosure, for the purpose", borderDisclose, part(Part{Purposes: []string{border}}), true},
		{"disclosure, while searches are", borderDisclose, part(Part{Acts: []string{ActSearch}}), false},
		{"disclosure, while disclosures are", borderDisclose, part(Part{Acts: []string{ActDisclose}}), true},
		{"disclosure of the category", borderDisclose, part(Part{Categories: []string{"border-encounter"}}), true},
		{"disclosure of another category", borderDisclose, part(Part{Categories: []string{"visa"}}), false},
		{"between others", borderSearch, Suspension{Parts: []SuspendedPart{{Of: "us", Part: Part{Asking: []string{"co"}}}}}, false},
		{"of one of the two", borderSearch, Suspension{Parts: []SuspendedPart{{Of: "us"}}}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.request()
			if d := a.Decide(r); !d.Permitted() && r.Authority != "" {
				t.Fatalf("refused before it is suspended: %+v", d)
			}
			r.Suspended = tt.suspended
			d := a.Decide(r)
			stopped := slices.Contains(d.Articles, "22")
			if stopped != tt.stops || tt.stops && d.Outcome != Deny || !tt.stops && !d.Permitted() || len(d.Errors) > 0 {
				t.Errorf("%s by %v, %v", d.Outcome, d.Articles, d.Errors)
			}
		})
	}
}

// The reason of a refusal says which part is suspended, in each language.
func TestSuspendedPartIsSaid(t *testing.T) {
	a := demo(t)
	r := borderSearch()
	r.Suspended = part(Part{Purposes: []string{"border-examination"}, Asking: []string{"us"}})
	d := a.Decide(r)
	for lang, want := range map[string]string{"en": "(in part: purpose ", "es": "(en parte: fin "} {
		if got := d.Reasons[0].Text.In(lang); !strings.Contains(got, want) {
			t.Errorf("%s: %q", lang, got)
		}
	}
	many := Part{}
	for _, p := range a.Purposes {
		many.Purposes = append(many.Purposes, p.ID)
	}
	many.Authorities, many.Categories = authorityIDs(a), ids(a.Categories)
	r.Suspended = part(many)
	for _, x := range a.Decide(r).Reasons {
		for lang, s := range x.Text {
			if len(s) > 600 {
				t.Errorf("the reason in %s has %d bytes", lang, len(s))
			}
		}
	}
}

// Words that the agreement does not list suspend nothing that could be meant: the
// request is refused and says why.
func TestSuspendedPartOfUnknownWords(t *testing.T) {
	a := demo(t)
	for name, c := range map[string]struct {
		part Part
		want string
	}{
		"purpose":   {Part{Purposes: []string{"tourism"}}, `part: purposes: "tourism" is not listed in co-us-demo; listed are `},
		"authority": {Part{Authorities: []string{"us-navy"}}, `authorities: "us-navy"`},
		"party":     {Part{Asking: []string{"fr"}}, `asking: "fr" is not listed in co-us-demo; listed are co, us`},
		"act":       {Part{Acts: []string{"telephone"}}, `acts: "telephone" is not listed`},
		"reach":     {Part{Acts: []string{ActReach}}, "a record is reached in a search and nowhere else; name search"},
		"category":  {Part{Categories: []string{"gym"}}, `categories: "gym"`},
	} {
		t.Run(name, func(t *testing.T) {
			r := borderSearch()
			r.Suspended = part(c.part)
			d := a.Decide(r)
			if d.Outcome != Deny || len(d.Errors) == 0 || !strings.Contains(d.Errors[0], c.want) {
				t.Errorf("%s, %v", d.Outcome, d.Errors)
			}
			n := Notice{Agreement: a.Digest(), Party: "us", Kind: Suspend, From: at, Sequence: 1, Part: &c.part}
			if err := a.CheckNotice(n); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("notice: %v", err)
			}
			if s, err := Fold(a, []Notice{n}, at); err == nil || !s.Suspended.Whole {
				t.Errorf("folded to %+v, %v", s, err)
			}
		})
	}
}

func TestSuspensionInJSON(t *testing.T) {
	a := demo(t)
	for name, c := range map[string]struct {
		in   string
		want Suspension
		bad  string
	}{
		"no":           {`false`, Suspension{}, ""},
		"whole":        {`true`, Suspension{Whole: true}, ""},
		"nothing said": {`{}`, Suspension{Whole: true}, ""},
		"a part":       {`{"purposes":["border-examination"]}`, part(Part{Purposes: []string{"border-examination"}}), ""},
		"parts": {`[{"asking":["us"]},{"acts":["disclose"],"except":[{"authorities":["us-border"]}]}]`, Suspension{Parts: []SuspendedPart{
			{Part: Part{Asking: []string{"us"}}}, {Part: Part{Acts: []string{"disclose"}}, Except: []Part{{Authorities: []string{"us-border"}}}},
		}}, ""},
		"unknown list": {`{"purpose":["border-examination"]}`, Suspension{}, `unknown field "purpose"`},
		"unknown word": {`{"purposes":["tourism"]}`, Suspension{}, `"tourism" is not listed`},
		"a number":     {`3`, Suspension{}, "write true, false, or what is suspended in lists of acts, purposes"},
		"too many":     {`[` + strings.Repeat(`{"asking":["us"]},`, maxParts) + `{"asking":["us"]}]`, Suspension{}, "at most 64"},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := a.ParseRequest([]byte(`{"act":"search","suspended":`+c.in+`}`), at)
			if c.bad != "" {
				if err == nil || !strings.Contains(err.Error(), c.bad) {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, q.Suspended); diff != "" {
				t.Error(diff)
			}
			b, err := json.Marshal(q.Suspended)
			if err != nil {
				t.Fatal(err)
			}
			var again Suspension
			if err := json.Unmarshal(b, &again); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, again); diff != "" {
				t.Errorf("%s comes back otherwise: %s", b, diff)
			}
		})
	}
}

// drawPart draws a part in listed words, now and then of everything in a list.
func drawPart(t *rapid.T, a *Agreement) Part {
	p := Part{}
	lists := [...][]string{{ActSearch, ActDisclose}, ids(a.Purposes), authorityIDs(a), partyIDs(a), partyIDs(a), partyIDs(a), ids(a.Categories)}
	for i, l := range p.lists() {
		if rapid.IntRange(0, 3).Draw(t, "list") == 0 {
			*l = rapid.SliceOfNDistinct(rapid.SampledFrom(lists[i]), 1, len(lists[i]), rapid.ID).Draw(t, partLists[i])
		}
	}
	return *p.canonical()
}

// A suspension, whatever it is of, only takes away.
func TestSuspensionInPartOnlyTakesAway(t *testing.T) {
	a := demo(t)
	goesOn, stopped := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		r := drawRequest(t, a)
		r.Suspended = Suspension{}
		before := a.Decide(r)
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			p := SuspendedPart{Part: drawPart(t, a)}
			if rapid.Bool().Draw(t, "excepted") {
				p.Except = []Part{drawPart(t, a)}
			}
			r.Suspended.Parts = append(r.Suspended.Parts, p)
		}
		after := a.Decide(r)
		if len(after.Errors) > len(before.Errors) {
			t.Fatalf("errors %v", after.Errors)
		}
		if !before.Permitted() && after.Permitted() {
			t.Fatalf("permitted only while %+v is suspended", r.Suspended)
		}
		in := slices.Contains(after.Articles, "22")
		if before.Permitted() && in == after.Permitted() {
			t.Fatalf("%s by %v", after.Outcome, after.Articles)
		}
		if before.Permitted() && in {
			stopped++
		} else if before.Permitted() {
			goesOn++
		}
	})
	if goesOn == 0 || stopped == 0 {
		t.Errorf("of what was permitted %d went on and %d stopped: the test shows nothing", goesOn, stopped)
	}
}

// To suspend all words of a list is to refuse all that the whole suspension refuses.
func TestSuspensionOfAllPurposesIsOfTheWhole(t *testing.T) {
	a := demo(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawRequest(t, a)
		for _, p := range []Part{{Purposes: ids(a.Purposes)}, {Authorities: authorityIDs(a)}, {Parties: []string{"co", "us"}}, {Categories: ids(a.Categories)}, {Acts: []string{ActSearch, ActDisclose}}} {
			r.Suspended = part(p)
			if d := a.Decide(r); d.Permitted() {
				t.Fatalf("%+v is suspended, and this is permitted: %+v", p, r)
			}
		}
	})
}

func TestFoldParts(t *testing.T) {
	a := demo(t)
	border, missing := Part{Purposes: []string{"border-examination"}}, Part{Purposes: []string{"missing-persons"}}
	both := Part{Purposes: []string{"border-examination", "missing-persons"}}
	us := Part{Asking: []string{"us"}}
	n := func(party, kind string, seq int, p *Part) Notice {
		return Notice{Agreement: a.Digest(), Party: party, Kind: kind, From: at.Add(time.Duration(seq-20) * time.Hour), Sequence: seq, Part: p}
	}
	of := func(ps ...SuspendedPart) Suspension { return Suspension{Parts: ps} }
	tests := []struct {
		name    string
		notices []Notice
		want    Suspension
		by      []string
	}{
		{"a part", []Notice{n("co", Suspend, 1, &border)}, part(border), []string{"co"}},
		{"a part, lifted", []Notice{n("co", Suspend, 1, &border), n("co", Resume, 2, &border)}, Suspension{}, nil},
		{"a part, lifted with the whole", []Notice{n("co", Suspend, 1, &border), n("co", Resume, 2, nil)}, Suspension{}, nil},
		{"two parts, one lifted", []Notice{n("co", Suspend, 1, &border), n("co", Suspend, 2, &missing), n("co", Resume, 3, &border)}, part(missing), []string{"co"}},
		{"a part of a part lifted", []Notice{n("co", Suspend, 1, &both), n("co", Resume, 2, &border)}, of(SuspendedPart{Part: both, Except: []Part{border}}), []string{"co"}},
		{"what is not suspended lifted", []Notice{n("co", Suspend, 1, &border), n("co", Resume, 2, &missing)}, part(border), []string{"co"}},
		{"a part of the whole lifted", []Notice{n("co", Suspend, 1, nil), n("co", Resume, 2, &border)}, of(SuspendedPart{Except: []Part{border}}), []string{"co"}},
		{"lifted and suspended again", []Notice{n("co", Suspend, 1, nil), n("co", Resume, 2, &border), n("co", Suspend, 3, &us)},
			of(SuspendedPart{Except: []Part{border}}, SuspendedPart{Part: us}), []string{"co"}},
		{"the whole beside a part", []Notice{n("co", Suspend, 1, &border), n("co", Suspend, 2, nil)}, Suspension{Whole: true}, []string{"co"}},
		{"a part within the whole", []Notice{n("co", Suspend, 1, nil), n("co", Suspend, 2, &border)}, Suspension{Whole: true}, []string{"co"}},
		{"the other's is not lifted", []Notice{n("co", Suspend, 1, &border), n("us", Resume, 1, &border)}, part(border), []string{"co"}},
		{"both, one lifts", []Notice{n("co", Suspend, 1, &border), n("us", Suspend, 1, &missing), n("co", Resume, 2, nil)}, part(missing), []string{"us"}},
		{"terminated", []Notice{n("co", Suspend, 1, &border), n("us", Terminate, 1, nil)}, Suspension{Whole: true}, []string{"co"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Fold(a, tt.notices, at)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Suspended); diff != "" {
				t.Error(diff)
			}
			if !slices.Equal(got.By, tt.by) {
				t.Errorf("by %v", got.By)
			}
		})
	}
}

// What stands after any notices is, for any request, what the last notice in effect
// that speaks of it says, each party for itself.
func TestFoldSaysWhatTheLastNoticeOfEachPartySays(t *testing.T) {
	a := demo(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawRequest(t, a)
		q := a.asked(&r)
		for w, word := range map[*string]string{
			&q.act: ActSearch, &q.from: "us", &q.to: "co", &q.authority: "us-border", &q.purpose: "border-examination", &q.category: "visa",
		} {
			if *w == "" {
				*w = word // a word left out is in what is suspended, and not in what is lifted
			}
		}
		var notices []Notice
		want := false
		for _, p := range []string{"co", "us"} {
			stands := false
			for i := range rapid.IntRange(0, 6).Draw(t, "n") {
				n := Notice{Agreement: a.Digest(), Party: p, Sequence: i + 1, From: at, Kind: rapid.SampledFrom([]string{Suspend, Resume}).Draw(t, "kind")}
				of := drawPart(t, a)
				if !of.Empty() {
					n.Part = &of
				}
				notices = append(notices, n)
				if of.holds(q, n.Kind == Suspend) {
					stands = n.Kind == Suspend
				}
			}
			want = want || stands
		}
		s, err := Fold(a, notices, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Suspended.Whole || s.Suspended.holds(q) >= 0; got != want {
			t.Fatalf("%v, want %v, from %+v", got, want, s.Suspended)
		}
	})
}

// Of more than two parties one suspends what it asks and answers itself.
func TestSuspensionAmongMoreThanTwo(t *testing.T) {
	a := lawOf(t, "region-demo")
	n := Notice{Agreement: a.Digest(), Party: "co", Kind: Suspend, From: at, Sequence: 1, Part: &Part{Parties: []string{"us"}}}
	s, err := Fold(a, []Notice{n}, at)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from, to string
		want     bool
	}{{"co", "us", true}, {"us", "co", true}, {"co", "ec", false}, {"us", "ec", false}, {"ec", "us", false}} {
		r := Request{Act: ActSearch, From: c.from, To: c.to, Purpose: "x", Suspended: s.Suspended}
		if got := a.suspends(&r); got != c.want {
			t.Errorf("%s asks %s: suspended %v", c.from, c.to, got)
		}
	}
}

// The same words are the same signed bytes, and a notice of the whole is what it
// was before notices could be of a part.
func TestNoticeInPartIsSigned(t *testing.T) {
	a := demo(t)
	n := Notice{Agreement: a.Digest(), Party: "co", Kind: Suspend, From: at, Reason: "x", Sequence: 1,
		Part: &Part{Purposes: []string{"missing-persons", "border-examination", "missing-persons"}, Asking: []string{"us"}}}
	s, err := SignNotice(n, partyKey('c'))
	if err != nil {
		t.Fatal(err)
	}
	want := `"part":{"purposes":["border-examination","missing-persons"],"asking":["us"]}`
	if m, _ := s.message(); !strings.Contains(string(m), want) {
		t.Errorf("signed %s", m)
	}
	again, err := ParseNotice(s.Marshal())
	if err != nil || !again.Same(s.Notice) {
		t.Fatalf("%+v, %v", again, err)
	}
	keys := map[string]ed25519.PublicKey{"co": public(partyKey('c'))}
	if err := again.Verify(keys); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Part){
		"another word": func(p *Part) { p.Purposes[0] = "asylum" },
		"a word less":  func(p *Part) { p.Purposes = p.Purposes[:1] },
		"another list": func(p *Part) { p.Asking, p.Answering = nil, p.Asking },
		"not sorted":   func(p *Part) { slices.Reverse(p.Purposes) },
		"a bad word":   func(p *Part) { p.Asking = []string{"US"} },
		"nothing":      func(p *Part) { *p = Part{} },
	} {
		bad := again
		q := *again.Part
		q.Purposes, q.Asking = slices.Clone(q.Purposes), slices.Clone(q.Asking)
		change(&q)
		bad.Part = &q
		if bad.Verify(keys) == nil {
			t.Errorf("%s: verifies", name)
		}
	}
	bad := again
	if bad.Part = nil; bad.Verify(keys) == nil {
		t.Error("of the whole: verifies")
	}
	n.Kind = Terminate
	if _, err := SignNotice(n, partyKey('c')); err == nil || !strings.Contains(err.Error(), "names no part") {
		t.Errorf("a termination of a part: %v", err)
	}
	n.Kind, n.Part = Suspend, nil
	m, err := n.message()
	if err != nil || strings.Contains(string(m), `"part":`) {
		t.Errorf("%s, %v", m, err)
	}
}

// The bytes under a notice's signature, for other implementations: Ed25519 with the
// seed of 32 bytes "c".
func TestNoticeVectors(t *testing.T) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{'c'}, 32))
	whole := Notice{Agreement: Digest{0xab}, Party: "co", Kind: Suspend, From: at, Reason: "x <y>", Sequence: 7}
	part := whole
	part.Part = &Part{Acts: []string{"search"}, Purposes: []string{"b", "a"}, Categories: []string{"visa"}}
	for name, c := range map[string]struct {
		n             Notice
		message, hash string
	}{
		"whole": {whole, `{"agreement":"ab` + strings.Repeat("00", 31) + `","party":"co","kind":"suspend","from":"2026-03-04T15:30:00Z","reason":"x \u003cy\u003e","sequence":7}`, wholeSignature},
		"part": {part, `{"agreement":"ab` + strings.Repeat("00", 31) + `","party":"co","kind":"suspend","from":"2026-03-04T15:30:00Z","reason":"x \u003cy\u003e","sequence":7,` +
			`"part":{"acts":["search"],"purposes":["a","b"],"categories":["visa"]}}`, partSignature},
	} {
		s, err := SignNotice(c.n, key)
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.message()
		if err != nil || string(m) != "convenio-agreement-notice-v1\x00"+c.message {
			t.Errorf("%s: signed %q, %v", name, m, err)
		}
		if s.Sig != c.hash {
			t.Errorf("%s: signature %s", name, s.Sig)
		}
	}
}

const (
	wholeSignature = "/+1SiD1wU9qu9K3a5Nmpr7KRT990rZU62QSeo/1Jooc5JjSVzmBhPZmzKSdMBdXDPWrx2kMCPkonyZOekCTEDw=="
	partSignature  = "WfgKp+gsx/WV9dPRxxFH6bQ+FBdA1ZFLvlL1R3+LJX0n/51EIQh9pEgcdrDoJMRoXXHA8NmLHvYzpV1xcHn6Cg=="
)

// An overseer that the agreement lists suspends for cause, in whole or in part, and
// lifts what it suspended itself.
func TestOverseerSuspends(t *testing.T) {
	a := demo(t)
	border := Part{Purposes: []string{"border-examination"}}
	n := func(by, kind string, seq int, p *Part) Notice {
		return Notice{Agreement: a.Digest(), Party: by, Kind: kind, From: at.Add(time.Duration(seq-20) * time.Hour), Sequence: seq, Part: p, Reason: "log not handed over"}
	}
	for name, c := range map[string]struct {
		notices []Notice
		want    Suspension
		by      []string
	}{
		"the whole":                    {[]Notice{n("co-oversight", Suspend, 1, nil)}, Suspension{Whole: true}, []string{"co-oversight"}},
		"a part":                       {[]Notice{n("us-oversight", Suspend, 1, &border)}, part(border), []string{"us-oversight"}},
		"lifted":                       {[]Notice{n("us-oversight", Suspend, 1, &border), n("us-oversight", Resume, 2, nil)}, Suspension{}, nil},
		"not lifted by its party":      {[]Notice{n("us-oversight", Suspend, 1, &border), n("us", Resume, 1, nil)}, part(border), []string{"us-oversight"}},
		"beside a party's, each alone": {[]Notice{n("us-oversight", Suspend, 1, &border), n("us", Suspend, 1, nil), n("us", Resume, 2, nil)}, part(border), []string{"us-oversight"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Fold(a, c.notices, at)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(State{Suspended: c.want, By: c.by}, s); diff != "" {
				t.Error(diff)
			}
		})
	}
	noReason := n("co-oversight", Suspend, 1, nil)
	noReason.Reason = " "
	for name, c := range map[string]struct {
		n    Notice
		want string
	}{
		"no cause":    {noReason, "suspends for cause: the notice has to say the reason"},
		"termination": {n("co-oversight", Terminate, 1, nil), "only a party terminates"},
		"not listed":  {n("fr-oversight", Suspend, 1, nil), "no party and no overseer of co-us-demo"},
	} {
		if _, err := Fold(a, []Notice{c.n}, at); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOverseersAreRead(t *testing.T) {
	const list = "overseers:\n  - id: co-oversight\n    party: co\n"
	for name, c := range map[string]struct{ old, new, want string }{
		"a party's id":      {list, "overseers:\n  - id: co\n    party: co\n", `"co" is a party and cannot be an overseer`},
		"of no party":       {list, "overseers:\n  - id: co-oversight\n    party: fr\n", `party "fr" is not listed`},
		"twice":             {"id: us-oversight", "id: co-oversight", "overseer co-oversight is defined twice"},
		"acts of no list":   {"acts: [search, reach, disclose, supply, transfer]", "acts: [search, sleep]", `act "sleep" is not listed`},
		"no acts":           {"acts: [search, reach, disclose, supply, transfer]", "acts: []", "the list for act is empty"},
		"an unknown member": {list, list + "    key: x\n", "key"},
	} {
		t.Run(name, func(t *testing.T) {
			files := readFolder(t, "../examples/agreements/co-us-demo")
			head := strings.Replace(string(files[HeaderFile]), c.old, c.new, 1)
			if head == string(files[HeaderFile]) {
				t.Fatal("nothing was changed")
			}
			files[HeaderFile] = []byte(head)
			if _, err := Parse(files); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), HeaderFile+":") {
				t.Errorf("%v", err)
			}
		})
	}
}

// What goes on while the agreement is suspended cannot be named as suspended.
func TestActsThatGoOn(t *testing.T) {
	a := demo(t)
	if err := a.CheckPart(Part{Acts: []string{"rectify"}}); err == nil || !strings.Contains(err.Error(), "rectify goes on while co-us-demo is suspended (article 22)") {
		t.Error(err)
	}
}
