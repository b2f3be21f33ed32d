package agreement

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Acts that an agreement rules on.
const (
	ActSearch   = "search"   // one fingerprint search, 1:N, answered with hit or no hit
	ActReach    = "reach"    // a record of a class takes part in a search
	ActDisclose = "disclose" // one field of a record goes to the asking party after a confirmed hit
)

// Acts returns the acts of an agreement that lists none of its own.
func Acts() []string { return []string{ActSearch, ActReach, ActDisclose} }

// Sides of an exchange.
const (
	SideAsking    = "asking"
	SideAnswering = "answering"
)

// Request is what is asked of the agreement. Words (Authority, Purpose, ...) are
// ids of the agreement's lists; a word that the agreement does not list is never
// permitted. From is always the asking party and To the answering one, whichever
// side evaluates.
type Request struct {
	Act       string `json:"act"`       // search, reach or disclose
	Side      string `json:"side"`      // who evaluates: asking or answering
	From      string `json:"from"`      // the asking party
	To        string `json:"to"`        // the answering party
	Authority string `json:"authority"` // of the asking party; not looked at for reach
	Role      string `json:"role"`      // of the person who asks; not looked at for reach
	Purpose   string `json:"purpose"`
	Ground    string `json:"ground"` // not looked at for reach

	CasePresent bool `json:"case_present"` // a case reference accompanies the request

	Person Person `json:"person"` // search: the person the probe was taken from, as the evaluator knows them
	Record Record `json:"record"` // reach, disclose: the class of the reference record
	Field  string `json:"field"`  // disclose: the field asked for

	Examiners  int  `json:"examiners"`   // disclose: examiners who have confirmed the match so far
	Approved   bool `json:"approved"`    // disclose: a second person has approved
	Fingers    int  `json:"fingers"`     // search: distinct fingers in the probe
	MinQuality int  `json:"min_quality"` // search: lowest quality score among them, 0..100

	// Facts are what the agreement's own list of facts asks for, by fact id: true
	// or false, a word, a list of words or states, a whole number; see Fact. A fact
	// that is left out counts as its Fact.Unstated.
	Facts map[string]any `json:"facts,omitempty"`

	Suspended Suspension     `json:"suspended"` // what of the agreement is suspended, or all of it terminated; see State
	Used      map[string]int `json:"used"`      // uses in the current window by quota id; see Agreement.QuotasFor
	Now       time.Time      `json:"now"`
}

// Person is what the evaluator knows of the person searched for. A rule about a
// fact that is not known does not apply; the answering side knows only what the
// message says, which is [UnknownPerson] as a rule. Beware of the zero Person: it
// is a newborn, and most agreements refuse to search for one.
type Person struct {
	Nationalities []string    `json:"nationalities,omitempty"` // codes of two or three letters; any other word keeps the person out
	Safeguards    []Safeguard `json:"safeguards,omitempty"`
	AgeYears      int         `json:"age_years"` // completed years, -1 when not known
}

// Stateless is the nationality code of a person whom no state considers its
// national (ICAO Doc 9303-3, 2021, section 5); "stateless" is read alike.
const Stateless = "XXA"

// UnknownPerson is a person of whom nothing is known.
func UnknownPerson() Person { return Person{AgeYears: -1} }

// Record is the class of a reference record: all that the agreement looks at,
// and nothing that identifies the person.
type Record struct {
	Category      string      `json:"category"`
	Nationalities []string    `json:"nationalities,omitempty"`
	Safeguards    []Safeguard `json:"safeguards,omitempty"`
}

// Safeguard is a protection attached to a person or a record.
type Safeguard struct {
	Kind string `json:"kind"` // id of the agreement's safeguards; an unlisted kind keeps the record out
	// Against is whom it protects against, for instance the state that an asylum
	// claim accuses: a party's id, or the code of any state; "" stands for any.
	Against string `json:"against,omitempty"`
}

// ParseRequest reads a request written in JSON. Unknown fields are refused; an
// absent age is taken as not known, and an absent person likewise.
func ParseRequest(data []byte) (Request, error) {
	r := Request{Person: UnknownPerson()}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return Request{}, fmt.Errorf("read request: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Request{}, fmt.Errorf("read request: more follows after the request; give one JSON object")
	}
	if r.Now.IsZero() {
		return Request{}, fmt.Errorf("read request: no \"now\"; give the time of the request as RFC 3339")
	}
	return r, nil
}

// outside says what of r is beyond the limits, or "".
func (r *Request) outside() string {
	for _, w := range []string{r.Act, r.Side, r.From, r.To, r.Authority, r.Role, r.Purpose, r.Ground, r.Field, r.Record.Category} {
		if len(w) > MaxWordBytes {
			return fmt.Sprintf("a word is longer than %d bytes", MaxWordBytes)
		}
	}
	if max(len(r.Person.Nationalities), len(r.Record.Nationalities), len(r.Person.Safeguards), len(r.Record.Safeguards)) > MaxSetItems {
		return fmt.Sprintf("more than %d nationalities or safeguards", MaxSetItems)
	}
	if len(r.Facts) > MaxListed {
		return fmt.Sprintf("more than %d facts", MaxListed)
	}
	if len(r.Used) > MaxListed {
		return fmt.Sprintf("more than %d quota counts", MaxListed)
	}
	if r.Side != SideAsking && r.Side != SideAnswering {
		return "the side is neither asking nor answering"
	}
	if r.Now.IsZero() {
		return "the time of the request is missing"
	}
	return ""
}
