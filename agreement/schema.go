package agreement

import (
	"fmt"
	"strings"

	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"
)

// cedarSchema is the Cedar model of a request; %s is the record of quota counts.
// Belonging is written as hierarchy: an authority is in its party and in each
// purpose it is competent for, a field in its tier, each listed word in the
// agreement.
const cedarSchema = `entity Agreement;
entity Party in [Agreement];
entity Purpose in [Agreement];
entity Authority in [Party, Purpose];
entity Role in [Agreement];
entity Ground in [Agreement];
entity Safeguard in [Agreement];
entity Category in [Agreement];
entity Tier in [Agreement];
entity Field in [Tier];

type Protection = { kind: Safeguard, against: Party };

type Person = {
  nationalOf: Set<Party>,
  nationalityKnown: Bool,
  age: Long,
  safeguards: Set<Protection>,
  kinds: Set<Safeguard>,
  unlisted: Bool
};

type Class = {
  category: Category,
  nationalOf: Set<Party>,
  nationalityKnown: Bool,
  safeguards: Set<Protection>,
  kinds: Set<Safeguard>,
  unlisted: Bool
};

type Asked = {
  side: String,
  from: Party,
  to: Party,
  role: Role,
  ground: Ground,
  field: Field,
  hasCase: Bool,
  approved: Bool,
  suspended: Bool,
  examiners: Long,
  fingers: Long,
  quality: Long,
  now: datetime,
  person: Person,
  record: Class,
  used: {%s},
  facts: {%s}
};

action %s appliesTo {
  principal: Authority,
  resource: Purpose,
  context: Asked
};
`

// cedarTypes are the types of facts in Cedar: yes-no is "true", "false" or
// "unknown"; a number that is not known is -1.
var cedarTypes = map[FactType]string{
	FactYesNo: "String", FactOneOf: "String", FactSomeOf: "Set<String>", FactStates: "Set<Party>", FactNumber: "Long",
}

// Schema returns the Cedar schema against which every compiled rule has been
// validated, in Cedar's own notation.
func (a *Agreement) Schema() string {
	ids := make([]string, len(a.quotas))
	for i, q := range a.quotas {
		ids[i] = fmt.Sprintf("%q: Long", q.ID)
	}
	facts := make([]string, len(a.Facts))
	for i, f := range a.Facts {
		facts[i] = fmt.Sprintf("%q: %s", f.ID, cedarTypes[f.Type])
	}
	acts := make([]string, len(a.Acts))
	for i, x := range a.Acts {
		if acts[i] = x.ID; strings.Contains(x.ID, "-") {
			acts[i] = fmt.Sprintf("%q", x.ID)
		}
	}
	return fmt.Sprintf(cedarSchema, strings.Join(ids, ", "), strings.Join(facts, ", "), strings.Join(acts, ", "))
}

// Cedar returns the compiled policies as one Cedar text, in the agreement's order.
func (a *Agreement) Cedar() string {
	var b strings.Builder
	for i, r := range a.rules {
		if i > 0 {
			b.WriteString("\n\n")
		}
		b.Write(r.policy.MarshalCedar())
	}
	b.WriteString("\n")
	return b.String()
}

// validatePolicies checks every rule against the schema.
func (a *Agreement) validatePolicies(p *Problems) {
	var s schema.Schema
	if err := s.UnmarshalCedar([]byte(a.Schema())); err != nil {
		p.add(Problem{What: "the Cedar schema of the agreement does not read: " + err.Error(), Do: "report this fault of the program"})
		return
	}
	resolved, err := s.Resolve()
	if err != nil {
		p.add(Problem{What: "the Cedar schema of the agreement does not resolve: " + err.Error(), Do: "report this fault of the program"})
		return
	}
	v := validate.New(resolved)
	for _, r := range a.rules {
		if err := v.Policy(r.id, (*ast.Policy)(r.policy.AST())); err != nil {
			p.add(Problem{File: r.file, Line: r.line, Article: r.article,
				What: fmt.Sprintf("rule %s contradicts itself: %v", r.id, err), Do: "let the rule's conditions hold together"})
		}
	}
}

// entityMap builds the hierarchy of the schema's entities.
func entityMap(a *Agreement) types.EntityMap {
	m := types.EntityMap{}
	put := func(kind, id string, parents ...types.EntityUID) {
		u := uid(kind, id)
		m[u] = types.Entity{UID: u, Parents: types.NewEntityUIDSet(parents...)}
	}
	top := uid(tAgreement, a.ID)
	put(tAgreement, a.ID)
	for _, p := range a.Parties {
		put(tParty, p.ID, top)
	}
	for kind, list := range map[string][]Named{tRole: a.Roles, tPurpose: a.Purposes, tGround: a.Grounds, tSafeguard: a.Safeguards, tCategory: a.Categories} {
		for _, n := range list {
			put(kind, n.ID, top)
		}
	}
	for _, t := range a.Tiers {
		put(tTier, t.ID, top)
	}
	for _, f := range a.Fields {
		put(tField, f.ID, uid(tTier, f.Tier))
	}
	for _, x := range a.Authorities {
		parents := []types.EntityUID{uid(tParty, x.Party)}
		for _, p := range x.Purposes {
			parents = append(parents, uid(tPurpose, p))
		}
		put(tAuthority, x.ID, parents...)
	}
	return m
}
