package osia

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"convenio/osia/abis"
)

// operations answers the generated server: the part of the interface that changes and reads what is kept. The searching part
// is in searches.go.
type operations struct{ s *Service }

var _ abis.StrictServerInterface = (*operations)(nil)

func randomName() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: it ends the program instead
	return hex.EncodeToString(b[:])
}

// clearly is a body with encrypted parts in clear.
func clearly[T any](ctx context.Context, given *T) (T, error) {
	o := openedOf(ctx)
	if o.clear == nil {
		return *given, nil
	}
	var out T
	if err := json.Unmarshal(o.clear, &out); err != nil {
		return out, bad("the decrypted data are not as described")
	}
	return out, nil
}

// create stores a new encounter. It fails with errConflict where there is one under these ids.
func (s *Service) create(ctx context.Context, person, id string, given *abis.Encounter, priority *int) (abis.ExtendablePersonIds, error) {
	none := abis.ExtendablePersonIds{}
	if err := checkPriority(priority); err != nil {
		return none, err
	}
	c, reports, err := s.newEncounter(ctx, person, id, given, nil)
	if err != nil {
		return none, err
	}
	answer := idsOf(ctx, person, id, reports)
	s.write.Lock()
	defer s.write.Unlock()
	if s.people[person][id] != nil {
		return none, errConflict
	}
	if len(s.people[person]) >= maxEncounters {
		return none, bad("the person has %d encounters, as many as are kept", maxEncounters)
	}
	return answer, s.apply(ctx, []change{c}, nil, answer)
}

// newEncounter reads what was given. was is the encounter that it takes the place of.
func (s *Service) newEncounter(ctx context.Context, person, id string, given *abis.Encounter, was *encounter) (change, []report, error) {
	clear, err := clearly(ctx, given)
	if err != nil {
		return change{}, nil, err
	}
	now := s.now()
	created := now
	if was != nil {
		created = *was.head.Given.CreatedDate
	}
	h, err := newHead(person, id, *given, clear, created, now)
	if err != nil {
		return change{}, nil, err
	}
	prints, reports, err := s.read(ctx, clear.BiometricData)
	if err != nil {
		return change{}, nil, err
	}
	body, err := json.Marshal(given.BiometricData)
	if err != nil {
		return change{}, nil, fmt.Errorf("encounter: %w", err)
	}
	c := change{now: &encounter{head: h, prints: prints}, was: was, body: body}
	if was != nil {
		c.now.id = was.id
	}
	return c, reports, nil
}

func idsOf(ctx context.Context, person, id string, reports []report) abis.ExtendablePersonIds {
	others := map[string]any{"biometrics": reports}
	if u := openedOf(ctx).unproved; len(u) > 0 {
		others["unverified"] = u
	}
	return abis.ExtendablePersonIds{PersonId: person, EncounterId: id, Others: &others}
}

func (o *operations) CreateEncounterNoIds(ctx context.Context, r abis.CreateEncounterNoIdsRequestObject) (abis.CreateEncounterNoIdsResponseObject, error) {
	a, err := o.s.create(ctx, randomName(), randomName(), r.Body, r.Params.Priority)
	return abis.CreateEncounterNoIds200JSONResponse{IdsJSONResponse: abis.IdsJSONResponse(a)}, err
}

func (o *operations) CreateEncounterNoId(ctx context.Context, r abis.CreateEncounterNoIdRequestObject) (abis.CreateEncounterNoIdResponseObject, error) {
	a, err := o.s.create(ctx, r.PersonId, randomName(), r.Body, r.Params.Priority)
	return abis.CreateEncounterNoId200JSONResponse{IdsJSONResponse: abis.IdsJSONResponse(a)}, err
}

func (o *operations) CreateEncounter(ctx context.Context, r abis.CreateEncounterRequestObject) (abis.CreateEncounterResponseObject, error) {
	a, err := o.s.create(ctx, r.PersonId, r.EncounterId, r.Body, r.Params.Priority)
	return abis.CreateEncounter200JSONResponse{IdsJSONResponse: abis.IdsJSONResponse(a)}, err
}

func (o *operations) UpdateEncounter(ctx context.Context, r abis.UpdateEncounterRequestObject) (abis.UpdateEncounterResponseObject, error) {
	s := o.s
	if err := checkPriority(r.Params.Priority); err != nil {
		return nil, err
	}
	was, err := s.find(r.PersonId, r.EncounterId)
	if err != nil {
		return nil, err
	}
	c, reports, err := s.newEncounter(ctx, r.PersonId, r.EncounterId, r.Body, was)
	if err != nil {
		return nil, err
	}
	a := idsOf(ctx, r.PersonId, r.EncounterId, reports)
	s.write.Lock()
	defer s.write.Unlock()
	now, err := s.people.get(r.PersonId, r.EncounterId) // it may have moved or ended meanwhile
	if err != nil || now.id != was.id {
		return nil, errUnknown
	}
	err = s.apply(ctx, []change{c}, nil, a)
	return abis.UpdateEncounter200JSONResponse{IdsJSONResponse: abis.IdsJSONResponse(a)}, err
}

func (s *Service) find(person, id string) (*encounter, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.people.get(person, id)
}

// full is an encounter as it is given back.
func (s *Service) full(ctx context.Context, e *encounter) (abis.Encounter, error) {
	body, err := s.cfg.Store.OSIABody(ctx, e.id)
	if err != nil {
		return abis.Encounter{}, err
	}
	out := e.head.Given
	if err := json.Unmarshal(body, &out.BiometricData); err != nil {
		return abis.Encounter{}, fmt.Errorf("stored encounter: %w", err)
	}
	return out, nil
}

func (o *operations) ReadEncounter(ctx context.Context, r abis.ReadEncounterRequestObject) (abis.ReadEncounterResponseObject, error) {
	if err := checkPriority(r.Params.Priority); err != nil {
		return nil, err
	}
	e, err := o.s.find(r.PersonId, r.EncounterId)
	if err != nil {
		return nil, err
	}
	full, err := o.s.full(ctx, e)
	return abis.ReadEncounter200JSONResponse{EncounterJSONResponse: abis.EncounterJSONResponse(full)}, err
}

func (o *operations) ReadAllEncounters(ctx context.Context, r abis.ReadAllEncountersRequestObject) (abis.ReadAllEncountersResponseObject, error) {
	list, err := o.s.allOf(r.PersonId)
	if err != nil {
		return nil, err
	}
	if err := checkPriority(r.Params.Priority); err != nil {
		return nil, err
	}
	out := abis.ReadAllEncounters200JSONResponse{}
	size := 0
	for _, e := range list {
		full, err := o.s.full(ctx, e)
		if err != nil {
			return nil, err
		}
		for _, b := range full.BiometricData {
			if b.Image != nil {
				size += len(*b.Image)
			}
		}
		if size > 4*maxBody {
			return nil, bad("the person's encounters have more than %d MiB of images; read them one by one", 4*maxBody>>20)
		}
		out = append(out, full)
	}
	return out, nil
}

// allOf are a person's encounters, or errUnknown.
func (s *Service) allOf(person string) ([]*encounter, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := s.people.of(person)
	if len(list) == 0 {
		return nil, errUnknown
	}
	return list, nil
}

// done is the answer of an operation that has no other.
const done = "OK"

func (o *operations) DeleteEncounter(ctx context.Context, r abis.DeleteEncounterRequestObject) (abis.DeleteEncounterResponseObject, error) {
	s := o.s
	if err := checkPriority(r.Params.Priority); err != nil {
		return nil, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	e, err := s.people.get(r.PersonId, r.EncounterId)
	if err != nil {
		return nil, err
	}
	return abis.DeleteEncounter204Response{}, s.apply(ctx, nil, []*encounter{e}, done)
}

func (o *operations) DeleteAll(ctx context.Context, r abis.DeleteAllRequestObject) (abis.DeleteAllResponseObject, error) {
	s := o.s
	if err := checkPriority(r.Params.Priority); err != nil {
		return nil, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	list, err := s.allOf(r.PersonId)
	if err != nil {
		return nil, err
	}
	return abis.DeleteAll204Response{}, s.apply(ctx, nil, list, done)
}

// give moves encounters to another person; where that person has one of the ids, nothing moves.
func (s *Service) give(ctx context.Context, target string, list []*encounter) error {
	have := s.people[target]
	if have == nil {
		return errUnknown
	}
	if len(have)+len(list) > maxEncounters {
		return bad("the person would have more than %d encounters", maxEncounters)
	}
	var put []change
	for _, e := range list {
		if have[e.head.Encounter] != nil {
			return errConflict
		}
		put = append(put, change{was: e, now: e.changed(func(h *head) { h.Person = target })})
	}
	return s.apply(ctx, put, nil, done)
}

func (o *operations) MergeEncounter(ctx context.Context, r abis.MergeEncounterRequestObject) (abis.MergeEncounterResponseObject, error) {
	s := o.s
	if err := checkPriority(r.Params.Priority); err != nil {
		return nil, err
	}
	if r.PersonIdSource == r.PersonIdTarget {
		return nil, bad("a person cannot be merged with itself")
	}
	s.write.Lock()
	defer s.write.Unlock()
	list, err := s.allOf(r.PersonIdSource)
	if err != nil {
		return nil, err
	}
	return abis.MergeEncounter204Response{}, s.give(ctx, r.PersonIdTarget, list)
}

func (o *operations) MoveEncounter(ctx context.Context, r abis.MoveEncounterRequestObject) (abis.MoveEncounterResponseObject, error) {
	s := o.s
	if err := checkPriority(r.Params.Priority); err != nil {
		return nil, err
	}
	if r.PersonIdSource == r.PersonIdTarget {
		return nil, bad("an encounter cannot be moved to the person who has it")
	}
	s.write.Lock()
	defer s.write.Unlock()
	e, err := s.people.get(r.PersonIdSource, r.EncounterId)
	if err != nil {
		return nil, err
	}
	return abis.MoveEncounter204Response{}, s.give(ctx, r.PersonIdTarget, []*encounter{e})
}

// amend changes the head of one encounter. The interface has no 404 for it: an unknown encounter is a bad request.
func (s *Service) amend(ctx context.Context, person, id string, f func(*head)) error {
	s.write.Lock()
	defer s.write.Unlock()
	e, err := s.people.get(person, id)
	if err != nil {
		return bad("there is no such encounter")
	}
	now := s.now()
	c := e.changed(func(h *head) {
		h.Given.UpdatedDate = &now
		f(h)
	})
	return s.apply(ctx, []change{{now: c, was: e}}, nil, done)
}

func (o *operations) UpdateEncounterStatus(ctx context.Context, r abis.UpdateEncounterStatusRequestObject) (abis.UpdateEncounterStatusResponseObject, error) {
	if r.Params.Status != "ACTIVE" && r.Params.Status != "INACTIVE" {
		return nil, bad("status: ACTIVE or INACTIVE")
	}
	err := o.s.amend(ctx, r.PersonId, r.EncounterId, func(h *head) { h.Given.Status = abis.EncounterStatus(r.Params.Status) })
	return abis.UpdateEncounterStatus204Response{}, err
}

func (o *operations) UpdateEncounterGalleries(ctx context.Context, r abis.UpdateEncounterGalleriesRequestObject) (abis.UpdateEncounterGalleriesResponseObject, error) {
	if err := checkGalleries(*r.Body); err != nil {
		return nil, err
	}
	err := o.s.amend(ctx, r.PersonId, r.EncounterId, func(h *head) { h.Given.Galleries = *r.Body })
	return abis.UpdateEncounterGalleries204Response{}, err
}

func (o *operations) ReadTemplate(_ context.Context, r abis.ReadTemplateRequestObject) (abis.ReadTemplateResponseObject, error) {
	if err := checkPriority(r.Params.Priority); err != nil {
		return nil, err
	}
	e, err := o.s.find(r.PersonId, r.EncounterId)
	if err != nil {
		return nil, err
	}
	list, err := templatesOf(e, r.Params)
	return abis.ReadTemplate200JSONResponse(list), err
}

func (o *operations) ReadGalleries(_ context.Context, r abis.ReadGalleriesRequestObject) (abis.ReadGalleriesResponseObject, error) {
	o.s.mu.RLock()
	defer o.s.mu.RUnlock()
	return abis.ReadGalleries200JSONResponse(o.s.people.galleries()), checkPriority(r.Params.Priority)
}

// Bounds of a page of a gallery.
const (
	defaultPage = 1000
	maxPage     = 10000
)

type csvKey struct{}

// acceptsCSV says whether a request asks for text/csv and not for JSON.
func acceptsCSV(r *http.Request) bool {
	a := r.Header.Get("Accept")
	return strings.Contains(a, "text/csv") && !strings.Contains(a, "application/json")
}

func (o *operations) ReadGalleryContent(ctx context.Context, r abis.ReadGalleryContentRequestObject) (abis.ReadGalleryContentResponseObject, error) {
	offset, limit := 0, defaultPage
	if r.Params.Offset != nil {
		offset = *r.Params.Offset
	}
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	if offset < 0 || limit < 1 || limit > maxPage {
		return nil, bad("offset: 0 or more; limit: 1 to %d", maxPage)
	}
	if err := checkPriority(r.Params.Priority); err != nil {
		return nil, err
	}
	list, err := o.s.content(r.GalleryId)
	if err != nil {
		return nil, err
	}
	list = list[min(offset, len(list)):]
	list = list[:min(limit, len(list))]
	if csv, _ := ctx.Value(csvKey{}).(bool); csv {
		text := csvOf(list)
		return abis.ReadGalleryContent200TextcsvResponse{Body: strings.NewReader(text), ContentLength: int64(len(text))}, nil
	}
	return abis.ReadGalleryContent200JSONResponse(list), nil
}

// content are the encounters of a gallery, active or not, in the order of persons and ids.
func (s *Service) content(gallery string) ([]abis.PersonIds, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.people.hasGallery(gallery) {
		return nil, errUnknown
	}
	out := []abis.PersonIds{}
	s.people.each(func(e *encounter) {
		if e.in(gallery) {
			out = append(out, abis.PersonIds{PersonId: e.head.Person, EncounterId: e.head.Encounter})
		}
	})
	return out, nil
}

// csvOf writes ids as RFC 4180 has it.
func csvOf(list []abis.PersonIds) string {
	var b strings.Builder
	field := func(s string) string {
		if strings.ContainsAny(s, "\",\r\n ") {
			return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
		}
		return s
	}
	b.WriteString("personId,encounterId\r\n")
	for _, p := range list {
		b.WriteString(field(p.PersonId) + "," + field(p.EncounterId) + "\r\n")
	}
	return b.String()
}

func (o *operations) ReadTaskStatus(_ context.Context, r abis.ReadTaskStatusRequestObject) (abis.ReadTaskStatusResponseObject, error) {
	state, err := o.s.taskStatus(r.TaskId)
	return abis.ReadTaskStatus200JSONResponse(state), err
}

func (o *operations) RedeliverTaskResult(ctx context.Context, r abis.RedeliverTaskResultRequestObject) (abis.RedeliverTaskResultResponseObject, error) {
	return abis.RedeliverTaskResult204Response{}, o.s.redeliver(ctx, r.TaskId)
}
