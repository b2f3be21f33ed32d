package audit_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"convenio/ledger"
	"convenio/ledger/audit"
)

// A sample is the same for whoever draws it from the same ledgers, in whatever order they are given, and
// another one when either ledger, the span or the nonce is another.
func TestSampleIsReproducible(t *testing.T) {
	until := epoch.Add(24 * time.Hour)
	draw := func(a, b audit.Input, nonce string) audit.Draw {
		t.Helper()
		d, err := audit.Sample(a, b, epoch, until, 5, nonce)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	a, b := play(t, 40).inputs()
	d := draw(a, b, "")
	if len(d.Exchanges) != 5 || d.Of < 40 {
		t.Fatalf("%d of %d", len(d.Exchanges), d.Of)
	}
	if diff := cmp.Diff(d, draw(b, a, "")); diff != "" {
		t.Errorf("drawn by the other: %s", diff)
	}
	for _, x := range d.Exchanges {
		if len(x.Entries) == 0 {
			t.Errorf("%s has no entries", x.Exchange)
		}
		for party, list := range x.Entries {
			in := a
			if party == b.Party {
				in = b
			}
			for _, i := range list {
				if in.Book.Entries[i].Exchange != x.Exchange {
					t.Errorf("#%d of %s is of another exchange", i, party)
				}
			}
		}
	}
	names := func(d audit.Draw) string {
		var out []string
		for _, x := range d.Exchanges {
			out = append(out, x.Exchange)
		}
		return strings.Join(out, " ")
	}
	if names(draw(a, b, "word")) == names(d) {
		t.Error("a nonce changes nothing")
	}
	s := play(t, 40)
	s.add(s.us, ledger.Entry{Kind: ledger.KindEnrol})
	longer, same := s.inputs()
	if e := draw(longer, same, ""); e.Of != d.Of || names(e) == names(d) {
		t.Error("a longer ledger draws the same")
	}
	if all, err := audit.Sample(a, b, epoch, until, audit.MaxSample, ""); err != nil || len(all.Exchanges) != all.Of {
		t.Errorf("%d of %d, %v", len(all.Exchanges), all.Of, err)
	}
	if none, err := audit.Sample(a, b, until, until.Add(time.Hour), 3, ""); err != nil || none.Of != 0 || none.Exchanges == nil {
		t.Errorf("%+v, %v", none, err)
	}
}

// Each exchange of the span is drawn about as often as any other.
func TestSampleIsEven(t *testing.T) {
	a, b := play(t, 10).inputs()
	drawn, of := map[string]int{}, 0
	const draws = 1000
	for n := range draws {
		d, err := audit.Sample(a, b, epoch, epoch.Add(24*time.Hour), 1, string(rune('a'+n%26))+strings.Repeat("x", n/26))
		if err != nil {
			t.Fatal(err)
		}
		of = d.Of
		drawn[d.Exchanges[0].Exchange]++
	}
	for x, n := range drawn {
		// The draws are fixed, so this cannot fail by chance; six standard deviations are allowed.
		if mean := draws / of; n < mean-60 || n > mean+60 {
			t.Errorf("%s was drawn %d times of %d, %d exchanges", x, n, draws, of)
		}
	}
	if len(drawn) != of {
		t.Errorf("%d of %d exchanges were ever drawn", len(drawn), of)
	}
}

func TestSampleRefuses(t *testing.T) {
	a, b := play(t, 3).inputs()
	broken := b
	broken.LoadError = &ledger.LoadError{}
	unread := b
	unread.Book = nil
	later := epoch.Add(time.Hour)
	for name, c := range map[string]struct {
		a, b        audit.Input
		from, until time.Time
		n           int
		want        string
	}{
		"none":             {a, b, epoch, later, 0, "1 to 10000"},
		"too many":         {a, b, epoch, later, audit.MaxSample + 1, "1 to 10000"},
		"backwards":        {a, b, later, epoch, 1, "ends before it begins"},
		"one ledger twice": {a, a, epoch, later, 1, "of one party"},
		"a damaged ledger": {a, broken, epoch, later, 1, "is not whole"},
		"an unread ledger": {unread, a, epoch, later, 1, "is not whole"},
	} {
		if _, err := audit.Sample(c.a, c.b, c.from, c.until, c.n, ""); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Statistics are counted from entries and from what stands behind them; an opening that does not fit its
// commitment is not read.
func TestStatistics(t *testing.T) {
	book, openings := &ledger.Book{}, map[string]ledger.Opening{}
	n := 0
	add := func(exchange, kind, transaction, body string) {
		n++
		e := ledger.Entry{ID: string(rune('A' + n)), At: epoch.Add(time.Duration(n) * time.Second), Kind: ledger.Kind(kind), Exchange: exchange, Transaction: transaction}
		if body != "" {
			o, err := ledger.NewOpening(json.RawMessage(body))
			if err != nil {
				t.Fatal(err)
			}
			e.Commitment, openings[e.ID] = o.Commitment(), o
		}
		book.Entries = append(book.Entries, e)
	}
	question := func(purpose, outcome, article string) string {
		return `{"request":{"act":"search","purpose":"` + purpose + `","authority":"us-border","person":{"nationalities":["VE"]}},"decision":{"outcome":"` + outcome + `","articles":["` + article + `"]}}`
	}
	add("1", "receive", "search", `{"decision":`+question("border", "permit", "5")+`}`)
	add("1", "decide", "", question("border", "permit", "5"))
	add("1", "send", "answer", `{"outcome":"hit","articles":["5"]}`)
	add("1", "decide", "", `{"fields":{},"approved":true}`)
	add("1", "send", "disclosure", `{"outcome":"released","released":{"family-name":"released","address":"refused","photograph":"released"}}`)
	add("2", "receive", "search", `{"decision":`+question("border", "permit", "5")+`}`)
	add("2", "send", "answer", `{"outcome":"no-hit","articles":["5"]}`)
	add("3", "refuse", "search", `{"refusal":{"article":"17"},"decision":`+question("visa", "deny", "17")+`}`)
	add("4", "decide", "", question("missing", "deny", "22"))
	add("5", "decide", "", question("missing", "permit", "5"))
	add("5", "send", "search", "")
	add("5", "receive", "answer", "")
	add("6", "receive", "search", `{"decision":`+question("border", "permit", "5")+`}`)
	add("6", "send", "answer", `{"outcome":"refused","articles":["22"]}`)
	add("7", "receive", "search", "")
	add("8", "decide", "", question("missing", "permit", "5"))
	add("8", "send", "search", "")
	add("8", "rejected", "search", "")
	forged := openings["B"]
	openings["Z"] = forged
	got := audit.Statistics(audit.Input{Party: "CO", Book: book, Openings: openings}, epoch, epoch.Add(time.Hour))
	want := audit.Tally{Party: "CO", From: epoch, Until: epoch.Add(time.Hour), Searches: []audit.Count{
		{"answering", "", "", audit.Waiting, 1},
		{"answering", "border", "us-border", "hit", 1},
		{"answering", "border", "us-border", "no-hit", 1},
		{"answering", "border", "us-border", "refused", 1},
		{"answering", "visa", "us-border", audit.RefusedAtDoor, 1},
		{"asking", "missing", "us-border", audit.Answered, 1},
		{"asking", "missing", "us-border", audit.RefusedAtHome, 1},
		{"asking", "missing", "us-border", audit.RefusedAtDoor, 1},
	}, Refusals: map[string]int{"17": 1, "22": 2}, Disclosures: 1, Fields: map[string]int{"released": 2, "refused": 1}, Unopened: 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if b, err := json.Marshal(got); err != nil || strings.Contains(string(b), "VE") {
		t.Errorf("%s, %v", b, err)
	}

	for id := range openings {
		o := openings[id]
		o.Salt[0] ^= 1
		openings[id] = o
	}
	got = audit.Statistics(audit.Input{Party: "CO", Book: book, Openings: openings}, epoch, epoch.Add(time.Hour))
	if got.Unopened != 8 || len(got.Refusals) != 0 || slices.ContainsFunc(got.Searches, func(c audit.Count) bool { return c.Purpose != "" }) {
		t.Errorf("from openings that do not fit: %+v", got)
	}
	if later := audit.Statistics(audit.Input{Party: "CO", Book: book}, epoch.Add(time.Hour), epoch.Add(2*time.Hour)); len(later.Searches) != 0 {
		t.Errorf("of another time: %+v", later)
	}
}
