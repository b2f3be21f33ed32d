package osia

import (
	"context"
	"net/http"
	"strings"

	"convenio/osia/abis"
)

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
