package node_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"convenio/api"
	"convenio/node"
)

// mapped is a mapping of one gallery; civil, which the tests use too, is not in it.
const mapped = `  records:
    galleries: {border: border-encounter}
    nationality: {from: [biographic.nationality]}
    safeguards:
      from: [contextual.protection]
      words: {asilo: asylum-claim}
      against: {asylum-claim: contextual.fled}
    fields: {family-name: biographic.lastName, travel-document-number: biographic.document, address: biographic.address}
`

// encounterOf is an encounter of a synthetic person, of two fingers, as a national system sends it.
func encounterOf(t *testing.T, person uint64, gallery string, protection ...string) map[string]any {
	t.Helper()
	var items []any
	for _, f := range handOf(t, person, 0, 2, 7) {
		sub := strings.ReplaceAll(strings.ToUpper(f.Position), "-", "_")
		items = append(items, map[string]any{"biometricType": "FINGER", "biometricSubType": sub, "image": f.Image})
	}
	return map[string]any{
		"status": "ACTIVE", "encounterType": "enrolment", "galleries": []string{gallery}, "biometricData": items,
		"biographicData": map[string]any{"nationality": "VEN", "lastName": fmt.Sprintf("Prueba %d", person), "document": "X1", "address": "Calle 1", "religion": "none of anybody's business"},
		"contextualData": map[string]any{"protection": append([]string{}, protection...)},
	}
}

// tells makes a call of a national system until it is answered, and wants one of the statuses.
func (p *party) tells(method, path string, body any, want ...int) {
	p.t.Helper()
	persist(p.t, method+" "+path, func() error {
		status, text, err := p.tryOSIA(method, path, body)
		if err != nil {
			return err
		}
		for _, w := range want {
			if status == w {
				return nil
			}
		}
		return &api.Failure{Problem: api.Problem{Status: status, Title: text}}
	})
}

// candidates searches at the partner and says how many people were within reach, how many not, and whether one was found.
// A candidate is rejected.
func (p *pair) candidates(key string, person uint64) (reached, out int, found bool) {
	p.t.Helper()
	id := p.co.seek(key, border(handOf(p.t, person, 1, 2, 7))).Id
	persist(p.t, "the search", func() error {
		r, err := p.us.client("examiner").ListCandidatesWithResponse(p.t.Context())
		if err := api.Check(r, problemOf(r), err); err != nil {
			return err
		}
		for _, c := range *r.JSON200 {
			found = found || c.Exchange == id
		}
		if !found && p.co.follow0(id).State != "no-hit" {
			return errNotYet
		}
		return nil
	})
	if found {
		p.us.examine(id, api.Reject)
		p.co.reaches(id, "no-hit")
	}
	for _, e := range p.us.evidence(id).Entries {
		if e.Kind == "search" {
			var body struct{ People, Out int }
			must(p.t, json.Unmarshal(e.Body, &body))
			return body.People, body.Out, found
		}
	}
	p.t.Errorf("exchange %s: no search in the evidence", id)
	return 0, 0, found
}

// is wants a search's outcome.
func (p *pair) is(what string, person uint64, reached, out int, found bool) {
	p.t.Helper()
	if r, o, f := p.candidates("is-"+strings.NewReplacer(" ", "-", ",", "").Replace(what), person); r != reached || o != out || f != found {
		p.t.Errorf("%s: %d reached, %d out of reach, found %v; want %d, %d, %v", what, r, o, f, reached, out, found)
	}
}

// TestOSIARecords takes people enrolled through OSIA through all that a partner's search may and may not reach.
func TestOSIARecords(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPair(t)
	p.us.serveOSIA(mapped)
	p.co.start()
	p.us.start()
	const one, two = "/v1/persons/A-1/encounters/1", "/v1/persons/A-2/encounters/1"

	p.us.tells("POST", one, encounterOf(t, 1, "border"), 200)
	p.us.tells("POST", two, encounterOf(t, 2, "civil"), 200)
	p.is("the mapped one", 1, 1, 0, true)
	p.is("the one in another gallery", 2, 1, 0, false)

	t.Run("disclosure", func(t *testing.T) {
		id := p.hitUntil("osia-hit-1")
		p.co.askFor(id, "family-name", "given-names", "travel-document-number", "address")
		p.us.release(id)
		x := p.co.reaches(id, "disclosed")
		if x.Disclosed == nil || len(*x.Disclosed) != 2 || (*x.Disclosed)["family-name"].Value != "Prueba 1" || (*x.Disclosed)["travel-document-number"].Value != "X1" {
			t.Errorf("disclosed: %+v", x.Disclosed)
		}
	})

	protected := encounterOf(t, 1, "border", "asilo")
	protected["contextualData"].(map[string]any)["fled"] = "COL"
	p.us.tells("PUT", one, protected, 200)
	p.is("protected from the partner", 1, 0, 1, false)
	must(t, p.us.stop())
	p.us.start()
	p.is("protected, after a restart", 1, 0, 1, false)
	p.us.tells("PUT", one, encounterOf(t, 1, "border", "a word of theirs"), 200)
	p.is("a protection that nobody knows", 1, 0, 0, false)
	p.us.tells("PUT", one, encounterOf(t, 1, "border"), 200)
	p.us.tells("PUT", one+"/status?status=INACTIVE", nil, 204)
	p.us.tells("PUT", one+"/status?status=INACTIVE", nil, 204)
	p.is("inactive", 1, 0, 0, false)
	p.us.tells("PUT", one+"/status?status=ACTIVE", nil, 204)
	p.us.tells("PUT", one+"/galleries", []string{"civil"}, 204)
	p.is("active again, in another gallery", 1, 0, 0, false)
	p.us.tells("PUT", one+"/galleries", []string{"civil", "border"}, 204)
	p.is("moved back", 1, 1, 0, true)

	// The person who is protected in a gallery out of reach turns out to be the same.
	p.us.tells("PUT", two, encounterOf(t, 2, "civil", "minor"), 200)
	p.us.tells("POST", "/v1/persons/A-2/encounters/2", encounterOf(t, 2, "border"), 200)
	p.is("a child by another encounter", 2, 1, 1, false)
	p.us.tells("POST", "/v1/persons/A-3/encounters/9", encounterOf(t, 3, "border"), 200)
	p.us.tells("POST", "/v1/persons/A-2/merge/A-3", nil, 204)
	p.is("merged with a child", 3, 1, 2, false)

	t.Run("deleted while an examiner looks", func(t *testing.T) {
		id := p.co.seek("osia-gone-1", border(handOf(t, 1, 1, 2, 7))).Id
		p.us.awaits(id)
		p.us.tells("DELETE", "/v1/persons/A-1", nil, 204)
		p.us.examine(id, api.Confirm)
		p.co.reaches(id, "no-hit")
	})
	p.is("deleted", 1, 0, 2, false)
	p.us.tells("DELETE", "/v1/persons/A-1", nil, 404)
	p.us.tells("DELETE", two, nil, 204)
	p.is("the encounter that said so deleted", 3, 2, 0, true)

	p.co.quiet()
	p.us.quiet()
	must(t, p.co.stop())
	must(t, p.us.stop())
	p.audit(false)
}

// TestOSIARecordsKeepTheirOwner: officers' calls do not undo what follows a national system, and an erasure by them stands.
func TestOSIARecordsKeepTheirOwner(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.us.serveOSIA(mapped)
	p.us.start()
	const at = "/v1/persons/A-1/encounters/1"
	p.us.tells("POST", at, encounterOf(t, 1, "border", "asilo"), 200)
	subject := p.us.onlySubject(t)
	if q := p.us.problem("operator", "PUT", "/v1/subjects/"+subject+"/safeguards", []byte(`{"safeguards": []}`)); q.Status != http.StatusConflict {
		t.Errorf("the safeguards of a record that follows OSIA: %+v", q)
	}
	p.us.erase(subject)
	p.us.tells("PUT", at+"/status?status=INACTIVE", nil, 204)
	p.us.tells("PUT", at+"/status?status=ACTIVE", nil, 204)
	p.us.tells("PUT", at, encounterOf(t, 1, "border"), 200)
	for range 2 { // now, and as a start finds it
		must(t, p.us.stop())
		if n := p.us.peopleKept(t); n != 0 {
			t.Errorf("%d records after an erasure", n)
		}
		p.us.start()
	}
	p.us.tells("DELETE", at, nil, 204)
	p.us.tells("POST", at, encounterOf(t, 1, "border"), 200)
	p.us.onlySubject(t)

	t.Run("without the mapping", func(t *testing.T) {
		must(t, p.us.stop())
		p.us.configure(func(c string) string { return strings.ReplaceAll(c, mapped, "") })
		p.us.start()
		must(t, p.us.stop())
		if n := p.us.peopleKept(t); n != 0 {
			t.Errorf("%d records without a mapping", n)
		}
		p.us.configure(func(c string) string { return c + mapped })
		p.us.start() // the pictures are read from what the encounter holds
		p.us.onlySubject(t)
	})
}

// TestOSIARecordsWhenKilled kills the node at each step of an enrolment and of a deletion.
func TestOSIARecordsWhenKilled(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPair(t)
	p.us.serveOSIA(mapped)
	us := p.us.spawn("osia-records:1", "osia-shown:1")
	p.co.start()
	const at = "/v1/persons/A-1/encounters/1"
	p.us.tells("POST", at, encounterOf(t, 1, "border"), 200, http.StatusConflict) // a conflict: the first try was kept
	allDied(t, us)
	p.is("enrolled", 1, 1, 0, true)
	us.next("log:1", "index:1")
	p.us.tells("PUT", at, encounterOf(t, 1, "border", "minor"), 200)
	p.us.tells("PUT", at, encounterOf(t, 1, "border"), 200)
	p.us.tells("PUT", at, encounterOf(t, 1, "border", "minor"), 200)
	allDied(t, us)
	p.is("protected", 1, 0, 1, false)
	us.next("osia-records:1", "osia-shown:1")
	p.us.tells("DELETE", at, nil, 204, http.StatusNotFound)
	allDied(t, us)
	p.is("deleted", 1, 0, 0, false)
	p.co.quiet()
	p.us.quiet()
	us.stop()
	must(t, p.co.stop())
	if steps := p.us.steps(""); steps["enrol"] != 1 || steps["erase"] != 1 {
		t.Errorf("the ledger has %v, want one enrolment and one erasure", steps)
	}
	p.audit(false)
}

func TestOSIAMappingIsHeldAgainstTheAgreement(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.us.serveOSIA(strings.NewReplacer("border-encounter", "citizens", "family-name", "shoe-size", "asilo: asylum-claim", "asilo: sanctuary").Replace(mapped))
	cfg, err := node.LoadConfig(node.ConfigOf(p.us.dir))
	must(t, err)
	n, err := node.Open(t.Context(), cfg, node.Options{})
	if err == nil {
		_ = n.Close()
		t.Fatal("a mapping to words that the agreement lacks is taken")
	}
	for _, want := range []string{"osia.records", "citizens", "shoe-size", "sanctuary"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}

// The mapping that the page on OSIA shows is one that a node under the example agreement takes.
func TestOSIAMappingOfThePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "osia.md"))
	must(t, err)
	_, section, ok := strings.Cut(string(page), "  # listen, tokens and the rest as above\n")
	section, _, closed := strings.Cut(section, "```")
	if !ok || !closed {
		t.Fatal("docs/osia.md has no section records")
	}
	p := newPair(t)
	p.us.serveOSIA(section)
	p.us.start()
}

// onlySubject is the one record of a running node, told by its ledger's own words.
func (p *party) onlySubject(t *testing.T) string {
	t.Helper()
	must(t, p.stop())
	defer p.start()
	if n := p.peopleKept(t); n != 1 {
		t.Fatalf("%d records, want 1", n)
	}
	subject := ""
	for id := range p.openings() {
		if s, ok := strings.CutPrefix(id, "enrol:"); ok {
			store := p.store()
			if got, err := store.Subject(context.Background(), s); err == nil && got.Erased.IsZero() {
				subject = s
			}
			must(t, store.Close())
		}
	}
	return subject
}

// peopleKept counts the records of a stopped node.
func (p *party) peopleKept(t *testing.T) (n int) {
	t.Helper()
	store := p.store()
	defer store.Close()
	classes, err := store.Classes(context.Background())
	must(t, err)
	for _, c := range classes {
		n += c.Subjects
	}
	return n
}
