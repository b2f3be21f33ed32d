package agreement

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// maxRequestBytes bounds a request written in JSON.
const maxRequestBytes = 256 << 10

// Asked is a request as a person wrote it, read in an agreement's own words.
type Asked struct {
	Request
	BothSides bool     // no side was named: the request is decided from both
	Missing   []string // facts that the rules of this act look at, left unsaid and without a meaning of their own
	Assumed   []string // what was taken for granted, for people
}

// ParseRequest reads a request written in JSON in this agreement's words: its facts
// may stand under "facts", under "person" or beside the other attributes, words may
// be joined by hyphens or underscores, and the parties may be called asking and
// answering or receiving and supplying. An attribute that neither requests nor this
// agreement know is an error that names it. A request without a time is put at now.
func (a *Agreement) ParseRequest(data []byte, now time.Time) (Asked, error) {
	if len(data) > maxRequestBytes || !utf8.Valid(data) {
		return Asked{}, fmt.Errorf("read request: it is not UTF-8 text of at most %d bytes", maxRequestBytes)
	}
	top, err := jsonObject(data)
	if err != nil {
		return Asked{}, fmt.Errorf("read request: %w", err)
	}
	q := asking{a: a, out: Asked{Request: Request{Person: UnknownPerson()}}}
	for _, key := range slices.Sorted(maps.Keys(top)) {
		if err := q.attribute(key, top[key]); err != nil {
			return Asked{}, fmt.Errorf("read request: %w", err)
		}
	}
	return q.finish(now)
}

// jsonObject reads one JSON object with each name once.
func jsonObject(data []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(strings.NewReader(string(data)))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("it is not one JSON object in braces")
	}
	out := map[string]json.RawMessage{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string)
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil, fmt.Errorf("attribute %q: %w", key, err)
		}
		if _, twice := out[key]; twice {
			return nil, fmt.Errorf("attribute %q stands twice", key)
		}
		out[key] = v
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more follows after the object; give one")
	}
	return out, nil
}

// asking gathers a request.
type asking struct {
	a    *Agreement
	out  Asked
	from string // which attribute named the asking party
	to   string
}

// attribute takes one attribute of the request.
func (q *asking) attribute(key string, v json.RawMessage) error {
	r := &q.out.Request
	name := strings.ReplaceAll(key, "-", "_")
	var at any
	switch name {
	case "note":
		at = new(string)
	case "act":
		at = &r.Act
	case "side":
		at = &r.Side
	case "from", "asking", "receiving":
		return q.party(key, v, &r.From, &q.from)
	case "to", "answering", "supplying":
		return q.party(key, v, &r.To, &q.to)
	case "authority":
		at = &r.Authority
	case "role":
		at = &r.Role
	case "purpose":
		at = &r.Purpose
	case "ground":
		at = &r.Ground
	case "field":
		at = &r.Field
	case "case_present":
		at = &r.CasePresent
	case "examiners":
		at = &r.Examiners
	case "approved":
		at = &r.Approved
	case "fingers":
		at = &r.Fingers
	case "min_quality":
		at = &r.MinQuality
	case "suspended":
		if err := into(key, v, &r.Suspended); err != nil {
			return err
		}
		return q.a.CheckSuspension(r.Suspended)
	case "used":
		at = &r.Used
	case "now":
		at = &r.Now
	case "person", "record", "facts":
		return q.group(name, v)
	default:
		return q.fact("", key, v)
	}
	return into(key, v, at)
}

func into(key string, v json.RawMessage, at any) error {
	if err := json.Unmarshal(v, at); err != nil {
		return fmt.Errorf("attribute %q: %s is not what it takes (%w)", key, brief(v), err)
	}
	return nil
}

// brief shows the beginning of a value.
func brief(v json.RawMessage) string {
	if len(v) > 40 {
		return string(v[:40]) + "…"
	}
	return string(v)
}

// party reads a party by its id or by a code of its nationals.
func (q *asking) party(key string, v json.RawMessage, at, by *string) error {
	if *by != "" {
		return fmt.Errorf("attributes %q and %q name the same party; give one of them", *by, key)
	}
	*by = key
	var s string
	if err := into(key, v, &s); err != nil {
		return err
	}
	*at = s
	if !q.a.words.party[s] {
		if id, ok := q.a.words.state(s); ok && q.a.words.party[id] {
			*at = id
		} else if q.a.words.party[strings.ToLower(s)] {
			*at = strings.ToLower(s)
		}
	}
	return nil
}

// group reads person, record or facts.
func (q *asking) group(group string, v json.RawMessage) error {
	m, err := jsonObject(v)
	if err != nil {
		return fmt.Errorf("attribute %q: %w", group, err)
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		r := &q.out.Request
		var at any
		switch group + "." + strings.ReplaceAll(key, "-", "_") {
		case "person.nationalities":
			at = &r.Person.Nationalities
		case "person.safeguards":
			at = &r.Person.Safeguards
		case "person.age_years":
			at = &r.Person.AgeYears
		case "record.category":
			at = &r.Record.Category
		case "record.nationalities":
			at = &r.Record.Nationalities
		case "record.safeguards":
			at = &r.Record.Safeguards
		default:
			if err := q.fact(group+".", key, m[key]); err != nil {
				return err
			}
			continue
		}
		if err := into(group+"."+key, m[key], at); err != nil {
			return err
		}
	}
	return nil
}

// fact takes a fact of the agreement.
func (q *asking) fact(group, key string, v json.RawMessage) error {
	id := strings.ReplaceAll(key, "_", "-")
	f := q.a.words.fact[id]
	if f == nil {
		return fmt.Errorf("unknown attribute %q; %s", group+key, q.nearest(id))
	}
	if _, twice := q.out.Facts[id]; twice {
		return fmt.Errorf("fact %q stands twice", id)
	}
	var x any
	if err := into(group+key, v, &x); err != nil {
		return err
	}
	if x == nil {
		return nil // null: not stated
	}
	if _, err := f.value(q.a, x); err != nil {
		return err
	}
	if q.out.Facts == nil {
		q.out.Facts = map[string]any{}
	}
	q.out.Facts[id] = x
	return nil
}

// nearest names what an unknown attribute may have meant.
func (q *asking) nearest(id string) string {
	best, distance := "", 1+len(id)/2
	var all []string
	for _, f := range q.a.Facts {
		all = append(all, f.ID)
	}
	for w := range requestWords {
		all = append(all, w)
	}
	slices.Sort(all)
	for _, w := range all {
		d := edits(id, w)
		if first, _, _ := strings.Cut(w, "-"); len(id) > 4 && len(first) > 4 {
			d = min(d, 1+edits(id, first)) // "necessity" for "necessary-relevant-proportionate"
		}
		if d < distance {
			best, distance = w, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return fmt.Sprintf("'convenio agreement vocabulary' lists what %s knows", q.a.ID)
}

// edits is the Levenshtein distance of two short words.
func edits(x, y string) int {
	if len(x) > 80 {
		x = x[:80]
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(x) {
		prev := row[0]
		row[0] = i + 1
		for j := range len(y) {
			cost := prev
			if x[i] != y[j] {
				cost++
			}
			prev = row[j+1]
			row[j+1] = min(cost, row[j]+1, prev+1)
		}
	}
	return row[len(y)]
}

// finish fills in what was not said.
func (q *asking) finish(now time.Time) (Asked, error) {
	r := &q.out.Request
	if r.Act == "" {
		return Asked{}, fmt.Errorf("read request: no \"act\"; the acts of %s are %s", q.a.ID, strings.Join(q.a.actIDs(), ", "))
	}
	if r.Now.IsZero() {
		if r.Now = now; now.IsZero() {
			return Asked{}, errors.New("read request: no \"now\"; give the time of the request as RFC 3339")
		}
		q.out.Assumed = append(q.out.Assumed, "now: "+now.UTC().Format(time.RFC3339))
	}
	if r.Side == "" {
		r.Side, q.out.BothSides = SideAsking, true
	}
	for _, quota := range q.a.QuotasOf(*r) {
		if _, said := r.Used[quota.ID]; !said {
			if r.Used == nil {
				r.Used = map[string]int{}
			}
			r.Used[quota.ID] = 0
			q.out.Assumed = append(q.out.Assumed, "used."+quota.ID+": 0")
		}
	}
	for _, f := range q.a.Facts {
		if _, said := r.Facts[f.ID]; !said && f.Unstated == wordUnknown && slices.Contains(f.Acts, r.Act) {
			q.out.Missing = append(q.out.Missing, f.ID)
		}
	}
	return q.out, nil
}

// Opinion is a decision for a person: one side's, or both sides' and what they come to.
type Opinion struct {
	Decision
	// Views holds each side's own decision; the opinion is the stronger of them.
	Views map[string]Decision `json:"views"`
	// Told is what the asking side is told: the outcome, or "no-match" where the
	// refusal is silent.
	Told    string   `json:"told_asking_side"`
	Missing []string `json:"missing_facts,omitempty"`
	Assumed []string `json:"assumed,omitempty"`
}

// Opine decides a request from the side that it names, or from both.
func (a *Agreement) Opine(q Asked) Opinion {
	o := Opinion{Views: map[string]Decision{}, Missing: q.Missing, Assumed: q.Assumed}
	sides := []string{q.Side}
	if q.BothSides {
		sides = []string{SideAsking, SideAnswering}
	}
	for i, side := range sides {
		r := q.Request
		r.Side = side
		d := a.Decide(r)
		o.Views[side] = d
		switch {
		case i == 0 || strength[d.Outcome] > strength[o.Outcome]:
			o.Decision = d
		case d.Outcome == o.Outcome:
			o.Decision = join(o.Decision, d)
		}
	}
	o.Told = string(o.Outcome)
	if o.Outcome == SilentSuppress {
		o.Told = "no-match"
	}
	return o
}

// join adds to a decision what another of the same outcome adds.
func join(d, e Decision) Decision {
	for i, id := range e.Rules {
		if !slices.Contains(d.Rules, id) {
			d.Rules = append(slices.Clone(d.Rules), id)
			d.Reasons = append(slices.Clone(d.Reasons), e.Reasons[i])
		}
	}
	for _, x := range e.Articles {
		if !slices.Contains(d.Articles, x) {
			d.Articles = append(slices.Clone(d.Articles), x)
		}
	}
	for _, x := range e.Cites {
		if !slices.Contains(d.Cites, x) {
			d.Cites = append(slices.Clone(d.Cites), x)
		}
	}
	for _, x := range e.Errors {
		if !slices.Contains(d.Errors, x) {
			d.Errors = append(slices.Clone(d.Errors), x)
		}
	}
	slices.SortFunc(d.Articles, compareArticles)
	return d
}
