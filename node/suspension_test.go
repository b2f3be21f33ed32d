package node_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"convenio/agreement"
	"convenio/api"
)

// TestSuspendedInPart suspends one purpose, a category of record and a direction between two nodes: both
// sides refuse what falls in the part, the rest goes on, and what is lifted works again.
func TestSuspendedInPart(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.co.start()
	p.us.start()
	p.us.enrol(1, "border-encounter", "VE")
	one, two := handOf(t, 99, 1, 2), handOf(t, 99, 1, 2, 7)
	missing := api.SearchRequest{Purpose: "missing-persons", Ground: "missing-report", Case: "M-1", Fingers: one}
	forMissing := agreement.Part{Purposes: []string{"missing-persons"}}
	encounters := agreement.Part{Categories: []string{"border-encounter"}}

	t.Run("one purpose", func(t *testing.T) {
		p.us.noticeOf("suspend", 1, &forMissing)
		p.co.becomes("suspended-in-part")
		must(t, p.co.stop())
		must(t, p.us.stop())
		p.co.start()
		p.us.start() // a restart changes nothing
		for _, x := range []*party{p.co, p.us} {
			x.becomes("suspended-in-part")
			s := x.status().Agreement.Suspensions
			if s == nil || len(*s) != 1 || (*s)[0].By != "us" || (*s)[0].Reason != "test" || !slices.Equal(*(*s)[0].Part.Purposes, forMissing.Purposes) ||
				!strings.Contains((*s)[0].Text.Es, "fin ") {
				t.Errorf("status says %+v", s)
			}
			if by := x.suspendedBy(); !slices.Equal(by, []string{"us"}) {
				t.Errorf("suspended by %v", by)
			}
		}
		x, err := p.co.search("part-missing-1", missing)
		must(t, err)
		if x.State != "refused" || !slices.Contains(x.Articles, "22") || x.Reasons == nil || !strings.Contains((*x.Reasons)[0].En, "in part: purpose") {
			t.Errorf("the suspended purpose: %s by %v, %+v", x.State, x.Articles, x.Reasons)
		}
		p.hitUntil("part-border-1")
	})
	t.Run("the ledger commits to the part", func(t *testing.T) {
		for _, x := range []*party{p.co, p.us} {
			r, err := x.client("auditor").ListOpeningsWithResponse(t.Context(), &api.ListOpeningsParams{})
			must(t, api.Check(r, problemOf(r), err))
			if !slices.ContainsFunc(*r.JSON200, func(e api.JournalEntry) bool {
				return strings.HasPrefix(e.Id, "notice:us:") && strings.Contains(string(e.Body), `"part":{"purposes":["missing-persons"]}`)
			}) {
				t.Errorf("no entry of %s binds the notice in part", x.dir)
			}
		}
	})
	t.Run("the same from a node that does not obey", func(t *testing.T) {
		p.co.quiet()
		must(t, p.co.stop())
		r, giveBack := takeOver(t, p.co, p.us)
		r.refusedBy(t, "22", one, officer("missing-persons", "missing-report"))
		giveBack()
		p.co.start()
	})
	t.Run("lifted", func(t *testing.T) {
		p.us.noticeOf("resume", 2, &forMissing)
		p.co.becomes("in-force")
		x, err := p.co.search("part-missing-2", missing)
		must(t, err)
		p.co.reaches(x.Id, "no-hit")
	})
	t.Run("a category of record", func(t *testing.T) {
		p.us.noticeOf("suspend", 3, &encounters)
		p.co.becomes("suspended-in-part")
		x, err := p.co.search("part-category-1", border(handOf(t, 1, 1, 2, 7)))
		must(t, err)
		p.co.reaches(x.Id, "no-hit") // the record takes no part
		p.us.noticeOf("resume", 4, nil)
		p.co.becomes("in-force")
	})
	t.Run("a direction, by the side that asks", func(t *testing.T) {
		p.co.noticeOf("suspend", 1, &agreement.Part{Asking: []string{"co"}})
		p.us.becomes("suspended-in-part")
		p.co.refusedBySuspension(t, "part-direction-1", two)
		x, err := p.us.search("part-direction-2", border(two))
		must(t, err)
		p.us.reaches(x.Id, "no-hit")
		p.co.noticeOf("resume", 2, nil)
		p.us.becomes("in-force")
	})
	t.Run("while an examiner looks", func(t *testing.T) {
		x, err := p.co.search("part-mid-1", border(handOf(t, 1, 1, 2, 7)))
		must(t, err)
		p.us.awaits(x.Id)
		p.us.noticeOf("suspend", 5, &encounters)
		p.us.examine(x.Id, api.Confirm)
		p.co.reaches(x.Id, "no-hit") // out of reach by then
		p.us.noticeOf("resume", 6, &encounters)
		p.co.becomes("in-force")
	})
	t.Run("while an approver decides", func(t *testing.T) {
		id := p.hitUntil("part-approve-1")
		p.co.askFor(id, asked...)
		p.us.waitsForApprover(id)
		p.us.noticeOf("suspend", 7, &agreement.Part{Acts: []string{"disclose"}})
		p.us.release(id)
		x := p.co.reaches(id, "disclosure-refused")
		if x.Disclosed != nil && len(*x.Disclosed) > 0 {
			t.Errorf("disclosed: %+v", x.Disclosed)
		}
		p.us.noticeOf("resume", 8, nil)
		p.co.becomes("in-force")
	})
	t.Run("while the search waits to leave", func(t *testing.T) {
		must(t, p.us.stop())
		x, err := p.co.search("part-held-1", border(two))
		must(t, err)
		p.co.noticeOf("suspend", 3, &agreement.Part{Purposes: []string{"border-examination"}})
		p.us.start()
		p.us.becomes("suspended-in-part") // the notice has passed the search
		if y := p.co.follow0(x.Id); y.State != "sent" {
			t.Errorf("the search is %s", y.State)
		}
		p.co.noticeOf("resume", 4, nil)
		p.co.reaches(x.Id, "no-hit")
	})
	t.Run("words of no list", func(t *testing.T) {
		raw := p.us.signNoticeOf("suspend", 9, &agreement.Part{Purposes: []string{"tourism"}})
		r, err := p.us.client("operator").PostNoticeWithResponse(t.Context(), api.PostNoticeJSONRequestBody{Notice: raw})
		if err = api.Check(r, problemOf(r), err); err == nil || !strings.Contains(err.Error(), `"tourism" is not listed`) {
			t.Errorf("given: %v", err)
		}
	})
}

// waitsForApprover waits until a disclosure waits for a second person.
func (p *party) waitsForApprover(id string) {
	p.t.Helper()
	persist(p.t, "approval to wait", func() error {
		r, err := p.client("approver").ListApprovalsWithResponse(p.t.Context())
		if err := api.Check(r, problemOf(r), err); err != nil {
			return err
		}
		if !slices.ContainsFunc(*r.JSON200, func(a api.Approval) bool { return a.Exchange == id }) {
			time.Sleep(10 * time.Millisecond)
			return errNotYet
		}
		return nil
	})
}
