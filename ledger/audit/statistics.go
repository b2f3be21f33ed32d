package audit

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"convenio/ledger"
)

// Tally counts the searches and disclosures of one ledger in a span of time, without personal data: entries have none,
// and of what stands behind them only purpose, authority, outcome and articles are read.
type Tally struct {
	Party    string         `json:"party"`
	From     time.Time      `json:"from"`
	Until    time.Time      `json:"until"` // not included
	Searches []Count        `json:"searches"`
	Refusals map[string]int `json:"refusals"` // of searches, by article
	// Disclosures counts the disclosures made by this party, Fields their fields by what became of them.
	Disclosures int            `json:"disclosures"`
	Fields      map[string]int `json:"fields"`
	// Unopened counts the searches whose purpose cannot be told, because nobody showed what stands behind the entries.
	Unopened int `json:"unopened"`
}

// Count is how many searches had this in common.
type Count struct {
	Side      string `json:"side"` // asking or answering
	Purpose   string `json:"purpose,omitempty"`
	Authority string `json:"authority,omitempty"` // that asked
	Outcome   string `json:"outcome"`
	Searches  int    `json:"searches"`
}

// Outcomes of a search, as a ledger shows them. Which answer came the asking side's ledger does not show: the answering
// side counts hits.
const (
	RefusedAtHome = "refused-at-home"     // by the asking side: nothing left it
	RefusedAtDoor = "refused-at-the-door" // by the answering side, on receipt
	Waiting       = "waiting"             // not answered
	Answered      = "answered"            // hit, no hit or refused where the opening says so
)

// Statistics counts the exchanges of a ledger that began in a span of time. Openings that do not fit their entry's
// commitment are not read.
func Statistics(in Input, from, until time.Time) Tally {
	t := Tally{Party: in.Party, From: from.UTC(), Until: until.UTC(), Searches: []Count{}, Refusals: map[string]int{}, Fields: map[string]int{}}
	s := newSide(0, in)
	counts := map[Count]int{}
	for _, name := range s.names {
		list := s.exchanges[name]
		if at := s.book.Entries[list[0]].At; at.Before(from) || !at.Before(until) {
			continue
		}
		c, articles := s.countSearch(list)
		if c.Purpose == "" {
			t.Unopened++
		}
		counts[c]++
		for _, a := range articles {
			t.Refusals[a]++
		}
		s.countDisclosures(&t, list)
	}
	for c, n := range counts {
		c.Searches = n
		t.Searches = append(t.Searches, c)
	}
	slices.SortFunc(t.Searches, func(x, y Count) int {
		return cmp.Or(cmp.Compare(x.Side, y.Side), cmp.Compare(x.Purpose, y.Purpose), cmp.Compare(x.Authority, y.Authority), cmp.Compare(x.Outcome, y.Outcome))
	})
	return t
}

// openedBody is what statistics read of what stands behind an entry; all else is passed over.
type openedBody struct {
	Request  *openedRequest  `json:"request"`
	Decision json.RawMessage `json:"decision"` // a decision, or in a message's entry the question with it
	Outcome  string          `json:"outcome"`
	Articles []string        `json:"articles"`
	Refusal  *struct {
		Article string `json:"article"`
	} `json:"refusal"`
	Released map[string]string `json:"released"`
}

type openedRequest struct {
	Act       string `json:"act"`
	Purpose   string `json:"purpose"`
	Authority string `json:"authority"`
}

// opened reads what stands behind an entry; nothing, if it was not shown or does not fit.
func (s *side) opened(e ledger.Entry) (b openedBody) {
	o, shown := s.openings[e.ID]
	if !shown || o.Commitment() != e.Commitment || json.Unmarshal(o.Body, &b) != nil {
		return openedBody{}
	}
	return b
}

// nested reads the question and decision inside a message's entry.
func (b openedBody) nested() (in openedBody) {
	if len(b.Decision) > 0 && json.Unmarshal(b.Decision, &in) != nil {
		return openedBody{}
	}
	return in
}

// countSearch tells of one exchange what the ledger shows: the last step counts.
func (s *side) countSearch(list []uint64) (Count, []string) {
	c := Count{Side: "asking", Outcome: RefusedAtHome}
	var articles []string
	for _, i := range list {
		e := s.book.Entries[i]
		b := s.opened(e)
		switch step(e) {
		case "decide":
			c.note(b.Request)
			if d := b.nested(); c.Outcome == RefusedAtHome && c.Side == "asking" && articles == nil {
				articles = d.Articles
			}
		case "send search":
			c.Outcome, articles = Waiting, nil
		case "rejected search":
			c.Outcome = RefusedAtDoor
		case "receive answer":
			c.Outcome = Answered
		case "receive search":
			c.Side, c.Outcome, articles = "answering", Waiting, nil
			c.note(b.nested().Request)
		case "refuse search":
			c.Side, c.Outcome, articles = "answering", RefusedAtDoor, nil
			c.note(b.nested().Request)
			if b.Refusal != nil && b.Refusal.Article != "" {
				articles = []string{b.Refusal.Article}
			}
		case "send answer":
			c.Outcome = cmp.Or(b.Outcome, Answered)
			if b.Outcome == "refused" {
				articles = b.Articles
			}
		}
	}
	return c, articles
}

// note keeps what the first decision on a search says of it.
func (c *Count) note(r *openedRequest) {
	if r != nil && r.Act == "search" && c.Purpose == "" {
		c.Purpose, c.Authority = r.Purpose, r.Authority
	}
}

func (s *side) countDisclosures(t *Tally, list []uint64) {
	for _, i := range list {
		e := s.book.Entries[i]
		if step(e) != "send disclosure" {
			continue
		}
		t.Disclosures++
		b := s.opened(e)
		for _, became := range b.Released {
			t.Fields[became]++
		}
	}
}
