package agreement

import (
	"fmt"
	"slices"
	"strings"
)

// Part names what a notice suspends or resumes, in words of the agreement's closed
// lists. A request is in the part when it meets every list that is not empty; an
// empty list is no condition. Articles are not among the lists: to suspend one that
// protects would open what it closes.
type Part struct {
	Acts        []string `json:"acts,omitempty"` // search takes what it reaches with it, so that reach is not named
	Purposes    []string `json:"purposes,omitempty"`
	Authorities []string `json:"authorities,omitempty"` // of the asking party
	Asking      []string `json:"asking,omitempty"`      // parties that ask: one direction
	Answering   []string `json:"answering,omitempty"`   // parties that answer
	Parties     []string `json:"parties,omitempty"`     // parties on either side
	Categories  []string `json:"categories,omitempty"`  // of record
}

// partLists names the lists of a part, in the order of Part.lists.
var partLists = [...]string{"acts", "purposes", "authorities", "asking", "answering", "parties", "categories"}

// maxParts bounds the parts that stand at once, and what is excepted from each.
const maxParts = 64

func (p *Part) lists() [len(partLists)]*[]string {
	return [...]*[]string{&p.Acts, &p.Purposes, &p.Authorities, &p.Asking, &p.Answering, &p.Parties, &p.Categories}
}

// Empty reports whether the part names nothing.
func (p *Part) Empty() bool {
	for _, l := range p.lists() {
		if len(*l) > 0 {
			return false
		}
	}
	return true
}

// canonical gives the part its one form: each list sorted, no word twice.
func (p *Part) canonical() *Part {
	out := *p
	for _, l := range out.lists() {
		if len(*l) == 0 {
			*l = nil
			continue
		}
		*l = slices.Compact(slices.Sorted(slices.Values(*l)))
	}
	return &out
}

// check refuses a part that is not in its one form or beyond the limits.
func (p *Part) check() error {
	if p.Empty() {
		return fmt.Errorf("part names nothing; leave part out for the whole")
	}
	for i, l := range p.lists() {
		if len(*l) > MaxSetItems {
			return fmt.Errorf("part: %s has %d words, at most %d are allowed", partLists[i], len(*l), MaxSetItems)
		}
		for k, w := range *l {
			switch {
			case !idForm.MatchString(w) || len(w) > 64:
				return fmt.Errorf("part: %s: %.70q is not a word of an agreement", partLists[i], w)
			case k > 0 && (*l)[k-1] >= w:
				return fmt.Errorf("part: %s is not sorted, or has %q twice", partLists[i], w)
			}
		}
	}
	return nil
}

func (p *Part) equal(q *Part) bool {
	theirs := q.lists()
	for i, l := range p.lists() {
		if !slices.Equal(*l, *theirs[i]) {
			return false
		}
	}
	return true
}

// includes reports whether every request in q is in p.
func (p *Part) includes(q *Part) bool {
	theirs := q.lists()
	for i, l := range p.lists() {
		if len(*l) == 0 {
			continue
		}
		if len(*theirs[i]) == 0 || slices.ContainsFunc(*theirs[i], func(w string) bool { return !slices.Contains(*l, w) }) {
			return false
		}
	}
	return true
}

// apart reports whether no request is in both, as far as one list tells.
func (p *Part) apart(q *Part) bool {
	theirs := q.lists()
	for i, l := range p.lists() {
		// A request has one word of each list but of parties, of which it has two.
		if partLists[i] == "parties" || len(*l) == 0 || len(*theirs[i]) == 0 {
			continue
		}
		if !slices.ContainsFunc(*l, func(w string) bool { return slices.Contains(*theirs[i], w) }) {
			return true
		}
	}
	return false
}

// asked is what suspensions look at in a request; what it does not say in listed
// words is "".
type asked struct{ act, purpose, authority, from, to, category string }

func (a *Agreement) asked(r *Request) asked {
	listed := func(w string, list map[string]bool) string {
		if !list[w] {
			return ""
		}
		return w
	}
	q := asked{
		act: listed(r.Act, a.words.act), purpose: listed(r.Purpose, a.words.purpose), authority: listed(r.Authority, a.words.authority),
		from: listed(r.From, a.words.party), to: listed(r.To, a.words.party), category: listed(r.Record.Category, a.words.category),
	}
	switch q.act {
	case ActSearch:
		q.category = "" // of no category: see suspends
	case ActReach:
		q.act = ActSearch // a record takes part in a search and in nothing else
	}
	return q
}

// holds reports whether what is asked is in the part; unsaid is the answer for a
// word that is not said.
func (p *Part) holds(q asked, unsaid bool) bool {
	in := func(list []string, w string) bool {
		return len(list) == 0 || w == "" && unsaid || slices.Contains(list, w)
	}
	return in(p.Acts, q.act) && in(p.Purposes, q.purpose) && in(p.Authorities, q.authority) &&
		in(p.Asking, q.from) && in(p.Answering, q.to) && (in(p.Parties, q.from) || in(p.Parties, q.to)) &&
		in(p.Categories, q.category)
}

// CheckPart says which word of a part the agreement's lists do not hold.
func (a *Agreement) CheckPart(p Part) error {
	known := [...]map[string]bool{
		a.words.act, a.words.purpose, a.words.authority, a.words.party, a.words.party, a.words.party, a.words.category,
	}
	for i, l := range p.lists() {
		for _, w := range *l {
			if i == 0 && w == ActReach && a.words.act[ActSearch] {
				return fmt.Errorf("part: acts: a record is reached in a search and nowhere else; name %s", ActSearch)
			}
			if i == 0 && known[i][w] && !slices.Contains(a.suspendedActs, w) {
				return fmt.Errorf("part: acts: %s goes on while %s is suspended (article %s)", w, a.ID, a.SuspensionRule)
			}
			if !known[i][w] {
				return fmt.Errorf("part: %s: %.70q is not listed in %s; listed are %s", partLists[i], w, a.ID, few(known[i]))
			}
		}
	}
	return nil
}

// few lists the first words of a set for a person.
func few(set map[string]bool) string {
	all := slices.Sorted(mapKeys(set))
	all = slices.DeleteFunc(all, func(w string) bool { return w == ActReach })
	if len(all) == 0 {
		return "none"
	}
	if len(all) > 12 {
		return strings.Join(all[:12], ", ") + ", ..."
	}
	return strings.Join(all, ", ")
}
