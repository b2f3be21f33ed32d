package agreement

import "maps"

// cond resolves a group of conditions; depth counts the groups around it.
func (b *builder) cond(f *condForm, depth int) cond {
	w := &b.a.words
	var any []cond
	for i := range f.Any {
		if depth >= 3 {
			b.fault(0, "write the rule more simply", "any: stands more than three deep")
			break
		}
		g := b.cond(&f.Any[i], depth+1)
		if len(conditions(&g)) == 0 {
			b.fault(0, "say what it asks, or remove it", "a group of any: is empty")
		}
		any = append(any, g)
	}
	return cond{
		facts: b.factConds(&f.Facts), any: any,

		side:      b.listed(f.Side, map[string]bool{SideAsking: true, SideAnswering: true}, "side", "write asking or answering"),
		from:      b.listed(f.From, w.party, "party", addTo("parties:")),
		to:        b.listed(f.To, w.party, "party", addTo("parties:")),
		authority: b.listed(f.Authority, w.authority, "authority", addTo("authorities:")),
		role:      b.listed(f.Role, w.role, "role", addTo("roles:")),
		purpose:   b.listed(f.Purpose, w.purpose, "purpose", addTo("purposes:")),
		ground:    b.listed(f.Ground, w.ground, "ground", addTo("grounds:")),
		field:     b.listed(f.Field, w.field, "field", addTo("fields:")),
		tier:      b.listed(f.Tier, w.tier, "tier", addTo("tiers:")),
		hasCase:   f.Case.pointer(),
		approved:  f.Approved.pointer(),
		person:    b.about(f.Person, true),
		record:    b.about(f.Record, false),
	}
}

func (f yesno) pointer() *bool {
	if !f.set {
		return nil
	}
	return &f.v
}

// about resolves a condition on the person or on the record's class.
func (b *builder) about(f *aboutForm, person bool) *about {
	if f == nil {
		return nil
	}
	w := &b.a.words
	refs := maps.Clone(w.party)
	refs[refAsking], refs[refAnswering] = true, true
	out := &about{
		category:         b.listed(f.Category, w.category, "category", addTo("categories:")),
		nationalOf:       b.listed(f.NationalOf, refs, "party", "write asking, answering or the id of a party"),
		safeguard:        b.listed(f.Safeguard, w.safeguard, "safeguard", addTo("safeguards:")),
		nationalityKnown: f.NationalityKnown.pointer(),
		ageKnown:         f.AgeKnown.pointer(),
	}
	if f.Against.s != "" {
		b.listed([]word{f.Against}, refs, "party", "write asking, answering or the id of a party")
		out.against = f.Against.s
		if f.Safeguard == nil {
			b.fault(f.Against.line, "name the safeguard that is held against it", "against: stands without safeguard:")
		}
	}
	if f.YoungerThan.s != "" {
		n, err := parseCount("year", 150)(f.YoungerThan.s)
		if err != nil || n == 0 {
			b.fault(f.YoungerThan.line, "write an age with its unit, for instance 14 years", "younger-than: %.40q is not an age", f.YoungerThan.s)
		}
		out.youngerThan = n
	}
	if person && out.category != nil || !person && (out.youngerThan > 0 || out.ageKnown != nil) {
		b.fault(0, "a category is of a record; an age is of a person", "a condition is written of the wrong one of person and record")
	}
	if len(aboutConditions("record", out)) == 0 {
		b.fault(0, "say what is asked of the person or record, or remove the group", "an empty person: or record: condition")
	}
	return out
}
