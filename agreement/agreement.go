package agreement

import (
	"slices"
	"time"

	cedar "github.com/cedar-policy/cedar-go"
)

// Agreement is a text that has passed every check of [Parse], compiled and ready
// to decide. It never changes and is safe for concurrent use.
type Agreement struct {
	ID        string
	Version   string
	Title     Text
	Fictional bool
	Notice    Text     // shown wherever the agreement is shown; required of a fictional one
	Languages []string // equally authentic

	Parties     []Party
	Authorities []Authority
	Roles       []Named
	Purposes    []Named
	Grounds     []Named
	Safeguards  []Named
	Categories  []Named
	Tiers       []Tier
	Fields      []Field
	Acts        []Act     // what it rules on
	Facts       []Fact    // what its rules ask of a request in its own words
	Articles    []Article // in order
	Overseers   []Overseer

	From  time.Time // in force from this instant
	Until time.Time // until just before this instant; zero for no end

	PriorityClasses int // classes in which searches wait, see SearchTerms.Priority; 0: none

	AuthorityOptional bool // a request for an act of its own may leave the authority out

	DefaultDeny      string // article that refuses what no rule permits
	SuspensionRule   string // article on suspension
	EntryIntoForce   string // article on entry into force
	defaultReason    Text
	suspensionReason Text
	forceReason      Text
	suspendedActs    []string // that stop while the agreement is suspended

	bundle []byte
	digest Digest

	rules      []*rule
	byID       map[cedar.PolicyID]*rule
	slices     map[sliceKey]policies
	entities   cedar.EntityMap
	words      words
	search     map[string]SearchTerms
	disclosure map[tierKey]DisclosureTerms
	retention  map[string]RetentionTerms
	quotas     []Quota
	deadlines  []Deadline
	duties     []*duty
	provisions []Provision
	needs      map[string][]string
	allFacts   factSet
	actFacts   map[string]*factSet // those that the rules of an act look at
	forceLine  int
	spans      []span // articles with an entry into force or an end of their own
	refers     map[sliceKey]policies
	shown      []shownTerm
}

// Named is an entry of a closed list.
type Named struct {
	ID   string
	Name Text
}

// Party is a state.
type Party struct {
	ID            string
	Name          Text
	Nationalities []string // codes under which its nationals are recorded, upper case
}

// Authority is an agency of a party, with the purposes it is competent for.
type Authority struct {
	ID       string
	Party    string
	Name     Text
	Purposes []string
}

// Tier is a step of disclosure; fields belong to one tier each.
type Tier struct {
	ID   string
	Name Text
}

// Field is a datum that may be disclosed.
type Field struct {
	ID   string
	Name Text
	Tier string
}

// Article is one article, its words beside its machine terms.
type Article struct {
	Number  string // "5", "5a"
	File    string // path in the folder
	Heading Text
	Text    Text
}

// span is the time in which an article's rules apply, zero for no bound.
type span struct {
	article     string
	from, until time.Time
	line        int
}

// Rule is a rule as it is shown; the policy in Cedar is what decides.
type Rule struct {
	ID       string // article/rule
	Article  string
	Effect   Outcome
	Acts     []string
	Because  Text
	FromTerm bool   // compiled from a typed term or from agreement.yaml
	Cites    string // the provision within the article, "315.23(2)"
	Cedar    string // the compiled policy
}

// Party returns the party with this id.
func (a *Agreement) Party(id string) (Party, bool) {
	i := slices.IndexFunc(a.Parties, func(p Party) bool { return p.ID == id })
	if i < 0 {
		return Party{}, false
	}
	return a.Parties[i], true
}

// Other returns the id of the other party of a two-party agreement, or "".
func (a *Agreement) Other(party string) string {
	if _, ok := a.Party(party); !ok || len(a.Parties) != 2 {
		return ""
	}
	if a.Parties[0].ID == party {
		return a.Parties[1].ID
	}
	return a.Parties[0].ID
}

// Article returns the article with this number.
func (a *Agreement) Article(number string) (Article, bool) {
	i := slices.IndexFunc(a.Articles, func(x Article) bool { return x.Number == number })
	if i < 0 {
		return Article{}, false
	}
	return a.Articles[i], true
}

// Field returns the disclosure field with this id.
func (a *Agreement) Field(id string) (Field, bool) {
	i := slices.IndexFunc(a.Fields, func(f Field) bool { return f.ID == id })
	if i < 0 {
		return Field{}, false
	}
	return a.Fields[i], true
}

// Rules lists every rule that decides, in the agreement's order.
func (a *Agreement) Rules() []Rule {
	out := make([]Rule, len(a.rules))
	for i, r := range a.rules {
		out[i] = Rule{
			ID: r.id, Article: r.article, Effect: r.effect(), Acts: slices.Clone(r.acts),
			Because: r.because, FromTerm: r.fromTerm, Cites: r.cites, Cedar: string(r.policy.MarshalCedar()),
		}
	}
	return out
}
