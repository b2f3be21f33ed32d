package audit

import (
	"cmp"
	"slices"
	"time"

	"convenio/ledger"
)

// Code names what was found. The list is closed; docs/ledger.md says what each proves.
type Code string

// Codes of findings. The first seven name entries that are missing or altered; the next contradict one another between the
// ledgers; the rest are about one party's conduct.
const (
	CodeMissing    Code = "missing"    // the partner's ledger knows an entry that is not there
	CodeAltered    Code = "altered"    // the ledger no longer gives a root that the partner recorded
	CodeDamaged    Code = "damaged"    // the ledger's files do not hold what its own checkpoint commits to
	CodeTruncated  Code = "truncated"  // the ledger is shorter than the partner saw it
	CodeInserted   Code = "inserted"   // entries stand where the partner saw the next one
	CodeReordered  Code = "reordered"  // an entry stands out of the order that the partner saw
	CodeGenesis    Code = "genesis"    // the ledger does not begin with its genesis, or has a second
	CodeUnfit      Code = "unfit"      // an entry records a checkpoint that fits neither before nor after
	CodeMismatch   Code = "mismatch"   // two entries about one message do not say the same
	CodeTwice      Code = "twice"      // one message was sent or received twice
	CodeDuplicate  Code = "duplicate"  // two entries have one ID
	CodeBackwards  Code = "backwards"  // an entry is older than one before it
	CodeOrder      Code = "order"      // a step is missing before another in an exchange
	CodeUnfinished Code = "unfinished" // a step that must follow did not follow in time
	CodeOpening    Code = "opening"    // a private body does not match its commitment
)

// Codes of alarms and notes.
const (
	CodeUnshown     Code = "unshown"     // alarm: refused at the door, and the sender's ledger does not show it
	CodeClock       Code = "clock"       // alarm: a message was received before it was sent
	CodePending     Code = "pending"     // note: waits for its receipt or its next step
	CodeUndelivered Code = "undelivered" // note: was never acknowledged, and is past its expiry
	CodeUnsearched  Code = "unsearched"  // note: answered without a search, as a refusal under the agreement is
)

// class orders findings: what is gone comes before what contradicts, and that before conduct.
func (c Code) class() int {
	switch c {
	case CodeMissing, CodeAltered, CodeDamaged, CodeTruncated, CodeInserted, CodeReordered, CodeGenesis:
		return 0
	case CodeUnfit, CodeMismatch, CodeTwice:
		return 1
	}
	return 2
}

// Ref points at an entry.
type Ref struct {
	Party string `json:"party"`
	Index uint64 `json:"index"`
}

// Finding is one thing that an overseer should know, about entry Index of Party's ledger.
type Finding struct {
	Code    Code   `json:"code"`
	Party   string `json:"party"`
	Index   uint64 `json:"index"`
	Through uint64 `json:"through"` // the last entry that it may be; Index when the evidence names one
	// Vouched is the size up to which the partner's ledger proves that this one is unchanged; from there to the entries named,
	// others may have been changed too. 0 where there is no such proof.
	Vouched     uint64        `json:"vouched,omitempty"`
	Kind        ledger.Kind   `json:"kind,omitempty"`
	Exchange    string        `json:"exchange,omitempty"`
	Transaction string        `json:"transaction,omitempty"`
	Message     ledger.Digest `json:"message,omitzero"`
	At          time.Time     `json:"at,omitzero"` // of the entry, or of the evidence when the entry is gone
	Text        string        `json:"text"`
	Evidence    []Ref         `json:"evidence,omitempty"`
	side        int
}

// Summary counts one ledger.
type Summary struct {
	Party        string                         `json:"party"`
	Origin       string                         `json:"origin,omitempty"`
	Size         uint64                         `json:"size"` // by its checkpoint
	Root         ledger.Digest                  `json:"root"`
	Read         uint64                         `json:"read"` // entries that could be read
	First        time.Time                      `json:"first,omitzero"`
	Last         time.Time                      `json:"last,omitzero"`
	Kinds        map[ledger.Kind]int            `json:"kinds"`
	Transactions map[string]map[ledger.Kind]int `json:"transactions"`
	Openings     int                            `json:"openings"` // private bodies that were checked
}

// Report is what Run found.
type Report struct {
	// Agree says that both ledgers are whole, bear each other out, and kept the order of steps: there are no findings.
	// Alarms, pending messages and notes do not contradict it.
	Agree bool `json:"agree"`
	// First is the first entry that is missing or altered; if all are there, the first finding of another kind.
	First *Finding `json:"first,omitempty"`
	// Findings are ordered: entries missing or altered, then entries that contradict each other, then conduct; within each
	// by ledger (a before b), then by index (Through: an entry that is named comes before a span around it).
	Findings []Finding `json:"findings"`
	Alarms   []Finding `json:"alarms"`  // to look into: a message whose sender does not show it, clocks far apart
	Pending  []Finding `json:"pending"` // neither receipt nor next step yet
	Notes    []Finding `json:"notes"`
	Parties  []Summary `json:"parties"`
}

func (r *Report) finish() {
	for _, list := range []*[]Finding{&r.Findings, &r.Alarms, &r.Pending, &r.Notes} {
		if *list == nil {
			*list = []Finding{}
		}
		slices.SortStableFunc(*list, func(a, b Finding) int {
			return cmp.Or(cmp.Compare(a.Code.class(), b.Code.class()), cmp.Compare(a.side, b.side),
				cmp.Compare(a.Through, b.Through), cmp.Compare(a.Index, b.Index), cmp.Compare(a.Code, b.Code))
		})
	}
	r.sharpen()
	r.Agree = len(r.Findings) == 0
	if !r.Agree {
		r.First = &r.Findings[0]
	}
}

// sharpen adds to a span of entries, one of which is missing, what the order of steps says about the same place.
// Findings are sorted.
func (r *Report) sharpen() {
	var steps [2][]Finding
	for _, f := range r.Findings {
		if f.Code == CodeOrder {
			steps[f.side] = append(steps[f.side], f)
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Code != CodeMissing || f.Index == f.Through {
			continue
		}
		of := steps[f.side]
		n, _ := slices.BinarySearchFunc(of, f.Index, func(g Finding, index uint64) int { return cmp.Compare(g.Index, index) })
		if n < len(of) && of[n].Index <= f.Through {
			f.Text += "; the order of steps tells more: " + of[n].Text
			f.Exchange = of[n].Exchange
		}
	}
}

// at makes a finding about an entry that is there.
func (s *side) at(code Code, index uint64, text string, evidence ...Ref) Finding {
	e := s.book.Entries[index]
	return Finding{Code: code, Party: s.party, Index: index, Through: index, Kind: e.Kind, Exchange: e.Exchange,
		Transaction: e.Transaction, Message: e.Message, At: e.At, Text: text, Evidence: evidence, side: s.order}
}

// between makes a finding about entries that the evidence does not name one by one.
func (s *side) between(code Code, lo, hi uint64, at time.Time, text string, evidence ...Ref) Finding {
	return Finding{Code: code, Party: s.party, Index: lo, Through: hi, At: at, Text: text, Evidence: evidence, side: s.order}
}

func (s *side) ref(index uint64) Ref { return Ref{Party: s.party, Index: index} }

func (r *run) find(f Finding) { r.report.Findings = append(r.report.Findings, f) }
