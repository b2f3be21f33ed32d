package agreement

import "slices"

// restrict narrows the variables to what the permit's own lists name, starts from
// the first of each, and lets the authority fit its party and purpose.
func (s *search) restrict() {
	c := &s.permit.cond
	s.values, s.allowed = make([]int, len(s.d.vars)), map[int][]int{}
	a, d := s.d.a, s.d
	keep := func(name string, all, named []string) {
		if named == nil {
			return
		}
		i := d.index[name]
		for v, w := range all {
			if slices.Contains(named, w) {
				s.allowed[i] = append(s.allowed[i], v)
			}
		}
		s.values[i] = s.allowed[i][0]
	}
	keep("side", []string{SideAsking, SideAnswering}, c.side)
	keep("from", partyIDs(a), c.from)
	keep("to", partyIDs(a), c.to)
	keep("authority", authorityIDs(a), c.authority)
	keep("purpose", ids(a.Purposes), c.purpose)
	keep("role", ids(a.Roles), c.role)
	keep("ground", ids(a.Grounds), c.ground)
	if c.record != nil {
		keep("category", ids(a.Categories), c.record.category)
	}
	s.seed()
}

// seed starts from an authority that may ask for one of the purposes, and from
// two different parties.
func (s *search) seed() {
	a, d := s.d.a, s.d
	ok := func(name string, v int) bool {
		list, restricted := s.allowed[d.index[name]]
		return !restricted || slices.Contains(list, v)
	}
	parties, purposes := partyIDs(a), ids(a.Purposes)
	for i, x := range a.Authorities {
		from := slices.Index(parties, x.Party)
		p := slices.IndexFunc(purposes, func(p string) bool {
			return slices.Contains(x.Purposes, p) && ok("purpose", slices.Index(purposes, p))
		})
		if p < 0 || !ok("authority", i) || !ok("from", from) {
			continue
		}
		s.values[d.index["authority"]], s.values[d.index["purpose"]], s.values[d.index["from"]] = i, p, from
		break
	}
	for v := range parties {
		if v != s.values[d.index["from"]] && ok("to", v) {
			s.values[d.index["to"]] = v
			break
		}
	}
}
