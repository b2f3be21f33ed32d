package agreement

import "slices"

// reads lists the variables that a conjunction looks at.
func (d *domain) reads(c *cond) []int {
	var out []int
	use := func(is bool, name string) {
		if is {
			out = append(out, d.index[name])
		}
	}
	d.aboutReads("person", c.person, use)
	d.aboutReads("record", c.record, use)
	use(c.hasCase != nil, "hasCase")
	use(c.approved != nil || c.notApproved, "approved")
	use(c.suspended, "suspended")
	use(c.notInForce != nil, "now")
	use(c.fingersBelow > 0, "fingers")
	use(c.qualityBelow > 0, "quality")
	use(c.examinersBelow > 0, "examiners")
	if c.quotaUsedUp != nil {
		use(true, "used."+c.quotaUsedUp.ID)
	}
	for _, f := range c.facts {
		d.factReads(f, use)
	}
	for i := range c.any {
		out = append(out, d.reads(&c.any[i])...)
	}
	use(!c.from_.IsZero() || !c.until_.IsZero(), "now")
	use(c.side != nil, "side")
	use(c.role != nil, "role")
	use(c.ground != nil, "ground")
	use(c.field != nil || c.tier != nil, "field")
	use(c.from != nil, "from")
	use(c.to != nil, "to")
	use(c.authority != nil, "authority")
	use(c.purpose != nil, "purpose")
	slices.Sort(out)
	return slices.Compact(out)
}

// aboutReads notes the variables of a condition on person or record.
func (d *domain) aboutReads(who string, b *about, use func(bool, string)) {
	if b == nil {
		return
	}
	use(b.category != nil, "category")
	use(b.youngerThan > 0 || b.ageKnown != nil, "person.age")
	use(b.nationalityKnown != nil, who+".nat.")
	for _, p := range d.a.Parties {
		use(b.nationalOf != nil || b.nationalityKnown != nil, who+".nat."+p.ID)
	}
	for _, ref := range append([]string{b.against}, b.nationalOf...) {
		use(ref == refAsking, "from")
		use(ref == refAnswering, "to")
	}
	for _, k := range b.safeguard {
		for _, p := range d.against[k] {
			use(true, safeguardVar(who, k, p))
		}
	}
}
