package osia

import (
	"context"

	"convenio/osia/abis"
)

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
