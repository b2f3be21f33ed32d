package agreement

import (
	"slices"

	cedar "github.com/cedar-policy/cedar-go"
)

// findDeadPermits faults every permit that can never take effect, because its own
// conditions never meet or because forbids cover every request that it allows.
//
// It is exact: the rules look at finitely many attributes, each with finitely
// many values that they can tell apart, and the search below goes through all
// combinations that can matter, asking Cedar each time. It is bounded by
// MaxChecks; an agreement that cannot be settled within it is refused.
func (b *builder) findDeadPermits() {
	s := newSearch(b.a, b.max.checks)
	for _, r := range b.a.rules {
		if r.forbid {
			continue
		}
		b.file, b.article = r.file, r.article
		switch live := s.live(r); {
		case s.checks <= 0:
			b.fault(r.line, "write fewer or simpler rules", "whether rule %s can take effect was not settled within %d evaluations", r.id, b.max.checks)
			return
		case !live:
			b.fault(r.line, "remove the rule, or narrow what forbids it", "rule %s can never take effect: %s", r.id, s.blame(r))
		}
	}
	b.file, b.article = "", ""
}

// search looks for a request that a permit allows and no forbid refuses.
type search struct {
	d       *domain
	checks  int // evaluations left
	reads   map[*rule][]int
	forbids map[sliceKey]policies
	witness map[sliceKey][]*Request // found so far; one permit's often serves the next

	permit  *rule
	allowed map[int][]int // values that the permit's lists leave of a variable
	values  []int
	frozen  []bool
	blamed  map[string]bool
}

// newSearch notes what each rule looks at, and the forbids of each act and purpose.
func newSearch(a *Agreement, checks int) *search {
	s := &search{d: newDomain(a), checks: checks, reads: map[*rule][]int{}, forbids: map[sliceKey]policies{}, witness: map[sliceKey][]*Request{}}
	for _, r := range s.d.a.rules {
		s.reads[r] = s.looksAt(r)
	}
	for key, set := range s.d.a.slices {
		for _, x := range set {
			if x.forbid {
				s.forbids[key] = append(s.forbids[key], x)
			}
		}
	}
	return s
}

// looksAt lists the variables on which a rule's answer depends. A permit also
// looks at what every permit asks (see permitBase); the single words that its own
// lists allow do not matter to it, because restrict leaves no others.
func (s *search) looksAt(r *rule) []int {
	c := r.cond
	if !r.forbid {
		c.side, c.role, c.ground = nil, nil, nil
		if c.record != nil {
			record := *c.record
			record.category = nil
			c.record = &record
		}
	}
	list := s.d.reads(&c)
	if r.unless != nil {
		list = append(list, s.d.reads(r.unless)...)
	}
	if !r.forbid {
		for _, name := range []string{"from", "to", "authority", "purpose"} {
			list = append(list, s.d.index[name])
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// live reports whether some request is permitted by r and forbidden by nothing.
func (s *search) live(r *rule) bool {
	s.permit, s.blamed = r, map[string]bool{}
	for _, p := range r.cond.purpose {
		for _, w := range s.witness[sliceKey{r.acts[0], p}] {
			if s.eval(r, s.d.a.cedarRequest(w)) {
				return true
			}
		}
	}
	s.restrict()
	s.frozen = make([]bool, len(s.d.vars))
	return s.explore()
}

// explore completes the assignment in every way that can matter: some variable
// that the culprit looks at must change, so it tries the first of them with every
// other value, then holds it and goes on to the next.
func (s *search) explore() bool {
	if s.checks <= 0 {
		return false
	}
	r := s.d.request(s.permit.acts[0], s.values)
	culprit := s.culprit(&r)
	if culprit == nil {
		key := sliceKey{r.Act, r.Purpose}
		if len(s.witness[key]) < 4 {
			s.witness[key] = append(s.witness[key], &r)
		}
		return true
	}
	s.blamed[culprit.id] = true
	var held []int
	found := false
	for _, i := range s.reads[culprit] {
		if s.frozen[i] {
			continue
		}
		s.frozen[i] = true
		held = append(held, i)
		was := s.values[i]
		for _, v := range s.choices(i) {
			if s.values[i] = v; v != was && s.explore() {
				found = true
				break
			}
		}
		if s.values[i] = was; found {
			break
		}
	}
	for _, i := range held {
		s.frozen[i] = false
	}
	return found
}

// choices lists the values that the permit leaves of a variable.
func (s *search) choices(i int) []int {
	if list, ok := s.allowed[i]; ok {
		return list
	}
	all := make([]int, s.d.vars[i].size)
	for v := range all {
		all[v] = v
	}
	return all
}

// culprit returns what refuses the request: the permit itself when it does not
// hold, else the first forbid that does, else nil.
func (s *search) culprit(req *Request) *rule {
	cr := s.d.a.cedarRequest(req)
	if !s.eval(s.permit, cr) {
		return s.permit
	}
	for _, f := range s.forbids[sliceKey{req.Act, req.Purpose}] {
		if s.checks--; f.cond.names(req) && s.eval(f, cr) {
			return f
		}
	}
	return nil
}

// names reports whether each list of single words names the request's word. When
// one does not, the conjunction is false, and Cedar need not be asked.
func (c *cond) names(r *Request) bool {
	has := func(list []string, word string) bool { return list == nil || slices.Contains(list, word) }
	return has(c.role, r.Role) && has(c.ground, r.Ground) && has(c.side, r.Side) &&
		has(c.authority, r.Authority) && has(c.from, r.From) && has(c.to, r.To) && has(c.field, r.Field) &&
		(c.record == nil || has(c.record.category, r.Record.Category))
}

// eval asks Cedar whether one rule applies; a rule that fails counts against.
func (s *search) eval(r *rule, cr cedar.Request) bool {
	s.checks--
	_, diag := cedar.Authorize(policies{r}, s.d.a.entities, cr)
	return len(diag.Reasons) > 0 || (r.forbid && len(diag.Errors) > 0)
}

// blame names what stood in the way.
func (s *search) blame(r *rule) string {
	var forbids []string
	for id := range s.blamed {
		if id != r.id {
			forbids = append(forbids, id)
		}
	}
	if len(forbids) == 0 {
		return "its own conditions never meet"
	}
	slices.Sort(forbids)
	list := forbids[0]
	for _, id := range forbids[1:min(len(forbids), 6)] {
		list += ", " + id
	}
	return "what it allows is forbidden by " + list
}
