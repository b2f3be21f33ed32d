package mosip

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"time"

	"convenio/finger"
	"convenio/gallery"
)

// Fetcher gets what a reference URL of MOSIP's data share holds: a CBEFF document in XML, fetched with the ABIS' token and
// decrypted. It fails with the Failure that MOSIP is to be told (Expired, Unfetchable), or with any error, which is told as
// Unfetchable.
type Fetcher interface {
	Fetch(ctx context.Context, url string) ([]byte, error)
}

// Options of an ABIS.
type Options struct {
	Fetch Fetcher // required
	// FPIR is the false positive identification rate where a request names none, 0 < FPIR <= 1. Defaults to 1e-4.
	FPIR float64
	// MaxResults is how many candidates an answer has where a request does not say. Defaults to gallery.DefaultMax.
	MaxResults int
	// Pending says how many requests wait. Defaults to 0; Serve counts its own queue.
	Pending func() int
	// Now is the clock of responsetime. Defaults to a clock that stands at the Unix epoch, so that the package stays pure: the
	// edge hands its own in.
	Now func() time.Time
}

// ABIS keeps references in memory and answers messages.
type ABIS struct {
	opt     Options
	mu      sync.Mutex
	gallery *gallery.Gallery
	people  map[string][]gallery.Reference
}

// class is the one class of all references: who may be searched is MOSIP's to say.
const class = "mosip"

// New makes an empty ABIS.
func New(opt Options) *ABIS {
	if !(opt.FPIR > 0 && opt.FPIR <= 1) {
		opt.FPIR = 1e-4
	}
	if opt.MaxResults <= 0 {
		opt.MaxResults = gallery.DefaultMax
	}
	if opt.Pending == nil {
		opt.Pending = func() int { return 0 }
	}
	if opt.Now == nil {
		opt.Now = func() time.Time { return time.Unix(0, 0) }
	}
	return &ABIS{opt: opt, gallery: gallery.New(), people: map[string][]gallery.Reference{}}
}

// Handle answers one message. It always answers: what cannot be read is answered as such.
func (a *ABIS) Handle(ctx context.Context, message []byte) []byte {
	r, err := parse(message)
	out := Response{ReturnValue: "1"}
	if err == nil {
		err = a.do(ctx, r, &out)
	}
	out.ID, out.RequestID = r.ID, r.RequestID
	out.ResponseTime = a.opt.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	if err != nil {
		reason := Unexpected
		if !errors.As(err, &reason) && ctx.Err() != nil {
			reason = Aborted
		}
		out = Response{ID: out.ID, RequestID: out.RequestID, ResponseTime: out.ResponseTime, ReturnValue: "2", FailureReason: reason}
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic("mosip: a response of strings cannot be written: " + err.Error())
	}
	return b
}

func (a *ABIS) do(ctx context.Context, r Request, out *Response) error {
	switch r.ID {
	case idInsert:
		return a.insert(ctx, r)
	case idIdentify:
		list, err := a.identify(ctx, r)
		out.CandidateList = list
		return err
	case idDelete:
		return a.remove(r)
	case idPending:
		a.mu.Lock()
		pending := a.opt.Pending
		a.mu.Unlock()
		out.JobsCount = strconv.Itoa(pending())
	case idReferences:
		a.mu.Lock()
		defer a.mu.Unlock()
		out.Count = strconv.Itoa(len(a.people))
	}
	return nil // a ping is answered by its answer
}

// insert fetches and keeps a reference. The URL is tried first: without a reference there is a reason of its own only for
// biometrics that could be had.
func (a *ABIS) insert(ctx context.Context, r Request) error {
	if r.ReferenceURL == "" {
		return NoReferenceURL
	}
	if r.ReferenceID != "" && a.has(r.ReferenceID) {
		return ReferenceExists
	}
	fingers, err := a.fetch(ctx, r.ReferenceURL)
	switch {
	case err != nil:
		return err
	case r.ReferenceID == "":
		return NoReferenceID
	}
	var refs []gallery.Reference
	for _, f := range fingers {
		refs = append(refs, gallery.Reference{Subject: r.ReferenceID, Position: f.Position, Class: class, Template: f.Template})
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.people[r.ReferenceID]; ok { // inserted while we fetched
		return ReferenceExists
	}
	if err := a.gallery.Add(refs...); err != nil {
		return err
	}
	a.people[r.ReferenceID] = refs
	return nil
}

func (a *ABIS) has(id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.people[id]
	return ok
}

func (a *ABIS) remove(r Request) error {
	if r.ReferenceID == "" {
		return NoReferenceID
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.people[r.ReferenceID]; !ok {
		return ReferenceNotFound
	}
	delete(a.people, r.ReferenceID)
	a.gallery.Remove(r.ReferenceID)
	return nil
}

// probe is what is searched for: a reference that is here, else what the URL gives.
func (a *ABIS) probe(ctx context.Context, r Request) ([]gallery.Finger, error) {
	switch {
	case r.ReferenceID == "" && r.ReferenceURL == "":
		return nil, NoReferenceID
	case r.ReferenceID == "":
		return a.fetch(ctx, r.ReferenceURL)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	refs, ok := a.people[r.ReferenceID]
	if !ok {
		return nil, ReferenceNotFound
	}
	var out []gallery.Finger
	for _, f := range refs {
		out = append(out, gallery.Finger{Position: f.Position, Template: f.Template})
	}
	return out, nil
}

// among returns the gallery that a request searches, and how many people it has.
func (a *ABIS) among(filter *GalleryFilter) (*gallery.Gallery, int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if filter == nil || len(filter.ReferenceIDs) == 0 {
		return a.gallery, len(a.people), nil
	}
	part, seen := gallery.New(), map[string]bool{}
	for _, id := range filter.ReferenceIDs {
		if refs := a.people[id.ReferenceID]; len(refs) > 0 && !seen[id.ReferenceID] {
			seen[id.ReferenceID] = true
			if err := part.Add(refs...); err != nil {
				return nil, 0, err
			}
		}
	}
	return part, len(seen), nil
}

func (a *ABIS) identify(ctx context.Context, r Request) (*CandidateList, error) {
	probe, err := a.probe(ctx, r)
	if err != nil {
		return nil, err
	}
	most, fpir, err := a.flags(r.Flags)
	if err != nil {
		return nil, err
	}
	in, people, err := a.among(r.Gallery)
	if err != nil {
		return nil, err
	}
	list := &CandidateList{Count: "0", Candidates: []Candidate{}}
	if people == 0 {
		return list, nil
	}
	// one more than asked for, since the reference that is searched for finds itself
	res, err := in.Search(ctx, probe, func(string) bool { return true }, gallery.Options{Threshold: gallery.PersonThreshold(fpir, people), Max: most + 1})
	if err != nil {
		return nil, err
	}
	for _, c := range res.Candidates {
		if c.Subject != r.ReferenceID && len(list.Candidates) < most {
			n := analytics(c.Score)
			list.Candidates = append(list.Candidates, Candidate{ReferenceID: c.Subject, Analytics: n, Modalities: []Modality{{BiometricType: "FIR", Analytics: n}}})
		}
	}
	list.Count = strconv.Itoa(len(list.Candidates))
	return list, nil
}

func analytics(s finger.Score) Analytics {
	return Analytics{Confidence: strconv.Itoa(int(min(max(s, 0), 100))), InternalScore: strconv.FormatFloat(float64(s), 'f', 1, 64)}
}
