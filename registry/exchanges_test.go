package registry

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func anExchange(c *clock) Exchange {
	return Exchange{ID: "x1", Side: Answering, Partner: "AAA", Agreement: "ab12", Kind: "search", Purpose: "identify", Ground: "art-4", State: "received",
		Idempotency: "k1", Deadline: c.now().Add(time.Hour), CaseReference: "case-7", Officer: "officer-3", Detail: json.RawMessage(`{"a":1}`)}
}

func TestExchangeLife(t *testing.T) {
	s, c := fresh(t)
	want := anExchange(c)
	_, repeated, err := s.AddExchange(ctx, want)
	must(t, err)
	if repeated {
		t.Error("a new exchange was taken as repeated")
	}
	want.Created, want.Updated, want.Idempotency = c.now(), c.now(), ""
	check := func(want Exchange) {
		t.Helper()
		got, err := s.Exchange(ctx, "x1")
		must(t, err)
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
	check(want)
	for _, e := range []Exchange{{ID: "x1", Partner: "B", State: "s", Side: Asking}, {ID: "x2", Partner: "B", State: "s", Side: Asking, Idempotency: "k1"}} {
		got, repeated, err := s.AddExchange(ctx, e)
		must(t, err)
		if d := cmp.Diff(want, got); d != "" || !repeated {
			t.Errorf("repeated %v: %s", repeated, d)
		}
	}

	c.add(time.Minute)
	must(t, s.Advance(ctx, "x1", "received", "hit", func(e *Exchange) {
		e.Subject, e.Reference, e.Outcome, e.Deadline = "subject-1", "ref-1", "hit", e.Deadline.Add(time.Hour)
		e.ID, e.State = "ignored", "ignored"
	}, func(tx *Tx) error {
		return tx.PutCandidates("x1", []Candidate{{Rank: 1, Subject: "subject-1", Score: 70}})
	}))
	want.State, want.Subject, want.Reference, want.Outcome = "hit", "subject-1", "ref-1", "hit"
	want.Updated, want.Deadline = c.now(), want.Deadline.Add(time.Hour)
	check(want)
	due, err := s.DueKeys(ctx, want.Deadline.Add(-time.Millisecond), 0)
	must(t, err)
	if len(due) != 0 {
		t.Errorf("due before the new deadline: %v", due)
	}

	err = s.Advance(ctx, "x1", "received", "hit", nil, func(*Tx) error { t.Error("the step ran twice"); return nil })
	if e := (*StateError)(nil); !errors.Is(err, ErrState) || !errors.As(err, &e) || e.Have != "hit" {
		t.Errorf("second step: %v", err)
	}
	boom := errors.New("boom")
	if err := s.Advance(ctx, "x1", "hit", "done", func(e *Exchange) { e.Subject = "" }, func(*Tx) error { return boom }); !errors.Is(err, boom) {
		t.Error(err)
	}
	check(want)
	if err := s.Advance(ctx, "none", "a", "b", nil, nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("no exchange: %v", err)
	}

	c.add(3 * time.Hour)
	must(t, s.DestroyKey(ctx, KeyRef{ForExchange, "x1"}))
	want.Ended, want.Subject, want.Officer, want.CaseReference, want.Detail = c.now(), "", "", "", nil
	check(want)
	must(t, s.Advance(ctx, "x1", "hit", "closed", func(e *Exchange) { e.Subject = "subject-2" }, nil))
	want.State, want.Updated = "closed", c.now()
	check(want)
	if l, err := s.Candidates(ctx, "x1"); err != nil || len(l) != 0 {
		t.Errorf("candidates after the end: %v, %v", l, err)
	}
	must(t, s.CheckDeep(ctx))
}

func TestExchangesFilter(t *testing.T) {
	s, _ := fresh(t)
	for i := range 6 {
		e := Exchange{ID: fmt.Sprint("x", i), Side: []Side{Asking, Answering}[i%2], Partner: []string{"A", "B", "C"}[i%3], State: fmt.Sprint("s", i/2)}
		if i == 3 || i == 5 {
			e.Subject, e.Reference = "p1", "r1"
		}
		_, _, err := s.AddExchange(ctx, e)
		must(t, err)
	}
	for _, c := range []struct {
		name string
		f    ExchangeFilter
		want string
	}{
		{"all", ExchangeFilter{}, "[x5 x4 x3 x2 x1 x0]"},
		{"side", ExchangeFilter{Side: Asking}, "[x4 x2 x0]"},
		{"partner", ExchangeFilter{Partner: "B"}, "[x4 x1]"},
		{"states", ExchangeFilter{States: []string{"s0", "s2"}}, "[x5 x4 x1 x0]"},
		{"reference", ExchangeFilter{Reference: "r1"}, "[x5 x3]"},
		{"subject", ExchangeFilter{Subject: "p1"}, "[x5 x3]"},
		{"another subject", ExchangeFilter{Subject: "p2"}, "[]"},
		{"page", ExchangeFilter{Before: "x4", Limit: 2}, "[x3 x2]"},
		{"both", ExchangeFilter{Side: Answering, Partner: "A"}, "[x3]"},
	} {
		out, err := s.Exchanges(ctx, c.f)
		must(t, err)
		ids := []string{}
		for _, e := range out {
			ids = append(ids, e.ID)
		}
		if fmt.Sprint(ids) != c.want {
			t.Errorf("%s: %v, want %s", c.name, ids, c.want)
		}
	}
}

func TestCandidatesVerdictsApprovals(t *testing.T) {
	s, c := fresh(t)
	_, _, err := s.AddExchange(ctx, anExchange(c))
	must(t, err)
	list := []Candidate{{1, "p1", 71.5, []FingerScore{{2, 2, 40}, {0, 7, 35}}}, {2, "p2", 60, nil}}
	must(t, s.PutCandidates(ctx, "x1", list))
	must(t, s.PutCandidates(ctx, "x1", list))
	got, err := s.Candidates(ctx, "x1")
	must(t, err)
	if d := cmp.Diff(list, got); d != "" {
		t.Error(d)
	}
	for name, e := range map[string]struct{ err, want error }{
		"another list":         {s.PutCandidates(ctx, "x1", list[:1]), ErrConflict},
		"ranks out of order":   {s.PutCandidates(ctx, "x1", []Candidate{{Rank: 2}}), ErrInvalid},
		"no exchange":          {s.PutCandidates(ctx, "x9", list), ErrNotFound},
		"verdict on no rank":   {s.PutVerdict(ctx, Verdict{Exchange: "x1", Rank: 3, Examiner: "e", Verdict: "mated"}), ErrNotFound},
		"verdict of nobody":    {s.PutVerdict(ctx, Verdict{Exchange: "x1", Rank: 1, Verdict: "mated"}), ErrInvalid},
		"approval of no step":  {s.PutApproval(ctx, Approval{Exchange: "x1", Approver: "b", Decision: "yes"}), ErrInvalid},
		"approval no exchange": {s.PutApproval(ctx, Approval{Exchange: "x9", What: "tier-1", Approver: "b", Decision: "yes"}), ErrNotFound},
	} {
		if !errors.Is(e.err, e.want) {
			t.Errorf("%s: %v", name, e.err)
		}
	}
	v := Verdict{Exchange: "x1", Rank: 1, Examiner: "e1", Verdict: "mated", Reason: "twelve points"}
	must(t, s.PutVerdict(ctx, v))
	must(t, s.PutVerdict(ctx, v))
	p := Approval{Exchange: "x1", What: "tier-1", Approver: "b", Decision: "release", Reason: "as agreed"}
	must(t, s.PutApproval(ctx, p))
	must(t, s.PutApproval(ctx, p))
	changedV, changedP := v, p
	changedV.Verdict, changedP.Reason = "non-mated", "other"
	if err := s.PutVerdict(ctx, changedV); !errors.Is(err, ErrConflict) {
		t.Errorf("a second verdict: %v", err)
	}
	if err := s.PutApproval(ctx, changedP); !errors.Is(err, ErrConflict) {
		t.Errorf("a second approval: %v", err)
	}
	readBoth := func() string {
		t.Helper()
		vs, err := s.Verdicts(ctx, "x1")
		must(t, err)
		ps, err := s.Approvals(ctx, "x1")
		must(t, err)
		if len(vs) != 1 || len(ps) != 1 || !vs[0].At.Equal(c.now()) {
			t.Fatal(vs, ps)
		}
		return vs[0].Verdict + "/" + vs[0].Reason + "/" + ps[0].Decision + "/" + ps[0].Reason
	}
	if got := readBoth(); got != "mated/twelve points/release/as agreed" {
		t.Error(got)
	}
	ids, err := s.ExchangesWithCandidate(ctx, "p2")
	if err != nil || fmt.Sprint(ids) != "[x1]" {
		t.Errorf("exchanges with p2: %v, %v", ids, err)
	}
	must(t, s.DestroyKey(ctx, KeyRef{ForExchange, "x1"}))
	if got := readBoth(); got != "mated//release/" {
		t.Errorf("after the end: %s", got)
	}
}

func TestProbeAndDisclosure(t *testing.T) {
	s, c := fresh(t)
	_, _, err := s.AddExchange(ctx, anExchange(c))
	must(t, err)
	must(t, s.PutProbe(ctx, "x1", []byte("first"), c.now().Add(time.Hour)))
	must(t, s.PutProbe(ctx, "x1", []byte("second"), c.now().Add(time.Hour)))
	if p, err := s.Probe(ctx, "x1"); err != nil || string(p) != "second" {
		t.Errorf("%s, %v", p, err)
	}
	d := Disclosure{ID: "d1", Exchange: "x1", Deadline: c.now().Add(2 * time.Hour), Data: []byte(`{"family-name":"Ejemplo"}`)}
	_, _, err = s.PutDisclosure(ctx, d)
	must(t, err)
	d.Received = c.now()
	got, repeated, err := s.PutDisclosure(ctx, Disclosure{ID: "d1", Exchange: "x1", Data: []byte("other")})
	must(t, err)
	if diff := cmp.Diff(d, got); diff != "" || !repeated {
		t.Error(diff)
	}
	must(t, s.SetDeadline(ctx, KeyRef{ForDisclosure, "d1"}, c.now().Add(time.Minute)))
	due, err := s.DueKeys(ctx, c.now().Add(time.Hour), 0)
	must(t, err)
	for _, k := range due {
		must(t, s.DestroyKey(ctx, k.KeyRef))
	}
	d.Ended, d.Deadline, d.Data = c.now(), c.now().Add(time.Minute), nil
	all, err := s.Disclosures(ctx, "x1")
	must(t, err)
	if diff := cmp.Diff([]Disclosure{d}, all); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Probe(ctx, "x1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("probe after its deadline: %v", err)
	}
	if _, _, err := s.PutDisclosure(ctx, Disclosure{ID: "d2", Exchange: "none"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("disclosure of no exchange: %v", err)
	}
}
