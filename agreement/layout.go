package agreement

import (
	"strings"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
)

// cedarRequest lays a request out as the schema describes.
func (a *Agreement) cedarRequest(r *Request) cedar.Request {
	facts, _ := a.factsRecord(&a.allFacts, r.Facts)
	return a.layOut(r, facts)
}

// layOut is cedarRequest with the facts laid out already.
func (a *Agreement) layOut(r *Request, facts types.Record) cedar.Request {
	return cedar.Request{
		Principal: uid(tAuthority, r.Authority),
		Action:    uid(tAction, r.Act),
		Resource:  uid(tPurpose, r.Purpose),
		Context: types.NewRecord(types.RecordMap{
			"side":      types.String(r.Side),
			"from":      uid(tParty, r.From),
			"to":        uid(tParty, r.To),
			"role":      uid(tRole, r.Role),
			"ground":    uid(tGround, r.Ground),
			"field":     uid(tField, r.Field),
			"hasCase":   types.Boolean(r.CasePresent),
			"approved":  types.Boolean(r.Approved),
			"suspended": types.Boolean(a.suspends(r)),
			"examiners": types.Long(r.Examiners),
			"fingers":   types.Long(r.Fingers),
			"quality":   types.Long(r.MinQuality),
			"now":       types.NewDatetime(r.Now),
			"person":    a.person(&r.Person),
			"record":    a.record(&r.Record),
			"used":      usedRecord(r.Used),
			"facts":     facts,
		}),
	}
}

// What is laid out of a person or record of which nothing is said, made once.
var (
	blankPerson = (&Agreement{}).personRecord(&Person{AgeYears: -1})
	blankRecord = (&Agreement{}).classRecord(&Record{})
)

func usedRecord(counts map[string]int) types.Record {
	if len(counts) == 0 {
		return types.Record{}
	}
	m := make(types.RecordMap, len(counts))
	for id, n := range counts {
		m[types.String(id)] = types.Long(n)
	}
	return types.NewRecord(m)
}

func (a *Agreement) person(p *Person) types.Record {
	if p.AgeYears == -1 && len(p.Nationalities) == 0 && len(p.Safeguards) == 0 {
		return blankPerson
	}
	return a.personRecord(p)
}

func (a *Agreement) record(c *Record) types.Record {
	if c.Category == "" && len(c.Nationalities) == 0 && len(c.Safeguards) == 0 {
		return blankRecord
	}
	return a.classRecord(c)
}

func (a *Agreement) personRecord(p *Person) types.Record {
	m := a.aboutRecord(p.Nationalities, p.Safeguards)
	m["age"] = types.Long(p.AgeYears)
	return types.NewRecord(m)
}

func (a *Agreement) classRecord(c *Record) types.Record {
	m := a.aboutRecord(c.Nationalities, c.Safeguards)
	m["category"] = uid(tCategory, c.Category)
	return types.NewRecord(m)
}

// aboutRecord lays out what persons and records have in common. What cannot be
// read for certain, a nationality that is no code, a safeguard of an unlisted kind
// or against a word that means no state, is marked as unlisted, and no permit
// holds then.
func (a *Agreement) aboutRecord(nationalities []string, safeguards []Safeguard) types.RecordMap {
	var of, all, kinds []types.Value
	unlisted := false
	for _, n := range nationalities {
		id, ok := a.words.state(n)
		if unlisted = unlisted || !ok; a.words.party[id] {
			of = append(of, uid(tParty, id))
		}
	}
	for _, s := range safeguards {
		against, ok := a.words.state(s.Against)
		if a.words.party[s.Against] || s.Against == "" {
			against, ok = s.Against, true
		}
		if !ok || !a.words.safeguard[s.Kind] {
			unlisted = true
			continue
		}
		kind := uid(tSafeguard, s.Kind)
		kinds = append(kinds, kind)
		all = append(all, types.NewRecord(types.RecordMap{"kind": kind, "against": uid(tParty, against)}))
	}
	return types.RecordMap{
		"nationalOf":       types.NewSet(of...),
		"nationalityKnown": types.Boolean(len(nationalities) > 0),
		"safeguards":       types.NewSet(all...),
		"kinds":            types.NewSet(kinds...),
		"unlisted":         types.Boolean(unlisted),
	}
}

// state reads a state's code of two or three letters: a party's id, or the code
// itself, in capitals, of a state that is not a party.
func (w *words) state(code string) (id string, ok bool) {
	c := strings.ToUpper(strings.TrimSpace(code))
	if c == "STATELESS" {
		return Stateless, true
	}
	if p, known := w.nationOf[c]; known {
		return p, true
	}
	return c, nationalityForm.MatchString(c)
}
