package agreement

import (
	"math/big"
	"slices"

	cedar "github.com/cedar-policy/cedar-go"
)

// test is one policy of an agreement, asked of a request.
type test struct {
	a     *Agreement
	r     *rule
	reads []int // variables on which its answer depends
}

// solver looks for a request on which some tests hold and others do not. It is
// exact: each test reads finitely many variables, so that where one comes out
// wrong some variable that it reads has to change; every way is tried.
type solver struct {
	d      *domain
	checks int // evaluations left

	allowed map[int][]int
	values  []int
	frozen  []bool
}

func newSolver(d *domain, checks int) *solver { return &solver{d: d, checks: checks} }

// settled reports whether the last search ended by itself.
func (s *solver) settled() bool { return s.checks > 0 }

// test prepares a rule of an agreement.
func (s *solver) test(a *Agreement, r *rule) *test {
	list := s.d.reads(&r.cond)
	if r.unless != nil {
		list = append(list, s.d.reads(r.unless)...)
	}
	if !r.forbid {
		for _, name := range []string{"from", "to", "authority", "purpose", "role", "ground", "category"} {
			list = append(list, s.d.index[name])
		}
	}
	slices.Sort(list)
	return &test{a: a, r: r, reads: slices.Compact(list)}
}

// find looks for a request for an act on which every test of hold holds and none
// of not does, starting from what suits the first permit of hold. It costs at least
// one evaluation, so that many tests that cannot meet are bounded as well.
func (s *solver) find(act string, hold, not []*test) (*Request, bool) {
	if s.checks--; s.checks <= 0 {
		return nil, false
	}
	s.values, s.allowed, s.frozen = make([]int, len(s.d.vars)), map[int][]int{}, make([]bool, len(s.d.vars))
	for _, t := range hold {
		if !t.r.forbid && len(t.r.acts) > 0 {
			from := &search{d: s.d, permit: t.r}
			from.restrict()
			s.values, s.allowed = from.values, from.allowed
			break
		}
	}
	for _, t := range hold {
		if !s.narrow(&t.r.cond) {
			return nil, false
		}
	}
	return s.explore(act, hold, not)
}

// narrow keeps of each variable of one word what the lists of a test that is to
// hold allow; false says that they leave nothing.
func (s *solver) narrow(c *cond) bool {
	ok := true
	keep := func(name string, named []string) {
		if named == nil || !ok {
			return
		}
		i := s.d.index[name]
		var left []int
		for _, v := range s.choices(i) {
			if w, known := s.d.word(i, v); known && slices.Contains(named, w) {
				left = append(left, v)
			}
		}
		if ok = len(left) > 0; ok {
			s.allowed[i] = left
			if !slices.Contains(left, s.values[i]) {
				s.values[i] = left[0]
			}
		}
	}
	keep("side", c.side)
	keep("from", c.from)
	keep("to", c.to)
	keep("authority", c.authority)
	keep("role", c.role)
	keep("purpose", c.purpose)
	keep("ground", c.ground)
	keep("field", c.field)
	if c.tier != nil {
		keep("field", s.d.fieldsOf(c.tier))
	}
	if c.record != nil {
		keep("category", c.record.category)
	}
	for _, f := range c.facts {
		if f.fact.Type == FactYesNo || f.fact.Type == FactOneOf {
			keep("fact."+f.fact.ID, f.words)
		}
	}
	return ok
}

func (s *solver) explore(act string, hold, not []*test) (*Request, bool) {
	if s.checks <= 0 {
		return nil, false
	}
	r := s.d.request(act, s.values)
	wrong := s.wrong(&r, hold, not)
	if wrong == nil {
		return &r, true
	}
	var held []int
	defer func() {
		for _, i := range held {
			s.frozen[i] = false
		}
	}()
	for _, i := range wrong.reads {
		if s.frozen[i] {
			continue
		}
		s.frozen[i] = true
		held = append(held, i)
		was := s.values[i]
		for _, v := range s.choices(i) {
			if v == was {
				continue
			}
			s.values[i] = v
			if found, ok := s.explore(act, hold, not); ok {
				return found, true
			}
		}
		s.values[i] = was
	}
	return nil, false
}

func (s *solver) choices(i int) []int {
	if list, ok := s.allowed[i]; ok {
		return list
	}
	all := make([]int, s.d.vars[i].size)
	for v := range all {
		all[v] = v
	}
	return all
}

// open counts the ways in which a test can still be changed.
func (s *solver) open(t *test) int {
	n := 0
	for _, i := range t.reads {
		if !s.frozen[i] {
			n += len(s.choices(i)) - 1
		}
	}
	return n
}

// wrong returns a test that does not come out as it should, or nil: of several, the
// one with the fewest ways left, so that what cannot be is seen early.
func (s *solver) wrong(r *Request, hold, not []*test) *test {
	reqs := map[*Agreement]cedar.Request{}
	ask := func(t *test) bool {
		req, ok := reqs[t.a]
		if !ok {
			req = t.a.cedarRequest(r)
			reqs[t.a] = req
		}
		s.checks--
		_, diag := cedar.Authorize(policies{t.r}, t.a.entities, req)
		return len(diag.Reasons) > 0 || (t.r.forbid && len(diag.Errors) > 0)
	}
	var worst *test
	least := 0
	note := func(t *test) bool {
		n := s.open(t)
		if worst == nil || n < least {
			worst, least = t, n
		}
		return n == 0
	}
	for _, t := range hold {
		if !ask(t) && note(t) {
			return t
		}
	}
	for _, t := range not {
		if ask(t) && note(t) {
			return t
		}
	}
	return worst
}

// combinations is the number of requests that the tests can tell apart: the
// product of the sizes of every variable that one of them reads.
func (s *solver) combinations(tests []*test) *big.Int {
	seen := map[int]bool{}
	n := big.NewInt(1)
	for _, t := range tests {
		for _, i := range t.reads {
			if !seen[i] {
				seen[i] = true
				n.Mul(n, big.NewInt(int64(s.d.vars[i].size)))
			}
		}
	}
	return n
}

// family sorts the tests of an act by what their rules do.
type family struct {
	permits, forbids, suppresses, refers []*test
}

// family prepares the rules of an agreement that look at an act.
func (s *solver) family(a *Agreement, act string) family {
	var f family
	for _, r := range a.rules {
		if !slices.Contains(r.acts, act) {
			continue
		}
		t := s.test(a, r)
		switch r.effect() {
		case Permit:
			f.permits = append(f.permits, t)
		case Deny:
			f.forbids = append(f.forbids, t)
		case SilentSuppress:
			f.suppresses = append(f.suppresses, t)
		case Refer:
			f.refers = append(f.refers, t)
		}
	}
	return f
}

func (f *family) all() []*test { return slices.Concat(f.permits, f.forbids, f.suppresses, f.refers) }

// outcome looks for a request that meets every test of with and that the family
// decides so.
func (s *solver) outcome(act string, f *family, o Outcome, with []*test) (*Request, bool) {
	no := slices.Concat(f.forbids, f.suppresses)
	each := func(list []*test, also, not []*test) (*Request, bool) {
		for _, t := range list {
			if r, ok := s.find(act, slices.Concat(also, []*test{t}, with), not); ok {
				return r, true
			}
		}
		return nil, false
	}
	switch o {
	case Permit:
		return each(f.permits, nil, slices.Concat(no, f.refers))
	case Refer:
		for _, p := range f.permits {
			if r, ok := each(f.refers, []*test{p}, no); ok {
				return r, true
			}
		}
		return nil, false
	case SilentSuppress:
		return each(f.suppresses, nil, f.forbids)
	}
	if r, ok := each(f.forbids, nil, nil); ok {
		return r, true
	}
	return s.find(act, with, f.permits)
}
