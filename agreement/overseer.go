package agreement

import (
	"fmt"
	"slices"
	"strings"
)

// Overseer is a supervisory authority that may suspend for cause, in whole or in
// part, and lift what it suspended itself. It cannot terminate.
type Overseer struct {
	ID    string // signs notices under this id; no party has it
	Party string // of which party; "" when it is common to all
	Name  Text
}

type overseerForm struct {
	ID    word  `yaml:"id"`
	Party word  `yaml:"party"`
	Name  texts `yaml:"name"`
}

// suspensionForm is the mark of the article on suspension.
type suspensionForm struct {
	Article word   `yaml:"article"`
	Acts    []word `yaml:"acts"`
	Because texts  `yaml:"because"`
}

// overseers reads the list of agreement.yaml.
func (b *builder) overseers(list []overseerForm) {
	for _, f := range list {
		x := Overseer{ID: b.id(f.ID, "overseer"), Name: b.text(f.Name, f.ID.line, "the name of overseer "+f.ID.s)}
		if b.a.words.party[x.ID] {
			b.fault(f.ID.line, "choose another id", "%q is a party and cannot be an overseer", x.ID)
		}
		if f.Party.line > 0 {
			x.Party = f.Party.s
			b.listed([]word{f.Party}, b.a.words.party, "party", addTo("parties:"))
		}
		b.a.Overseers = append(b.a.Overseers, x)
	}
	if len(list) > 2*len(b.a.Parties)+2 {
		b.fault(list[0].ID.line, "list at most two for each party and two common ones", "the agreement has %d overseers", len(list))
	}
}

// suspension reads what is stopped while the agreement is suspended: the acts that
// are named, or all.
func (b *builder) suspension(f suspensionForm) {
	a := b.a
	a.SuspensionRule, a.suspensionReason = b.mark(markForm{f.Article, f.Because}, "suspension")
	a.suspendedActs = a.actIDs()
	if f.Acts != nil {
		a.suspendedActs = b.listed(f.Acts, a.words.act, "act", "the acts are "+strings.Join(a.actIDs(), ", "))
		if len(a.suspendedActs) == 0 {
			a.suspendedActs = a.actIDs() // the fault is noted
		}
	}
	b.generated(a.SuspensionRule, "suspended", a.suspendedActs, cond{suspended: true}, a.suspensionReason)
}

// suspendedActs names what a suspension stops, where that is not everything.
func (d *describer) suspendedActs() string {
	if len(d.a.suspendedActs) == len(d.a.actIDs()) {
		return ""
	}
	return " (" + d.names("act", d.a.suspendedActs) + ")"
}

// Overseer returns the overseer with this id.
func (a *Agreement) Overseer(id string) (Overseer, bool) {
	i := slices.IndexFunc(a.Overseers, func(o Overseer) bool { return o.ID == id })
	if i < 0 {
		return Overseer{}, false
	}
	return a.Overseers[i], true
}

// mayGive says why a notice is of nobody who may give it.
func (a *Agreement) mayGive(n *Notice) error {
	if _, ok := a.Party(n.Party); ok {
		return nil
	}
	if _, ok := a.Overseer(n.Party); !ok {
		return fmt.Errorf("notice %d is of %s, which is no party and no overseer of %s", n.Sequence, n.Party, a.ID)
	}
	if n.Kind == Terminate {
		return fmt.Errorf("notice %d of %s: an overseer suspends and resumes; only a party terminates", n.Sequence, n.Party)
	}
	if strings.TrimSpace(n.Reason) == "" {
		return fmt.Errorf("notice %d of %s: an overseer suspends for cause: the notice has to say the reason", n.Sequence, n.Party)
	}
	return nil
}

// partyOf is the party whose exchanges a notice is about where there are more than
// two: the party itself, or an overseer's; "" for a common overseer, all of them.
func (a *Agreement) partyOf(by string) string {
	if o, ok := a.Overseer(by); ok {
		return o.Party
	}
	return by
}
