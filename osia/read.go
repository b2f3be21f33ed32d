package osia

import (
	"context"
	"encoding/json"
	"fmt"

	"convenio/osia/abis"
)

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

func (o *operations) ReadTaskStatus(_ context.Context, r abis.ReadTaskStatusRequestObject) (abis.ReadTaskStatusResponseObject, error) {
	state, err := o.s.taskStatus(r.TaskId)
	return abis.ReadTaskStatus200JSONResponse(state), err
}

func (o *operations) RedeliverTaskResult(ctx context.Context, r abis.RedeliverTaskResultRequestObject) (abis.RedeliverTaskResultResponseObject, error) {
	return abis.RedeliverTaskResult204Response{}, o.s.redeliver(ctx, r.TaskId)
}
