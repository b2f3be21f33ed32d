package agreement

import (
	"strings"
	"time"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/types"
)

// Entity types of the Cedar model; schema.go declares them.
const (
	tAgreement = "Agreement"
	tParty     = "Party"
	tAuthority = "Authority"
	tRole      = "Role"
	tPurpose   = "Purpose"
	tGround    = "Ground"
	tSafeguard = "Safeguard"
	tCategory  = "Category"
	tTier      = "Tier"
	tField     = "Field"
	tAction    = "Action"
)

func uid(kind, id string) types.EntityUID {
	return types.NewEntityUID(types.EntityType(kind), types.String(id))
}

func entity(kind, id string) ast.Node { return ast.Value(uid(kind, id)) }

func attr(path string) ast.Node {
	n := ast.Context()
	for part := range strings.SplitSeq(path, ".") {
		n = n.Access(types.String(part))
	}
	return n
}

// compile turns a rule into its Cedar policy: the acts in the scope; what the
// rule says in a when, and in an unless; what every permit asks in a second when.
func compile(a *Agreement, r *rule) *cedar.Policy {
	p := ast.Permit()
	if r.forbid {
		p = ast.Forbid()
	}
	acts := make([]types.EntityUID, len(r.acts))
	for i, act := range r.acts {
		acts[i] = uid(tAction, act)
	}
	p.ActionInSet(acts...)
	if len(acts) == 1 {
		p.ActionEq(acts[0])
	}
	whenAll(p, conditions(&r.cond))
	if !r.forbid {
		whenAll(p, permitBase(a, r))
	}
	if r.unless != nil {
		p.Unless(all(conditions(r.unless)))
	}
	p.Annotate("id", types.String(r.id))
	if r.suppress || r.refer {
		p.Annotate("outcome", types.String(r.effect()))
	}
	return cedar.NewPolicyFromAST(p)
}

func whenAll(p *ast.Policy, ns []ast.Node) {
	if len(ns) > 0 {
		p.When(all(ns))
	}
}

// all joins conditions with &&; none at all is true.
func all(ns []ast.Node) ast.Node {
	if len(ns) == 0 {
		return ast.True()
	}
	n := ns[0]
	for _, m := range ns[1:] {
		n = n.And(m)
	}
	return n
}

// any joins conditions with ||.
func anyOf(ns []ast.Node) ast.Node {
	n := ns[0]
	for _, m := range ns[1:] {
		n = n.Or(m)
	}
	return n
}

// permitBase is what every permit asks besides its own conditions: two different
// parties of this agreement; an authority of the asking party that is competent
// for the purpose; listed words where its own lists do not see to that already;
// and no safeguard that the agreement does not know.
func permitBase(a *Agreement, r *rule) []ast.Node {
	top := entity(tAgreement, a.ID)
	c := &r.cond
	ns := []ast.Node{attr("from").NotEqual(attr("to")), attr("to").In(top)}
	listed := func(path string, own []string) {
		if own == nil {
			ns = append(ns, attr(path).In(top))
		}
	}
	if !coreAct(r.acts[0]) {
		return append(ns, permitOther(a, c)...)
	}
	if r.acts[0] == ActReach {
		listed("from", c.from)
	} else {
		ns = append(ns, ast.Principal().In(attr("from")), ast.Principal().In(ast.Resource()))
		if len(a.Roles) > 0 {
			listed("role", c.role)
		}
		if len(a.Grounds) > 0 {
			listed("ground", c.ground)
		}
	}
	if r.acts[0] == ActSearch {
		return append(ns, ast.Not(attr("person.unlisted")))
	}
	var own []string
	if c.record != nil {
		own = c.record.category
	}
	listed("record.category", own)
	return append(ns, ast.Not(attr("record.unlisted")))
}

func coreAct(act string) bool { return act == ActSearch || act == ActReach || act == ActDisclose }

// permitOther is what a permit of an act of the agreement's own asks: a party that
// asks; an authority of it, competent for the purpose, unless the agreement lets it
// be left out; a purpose that is listed, or none where none is needed.
func permitOther(a *Agreement, c *cond) []ast.Node {
	top := entity(tAgreement, a.ID)
	noPurpose := ast.Resource().Equal(entity(tPurpose, ""))
	of := ast.Principal().In(attr("from")).And(noPurpose.Or(ast.Principal().In(ast.Resource())))
	if a.AuthorityOptional && c.authority == nil {
		of = ast.Principal().Equal(entity(tAuthority, "")).Or(of)
	}
	ns := []ast.Node{attr("from").In(top), of, ast.Not(attr("person.unlisted"))}
	if c.purpose == nil {
		ns = append(ns, noPurpose.Or(ast.Resource().In(top)))
	}
	return ns
}

// conditions compiles a conjunction.
func conditions(c *cond) []ast.Node {
	var ns []ast.Node
	list := func(x ast.Node, kind string, ids []string) {
		if ids != nil {
			ns = append(ns, oneOf(x, kind, ids))
		}
	}
	list(ast.Resource(), tPurpose, c.purpose)
	if c.side != nil {
		ns = append(ns, oneOfStrings(attr("side"), c.side))
	}
	list(attr("from"), tParty, c.from)
	list(attr("to"), tParty, c.to)
	list(ast.Principal(), tAuthority, c.authority)
	list(attr("role"), tRole, c.role)
	list(attr("ground"), tGround, c.ground)
	list(attr("field"), tField, c.field)
	if c.tier != nil {
		tiers := make([]ast.Node, len(c.tier))
		for i, t := range c.tier {
			tiers[i] = attr("field").In(entity(tTier, t))
		}
		ns = append(ns, anyOf(tiers))
	}
	ns = append(ns, boolIs("hasCase", c.hasCase)...)
	ns = append(ns, boolIs("approved", c.approved)...)
	ns = append(ns, aboutConditions("person", c.person)...)
	ns = append(ns, aboutConditions("record", c.record)...)
	ns = append(ns, factConditions(c.facts)...)
	ns = append(ns, anyConditions(c.any)...)
	return append(ns, termConditions(c)...)
}

// termConditions compiles the conditions that only terms write.
func termConditions(c *cond) []ast.Node {
	var ns []ast.Node
	below := func(name string, n int) {
		if n > 0 {
			ns = append(ns, attr(name).LessThan(ast.Long(n)))
		}
	}
	below("fingers", c.fingersBelow)
	below("quality", c.qualityBelow)
	below("examiners", c.examinersBelow)
	if c.notApproved {
		ns = append(ns, ast.Not(attr("approved")))
	}
	if c.suspended {
		ns = append(ns, attr("suspended"))
	}
	if f := c.notInForce; f != nil {
		n := attr("now").LessThan(day(f.from))
		if !f.until.IsZero() {
			n = n.Or(attr("now").GreaterThanOrEqual(day(f.until)))
		}
		ns = append(ns, n)
	}
	if !c.from_.IsZero() {
		ns = append(ns, attr("now").GreaterThanOrEqual(day(c.from_)))
	}
	if !c.until_.IsZero() {
		ns = append(ns, attr("now").LessThan(day(c.until_)))
	}
	if q := c.quotaUsedUp; q != nil {
		ns = append(ns, attr("used").Access(types.String(q.ID)).GreaterThanOrEqual(ast.Long(q.Limit)))
	}
	return ns
}

// day is the first instant of a day in UTC, written datetime("2025-01-31").
func day(t time.Time) ast.Node {
	return ast.DatetimeExtensionCall(ast.String(t.Format(time.DateOnly)))
}

func boolIs(path string, want *bool) []ast.Node {
	if want == nil {
		return nil
	}
	if *want {
		return []ast.Node{attr(path)}
	}
	return []ast.Node{ast.Not(attr(path))}
}

func oneOf(x ast.Node, kind string, ids []string) ast.Node {
	if len(ids) == 1 {
		return x.Equal(entity(kind, ids[0]))
	}
	vs := make([]ast.Node, len(ids))
	for i, id := range ids {
		vs[i] = entity(kind, id)
	}
	return ast.Set(vs...).Contains(x)
}

func oneOfStrings(x ast.Node, words []string) ast.Node {
	if len(words) == 1 {
		return x.Equal(ast.String(words[0]))
	}
	vs := make([]ast.Node, len(words))
	for i, w := range words {
		vs[i] = ast.String(w)
	}
	return ast.Set(vs...).Contains(x)
}
