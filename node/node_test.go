package node_test

import (
	"slices"
	"testing"

	"convenio/api"
)

// TestSearchToDisclosure is the main job: search, confirm, disclose, nothing more.
func TestSearchToDisclosure(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.co.start()
	p.us.start()
	p.us.enrol(1, "border-encounter", "VE")
	p.us.enrol(2, "border-encounter", "EC")

	x, err := p.co.search("search-hit-1", border(hand(t, 1, 1, 2, 7)))
	must(t, err)
	if x.State != "sent" {
		t.Fatalf("the search was not sent: %+v", x)
	}
	var waiting []api.Candidate
	waitUntil(t, "a candidate", func() bool {
		r, err := p.us.client("examiner").ListCandidatesWithResponse(t.Context())
		must(t, api.Check(r, r.ApplicationproblemJSONDefault, err))
		waiting = *r.JSON200
		if y := p.co.follow0(x.Id); y.Settled {
			t.Fatalf("%+v", y)
		}
		return len(waiting) == 1
	})
	detail, err := p.us.client("examiner").GetCandidateWithResponse(t.Context(), x.Id)
	must(t, api.Check(detail, detail.ApplicationproblemJSONDefault, err))
	if len(detail.JSON200.Pairs) != 2 || len(detail.JSON200.Pairs[0].Probe) == 0 {
		t.Fatalf("the examiner sees %d pairs, not both fingers", len(detail.JSON200.Pairs))
	}
	v, err := p.us.client("examiner").GiveVerdictWithResponse(t.Context(), x.Id, api.Verdict{Verdict: "confirm", Reason: "12 points agree"})
	must(t, api.Check(v, v.ApplicationproblemJSONDefault, err))

	got := p.co.follow(x.Id)
	if got.State != "hit" || got.Reference == nil || got.Erasure == nil || got.Disclosed != nil {
		t.Fatalf("after the verdict: %+v", got)
	}
	d, err := p.co.client("migration-officer").RequestDisclosureWithResponse(t.Context(), x.Id,
		api.RequestDisclosureJSONRequestBody{Fields: []string{"family-name", "travel-document-number", "photograph", "address"}})
	must(t, api.Check(d, d.ApplicationproblemJSONDefault, err))
	waitUntil(t, "an approval to wait", func() bool {
		r, err := p.us.client("approver").ListApprovalsWithResponse(t.Context())
		must(t, api.Check(r, r.ApplicationproblemJSONDefault, err))
		return len(*r.JSON200) == 1
	})
	a, err := p.us.client("approver").DecideApprovalWithResponse(t.Context(), x.Id, api.DecideApprovalJSONRequestBody{Decision: "release", Reason: "needed at the border"})
	must(t, api.Check(a, a.ApplicationproblemJSONDefault, err))
	got = p.co.follow(x.Id)
	if got.State != "disclosed" || got.Disclosed == nil {
		t.Fatalf("after the approval: %+v", got)
	}
	var names []string
	for f := range *got.Disclosed {
		names = append(names, f)
	}
	slices.Sort(names)
	if want := []string{"family-name", "travel-document-number"}; !slices.Equal(names, want) {
		t.Errorf("disclosed %v, want exactly %v", names, want)
	}
	if got.Withheld == nil || len(*got.Withheld) != 2 {
		t.Errorf("withheld %v, want photograph and address with their articles", got.Withheld)
	}
}
