package agreement

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// variable is one attribute of a request with a finite domain: every listed word,
// and of numbers and times one value for each span that the rules can tell
// apart. Value 0 is the one least likely to be forbidden.
type variable struct {
	size int
	set  func(r *Request, v int)
	list []string // the words that it takes, where it takes words
}

// domain is the finite space of requests that the rules can tell apart.
type domain struct {
	vars  []variable
	index map[string]int
	// kinds holds, for each safeguard that a rule mentions, the parties that it
	// may be held against.
	against map[string][]string
	third   string // the code of a state that is not a party
	a       *Agreement
}

func (d *domain) add(name string, size int, set func(*Request, int)) {
	d.index[name] = len(d.vars)
	d.vars = append(d.vars, variable{size: size, set: set})
}

// word is the v-th word of a variable that takes words.
func (d *domain) word(i, v int) (string, bool) {
	if v >= len(d.vars[i].list) {
		return "", false
	}
	return d.vars[i].list[v], true
}

// fieldsOf lists the fields of tiers.
func (d *domain) fieldsOf(tiers []string) []string {
	out := []string{}
	for _, f := range d.a.Fields {
		if slices.Contains(tiers, f.Tier) {
			out = append(out, f.ID)
		}
	}
	return out
}

// words adds a variable over listed words.
func (d *domain) words(name string, list []string, set func(*Request, string)) {
	if len(list) == 0 {
		list = []string{""}
	}
	d.add(name, len(list), func(r *Request, v int) { set(r, list[v]) })
	d.vars[len(d.vars)-1].list = list
}

// flags adds a variable that is first benign, then not.
func (d *domain) flag(name string, benign bool, set func(*Request, bool)) {
	d.add(name, 2, func(r *Request, v int) { set(r, (v == 0) == benign) })
}

// numbers adds a variable that takes the top, and each limit less one.
func (d *domain) numbers(name string, top int, limits []int, set func(*Request, int)) {
	vs := []int{top}
	for _, n := range limits {
		vs = append(vs, n-1)
	}
	slices.SortFunc(vs, func(x, y int) int { return cmp.Compare(y, x) })
	vs = slices.Compact(vs)
	d.add(name, len(vs), func(r *Request, v int) { set(r, vs[v]) })
}

// newDomain lays out the variables of an agreement.
func newDomain(a *Agreement) *domain {
	d := &domain{index: map[string]int{}, against: map[string][]string{}, third: thirdState(a), a: a}
	authorities, purposes := authorityIDs(a), ids(a.Purposes)
	if a.AuthorityOptional {
		authorities = append(authorities, "")
	}
	if !slices.Equal(a.actIDs(), Acts()) {
		purposes = append(purposes, "")
	}
	d.words("authority", authorities, func(r *Request, s string) { r.Authority = s })
	d.words("purpose", purposes, func(r *Request, s string) { r.Purpose = s })
	parties := partyIDs(a)
	d.words("from", parties, func(r *Request, s string) { r.From = s })
	d.words("to", parties, func(r *Request, s string) { r.To = s })
	d.words("side", []string{SideAsking, SideAnswering}, func(r *Request, s string) { r.Side = s })
	d.words("role", ids(a.Roles), func(r *Request, s string) { r.Role = s })
	d.words("ground", ids(a.Grounds), func(r *Request, s string) { r.Ground = s })
	d.words("category", ids(a.Categories), func(r *Request, s string) { r.Record.Category = s })
	fields := make([]string, len(a.Fields))
	for i, f := range a.Fields {
		fields[i] = f.ID
	}
	d.words("field", fields, func(r *Request, s string) { r.Field = s })
	d.flag("hasCase", true, func(r *Request, b bool) { r.CasePresent = b })
	d.flag("approved", true, func(r *Request, b bool) { r.Approved = b })
	d.flag("suspended", false, func(r *Request, b bool) { r.Suspended.Whole = b })
	now := []time.Time{a.From, a.From.Add(-time.Second)}
	if !a.Until.IsZero() {
		now = append(now, a.Until)
	}
	for _, s := range a.spans {
		for _, t := range []time.Time{s.from, s.until} {
			if !t.IsZero() {
				now = append(now, t, t.Add(-time.Second))
			}
		}
	}
	d.add("now", len(now), func(r *Request, v int) { r.Now = now[v] })
	d.measures(a)
	d.nationalities()
	d.safeguards(parties)
	d.facts(parties)
	for _, q := range a.quotas {
		d.add("used."+q.ID, 2, func(r *Request, v int) { r.Used[q.ID] = v * q.Limit })
	}
	return d
}

// measures adds the numbers, from the limits that rules put on them.
func (d *domain) measures(a *Agreement) {
	var fingers, quality, examiners, ages []int
	limit := func(list *[]int, n int) {
		if n > 0 {
			*list = append(*list, n)
		}
	}
	for c := range conds(a) {
		limit(&fingers, c.fingersBelow)
		limit(&quality, c.qualityBelow)
		limit(&examiners, c.examinersBelow)
		for _, b := range []*about{c.person, c.record} {
			if b != nil {
				limit(&ages, b.youngerThan)
			}
		}
	}
	d.numbers("fingers", 10, fingers, func(r *Request, n int) { r.Fingers = n })
	d.numbers("quality", 100, quality, func(r *Request, n int) { r.MinQuality = n })
	d.numbers("examiners", 10, examiners, func(r *Request, n int) { r.Examiners = n })
	d.numbers("person.age", 200, append(ages, 0), func(r *Request, n int) { r.Person.AgeYears = n })
}

// nationalities adds, for person and record, one flag for each party and one for
// all other states.
func (d *domain) nationalities() {
	for _, who := range []string{"person", "record"} {
		d.flag(who+".nat.", true, func(r *Request, b bool) { addNationality(r, who, d.third, b) })
		for _, p := range d.a.Parties {
			d.flag(who+".nat."+p.ID, false, func(r *Request, b bool) { addNationality(r, who, p.Nationalities[0], b) })
		}
	}
}

func addNationality(r *Request, who, code string, has bool) {
	list := &r.Person.Nationalities
	if who == "record" {
		list = &r.Record.Nationalities
	}
	if has {
		*list = append(*list, code)
	}
}

// safeguards adds, for person and record, one flag for each safeguard that a rule
// mentions and each party it may be held against.
func (d *domain) safeguards(parties []string) {
	for c := range conds(d.a) {
		for _, b := range []*about{c.person, c.record} {
			if b == nil {
				continue
			}
			for _, k := range b.safeguard {
				if d.against[k] == nil {
					d.against[k] = []string{""}
				}
				if b.against != "" && len(d.against[k]) == 1 {
					d.against[k] = append([]string{"", d.third}, parties...)
				}
			}
		}
	}
	for _, who := range []string{"person", "record"} {
		for _, k := range slices.Sorted(maps.Keys(d.against)) {
			for _, p := range d.against[k] {
				d.flag(safeguardVar(who, k, p), false, func(r *Request, b bool) {
					list := &r.Person.Safeguards
					if who == "record" {
						list = &r.Record.Safeguards
					}
					if b {
						*list = append(*list, Safeguard{Kind: k, Against: p})
					}
				})
			}
		}
	}
}

func safeguardVar(who, kind, party string) string { return who + ".safe." + kind + "/" + party }

// conds yields the conditions of every rule.
func conds(a *Agreement) func(yield func(*cond) bool) {
	return func(yield func(*cond) bool) {
		var walk func(*cond) bool
		walk = func(c *cond) bool {
			for i := range c.any {
				if !walk(&c.any[i]) {
					return false
				}
			}
			return yield(c)
		}
		for _, r := range a.rules {
			if !walk(&r.cond) || (r.unless != nil && !walk(r.unless)) {
				return
			}
		}
	}
}

func authorityIDs(a *Agreement) []string {
	out := make([]string, len(a.Authorities))
	for i, x := range a.Authorities {
		out[i] = x.ID
	}
	return out
}

func partyIDs(a *Agreement) []string {
	out := make([]string, len(a.Parties))
	for i, p := range a.Parties {
		out[i] = p.ID
	}
	return out
}

// request builds the request of an assignment.
func (d *domain) request(act string, values []int) Request {
	r := Request{Act: act, Used: make(map[string]int, len(d.a.quotas)), Person: Person{AgeYears: -1}}
	if len(d.a.Facts) > 0 {
		r.Facts = make(map[string]any, len(d.a.Facts))
	}
	for i, v := range d.vars {
		v.set(&r, values[i])
	}
	return r
}

// thirdState picks a code that no party uses.
func thirdState(a *Agreement) string {
	for c := 'Z'; c >= 'A'; c-- {
		for e := 'Z'; e >= 'A'; e-- {
			code := string([]rune{c, e})
			if _, taken := a.words.nationOf[code]; !taken && !a.words.party[strings.ToLower(code)] {
				return code
			}
		}
	}
	return "ZZZ"
}
