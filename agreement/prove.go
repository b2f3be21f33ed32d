package agreement

import (
	"fmt"
	"slices"
	"strings"

	cedar "github.com/cedar-policy/cedar-go"
)

// propertiesForm is a file of properties: what is to hold of every request.
type propertiesForm struct {
	Properties []propertyForm `yaml:"properties"`
}

type propertyForm struct {
	ID       word      `yaml:"id"`
	Says     texts     `yaml:"says"`
	Acts     []word    `yaml:"acts"`
	When     condForm  `yaml:"when"`
	Unless   *condForm `yaml:"unless"`
	Never    []word    `yaml:"never"`
	Possible word      `yaml:"possible"`
}

// Property is a statement about every request: in its circumstances some outcome
// never comes, or one can come.
type Property struct {
	ID       string
	Says     Text
	Acts     []string
	Never    []Outcome // none of these
	Possible Outcome   // or this can come
	test     *rule
}

// Proof is what became of a property.
type Proof struct {
	Property       string   `json:"property"`
	Says           Text     `json:"says"`
	Holds          bool     `json:"holds"`
	Settled        bool     `json:"settled"`                  // false: not settled within the bound
	Combinations   string   `json:"combinations"`             // requests that the rules and the property can tell apart, all covered
	Evaluations    int      `json:"evaluations"`              // of one rule, by Cedar
	Counterexample *Request `json:"counterexample,omitempty"` // a request that breaks it
	Witness        *Request `json:"witness,omitempty"`        // a request that shows it possible
}

// ParseProperties reads a file of properties in an agreement's words. The error is
// a [*Problems].
func (a *Agreement) ParseProperties(name string, data []byte) ([]Property, error) {
	b := &builder{p: &Problems{}, a: a, max: bounds{MaxRules, MaxChecks}, seen: map[string]string{}, serial: map[string]int{}, file: name}
	if len(data) > MaxFileBytes || marks(data) > MaxMarks {
		b.fault(0, "shorten it", "the file is over %d bytes or %d lines and signs", MaxFileBytes, MaxMarks)
		return nil, b.p.err()
	}
	if line, what := checkText(data); what != "" {
		b.fault(line, "save the file as plain UTF-8 text with line feeds", "%s", what)
		return nil, b.p.err()
	}
	var form propertiesForm
	if err := decodeYAML(data, &form); err != nil {
		b.p.add(yamlProblem(name, err))
		return nil, b.p.err()
	}
	var out []Property
	for i := range form.Properties {
		out = append(out, b.property(&form.Properties[i]))
	}
	if len(out) == 0 {
		b.fault(0, "write properties: and at least one", "the file holds no property")
	}
	return out, b.p.err()
}

// property reads one property.
func (b *builder) property(f *propertyForm) Property {
	b.line = f.ID.line
	id := b.id(f.ID, "property")
	outcomes := map[string]bool{string(Permit): true, string(Deny): true, string(Refer): true, string(SilentSuppress): true}
	const which = "write permit, refer, silent-suppress or deny"
	p := Property{ID: id, Says: b.text(f.Says, f.ID.line, "what property "+id+" says"), Possible: Outcome(f.Possible.s)}
	for _, o := range b.listed(f.Never, outcomes, "outcome", which) {
		p.Never = append(p.Never, Outcome(o))
	}
	if p.Possible != "" {
		b.listed([]word{f.Possible}, outcomes, "outcome", which)
	}
	if (p.Never == nil) == (p.Possible == "") {
		b.fault(f.ID.line, "write never: with outcomes, or possible: with one", "property %s claims nothing, or two things", id)
	}
	if p.Acts = b.listed(f.Acts, b.a.words.act, "act", "the acts are "+strings.Join(b.a.actIDs(), ", ")); p.Acts == nil {
		p.Acts = b.a.actIDs()
	}
	p.test = &rule{id: "property/" + id, forbid: true, acts: p.Acts, cond: b.cond(&f.When, 0)}
	if f.Unless != nil {
		u := b.cond(f.Unless, 0)
		p.test.unless = &u
	}
	if len(b.p.List) == 0 {
		p.test.policy = compile(b.a, p.test)
	}
	return p
}

// Prove checks properties on every request that the rules can tell apart, within
// checks evaluations for each.
func (a *Agreement) Prove(properties []Property, checks int) []Proof {
	out := make([]Proof, len(properties))
	with := *a
	with.rules = slices.Clone(a.rules)
	for i := range properties {
		with.rules = append(with.rules, properties[i].test)
	}
	d := newDomain(&with)
	for i := range properties {
		out[i] = a.prove(&properties[i], newSolver(d, checks))
	}
	return out
}

func (a *Agreement) prove(p *Property, s *solver) Proof {
	proof := Proof{Property: p.ID, Says: p.Says, Settled: true}
	start := s.checks
	prop := s.test(a, p.test)
	all := []*test{prop}
	goals := p.Never
	if p.Possible != "" {
		goals = []Outcome{p.Possible}
	}
	var found *Request
	for _, act := range p.Acts {
		f := s.family(a, act)
		all = append(all, f.all()...)
		for _, o := range goals {
			if r, ok := s.outcome(act, &f, o, []*test{prop}); ok && found == nil {
				found = r
			}
		}
	}
	proof.Settled = s.settled() || found != nil
	proof.Combinations, proof.Evaluations = s.combinations(all).String(), start-s.checks
	if p.Possible != "" {
		proof.Witness, proof.Holds = found, found != nil
		return proof
	}
	proof.Counterexample, proof.Holds = found, found == nil && proof.Settled
	return proof
}

// meets reports whether a request is in the circumstances of a property.
func (p *Property) meets(a *Agreement, r *Request) bool {
	_, diag := cedar.Authorize(policies{p.test}, a.entities, a.cedarRequest(r))
	return len(diag.Reasons) > 0
}

// String names the property and what it claims.
func (p Property) String() string {
	if p.Possible != "" {
		return fmt.Sprintf("%s: %s is possible", p.ID, p.Possible)
	}
	return fmt.Sprintf("%s: never %v", p.ID, p.Never)
}
