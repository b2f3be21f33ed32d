package node_test

import (
	"slices"
	"sync"
	"testing"

	"convenio/api"
)

// TestWaitingSearchesByPriority: while one search is under way others arrive; the answering node takes them in the
// agreement's classes (article 15), and within a class as they came.
func TestWaitingSearchesByPriority(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	gate := make(chan struct{})
	open := sync.OnceFunc(func() { close(gate) })
	p.us.opt.Before = func(step string) {
		if step == "search" {
			<-gate
		}
	}
	p.co.start()
	p.us.start()
	t.Cleanup(open) // before the node is stopped: a test that fails must not hold it
	two := handOf(t, 99, 1, 2, 7)
	var ids []string
	for i, req := range []api.SearchRequest{
		returning(two), // taken at once, and held
		returning(two), returning(two),
		{Purpose: "missing-persons", Ground: "missing-report", Case: "M-1", Fingers: two},
		border(two), border(two),
	} {
		x, err := p.co.search("priority-"+string(rune('a'+i))+"-xx", req)
		must(t, err)
		p.co.reaches(x.Id, "acknowledged")
		ids = append(ids, x.Id)
	}
	open()
	for _, id := range ids {
		p.co.reaches(id, "no-hit")
	}
	r, err := p.us.client("auditor").ListOpeningsWithResponse(t.Context(), &api.ListOpeningsParams{})
	must(t, api.Check(r, problemOf(r), err))
	var order []int
	for _, e := range *r.JSON200 {
		if e.Kind == "search" {
			order = append(order, slices.IndexFunc(ids, func(id string) bool { return e.Id == "search:"+id }))
		}
	}
	if want := []int{0, 4, 5, 3, 1, 2}; !slices.Equal(order, want) {
		t.Errorf("searched in the order %v, want %v", order, want)
	}
}
