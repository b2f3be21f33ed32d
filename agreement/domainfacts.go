package agreement

import (
	"cmp"
	"slices"
)

// facts adds the variables of every fact that a rule looks at: one for a fact of
// one value, one for each word of a fact of several.
func (d *domain) facts(parties []string) {
	limits, used := d.factLimits()
	for i := range d.a.Facts {
		f := &d.a.Facts[i]
		if !used[f.ID] {
			continue
		}
		switch f.Type {
		case FactYesNo:
			d.factWords(f, []string{"true", "false", wordUnknown})
		case FactOneOf:
			d.factWords(f, append(ids(f.Values), wordUnknown))
		case FactNumber:
			d.factNumber(f, limits[f.ID])
		case FactSomeOf:
			d.factSet(f, ids(f.Values))
		case FactStates:
			d.factSet(f, append(slices.Clone(parties), d.third))
		}
	}
}

// factLimits gathers the numbers that rules compare with, and the facts they use.
func (d *domain) factLimits() (limits map[string][]int64, used map[string]bool) {
	limits, used = map[string][]int64{}, map[string]bool{}
	for c := range conds(d.a) {
		for _, x := range c.facts {
			used[x.fact.ID] = true
			if x.min != nil {
				limits[x.fact.ID] = append(limits[x.fact.ID], *x.min, *x.min-1)
			}
			if x.max != nil {
				limits[x.fact.ID] = append(limits[x.fact.ID], *x.max, *x.max+1)
			}
		}
	}
	return limits, used
}

// factWords adds a fact of one value; what an unstated fact means comes first.
func (d *domain) factWords(f *Fact, values []string) {
	slices.SortStableFunc(values, func(x, y string) int {
		return cmp.Compare(b2i(y == f.Unstated), b2i(x == f.Unstated))
	})
	d.add("fact."+f.ID, len(values), func(r *Request, v int) { r.Facts[f.ID] = values[v] })
	d.vars[len(d.vars)-1].list = values
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// factNumber adds one value for each span that the rules can tell apart.
func (d *domain) factNumber(f *Fact, limits []int64) {
	vs := []int64{-1, 0}
	for _, n := range limits {
		if n >= 0 {
			vs = append(vs, n)
		}
	}
	slices.Sort(vs)
	vs = slices.Compact(vs)
	d.add("fact."+f.ID, len(vs), func(r *Request, v int) { r.Facts[f.ID] = int(vs[v]) })
}

// factSet adds a variable that says whether the fact is stated, and one flag for
// each word that may be in it.
func (d *domain) factSet(f *Fact, words []string) {
	stated := []bool{f.Unstated != wordUnknown, f.Unstated == wordUnknown}
	d.add("fact."+f.ID, 2, func(r *Request, v int) {
		if stated[v] {
			r.Facts[f.ID] = []string{}
		} else {
			r.Facts[f.ID] = wordUnknown
		}
	})
	for _, w := range words {
		d.flag("fact."+f.ID+"/"+w, false, func(r *Request, b bool) {
			list, ok := r.Facts[f.ID].([]string)
			if b && ok {
				r.Facts[f.ID] = append(list, w)
			}
		})
	}
}

// factReads notes the variables of a condition on a fact.
func (d *domain) factReads(c factCond, use func(bool, string)) {
	use(true, "fact."+c.fact.ID)
	switch c.fact.Type {
	case FactSomeOf:
		for _, v := range c.fact.Values {
			use(slices.Contains(c.words, v.ID) || slices.Contains(c.words, wordNone), "fact."+c.fact.ID+"/"+v.ID)
		}
	case FactStates:
		for _, p := range d.a.Parties {
			use(slices.ContainsFunc(c.words, func(w string) bool { return w == p.ID || w == refAsking || w == refAnswering || w == wordNone }), "fact."+c.fact.ID+"/"+p.ID)
		}
		use(slices.Contains(c.words, wordOther) || slices.Contains(c.words, wordNone), "fact."+c.fact.ID+"/"+d.third)
		use(slices.Contains(c.words, refAsking), "from")
		use(slices.Contains(c.words, refAnswering), "to")
	}
}
