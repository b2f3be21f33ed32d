package osia

import (
	"context"

	"convenio/osia/abis"
)

// asked reads what a search asks for: its options and its body, with encrypted parts in clear.
func asked[T any](ctx context.Context, body *T, most, priority, serviceLevel *int, threshold *float32) (opt options, clear T, err error) {
	if opt, err = newOptions(most, priority, serviceLevel, threshold); err == nil {
		clear, err = clearly(ctx, body)
	}
	return opt, clear, err
}

func (o *operations) Identify(ctx context.Context, r abis.IdentifyRequestObject) (abis.IdentifyResponseObject, error) {
	p := r.Params
	opt, clear, err := asked(ctx, r.Body, p.MaxNbCand, p.Priority, p.ServiceLevel, p.Threshold)
	if err != nil {
		return nil, err
	}
	f, err := newFilter(clear.Filter)
	if err != nil {
		return nil, err
	}
	refs, _, err := o.s.read(ctx, clear.BiometricData)
	if err != nil {
		return nil, err
	}
	list, err := o.s.search(ctx, r.GalleryId, refs, f, opt, "")
	return abis.Identify200JSONResponse(list), err
}

func (o *operations) IdentifyFromId(ctx context.Context, r abis.IdentifyFromIdRequestObject) (abis.IdentifyFromIdResponseObject, error) {
	p := r.Params
	opt, err := newOptions(p.MaxNbCand, p.Priority, p.ServiceLevel, p.Threshold)
	if err != nil {
		return nil, err
	}
	encounters, err := o.s.allOf(r.PersonId)
	if err != nil {
		return nil, err
	}
	var refs []reference
	for _, e := range encounters {
		if e.active() {
			refs = append(refs, e.prints...)
		}
	}
	list, err := o.s.searchKnown(ctx, r.GalleryId, r.PersonId, refs, r.Body, opt)
	return abis.IdentifyFromId200JSONResponse(list), err
}

func (o *operations) IdentifyFromEncounterId(ctx context.Context, r abis.IdentifyFromEncounterIdRequestObject) (abis.IdentifyFromEncounterIdResponseObject, error) {
	p := r.Params
	opt, err := newOptions(p.MaxNbCand, p.Priority, p.ServiceLevel, p.Threshold)
	if err != nil {
		return nil, err
	}
	e, err := o.s.find(r.PersonId, r.EncounterId)
	if err != nil {
		return nil, err
	}
	list, err := o.s.searchKnown(ctx, r.GalleryId, r.PersonId, e.prints, r.Body, opt)
	return abis.IdentifyFromEncounterId200JSONResponse(list), err
}

// searchKnown searches with what is kept of a person, who is not a candidate: the question is who else it may be.
func (s *Service) searchKnown(ctx context.Context, gallery, person string, refs []reference, body *abis.Filter, opt options) ([]abis.Candidate, error) {
	f := filter{fingers: true}
	if body != nil {
		var err error
		if f, err = newFilter(*body); err != nil {
			return nil, err
		}
	}
	return s.search(ctx, gallery, refs, f, opt, person)
}

func (o *operations) VerifyFromId(ctx context.Context, r abis.VerifyFromIdRequestObject) (abis.VerifyFromIdResponseObject, error) {
	p := r.Params
	opt, clear, err := asked(ctx, r.Body, nil, p.Priority, p.ServiceLevel, p.Threshold)
	if err != nil {
		return nil, err
	}
	encounters, err := o.s.allOf(r.PersonId)
	if err != nil {
		return nil, err
	}
	with, inside := map[string]*encounter{}, false
	for _, e := range encounters {
		inside = inside || e.in(r.GalleryId)
		if e.active() && e.in(r.GalleryId) {
			with[e.id] = e
		}
	}
	if !inside {
		return nil, errUnknown
	}
	refs, _, err := o.s.read(ctx, clear.BiometricData)
	if err != nil {
		return nil, err
	}
	v, err := o.s.verify(ctx, refs, with, opt, true)
	return abis.VerifyFromId200JSONResponse{VerificationJSONResponse: abis.VerificationJSONResponse(v)}, err
}

func (o *operations) VerifyFromBio(ctx context.Context, r abis.VerifyFromBioRequestObject) (abis.VerifyFromBioResponseObject, error) {
	p := r.Params
	opt, clear, err := asked(ctx, r.Body, nil, p.Priority, p.ServiceLevel, p.Threshold)
	if err != nil {
		return nil, err
	}
	one, _, err := o.s.read(ctx, clear.BiometricData1)
	if err != nil {
		return nil, err
	}
	two, _, err := o.s.read(ctx, clear.BiometricData2)
	if err != nil {
		return nil, err
	}
	if len(two) == 0 {
		return nil, bad("biometricData2 holds no fingerprint to compare with")
	}
	v, err := o.s.verify(ctx, one, map[string]*encounter{"2": {prints: two}}, opt, false)
	return abis.VerifyFromBio200JSONResponse{VerificationJSONResponse: abis.VerificationJSONResponse(v)}, err
}
