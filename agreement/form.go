package agreement

import (
	"github.com/goccy/go-yaml/ast"
)

// word is a scalar of the text with its line. The forms below mirror the YAML;
// docs/agreement.md describes each field to a lawyer.
type word struct {
	s    string
	line int
}

// UnmarshalYAML takes any scalar as it is written.
func (w *word) UnmarshalYAML(n ast.Node) error {
	w.line = n.GetToken().Position.Line
	switch v := n.(type) {
	case *ast.StringNode:
		w.s = v.Value
	case *ast.LiteralNode:
		w.s = v.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		w.s = n.GetToken().Value
	default:
		return &lineError{w.line, "a word is expected here, not " + kindOf(n)}
	}
	return nil
}

// kindOf names a node's kind for a person.
func kindOf(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a group of fields"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "nothing"
	}
	return "this"
}

// yesno is true or false, with its line; set says whether it was written.
type yesno struct {
	v, set bool
	line   int
}

// UnmarshalYAML takes true or false.
func (f *yesno) UnmarshalYAML(n ast.Node) error {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		return &lineError{n.GetToken().Position.Line, "true or false is expected here, not " + kindOf(n)}
	}
	*f = yesno{v: b.Value, set: true, line: n.GetToken().Position.Line}
	return nil
}

// texts is a text in several languages with its line.
type texts struct {
	m    Text
	line int
}

// UnmarshalYAML takes a group of language: text.
func (t *texts) UnmarshalYAML(n ast.Node) error {
	t.line = n.GetToken().Position.Line
	m, ok := n.(ast.MapNode)
	if !ok {
		return &lineError{t.line, "a text in each language is expected here, not " + kindOf(n)}
	}
	t.m = Text{}
	for it := m.MapRange(); it.Next(); {
		var k, v word
		if err := k.UnmarshalYAML(it.Key()); err != nil {
			return err
		}
		if err := v.UnmarshalYAML(it.Value()); err != nil {
			return err
		}
		if len(t.m) == 0 {
			t.line = k.line
		}
		t.m[k.s] = v.s
	}
	return nil
}

// headerForm is agreement.yaml.
type headerForm struct {
	ID          word            `yaml:"id"`
	Version     word            `yaml:"version"`
	Title       texts           `yaml:"title"`
	Fictional   yesno           `yaml:"fictional"`
	Notice      texts           `yaml:"notice"`
	Languages   []word          `yaml:"languages"`
	Parties     []partyForm     `yaml:"parties"`
	Authorities []authorityForm `yaml:"authorities"`
	Roles       []namedForm     `yaml:"roles"`
	Purposes    []namedForm     `yaml:"purposes"`
	Grounds     []namedForm     `yaml:"grounds"`
	Safeguards  []namedForm     `yaml:"safeguards"`
	Categories  []namedForm     `yaml:"categories"`
	Tiers       []tierForm      `yaml:"tiers"`
	Fields      []fieldForm     `yaml:"fields"`
	Acts        []actForm       `yaml:"acts"`
	Facts       []factForm      `yaml:"facts"`
	NoAuthority yesno           `yaml:"authority-optional"`
	Overseers   []overseerForm  `yaml:"overseers"`
	InForce     forceForm       `yaml:"in-force"`
	Suspension  suspensionForm  `yaml:"suspension"`
	DefaultDeny markForm        `yaml:"default-deny"`
}

type namedForm struct {
	ID   word  `yaml:"id"`
	Name texts `yaml:"name"`
}

type partyForm struct {
	ID            word   `yaml:"id"`
	Name          texts  `yaml:"name"`
	Nationalities []word `yaml:"nationalities"`
}

type authorityForm struct {
	ID       word   `yaml:"id"`
	Party    word   `yaml:"party"`
	Name     texts  `yaml:"name"`
	Purposes []word `yaml:"purposes"`
}

type tierForm struct {
	Tier word  `yaml:"tier"`
	Name texts `yaml:"name"`
}

type fieldForm struct {
	ID   word  `yaml:"id"`
	Name texts `yaml:"name"`
	Tier word  `yaml:"tier"`
}

type forceForm struct {
	From    word  `yaml:"from"`
	Until   word  `yaml:"until"`
	Article word  `yaml:"article"`
	Because texts `yaml:"because"`
}

type markForm struct {
	Article word  `yaml:"article"`
	Because texts `yaml:"because"`
}

// articleForm is one file of articles/.
type articleForm struct {
	Article word       `yaml:"article"`
	Heading texts      `yaml:"heading"`
	Text    texts      `yaml:"text"`
	From    word       `yaml:"from"`
	Until   word       `yaml:"until"`
	Rules   []ruleForm `yaml:"rules"`
	Terms   termsForm  `yaml:"terms"`
}

type ruleForm struct {
	ID       word      `yaml:"id"`
	Permit   []word    `yaml:"permit"`
	Forbid   []word    `yaml:"forbid"`
	Suppress []word    `yaml:"suppress"`
	Refer    []word    `yaml:"refer"`
	Cites    word      `yaml:"cites"`
	If       condForm  `yaml:"if"`
	Unless   *condForm `yaml:"unless"`
	Because  texts     `yaml:"because"`
}

// condForm is a group of conditions, all of which must hold; a list holds when
// the request's word is in it.
type condForm struct {
	Side      []word     `yaml:"side"`
	From      []word     `yaml:"from"`
	To        []word     `yaml:"to"`
	Authority []word     `yaml:"authority"`
	Role      []word     `yaml:"role"`
	Purpose   []word     `yaml:"purpose"`
	Ground    []word     `yaml:"ground"`
	Field     []word     `yaml:"field"`
	Tier      []word     `yaml:"tier"`
	Case      yesno      `yaml:"case"`
	Approved  yesno      `yaml:"approved"`
	Person    *aboutForm `yaml:"person"`
	Record    *aboutForm `yaml:"record"`
	Facts     factsForm  `yaml:"facts"`
	Any       []condForm `yaml:"any"`
}

// aboutForm is what a condition says of a person or of a record's class.
type aboutForm struct {
	Category         []word `yaml:"category"`
	NationalOf       []word `yaml:"national-of"`
	NationalityKnown yesno  `yaml:"nationality-known"`
	Safeguard        []word `yaml:"safeguard"`
	Against          word   `yaml:"against"`
	YoungerThan      word   `yaml:"younger-than"`
	AgeKnown         yesno  `yaml:"age-known"`
}

// termsForm holds the typed terms of an article.
type termsForm struct {
	Search     []searchForm     `yaml:"search"`
	Disclosure []disclosureForm `yaml:"disclosure"`
	Retention  []retentionForm  `yaml:"retention"`
	Quotas     []quotaForm      `yaml:"quotas"`
	Deadlines  []deadlineForm   `yaml:"deadlines"`
	Duties     []dutyForm       `yaml:"duties"`
	Provisions []provisionForm  `yaml:"provisions"`
}

type searchForm struct {
	Purposes         []word `yaml:"purposes"`
	MinFingers       word   `yaml:"min-fingers"`
	MinQuality       word   `yaml:"min-quality"`
	FPIR             word   `yaml:"fpir"`
	MaxCandidates    word   `yaml:"max-candidates"`
	Examiners        word   `yaml:"examiners"`
	AnswerWithin     word   `yaml:"answer-within"`
	EraseProbeWithin word   `yaml:"erase-probe-within"`
	Priority         word   `yaml:"priority"`
}

type disclosureForm struct {
	Purposes     []word `yaml:"purposes"`
	Tiers        []word `yaml:"tiers"`
	Examiners    word   `yaml:"examiners"`
	Approver     yesno  `yaml:"approver"`
	AnswerWithin word   `yaml:"answer-within"`
}

type retentionForm struct {
	Tiers []word `yaml:"tiers"`
	Keep  word   `yaml:"keep"`
}

type quotaForm struct {
	ID       word     `yaml:"id"`
	Name     texts    `yaml:"name"`
	From     []word   `yaml:"from"`
	Purposes []word   `yaml:"purposes"`
	Acts     []word   `yaml:"acts"`
	If       condForm `yaml:"if"`
	Cites    word     `yaml:"cites"`
	Limit    word     `yaml:"limit"`
}

type deadlineForm struct {
	ID     word  `yaml:"id"`
	Name   texts `yaml:"name"`
	Within word  `yaml:"within"`
}

// actForm is an act that the agreement rules on.
type actForm struct {
	ID    word   `yaml:"id"`
	Name  texts  `yaml:"name"`
	Needs []word `yaml:"needs"`
}

// factForm is a fact that requests may state.
type factForm struct {
	ID       word        `yaml:"id"`
	Name     texts       `yaml:"name"`
	Type     word        `yaml:"type"`
	Values   []namedForm `yaml:"values"`
	Unit     word        `yaml:"unit"`
	Unstated word        `yaml:"unstated"`
}

// dutyForm is a duty that comes with a permitted act.
type dutyForm struct {
	ID     word     `yaml:"id"`
	Name   texts    `yaml:"name"`
	Acts   []word   `yaml:"acts"`
	If     condForm `yaml:"if"`
	Within word     `yaml:"within"`
	Cites  word     `yaml:"cites"`
}

// provisionForm is a typed term that decides nothing by itself.
type provisionForm struct {
	ID     word   `yaml:"id"`
	Kind   word   `yaml:"kind"`
	Name   texts  `yaml:"name"`
	Of     []word `yaml:"of"`
	Values []word `yaml:"values"`
	Within word   `yaml:"within"`
	Cites  word   `yaml:"cites"`
}

// factsForm is a group of fact: what it must be.
type factsForm struct {
	line int
	list []factCondForm
}

type factCondForm struct {
	id    word
	words []word          // one of these
	than  map[string]word // more-than, at-least, less-than, at-most
}

// UnmarshalYAML takes, for each fact, one word, a list of words, or comparisons.
func (f *factsForm) UnmarshalYAML(n ast.Node) error {
	f.line = n.GetToken().Position.Line
	m, ok := n.(ast.MapNode)
	if !ok {
		return &lineError{f.line, "a group of facts is expected here, not " + kindOf(n)}
	}
	seen := map[string]bool{}
	for it := m.MapRange(); it.Next(); {
		var c factCondForm
		if err := c.id.UnmarshalYAML(it.Key()); err != nil {
			return err
		}
		if seen[c.id.s] {
			return &lineError{c.id.line, "fact " + c.id.s + " stands twice in one group"}
		}
		seen[c.id.s] = true
		if err := c.read(it.Value()); err != nil {
			return err
		}
		f.list = append(f.list, c)
	}
	return nil
}

// read takes what a fact must be.
func (c *factCondForm) read(n ast.Node) error {
	switch v := n.(type) {
	case *ast.SequenceNode:
		for _, x := range v.Values {
			var w word
			if err := w.UnmarshalYAML(x); err != nil {
				return err
			}
			c.words = append(c.words, w)
		}
		if len(c.words) == 0 {
			return &lineError{n.GetToken().Position.Line, "the list for fact " + c.id.s + " is empty"}
		}
		return nil
	case ast.MapNode:
		c.than = map[string]word{}
		for it := v.MapRange(); it.Next(); {
			var k, w word
			if err := k.UnmarshalYAML(it.Key()); err != nil {
				return err
			}
			if err := w.UnmarshalYAML(it.Value()); err != nil {
				return err
			}
			c.than[k.s] = w
		}
		return nil
	}
	var w word
	if err := w.UnmarshalYAML(n); err != nil {
		return err
	}
	c.words = []word{w}
	return nil
}
