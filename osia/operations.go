package osia

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"convenio/osia/abis"
)

// operations answers the generated server: here what enrols, in read.go what reads, in change.go what changes and ends, in
// galleries.go and searches.go what their names say.
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
	c := change{now: &encounter{head: h, prints: prints}, was: was, body: body, given: clear.BiometricData, pictures: s.pictured(prints, given, clear.BiometricData)}
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
