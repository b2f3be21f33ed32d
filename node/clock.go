package node

import (
	"errors"
	"fmt"
	"time"

	"convenio/agreement"
	"convenio/exchange"
)

// maxSkew keeps the days of an agreement apart.
const maxSkew = time.Hour

// skew reads clock_skew of node.yaml: the tolerated difference of the two nodes' clocks. Left out it is
// what the protocol takes; a message from a clock further off is refused at the door.
func (c Config) skew() (time.Duration, error) {
	if c.ClockSkew == "" {
		return exchange.DefaultMaxSkew, nil
	}
	d, err := time.ParseDuration(c.ClockSkew)
	if err == nil && (d < 0 || d > maxSkew) {
		err = errors.New("out of range")
	}
	if err != nil {
		return 0, fmt.Errorf("clock_skew %.20q: write a time from 0s to 1h, such as 5m", c.ClockSkew)
	}
	return d, nil
}

// Decide is the agreement's decision, with the clock in doubt around an entry into force or an end: what
// would not be permitted by a clock that differs by as much as is tolerated is not permitted. Rules whose
// time is not near are not concerned, and what is refused anyway keeps its reasons.
func (l *law) Decide(r agreement.Request) agreement.Decision {
	d := l.Agreement.Decide(r)
	if !d.Permitted() {
		return d
	}
	doubt := l.ClockDoubt(r.Now, l.skew)
	if doubt == nil {
		return d
	}
	for _, by := range []time.Duration{-l.skew, l.skew} {
		q := r
		q.Now = r.Now.Add(by)
		if !l.Agreement.Decide(q).Permitted() {
			return l.inDoubt(doubt)
		}
	}
	return d
}

// inDoubt refuses because of the clock, under the article whose time is near.
func (l *law) inDoubt(p *agreement.Problem) agreement.Decision {
	text := agreement.Text{}
	for _, lang := range append([]string{"es", "en"}, l.Languages...) {
		text[lang] = doubtText("en", l.skew)
	}
	text["es"] = doubtText("es", l.skew)
	return agreement.Decision{
		Outcome: agreement.Deny, Articles: []string{p.Article}, Rules: []string{},
		Reasons: []agreement.Reason{{Article: p.Article, Text: text}},
	}
}

func doubtText(lang string, skew time.Duration) string {
	if lang == "es" {
		return fmt.Sprintf("Una entrada en vigor o un término está a menos de %s, y los relojes pueden diferir en tanto: vuelva a pedirlo después", minutes(skew))
	}
	return fmt.Sprintf("An entry into force or an end is less than %s away, and clocks may differ by as much: ask again afterwards", minutes(skew))
}

func minutes(d time.Duration) string {
	if d%time.Minute == 0 {
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return d.String()
}

// problem says for an operator why what the agreement allows is refused now; "" for no reason.
func (l *law) problem(at time.Time) string {
	if l.mistrusted != "" {
		return l.mistrusted
	}
	p := l.ClockDoubt(at, l.skew)
	if p == nil {
		return ""
	}
	return fmt.Sprintf("article %s: %s, and clocks may differ by as much: what turns on it is refused; %s", p.Article, p.What, p.Do)
}
