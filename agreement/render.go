package agreement

import (
	"strings"
	"time"
	"unicode/utf8"
)

const renderWidth = 78 // columns

// Render gives the agreement as plain text in one of its languages, each article's
// machine terms below its words, behind a bar. The notice of a fictional
// agreement stands at the top and the bottom. A language that the agreement does
// not have gives the text in its first.
func (a *Agreement) Render(lang string) string {
	d := newDescriber(a, lang)
	var b strings.Builder
	a.renderNotice(&b, lang)
	wrap(&b, "", strings.ToUpper(a.Title.In(lang)))
	b.WriteString("\n" + a.ID + ", " + d.l("version") + " " + a.Version + "\nSHA-256 " + a.digest.String() + "\n\n")
	b.WriteString(d.l("parties") + "\n")
	for _, p := range a.Parties {
		wrap(&b, "  ", p.Name.In(lang)+" ("+p.ID+")")
	}
	b.WriteString(d.l("authorities") + "\n")
	for _, x := range a.Authorities {
		wrap(&b, "  ", x.Name.In(lang)+" ("+x.ID+"): "+strings.ReplaceAll(d.names("purpose", x.Purposes), " "+d.l("or")+" ", ", "))
	}
	if len(a.Overseers) > 0 {
		b.WriteString(d.l("overseers") + "\n")
	}
	for _, x := range a.Overseers {
		wrap(&b, "  ", x.Name.In(lang)+" ("+x.ID+")")
	}
	for i := range a.Articles {
		a.renderArticle(&b, d, &a.Articles[i])
	}
	if a.Notice != nil {
		b.WriteString("\n")
	}
	a.renderNotice(&b, lang)
	return b.String()
}

func (a *Agreement) renderNotice(b *strings.Builder, lang string) {
	if a.Notice == nil {
		return
	}
	line := strings.Repeat("=", renderWidth) + "\n"
	b.WriteString(line)
	wrap(b, "", a.Notice.In(lang))
	b.WriteString(line + "\n")
}

// renderArticle writes one article: heading, text, then rules and terms.
func (a *Agreement) renderArticle(b *strings.Builder, d *describer, art *Article) {
	b.WriteString("\n")
	wrap(b, "", d.l("article")+" "+art.Number+". "+art.Heading.In(d.lang))
	for para := range strings.SplitSeq(art.Text.In(d.lang), "\n\n") {
		b.WriteString("\n")
		wrap(b, "  ", para)
	}
	machine := a.machine(d, art.Number)
	if len(machine) > 0 {
		b.WriteString("\n")
	}
	for _, line := range machine {
		wrap(b, "    | ", line)
	}
}

// machine lists the machine terms of an article as lines.
func (a *Agreement) machine(d *describer, number string) []string {
	var out []string
	for _, r := range a.rules {
		if r.article == number && !r.fromTerm {
			out = append(out, d.rule(r)...)
		}
	}
	for _, t := range a.shown {
		if t.article == number {
			out = append(out, d.term(t))
		}
	}
	for _, q := range a.quotas {
		if q.Article == number {
			out = append(out, d.quota(q))
		}
	}
	for _, x := range a.duties {
		if x.Article == number {
			out = append(out, d.duty(x)...)
		}
	}
	for _, p := range a.provisions {
		if p.Article == number {
			out = append(out, d.provision(p))
		}
	}
	for _, x := range a.deadlines {
		if x.Article == number {
			out = append(out, d.deadline(x))
		}
	}
	if a.EntryIntoForce == number {
		s := d.l("term") + " " + d.l("in-force") + ": " + a.From.Format(time.DateOnly)
		if !a.Until.IsZero() {
			s += ", " + d.l("until") + " " + a.Until.Format(time.DateOnly)
		}
		out = append(out, s)
	}
	if a.SuspensionRule == number {
		out = append(out, d.l("term")+" "+d.l("suspension")+": "+a.suspensionReason.In(d.lang))
	}
	if a.DefaultDeny == number {
		out = append(out, d.l("term")+" "+d.l("default-deny")+".")
	}
	return out
}

// wrap writes a paragraph within the width, each line after the margin; spaces
// that begin the text indent its every line.
func wrap(b *strings.Builder, margin, text string) {
	margin += text[:len(text)-len(strings.TrimLeft(text, " "))]
	col := 0
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case col == 0:
			b.WriteString(margin)
			col = utf8.RuneCountInString(margin)
		case col+1+n > renderWidth:
			b.WriteString("\n" + margin)
			col = utf8.RuneCountInString(margin)
		default:
			b.WriteString(" ")
			col++
		}
		b.WriteString(word)
		col += n
	}
	b.WriteString("\n")
}
