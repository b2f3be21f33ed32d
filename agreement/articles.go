package agreement

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// articles reads every article: its words, its rules, its terms.
func (b *builder) articles(forms map[string]*articleForm) {
	a := b.a
	a.search, a.disclosure, a.retention = map[string]SearchTerms{}, map[tierKey]DisclosureTerms{}, map[string]RetentionTerms{}
	names := slices.SortedFunc(maps.Keys(forms), func(x, y string) int {
		return cmp.Or(compareArticles(forms[x].Article.s, forms[y].Article.s), strings.Compare(x, y))
	})
	for _, name := range names {
		f := forms[name]
		b.file, b.article = name, f.Article.s
		if !articleNumber.MatchString(f.Article.s) {
			b.article = ""
			b.fault(f.Article.line, "write article: and its number, for instance 5", "the article's number is missing or is not a number")
			continue
		}
		b.once("article "+f.Article.s, f.Article.line)
		if want := fileNumber(name); want != f.Article.s {
			b.fault(f.Article.line, "let the file's name begin with the article's number", "the file is named for article %s", want)
		}
		a.Articles = append(a.Articles, Article{
			Number: f.Article.s, File: name,
			Heading: b.text(f.Heading, f.Article.line, "the heading"),
			Text:    b.text(f.Text, f.Article.line, "the article's text"),
		})
		b.from, b.until = b.optionalDate(f.From, "from"), b.optionalDate(f.Until, "until")
		if !b.from.IsZero() && !b.until.IsZero() && !b.from.Before(b.until) {
			b.fault(f.Until.line, "let from come before until", "the article ends before it begins")
		}
		if !b.from.IsZero() || !b.until.IsZero() {
			a.spans = append(a.spans, span{f.Article.s, b.from, b.until, max(f.From.line, f.Until.line)})
		}
		for i := range f.Rules {
			b.rule(&f.Rules[i])
		}
		b.terms(&f.Terms)
		b.from, b.until = time.Time{}, time.Time{}
	}
	b.file, b.article = "", ""
	if len(a.Articles) == 0 {
		b.fault(0, "add articles/NN-name.yaml", "the agreement has no articles")
	}
}

// fileNumber is the article's number in the name of its file, without zeros before it.
func fileNumber(name string) string {
	n := strings.SplitN(strings.TrimPrefix(name, "articles/"), "-", 2)[0]
	for len(n) > 1 && n[0] == '0' && n[1] >= '0' && n[1] <= '9' {
		n = n[1:]
	}
	return n
}

// rule reads one rule as it is written.
func (b *builder) rule(f *ruleForm) {
	line := f.ID.line
	b.line = line
	defer func() { b.line = 0 }()
	id := b.id(f.ID, "rule of article "+b.article)
	r := &rule{
		id: b.article + "/" + id, article: b.article, file: b.file, line: line,
		forbid: f.Permit == nil, suppress: f.Suppress != nil, refer: f.Refer != nil, cites: b.cites(f.Cites),
	}
	r.because = b.text(f.Because, line, "the reason (because) of rule "+id)
	var effects [][]word
	for _, e := range [][]word{f.Permit, f.Forbid, f.Suppress, f.Refer} {
		if e != nil {
			effects = append(effects, e)
		}
	}
	if len(effects) != 1 {
		b.fault(line, "write one permit:, forbid:, suppress: or refer:, with the acts it is about", "rule %s neither permits nor forbids, or does both", id)
		return
	}
	r.acts = b.listed(effects[0], b.a.words.act, "act", "the acts are "+strings.Join(b.a.actIDs(), ", "))
	r.cond = b.cond(&f.If, 0)
	r.cond.from_, r.cond.until_ = b.from, b.until
	if f.Unless != nil {
		u := b.cond(f.Unless, 0)
		r.unless = &u
		if len(conditions(&u)) == 0 {
			b.fault(line, "say when, or remove unless:", "rule %s has an empty unless:", id)
		}
	}
	if !r.forbid {
		b.permitShape(r)
	}
	b.addRule(r)
}

// permitShape asks of a permit that it names what it opens, so that nothing is
// open by omission.
func (b *builder) permitShape(r *rule) {
	c := &r.cond
	need := func(ok bool, what string) {
		if !ok {
			b.fault(r.line, "name it in the rule's if:", "rule %s permits without naming its %s", r.id, what)
		}
	}
	if len(r.acts) != 1 {
		b.fault(r.line, "write one rule for each act", "rule %s permits more than one act", r.id)
		return
	}
	if !coreAct(r.acts[0]) {
		need(len(conditions(c)) > 0, "conditions")
		return
	}
	need(c.purpose != nil, "purpose")
	switch r.acts[0] {
	case ActSearch:
		need(c.authority != nil || c.role != nil, "authority or role")
	case ActReach:
		need(c.record != nil && c.record.category != nil, "record category")
	case ActDisclose:
		need(c.field != nil || c.tier != nil, "field or tier")
	}
}

// addRule takes a rule in, within the limit.
func (b *builder) addRule(r *rule) {
	if len(b.a.rules) >= b.max.rules {
		b.fault(r.line, "merge rules", "the agreement has more than %d rules", b.max.rules)
		return
	}
	b.a.rules = append(b.a.rules, r)
}

// generated adds a forbid that a term or agreement.yaml stands for.
func (b *builder) generated(article, id string, acts []string, c cond, because Text) {
	key := article + "/" + id
	if b.serial[key]++; b.serial[key] > 1 {
		id = fmt.Sprintf("%s-%d", id, b.serial[key])
	}
	b.once("rule of article "+article+" "+id, 0)
	b.addRule(&rule{
		id: article + "/" + id, article: article, file: b.file, forbid: true, fromTerm: true,
		acts: acts, cond: c, because: because,
	})
}

var citeForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.,;() -]{0,79}$`)

// cites reads which provision a rule carries out.
func (b *builder) cites(w word) string {
	if w.s != "" && !citeForm.MatchString(w.s) {
		b.fault(w.line, "write it as lawyers cite, for instance 315.23(2)", "%.80q is not a provision", w.s)
	}
	return w.s
}
