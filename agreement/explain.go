package agreement

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Explain writes a decision as a lawyer would: what is asked, what was decided and
// on what provisions, what follows, and what would have to be otherwise.
func (a *Agreement) Explain(q Asked, lang string) string {
	d := newDescriber(a, lang)
	w := sentences(lang)
	o := a.Opine(q)
	var b strings.Builder
	title := a.Title.In(lang)
	wrap(&b, "", strings.ToUpper(title))
	b.WriteString("\n")
	wrap(&b, "", fmt.Sprintf(w["asked"], d.nameOr("act", q.Act), d.nameOr("party", q.From), d.nameOr("party", q.To), orNone(d.nameOr("purpose", q.Purpose), d.l("none"))))
	b.WriteString("\n")
	wrap(&b, "", w[string(o.Outcome)])
	for _, r := range o.Reasons {
		wrap(&b, "  ", fmt.Sprintf("%s %s. %s", d.l("article"), orNone(r.Cites, r.Article), r.Text.In(lang)))
	}
	for _, e := range o.Errors {
		wrap(&b, "  ", w["error"]+" "+e+".")
	}
	if missing := a.missing(q, o.Rules); len(missing) > 0 {
		b.WriteString("\n")
		wrap(&b, "", w["missing"])
		for _, id := range missing {
			wrap(&b, "  ", "– "+d.name["fact "+id]+" ("+id+")")
		}
	}
	if len(o.Obligations.Duties) > 0 || o.Obligations.AnswerWithin > 0 {
		b.WriteString("\n")
		wrap(&b, "", w["duties"])
		for _, x := range o.Obligations.Duties {
			wrap(&b, "  ", fmt.Sprintf("– %s%s (%s %s)", x.Text.In(lang), d.when(x.When), d.l("article"), orNone(x.Cites, x.Article)))
		}
		for _, line := range d.obligations(&o.Obligations) {
			wrap(&b, "  ", "– "+line)
		}
	}
	if o.Outcome != Permit {
		a.explainRemedy(&b, d, w, q)
	}
	return b.String()
}

// missing lists the facts left unsaid that the rules which decided look at.
func (a *Agreement) missing(q Asked, rules []string) []string {
	reads := map[string]bool{}
	for _, r := range a.rules {
		if r.forbid && slices.Contains(rules, r.id) {
			for _, c := range []*cond{&r.cond, r.unless} {
				if c == nil {
					continue
				}
				for f := range factsOf(c) {
					reads[f.ID] = true
				}
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(q.Missing), func(id string) bool { return !reads[id] })
}

func orNone(s, or string) string {
	if s == "" {
		return or
	}
	return s
}

// nameOr is the name of a word, or the word itself where it is not listed.
func (d *describer) nameOr(kind, id string) string {
	if n, ok := d.name[kind+" "+id]; ok {
		return n
	}
	return id
}

// obligations gives the typed obligations in words, each with its article.
func (d *describer) obligations(o *Obligations) []string {
	var out []string
	add := func(ok bool, term, value string) {
		if ok {
			out = append(out, fmt.Sprintf("%s: %s (%s %s)", d.l(term), d.units(value), d.l("article"), o.Articles[term]))
		}
	}
	add(o.AnswerWithin > 0, termAnswer, formatClock(o.AnswerWithin))
	add(o.EraseProbeWithin > 0, termEraseProbe, formatClock(o.EraseProbeWithin))
	add(o.Examiners > 0, termExaminers, fmt.Sprint(o.Examiners))
	add(o.Approver, termApprover, "true")
	add(!o.Keep.IsZero(), termKeep, o.Keep.String())
	return out
}

// explainRemedy says what would have to be otherwise for a permit.
func (a *Agreement) explainRemedy(b *strings.Builder, d *describer, w map[string]string, q Asked) {
	ways := a.ways(q, d)
	b.WriteString("\n")
	if len(ways) == 0 {
		wrap(b, "", w["no-way"])
		return
	}
	wrap(b, "", w["ways"])
	for i, way := range ways {
		wrap(b, "  ", fmt.Sprintf("%c) %s", 'a'+i, strings.Join(way, "; ")))
	}
}

// edit is one thing about a request that could be otherwise.
type edit struct {
	says  string
	apply func(r *Request)
}

// ways finds what would have to be otherwise: one thing, or two, or three, the
// fewest that turn the request into one that is permitted. At most eight ways.
func (a *Agreement) ways(q Asked, d *describer) [][]string {
	edits := a.edits(&q.Request, d)
	var out [][]string
	budget := 60_000
	permitted := func(chosen ...edit) bool {
		budget--
		r := q.Request
		r.Person.Nationalities, r.Person.Safeguards = slices.Clone(r.Person.Nationalities), slices.Clone(r.Person.Safeguards)
		r.Facts, r.Used = maps.Clone(r.Facts), maps.Clone(r.Used)
		if r.Facts == nil {
			r.Facts = map[string]any{}
		}
		for _, e := range chosen {
			e.apply(&r)
		}
		return a.Opine(Asked{Request: r, BothSides: q.BothSides}).Permitted()
	}
	var try func(from, left int, chosen []edit)
	try = func(from, left int, chosen []edit) {
		for i := from; i < len(edits) && len(out) < 8 && budget > 0; i++ {
			next := append(slices.Clone(chosen), edits[i])
			if left > 1 {
				try(i+1, left-1, next)
			} else if permitted(next...) {
				says := make([]string, len(next))
				for k, e := range next {
					says[k] = e.says
				}
				out = append(out, says)
			}
		}
	}
	for n := 1; n <= 3 && len(out) == 0; n++ {
		try(0, n, nil)
	}
	return out
}

// edits lists what the rules of the request's act look at, with every other value;
// first what a party can state or do, last what the person is.
func (a *Agreement) edits(r *Request, d *describer) []edit {
	looks := a.looksAt(r.Act)
	var out []edit
	add := func(what, value string, apply func(*Request)) {
		out = append(out, edit{what + d.colon() + value, apply})
	}
	for i := range a.Facts {
		f := &a.Facts[i]
		if looks["fact."+f.ID] {
			a.factEdits(f, d, add)
		}
	}
	word := func(key, kind string, list []string, at func(*Request) *string) {
		for _, id := range list {
			if looks[key] && id != *at(r) {
				add(d.l(key), d.nameOr(kind, id), func(r *Request) { *at(r) = id })
			}
		}
	}
	word("authority", "authority", authorityIDs(a), func(r *Request) *string { return &r.Authority })
	word("role", "role", ids(a.Roles), func(r *Request) *string { return &r.Role })
	word("ground", "ground", ids(a.Grounds), func(r *Request) *string { return &r.Ground })
	word("purpose", "purpose", ids(a.Purposes), func(r *Request) *string { return &r.Purpose })
	fields := make([]string, len(a.Fields))
	for i, f := range a.Fields {
		fields[i] = f.ID
	}
	word("field", "field", fields, func(r *Request) *string { return &r.Field })
	word("category", "category", ids(a.Categories), func(r *Request) *string { return &r.Record.Category })
	if looks["case"] {
		add(d.l("case"), d.l("yes"), func(r *Request) { r.CasePresent = true })
	}
	if looks["approved"] {
		add(d.l("approved"), d.l("yes"), func(r *Request) { r.Approved = true })
	}
	for _, q := range a.QuotasOf(*r) {
		if r.Used[q.ID] >= q.Limit {
			add(d.l("quota"), q.Name.In(d.lang)+" < "+fmt.Sprint(q.Limit), func(r *Request) { r.Used[q.ID] = 0 })
		}
	}
	a.measureEdits(r, d, looks, add)
	return out
}

// measureEdits adds the numbers, the state of the agreement and the person.
func (a *Agreement) measureEdits(r *Request, d *describer, looks map[string]bool, add func(string, string, func(*Request))) {
	t := a.search[r.Purpose]
	if looks["fingers"] && r.Fingers < t.MinFingers {
		add(d.l(termMinFingers), fmt.Sprint(t.MinFingers), func(r *Request) { r.Fingers = t.MinFingers })
	}
	if looks["quality"] && r.MinQuality < t.MinQuality {
		add(d.l(termMinQuality), fmt.Sprint(t.MinQuality), func(r *Request) { r.MinQuality = t.MinQuality })
	}
	if x, ok := a.DisclosureTerms(r.Purpose, r.Field); ok && r.Examiners < x.Examiners {
		add(d.l(termExaminers), fmt.Sprint(x.Examiners), func(r *Request) { r.Examiners = x.Examiners })
	}
	if a.suspends(r) {
		add(d.l("suspension"), d.l("no"), func(r *Request) { r.Suspended = Suspension{} })
	}
	if looks["now"] && (r.Now.Before(a.From) || !a.Until.IsZero() && !r.Now.Before(a.Until)) {
		add(d.l("in-force"), d.l("yes"), func(r *Request) { r.Now = a.From })
	}
	if looks["nationality"] {
		third := thirdState(a)
		set := func(r *Request) {
			r.Person.Nationalities, r.Record.Nationalities = []string{third}, []string{third}
		}
		add(d.l("person"), d.l("national")+" "+d.l("other"), set)
	}
	if looks["safeguard"] {
		add(d.l("safeguard"), d.l("none"), func(r *Request) { r.Person.Safeguards, r.Record.Safeguards = nil, nil })
	}
	if looks["age"] {
		add(d.l("person"), "≥ 18 "+d.l("years"), func(r *Request) { r.Person.AgeYears = 18 })
	}
}

// factEdits adds every other value of a fact that a rule may ask for.
func (a *Agreement) factEdits(f *Fact, d *describer, add func(string, string, func(*Request))) {
	name := d.name["fact "+f.ID]
	set := func(says string, v any) { add(name, says, func(r *Request) { r.Facts[f.ID] = v }) }
	switch f.Type {
	case FactYesNo:
		set(d.l("yes"), true)
		set(d.l("no"), false)
	case FactOneOf:
		for _, v := range f.Values {
			set(v.Name.In(d.lang), v.ID)
		}
	case FactSomeOf:
		for _, v := range f.Values {
			add(name, "+ "+v.Name.In(d.lang), func(r *Request) {
				list, _ := wordList(r.Facts[f.ID])
				r.Facts[f.ID] = append(slices.Clone(list), v.ID)
			})
		}
		set(d.l("none"), []string{})
	case FactStates:
		set(d.l("none"), []string{})
		set(d.l("other"), []string{wordOther})
		for _, p := range a.Parties {
			add(name, "+ "+p.Name.In(d.lang), func(r *Request) {
				list, _ := wordList(r.Facts[f.ID])
				r.Facts[f.ID] = append(slices.Clone(list), p.ID)
			})
		}
	case FactNumber:
		for _, n := range factBounds(a, f) {
			set(fmt.Sprintf("%d %s", n, d.units(f.Unit)), int(n))
		}
	}
}

// factBounds lists the numbers that rules compare a fact with.
func factBounds(a *Agreement, f *Fact) []int64 {
	var out []int64
	for c := range conds(a) {
		for _, x := range c.facts {
			if x.fact == f && x.min != nil {
				out = append(out, *x.min)
			}
			if x.fact == f && x.max != nil {
				out = append(out, *x.max)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// looksAt names what the rules of an act look at.
func (a *Agreement) looksAt(act string) map[string]bool {
	out := map[string]bool{}
	var note func(c *cond)
	note = func(c *cond) {
		for i := range c.any {
			note(&c.any[i])
		}
		for _, f := range c.facts {
			out["fact."+f.fact.ID] = true
		}
		for key, is := range map[string]bool{
			"authority": c.authority != nil, "role": c.role != nil, "ground": c.ground != nil, "purpose": c.purpose != nil,
			"field": c.field != nil || c.tier != nil, "case": c.hasCase != nil, "approved": c.approved != nil || c.notApproved,
			"fingers": c.fingersBelow > 0, "quality": c.qualityBelow > 0, "now": c.notInForce != nil || !c.from_.IsZero(),
		} {
			out[key] = out[key] || is
		}
		for _, b := range []*about{c.person, c.record} {
			if b != nil {
				out["nationality"] = out["nationality"] || b.nationalOf != nil || b.nationalityKnown != nil
				out["safeguard"] = out["safeguard"] || b.safeguard != nil
				out["age"] = out["age"] || b.youngerThan > 0
				out["category"] = out["category"] || b.category != nil
			}
		}
	}
	for _, r := range a.rules {
		if slices.Contains(r.acts, act) {
			note(&r.cond)
			if r.unless != nil {
				note(r.unless)
			}
		}
	}
	return out
}

// sentences are the phrases of an explanation in one language.
func sentences(lang string) map[string]string {
	if s, ok := explainWords[lang]; ok {
		return s
	}
	return explainWords["en"]
}

var explainWords = map[string]map[string]string{
	"en": {
		"asked":  "The request concerns: %s; asking party: %s; answering party: %s; purpose: %s.",
		"permit": "It is permitted, on the following grounds.", "deny": "It is refused, on the following grounds.",
		"refer":           "It may not go ahead by itself: a person has to decide, for the following reasons.",
		"silent-suppress": "It is refused in silence: the asking party is told exactly what it is told when there is no record. The grounds, for the holder and the overseer alone, are as follows.",
		"error":           "It could not be decided otherwise, because of an error:",
		"missing":         "The request does not say the following, which the provisions turn on:",
		"duties":          "The following duties follow from it:",
		"ways":            "It would be permitted if, all else being equal, one of the following were so:",
		"no-way":          "No change of up to three circumstances would make it permissible.",
	},
	"es": {
		"asked":  "La solicitud versa sobre: %s; parte requirente: %s; parte requerida: %s; fin: %s.",
		"permit": "Se permite, con los siguientes fundamentos.", "deny": "Se niega, con los siguientes fundamentos.",
		"refer":           "No puede seguir adelante por sí sola: ha de decidir una persona, por los siguientes motivos.",
		"silent-suppress": "Se niega en silencio: a la parte requirente se le comunica exactamente lo mismo que cuando no hay registro. Los fundamentos, solo para quien guarda el registro y para la autoridad de control, son los siguientes.",
		"error":           "No pudo decidirse de otro modo, a causa de un error:",
		"missing":         "La solicitud no dice lo siguiente, de lo que dependen las disposiciones:",
		"duties":          "De ella se derivan los siguientes deberes:",
		"ways":            "Se permitiría si, siendo igual todo lo demás, concurriera una de las circunstancias siguientes:",
		"no-way":          "Ningún cambio de hasta tres circunstancias la haría admisible.",
	},
	"fr": {
		"asked":  "La demande porte sur : %s; partie requérante : %s; partie requise : %s; fin : %s.",
		"permit": "Elle est autorisée, pour les motifs suivants.", "deny": "Elle est refusée, pour les motifs suivants.",
		"refer":           "Elle ne peut suivre son cours d’elle-même : une personne doit décider, pour les motifs suivants.",
		"silent-suppress": "Elle est refusée en silence : la partie requérante reçoit exactement la réponse qu’elle recevrait en l’absence de dossier. Les motifs, réservés au détenteur et à l’autorité de contrôle, sont les suivants.",
		"error":           "Il n’a pu en être décidé autrement, en raison d’une erreur :",
		"missing":         "La demande est muette sur ce qui suit, dont dépendent les dispositions :",
		"duties":          "Il en découle les obligations suivantes :",
		"ways":            "Elle serait autorisée si, toutes choses égales d’ailleurs, l’une des conditions suivantes était remplie :",
		"no-way":          "Aucun changement portant sur trois circonstances au plus ne la rendrait admissible.",
	},
	"nl": {
		"asked":  "Het verzoek betreft: %s; bevragende Partij: %s; aangezochte Partij: %s; doel: %s.",
		"permit": "Het is toegestaan, op de volgende gronden.", "deny": "Het wordt geweigerd, op de volgende gronden.",
		"refer":           "Het kan niet vanzelf doorgang vinden: een persoon moet beslissen, om de volgende redenen.",
		"silent-suppress": "Het wordt stilzwijgend geweigerd: de bevragende Partij verneemt precies hetzelfde als wanneer er geen dossier is. De gronden, alleen voor de houder en de toezichthouder, zijn de volgende.",
		"error":           "Er kon niet anders worden beslist, wegens een fout:",
		"missing":         "Het verzoek vermeldt het volgende niet, terwijl de bepalingen ervan afhangen:",
		"duties":          "Hieruit vloeien de volgende plichten voort:",
		"ways":            "Het zou zijn toegestaan indien, bij overigens gelijke omstandigheden, een van de volgende het geval was:",
		"no-way":          "Geen wijziging van ten hoogste drie omstandigheden zou het toelaatbaar maken.",
	},
}
