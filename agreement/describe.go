package agreement

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// shownTerm is a typed term as it is written.
type shownTerm struct {
	article, of, name, value string // of: search, disclose or keep
	purposes, tiers          []string
}

// describer puts rules and terms in the words of one language.
type describer struct {
	a    *Agreement
	lang string
	name map[string]string // kind + " " + id to name
}

func newDescriber(a *Agreement, lang string) *describer {
	d := &describer{a: a, lang: lang, name: map[string]string{}}
	for _, x := range a.Acts {
		d.name["act "+x.ID] = x.Name.In(lang)
	}
	for _, f := range a.Facts {
		d.name["fact "+f.ID] = f.Name.In(lang)
		for _, v := range f.Values {
			d.name["value "+f.ID+" "+v.ID] = v.Name.In(lang)
		}
	}
	for kind, list := range map[string][]Named{"role": a.Roles, "purpose": a.Purposes, "ground": a.Grounds, "safeguard": a.Safeguards, "category": a.Categories} {
		for _, n := range list {
			d.name[kind+" "+n.ID] = n.Name.In(lang)
		}
	}
	for _, p := range a.Parties {
		d.name["party "+p.ID] = p.Name.In(lang)
	}
	for _, x := range a.Authorities {
		d.name["authority "+x.ID] = x.Name.In(lang)
	}
	for _, t := range a.Tiers {
		d.name["tier "+t.ID] = t.Name.In(lang)
	}
	for _, f := range a.Fields {
		d.name["field "+f.ID] = f.Name.In(lang)
	}
	for _, side := range []string{SideAsking, SideAnswering} {
		d.name["party "+side], d.name["side "+side] = d.l(side), d.l(side)
	}
	return d
}

func (d *describer) l(key string) string { return label(d.lang, key) }

// colon is a colon as the language sets it.
func (d *describer) colon() string {
	if d.lang == "fr" {
		return " : "
	}
	return ": "
}

// names joins the names of listed words with "or".
func (d *describer) names(kind string, ids []string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = d.name[kind+" "+id]
	}
	if n := len(out); n > 1 {
		return strings.Join(out[:n-1], ", ") + " " + d.l("or") + " " + out[n-1]
	}
	return strings.Join(out, "")
}

// rule gives a rule as lines: what it does, its conditions, its reason.
func (d *describer) rule(r *rule) []string {
	acts := make([]string, len(r.acts))
	for i, act := range r.acts {
		acts[i] = d.name["act "+act]
	}
	id := r.id
	if r.cites != "" {
		id += " [" + r.cites + "]"
	}
	lines := []string{fmt.Sprintf("%s %s%s%s", id, d.verb(r), d.colon(), strings.Join(acts, ", "))}
	for _, c := range d.cond(&r.cond) {
		lines = append(lines, "  "+d.l("if")+" "+c)
	}
	if r.unless != nil {
		lines = append(lines, "  "+d.l("unless")+" "+strings.Join(d.cond(r.unless), "; "))
	}
	return append(lines, "  "+d.l("because")+": "+r.because.In(d.lang))
}

// verb says what a rule does.
func (d *describer) verb(r *rule) string {
	switch {
	case r.refer:
		return d.l("refer")
	case r.suppress:
		return d.l("suppress")
	case r.forbid:
		return d.l("forbid")
	}
	return d.l("permit")
}

// cond gives each condition in words.
func (d *describer) cond(c *cond) []string {
	var out []string
	list := func(key, kind string, ids []string) {
		if ids != nil {
			out = append(out, d.l(key)+d.colon()+d.names(kind, ids))
		}
	}
	list("purpose", "purpose", c.purpose)
	list("side", "side", c.side)
	list("from", "party", c.from)
	list("to", "party", c.to)
	list("authority", "authority", c.authority)
	list("role", "role", c.role)
	list("ground", "ground", c.ground)
	list("field", "field", c.field)
	list("tier", "tier", c.tier)
	out = append(out, d.yesNo("case", c.hasCase)...)
	out = append(out, d.yesNo("approved", c.approved)...)
	out = append(out, d.about("person", c.person)...)
	out = append(out, d.about("record", c.record)...)
	for _, f := range c.facts {
		out = append(out, d.fact(f))
	}
	if len(c.any) > 0 {
		groups := make([]string, len(c.any))
		for i := range c.any {
			groups[i] = strings.Join(d.cond(&c.any[i]), "; ")
		}
		out = append(out, d.l("any")+" ("+strings.Join(groups, ") "+d.l("or")+" (")+")")
	}
	if !c.from_.IsZero() {
		out = append(out, d.l("date")+d.colon()+d.l("since")+" "+c.from_.Format(time.DateOnly))
	}
	if !c.until_.IsZero() {
		out = append(out, d.l("date")+d.colon()+d.l("before")+" "+c.until_.Format(time.DateOnly))
	}
	return out
}

// fact gives a condition on a fact in words: the fact, then what it must be.
func (d *describer) fact(c factCond) string {
	var is []string
	for _, w := range c.words {
		is = append(is, d.factWord(c.fact, w))
	}
	for _, w := range c.written {
		is = append(is, w+" "+d.units(c.fact.Unit))
	}
	sep := " " + d.l("or") + " "
	if len(c.written) > 0 {
		sep = ", "
	}
	return d.name["fact "+c.fact.ID] + d.colon() + strings.Join(is, sep)
}

// factWord names one value of a fact.
func (d *describer) factWord(f *Fact, w string) string {
	if name, ok := d.name["value "+f.ID+" "+w]; ok {
		return name
	}
	if name, ok := d.name["party "+w]; ok {
		return name
	}
	switch w {
	case "true":
		return d.l("yes")
	case "false":
		return d.l("no")
	case wordUnknown, wordNone, wordOther:
		return d.l(w)
	}
	return w
}

// duty gives a duty in words.
func (d *describer) duty(x *duty) []string {
	acts := make([]string, len(x.acts))
	for i, act := range x.acts {
		acts[i] = d.name["act "+act]
	}
	head := d.l("duty") + " " + x.ID
	if x.Cites != "" {
		head += " [" + x.Cites + "]"
	}
	lines := []string{head + ": " + x.Text.In(d.lang) + d.when(x.When), "  " + d.l("after") + " " + strings.Join(acts, ", ")}
	for _, c := range d.cond(&x.cond) {
		lines = append(lines, "  "+d.l("if")+" "+c)
	}
	return lines
}

// when gives a time in words, in brackets.
func (d *describer) when(s string) string {
	switch s {
	case "":
		return ""
	case whenImmediately, whenFeasible:
		return " (" + d.l(s) + ")"
	}
	return " (" + d.units(s) + ")"
}

// provision gives a provision in words.
func (d *describer) provision(p Provision) string {
	s := d.l("provision") + " " + p.ID
	if p.Cites != "" {
		s += " [" + p.Cites + "]"
	}
	s += ": " + p.Name.In(d.lang)
	if len(p.Of) > 0 {
		of := make([]string, len(p.Of))
		for i, id := range p.Of {
			if of[i] = d.name["party "+id]; of[i] == "" {
				of[i] = d.name["authority "+id]
			}
		}
		s += ", " + strings.Join(of, ", ")
	}
	if len(p.Values) > 0 {
		s += " {" + strings.Join(p.Values, ", ") + "}"
	}
	return s + d.when(p.When)
}

func (d *describer) yesNo(key string, b *bool) []string {
	if b == nil {
		return nil
	}
	if *b {
		return []string{d.l(key) + d.colon() + d.l("yes")}
	}
	return []string{d.l(key) + d.colon() + d.l("no")}
}

// about gives each condition on a person or record in words.
func (d *describer) about(who string, b *about) []string {
	if b == nil {
		return nil
	}
	var out []string
	if b.category != nil {
		out = append(out, d.l("category")+d.colon()+d.names("category", b.category))
	}
	if b.nationalOf != nil {
		out = append(out, d.l(who)+d.colon()+d.l("national")+" "+d.names("party", b.nationalOf))
	}
	if b.safeguard != nil {
		s := d.l(who) + d.colon() + d.l("safeguard") + " " + d.names("safeguard", b.safeguard)
		if b.against != "" {
			s += " " + d.l("against") + " " + d.names("party", []string{b.against})
		}
		out = append(out, s)
	}
	if b.youngerThan > 0 {
		out = append(out, fmt.Sprintf("%s%s%s %d %s", d.l(who), d.colon(), d.l("younger"), b.youngerThan, d.l("years")))
	}
	out = append(out, d.yesNo("nationality-known", b.nationalityKnown)...)
	return append(out, d.yesNo("age-known", b.ageKnown)...)
}

// term gives a typed term in words.
func (d *describer) term(t shownTerm) string {
	value := d.units(t.value)
	if t.name == termPriority {
		value = strings.ReplaceAll(t.value, " of ", "/")
	}
	s := d.l("term") + " " + d.l("of-"+t.of) + ", " + d.l(t.name) + ": " + value
	if t.tiers != nil && len(t.tiers) < len(d.a.Tiers) {
		s += " (" + d.names("tier", t.tiers) + ")"
	}
	if t.purposes != nil && len(t.purposes) < len(d.a.Purposes) {
		s += " (" + d.l("for") + " " + d.names("purpose", t.purposes) + ")"
	}
	return s
}

// quota gives a quota in words.
func (d *describer) quota(q Quota) string {
	unit := d.l("quantity-" + q.Act)
	if !coreAct(q.Act) {
		unit = d.l("quantity-act")
	}
	s := fmt.Sprintf("%s %s %s: %d %s %s", d.l("term"), d.l("quota"), q.Name.In(d.lang), q.Limit, unit, d.l(string(q.Per)))
	var c []string
	if len(q.From) > 0 && len(q.From) < len(d.a.Parties) {
		c = append(c, d.l("from")+d.colon()+d.names("party", q.From))
	}
	if len(q.Purposes) > 0 && len(q.Purposes) < len(d.a.Purposes) {
		c = append(c, d.l("purpose")+d.colon()+d.names("purpose", q.Purposes))
	}
	if c = append(c, d.cond(&q.cond)...); len(c) > 0 {
		s += " (" + strings.Join(c, "; ") + ")"
	}
	return s
}

// deadline gives a named deadline in words.
func (d *describer) deadline(x Deadline) string {
	return fmt.Sprintf("%s %s %s: %s", d.l("term"), d.l("deadline"), x.Name.In(d.lang), d.units(x.Within.String()))
}

// units translates the unit words of a written quantity, and its decimal point.
func (d *describer) units(s string) string {
	fields := strings.Fields(s)
	for i, f := range fields {
		if w, ok := unitWords[d.lang][f]; ok {
			fields[i] = w
		}
		if _, err := strconv.ParseFloat(f, 64); err == nil && d.lang != "en" {
			fields[i] = strings.ReplaceAll(f, ".", ",")
		}
	}
	return strings.Join(fields, " ")
}
