package mosip

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"convenio/capture"
	"convenio/finger"
	"convenio/formats/cbeff"
	"convenio/formats/fir"
	"convenio/formats/sc37"
	"convenio/synth"
)

// share is a data share of synthetic people: "share:ID/IMPRESSION" is an impression of that person's right index.
type share struct{ extra map[string][]byte }

var drawings sync.Map // URL to document: drawn once for all tests

func (s share) Fetch(_ context.Context, url string) ([]byte, error) {
	if b, ok := s.extra[url]; ok {
		return b, nil
	}
	if b, ok := drawings.Load(url); ok {
		return b.([]byte), nil
	}
	var id, impression uint64
	switch _, err := fmt.Sscanf(url, "share:%d/%d", &id, &impression); {
	case url == "share:expired":
		return nil, Expired
	case err != nil:
		return nil, errors.New("404")
	}
	img, _ := synth.NewFingerAt(id, finger.RightIndex).Impression(synth.DefaultConditions(id<<16 + impression))
	b, err := document(img)
	drawings.Store(url, b)
	return b, err
}

// document is a CBEFF document with one finger image record.
func document(img finger.Image) ([]byte, error) {
	png, err := capture.Print{Image: img}.PNG()
	if err != nil {
		return nil, err
	}
	rec := &fir.Record{Format: fir.ISO2011, Images: []fir.Image{{Position: 2, Scale: fir.PerInch, ScanX: 500, ScanY: 500, ResX: 500, ResY: 500, Depth: 8,
		Compression: 6, Width: uint16(img.Width), Height: uint16(img.Height), Data: png, Capture: sc37.Capture{Time: sc37.NoDateTime}}}}
	block, err := rec.Marshal()
	if err != nil {
		return nil, err
	}
	return (&cbeff.BIR{Children: []cbeff.BIR{{BDB: block, BDBInfo: &cbeff.BDBInfo{Types: []string{"Finger"}, Subtypes: cbeff.Subtypes(2)}}}}).Marshal()
}

func newABIS() *ABIS {
	blank, err := document(finger.Image{Width: 300, Height: 300, PPI: 500, Pix: make([]uint8, 90000)})
	if err != nil {
		panic(err)
	}
	empty, err := (&cbeff.BIR{}).Marshal()
	if err != nil {
		panic(err)
	}
	return New(Options{Fetch: share{map[string][]byte{"share:blank": blank, "share:empty": empty, "share:nothing": {}, "share:text": []byte("hello")}},
		Now: func() time.Time { return time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC) }})
}

// ask sends a request and takes the answer apart; what is not given of the common fields is filled in.
func ask(t testing.TB, a *ABIS, r Request) Response {
	t.Helper()
	if r.Version == "" {
		r.Version = "1.1"
	}
	if r.RequestID == "" {
		r.RequestID = "91234567-89AB-CDEF-0123-456789ABCDEF"
	}
	if r.RequestTime == "" {
		r.RequestTime = "2026-03-29T07:01:24.692Z"
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, a.Handle(t.Context(), b), r)
}

func answer(t testing.TB, b []byte, r Request) Response {
	t.Helper()
	var out Response
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	if out.ID != r.ID || out.RequestID != r.RequestID || out.ResponseTime == "" {
		t.Errorf("answer %s", b)
	}
	if (out.ReturnValue == "1") != (out.FailureReason == "") || out.ReturnValue != "1" && out.ReturnValue != "2" {
		t.Errorf("answer %s", b)
	}
	return out
}

func TestOperations(t *testing.T) {
	a := newABIS()
	for i, id := range []string{"r1", "r2", "r3"} { // r2 is r1 again
		person := []int{1, 1, 2}[i]
		if out := ask(t, a, Request{ID: idInsert, ReferenceID: id, ReferenceURL: fmt.Sprintf("share:%d/%d", person, i)}); out.ReturnValue != "1" {
			t.Fatalf("insert %s: %s", id, out.FailureReason)
		}
	}
	if out := ask(t, a, Request{ID: idReferences}); out.Count != "3" {
		t.Errorf("%s references", out.Count)
	}
	if out := ask(t, a, Request{ID: idPending}); out.JobsCount != "0" {
		t.Errorf("%s jobs", out.JobsCount)
	}
	found := func(r Request) string {
		r.ID = idIdentify
		out := ask(t, a, r)
		if out.CandidateList == nil {
			return "failure " + string(out.FailureReason)
		}
		var ids []string
		for _, c := range out.CandidateList.Candidates {
			ids = append(ids, c.ReferenceID)
			if c.Modalities[0].BiometricType != "FIR" || c.Analytics.InternalScore == "" {
				t.Errorf("%+v", c)
			}
		}
		if out.CandidateList.Count != fmt.Sprint(len(ids)) {
			t.Errorf("count %s of %v", out.CandidateList.Count, ids)
		}
		return strings.Join(ids, " ")
	}
	only := func(ids ...string) *GalleryFilter {
		f := &GalleryFilter{}
		for _, id := range ids {
			f.ReferenceIDs = append(f.ReferenceIDs, ReferenceID{id})
		}
		return f
	}
	tests := []struct {
		name string
		r    Request
		want string
	}{
		{"by reference", Request{ReferenceID: "r1"}, "r2"},
		{"nobody alike", Request{ReferenceID: "r3"}, ""},
		{"by URL", Request{ReferenceURL: "share:2/9"}, "r3"},
		{"a reference is taken before its URL", Request{ReferenceID: "r1", ReferenceURL: "share:2/9"}, "r2"},
		{"unknown reference", Request{ReferenceID: "r9"}, "failure 12"},
		{"neither", Request{}, "failure 5"},
		{"in a gallery", Request{ReferenceURL: "share:1/9", Gallery: only("r2", "r3", "r2", "r9")}, "r2"},
		{"in a gallery without it", Request{ReferenceID: "r1", Gallery: only("r3")}, ""},
		{"in a gallery of strangers", Request{ReferenceID: "r1", Gallery: only("r8", "r9")}, ""},
		{"flags", Request{ReferenceID: "r1", Flags: map[string]string{"maxResults": "1", "targetFPIR": "50", "flag1": "x"}}, "r2"},
		{"a rate that no score reaches", Request{ReferenceID: "r1", Flags: map[string]string{"targetFPIR": "200"}}, ""},
		{"bad flag", Request{ReferenceID: "r1", Flags: map[string]string{"maxResults": "many"}}, "failure 4"},
		{"bad rate", Request{ReferenceID: "r1", Flags: map[string]string{"targetFPIR": "NaN"}}, "failure 4"},
	}
	for _, tt := range tests {
		if got := found(tt.r); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if out := ask(t, a, Request{ID: idDelete, ReferenceID: "r2"}); out.ReturnValue != "1" {
		t.Error(out.FailureReason)
	}
	if got := found(Request{ReferenceID: "r1"}); got != "" {
		t.Errorf("after the deletion: %q", got)
	}
	if got := found(Request{ReferenceID: "r2"}); got != "failure 12" {
		t.Errorf("the deleted reference: %q", got)
	}
}

func TestFailures(t *testing.T) {
	a := newABIS()
	if out := ask(t, a, Request{ID: idInsert, ReferenceID: "r1", ReferenceURL: "share:1/0"}); out.ReturnValue != "1" {
		t.Fatal(out.FailureReason)
	}
	tests := []struct {
		name string
		r    Request
		want Failure
	}{
		{"id", Request{ID: "mosip.abis.guess"}, InvalidID},
		{"version", Request{ID: idPing, Version: "one"}, InvalidVersion},
		{"time", Request{ID: idPing, RequestTime: "yesterday"}, InvalidRequestTime},
		{"insert without URL", Request{ID: idInsert, ReferenceID: "r2"}, NoReferenceURL},
		{"insert without reference", Request{ID: idInsert, ReferenceURL: "share:1/0"}, NoReferenceID},
		{"insert without both readable", Request{ID: idInsert, ReferenceURL: "share:gone"}, Unfetchable},
		{"insert again", Request{ID: idInsert, ReferenceID: "r1", ReferenceURL: "share:1/0"}, ReferenceExists},
		{"gone", Request{ID: idInsert, ReferenceID: "r2", ReferenceURL: "share:gone"}, Unfetchable},
		{"expired", Request{ID: idInsert, ReferenceID: "r2", ReferenceURL: "share:expired"}, Expired},
		{"nothing", Request{ID: idInsert, ReferenceID: "r2", ReferenceURL: "share:nothing"}, NoBiometrics},
		{"no fingers", Request{ID: idInsert, ReferenceID: "r2", ReferenceURL: "share:empty"}, NoBiometrics},
		{"no XML", Request{ID: idInsert, ReferenceID: "r2", ReferenceURL: "share:text"}, InvalidCBEFF},
		{"no print", Request{ID: idInsert, ReferenceID: "r2", ReferenceURL: "share:blank"}, LowQuality},
		{"delete without reference", Request{ID: idDelete}, NoReferenceID},
		{"delete a stranger", Request{ID: idDelete, ReferenceID: "r2"}, ReferenceNotFound},
	}
	for _, tt := range tests {
		if out := ask(t, a, tt.r); out.FailureReason != tt.want {
			t.Errorf("%s: %q, want %q (%v)", tt.name, out.FailureReason, tt.want, tt.want)
		}
	}
	for raw, want := range map[string]Failure{
		"":                         InvalidRequest,
		"{":                        InvalidRequest,
		`{"id":1}`:                 InvalidRequest,
		"[]":                       InvalidRequest,
		`{"id":""}`:                InvalidID,
		`{"id":"mosip.abis.ping"}`: NoRequestID,
		`{"id":"mosip.abis.ping","requestId":"x","version":"1.1"}`:      NoRequestTime,
		`{"id":"mosip.abis.ping","requestId":"x"}`:                      InvalidVersion,
		`"` + strings.Repeat("x", maxMessage) + `"`:                     InvalidRequest,
		`{"id":"mosip.abis.insert","referenceURL":{"a":[1]},"flags":3}`: InvalidRequest,
	} {
		var out Response
		if err := json.Unmarshal(a.Handle(t.Context(), []byte(raw)), &out); err != nil || out.FailureReason != want {
			t.Errorf("%.60s: %q, want %q", raw, out.FailureReason, want)
		}
	}
}

func TestServe(t *testing.T) {
	a, q := newABIS(), NewQueue(16)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for i, r := range []Request{
		{ID: idInsert, ReferenceID: "r1", ReferenceURL: "share:1/0"},
		{ID: idInsert, ReferenceID: "r2", ReferenceURL: "share:1/1"},
		{ID: idIdentify, ReferenceID: "r2"},
		{ID: idPending},
		{ID: idPing},
	} {
		r.RequestID, r.Version, r.RequestTime = fmt.Sprint(i), "1.1", "2026-03-29T07:01:24Z"
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Ask(ctx, b); err != nil {
			t.Fatal(err)
		}
	}
	if q.Pending() != 5 {
		t.Errorf("%d wait", q.Pending())
	}
	q.Close()
	if err := a.Serve(ctx, q); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		b, err := q.Answer(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var out Response
		if err := json.Unmarshal(b, &out); err != nil || out.RequestID != fmt.Sprint(i) || out.ReturnValue != "1" {
			t.Errorf("answer %d: %s", i, b)
		}
		if i == 2 && out.CandidateList.Count != "1" || i == 3 && out.JobsCount != "1" {
			t.Errorf("answer %d: %s", i, b)
		}
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if err := a.Serve(stopped, NewQueue(1)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAborted(t *testing.T) {
	a := newABIS()
	ask(t, a, Request{ID: idInsert, ReferenceID: "r1", ReferenceURL: "share:1/0"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := a.Handle(ctx, []byte(`{"id":"mosip.abis.identify","version":"1.1","requestId":"x","requesttime":"2026-03-29T07:01:24Z","referenceId":"r1"}`))
	var out Response
	if err := json.Unmarshal(b, &out); err != nil || out.FailureReason != Aborted {
		t.Errorf("%s", b)
	}
}

func FuzzHandle(f *testing.F) {
	for _, s := range []string{
		`{"id":"mosip.abis.insert","version":"1.1","requestId":"a","requesttime":"2020-03-29T07:01:24.692Z","referenceId":"b","referenceURL":"share:text"}`,
		`{"id":"mosip.abis.identify","version":"1.1","requestId":"a","requesttime":"2020-03-29T07:01:24.692Z","referenceId":"b","flags":{"maxResults":"1","targetFPIR":"30"},"gallery":{"referenceIds":[{"referenceId":"c"}]}}`,
		`{"id":"mosip.abis.ping","version":"1.1","requestId":"a","requesttime":"2020-03-29T07:01:24.692Z"}`,
		`{`,
	} {
		f.Add([]byte(s))
	}
	a := newABIS()
	f.Fuzz(func(t *testing.T, message []byte) {
		var out Response
		if err := json.Unmarshal(a.Handle(t.Context(), message), &out); err != nil {
			t.Fatal(err)
		}
		if out.ReturnValue != "1" && (out.ReturnValue != "2" || failureTexts[out.FailureReason] == "") {
			t.Errorf("%+v", out)
		}
	})
}
