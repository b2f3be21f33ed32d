package agreements_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"convenio/agreement"
	agreements "convenio/examples/agreements"
)

// shown says where a clause is written in a shipped agreement, and what shows that it
// does what it says: a case that the article decides, or a typed term of the article.
type shown struct {
	agreement, article string
	cases              []string // situations of tests/cases.yaml, decided by the article or taken from it
	kinds              []string // kinds of provision that it sets
	terms              []string // words of its machine terms
}

// clauses are the fifty-four that instruments of this kind carry, in the order of
// section 9 of the manual.
var clauses = [55][]shown{ // 0 is none
	1: {{"co-us-demo", "1", nil, []string{"territory"}, nil}, {"pcsc", "25", []string{"for the Caribbean part of the Netherlands"}, []string{"territory"}, nil}},
	2: {{"co-us-demo", "1", nil, []string{"contact-point", "key"}, nil}, {"pcsc", "7", []string{"another body than the contact point"}, []string{"contact-point"}, nil}},
	3: {{"pcsc", "3", []string{"an offence punishable by one year exactly"}, nil, nil}},
	4: {{"irpr", "315.23", []string{"an application for citizenship is not among the purposes"}, nil, nil}, {"irpr", "315.41", []string{"an application for citizenship of New Zealand"}, nil, nil}},
	5: {{"co-us-demo", "4", []string{"no case file"}, nil, nil}, {"pcsc", "5", []string{"a query in bulk"}, nil, nil}},
	6: {{"irpr", "315.24", []string{"nobody has said whether it is necessary", "more than is necessary"}, nil, nil}},
	7: {{"irpr", "315.36", []string{"a Canadian citizen is not a foreign national"}, nil, nil}, {"co-us-demo", "7", []string{"a national of the asking party"}, nil, nil}},
	8: {{"co-us-demo", "10", []string{"record of a national of the answering party, second nationality"}, nil, nil}, {"co-us-demo", "7", []string{"record of a national of the asking party"}, nil, nil}},
	9: {{"irpr", "315.4", []string{"a claimant who alleges persecution in Australia"}, nil, nil}, {"irpr", "315.3", []string{"the claimant alleges persecution in the United States"}, nil, nil},
		{"co-us-demo", "8", []string{"the party accused of persecution is never asked", "record with a claim against the asking party"}, nil, nil}},
	10: {{"co-us-demo", "9", []string{"a child of thirteen", "record of a child"}, nil, nil}},
	11: {{"pcsc", "25", []string{"notes have not been exchanged"}, []string{"entry-into-force"}, nil}},
	12: {{"irpr", "315.38", []string{"fingerprints without a transaction number", "the number of an earlier query received about the person"}, nil, nil}, {"pcsc", "4", []string{"the answer names the person"}, nil, nil}},
	13: {{"co-us-demo", "12", []string{"quality 29", "one finger of a visa applicant"}, nil, []string{"quality of each, at least"}}},
	14: {{"co-us-demo", "13", nil, nil, []string{"false positive identification rate"}}, {"pcsc", "7", []string{"eleven candidates of a latent search", "two candidates of a tenprint search"}, nil, nil}},
	15: {{"pcsc", "7", []string{"the hundred and first tenprint search"}, nil, nil}, {"region-demo", "9", []string{"one query over quota us-to-co"}, nil, nil}, {"co-us-demo", "17", []string{"one border query too many"}, nil, nil}},
	16: {{"co-us-demo", "15", nil, []string{"order"}, []string{"class of priority, 1 first: 1/3"}}, {"pcsc", "7", nil, []string{"order"}, nil}},
	17: {{"co-us-demo", "15", nil, nil, []string{"answer within: 15 min"}}, {"co-us-demo", "16", nil, nil, []string{"answer within: 48 h"}}, {"pcsc", "7", nil, nil, []string{"Process within 24 hours"}}},
	18: {{"co-us-demo", "14", []string{"no examiner has confirmed"}, nil, nil}, {"pcsc", "5", []string{"further analysis is needed to confirm the match"}, nil, nil}},
	19: {{"irpr", "315.41", []string{"the Minister determines it contrary to public policy"}, nil, nil}, {"irpr", "315.25", []string{"the Minister determines it inconsistent with domestic law"}, nil, nil}, {"pcsc", "6", []string{"the law of the requested Party not yet applied"}, nil, nil}},
	20: {{"irpr", "315.41", []string{"fingerprints are not among the contents"}, nil, nil}, {"pcsc", "11", []string{"religion is not in the list"}, nil, nil}, {"co-us-demo", "16", []string{"the document number without approval"}, nil, nil}},
	21: {{"co-us-demo", "15a", []string{"Colombia supplies the name of a missing child", "the twenty-first datum of the day"}, nil, nil}, {"pcsc", "11", []string{"surname of a terrorist suspect"}, nil, nil}},
	22: {{"pcsc", "11", []string{"with a general restriction on the receiver's law", "with a condition for this use"}, nil, nil}, {"co-us-demo", "18a", []string{"a use against a condition"}, nil, nil}},
	23: {{"pcsc", "13", []string{"query data for a decision on immigration"}, nil, nil}},
	24: {{"irpr", "315.43", []string{"fingerprints of a query of Australia once the search is complete", "the same after a match"}, nil, nil}, {"pcsc", "13", []string{"the holder enrols the probe in its own file"}, nil, nil},
		{"co-us-demo", "18", nil, nil, []string{"erase the probe"}}},
	25: {{"pcsc", "13", []string{"in criminal proceedings without a request for assistance"}, nil, nil}, {"co-us-demo", "18a", []string{"the same after mutual legal assistance"}, nil, nil}},
	26: {{"pcsc", "13", []string{"to a third state without consent"}, nil, nil}, {"co-us-demo", "18b", []string{"to a private entity with consent", "to the State that the person accuses"}, nil, nil}},
	27: {{"irpr", "315.26", []string{"irrelevant to the query and not used"}, nil, nil}, {"pcsc", "12", []string{"no longer necessary"}, nil, nil}, {"co-us-demo", "18", nil, nil, []string{"keep at most"}}},
	28: {{"pcsc", "15", []string{"no time of an automated query", "no reason"}, []string{"log-content"}, nil}, {"co-us-demo", "19", nil, []string{"log-content"}, nil}},
	29: {{"pcsc", "15", []string{"an entry of more than two years", "erasing an entry after one year"}, nil, nil}, {"co-us-demo", "19", []string{"an entry older than two years"}, []string{"log-retention", "log-use"}, nil}},
	30: {{"pcsc", "18", []string{"the supervisory authority asks for the log"}, nil, nil}, {"co-us-demo", "19", []string{"the supervisory authority reads the log"}, []string{"sampling"}, nil}},
	31: {{"irpr", "315.27", []string{"corrected by the US and never used", "inaccurate but used for an administrative purpose"}, nil, nil}, {"pcsc", "14", []string{"a Party finds that data are unreliable"}, nil, nil},
		{"co-us-demo", "20", []string{"a contested datum", "a datum on which a decision was based"}, nil, nil}},
	32: {{"pcsc", "16", []string{"an official who is not competent looks at the data"}, []string{"security"}, nil}},
	33: {{"co-us-demo", "21", nil, nil, []string{"notice of incidents: 24 h"}}, {"pcsc", "7", nil, []string{"incident"}, nil}},
	34: {{"pcsc", "17", []string{"informing would endanger an investigation"}, []string{"notice"}, nil}, {"co-us-demo", "20", []string{"an answer would endanger an investigation"}, []string{"notice"}, nil}},
	35: {{"co-us-demo", "20", []string{"a person asks and has shown who they are", "a person has not shown who they are"}, nil, []string{"answer to the person: 15 days"}}},
	36: {{"co-us-demo", "18a", []string{"an adverse decision by a machine"}, nil, nil}},
	37: {{"co-us-demo", "16", []string{"the protection file, even with approval"}, nil, nil}, {"co-us-demo", "9", []string{"record of a victim"}, nil, nil}},
	38: {{"co-us-demo", "18c", []string{"Colombia discloses after the recipient was taken off the list", "Colombia queries while the list is under review"}, []string{"legal-basis", "review"}, nil}},
	39: {{"co-us-demo", "20", nil, []string{"redress", "rights"}, nil}},
	40: {{"co-us-demo", "3", nil, []string{"purpose-limit"}, nil}},
	41: {{"co-us-demo", "18a", []string{"received in a migration query and used in a criminal investigation"}, nil, nil}},
	42: {{"co-us-demo", "17", []string{"one visa query too many"}, nil, nil}, {"pcsc", "5", []string{"a query in bulk"}, nil, nil}},
	43: {{"co-us-demo", "19", nil, []string{"supervision", "review", "statistics"}, nil}, {"pcsc", "18", nil, []string{"supervision"}, nil}},
	44: {{"pcsc", "19", []string{"the supplier asks what became of the data"}, nil, nil}, {"co-us-demo", "18a", nil, []string{"reply-on-use"}, nil}},
	45: {{"pcsc", "21", nil, []string{"consultation", "dispute"}, nil}},
	46: {{"co-us-demo", "22", []string{"search while suspended", "supply while what Colombia sends is suspended", "oversight while suspended"}, nil, nil}, {"region-demo", "11", []string{"suspended between the two"}, []string{"suspension"}, nil}},
	47: {{"pcsc", "23", []string{"termination with two months", "correction after termination"}, []string{"survival"}, nil}, {"co-us-demo", "22", nil, nil, []string{"notice of termination: 3 months"}}},
	48: {{"pcsc", "25", []string{"a query before the Agreement can be in force"}, nil, nil}, {"region-demo", "10", []string{"Panama queries Colombia before 2027"}, nil, nil}, {"co-us-demo", "24", []string{"the second before entry into force"}, nil, nil}},
	49: {{"pcsc", "24", []string{"a change agreed by word of mouth"}, nil, nil}, {"co-us-demo", "24", nil, []string{"amendment"}, nil}},
	50: {{"pcsc", "20", nil, []string{"channel"}, nil}, {"co-us-demo", "19", nil, []string{"channel"}, nil}},
	51: {{"pcsc", "22", nil, []string{"cost"}, nil}, {"co-us-demo", "19", nil, []string{"cost"}, nil}},
	52: {{"co-us-demo", "24", nil, []string{"language"}, nil}},
	53: {{"co-us-demo", "8", []string{"no return is documented while a claim is pending"}, nil, nil}, {"co-us-demo", "18b", []string{"to the State that the person accuses"}, nil, nil}, {"region-demo", "7", []string{"a return while a claim against a third State is pending"}, nil, nil}},
	54: {{"co-us-demo", "5", []string{"consular officer looks for a missing person", "the asking party's own missing national"}, nil, nil}, {"region-demo", "3", []string{"a record of a missing person", "the record of a victim"}, nil, nil}},
}

// Each clause is written where the table says, and a case or a term shows it.
func TestEveryClauseIsShown(t *testing.T) {
	cases := map[string][]agreement.Case{}
	law := map[string]*agreement.Agreement{}
	for _, name := range agreements.Names() {
		law[name] = shipped(t, name)
		var err error
		if cases[name], err = law[name].ParseCases(beside(t, name, "cases.yaml"), now); err != nil {
			t.Fatal(err)
		}
	}
	for n, where := range clauses {
		if n > 0 && len(where) == 0 {
			t.Errorf("clause %d is shown nowhere", n)
		}
		for _, s := range where {
			name := fmt.Sprintf("clause %d: %s article %s", n, s.agreement, s.article)
			if len(s.cases)+len(s.kinds)+len(s.terms) == 0 {
				t.Errorf("%s shows nothing", name)
			}
			for _, c := range s.cases {
				if wrong := decidedBy(law[s.agreement], cases[s.agreement], c, s.article); wrong != "" {
					t.Errorf("%s: case %q: %s", name, c, wrong)
				}
			}
			for _, kind := range s.kinds {
				if !slices.ContainsFunc(law[s.agreement].Provisions(kind), func(p agreement.Provision) bool { return p.Article == s.article }) {
					t.Errorf("%s: no provision of kind %s", name, kind)
				}
			}
			for _, term := range s.terms {
				if !strings.Contains(machineTerms(law[s.agreement], s.article), term) {
					t.Errorf("%s: no machine term says %q", name, term)
				}
			}
		}
	}
}

// decidedBy says what is wrong with a case as the show of an article, or "".
func decidedBy(a *agreement.Agreement, cases []agreement.Case, situation, article string) string {
	i := slices.IndexFunc(cases, func(c agreement.Case) bool { return c.Situation == situation })
	if i < 0 {
		return "there is none"
	}
	c := &cases[i]
	of := slices.ContainsFunc(strings.Split(c.Section, ", "), func(s string) bool { no, _, _ := strings.Cut(s, "("); return no == article })
	if !of && !slices.Contains(a.Opine(c.Asked).Articles, article) {
		return "it is neither taken from the article nor decided by it, but by " + strings.Join(a.Opine(c.Asked).Articles, ", ")
	}
	return c.Wrong(a)
}

// machineTerms are the machine terms of an article, in English.
func machineTerms(a *agreement.Agreement, article string) string {
	var b strings.Builder
	for _, x := range a.Page().Articles {
		for _, c := range x.Columns {
			if x.Number != article || c.Lang != "en" {
				continue
			}
			for _, m := range c.Machine {
				b.WriteString(m.Verb + " " + m.What + "\n")
			}
		}
	}
	return b.String()
}

var clauseRow = regexp.MustCompile(`(?m)^\| (\d+) \| [^|]+ \| ([^|]+) \|$`)

// The manual's table, in both languages, has the same clauses, each where it is shown.
func TestManualClauses(t *testing.T) {
	for _, page := range pages {
		data, err := os.ReadFile("../../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		rows := clauseRow.FindAllStringSubmatch(string(data), -1)
		if len(rows) != len(clauses)-1 {
			t.Errorf("%s: %d clauses, %d are shown", page, len(rows), len(clauses)-1)
			continue
		}
		for i, r := range rows {
			said := map[string]string{}
			for part := range strings.SplitSeq(r[2], ";") {
				name, articles, _ := strings.Cut(strings.TrimSpace(part), " ")
				said[name] = " " + regexp.MustCompile(`\([^)]*\)|,`).ReplaceAllString(articles, " ") + " "
			}
			for _, s := range clauses[i+1] {
				if r[1] != fmt.Sprint(i+1) || !strings.Contains(said[s.agreement], " "+s.article+" ") {
					t.Errorf("%s: row %s does not name %s article %s: %s", page, r[1], s.agreement, s.article, r[2])
				}
			}
		}
	}
}
