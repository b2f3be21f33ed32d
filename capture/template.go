package capture

import (
	"fmt"
	"slices"

	"convenio/finger"
	"convenio/formats/content"
	"convenio/formats/fmr"
)

// Template reads a file and gives the template of its finger: extracted from its image or, where it holds minutiae and no
// image, made of them (finger.FromMinutiae). Notes say so. Of several fingers it takes the one at want. It fails as Read
// does, with a *finger.RejectError where the image is no usable print, and with ErrTemplate where the minutiae are none.
func Template(data []byte, givenPPI float64, want ...finger.Position) (*finger.Template, []string, error) {
	f, err := content.Open(data)
	if err != nil {
		return nil, nil, fmt.Errorf("read template: %w", err)
	}
	if len(f.Templates) == 0 || len(singles(f)) > 0 {
		p, err := Read(data, givenPPI, want...)
		if err != nil {
			return nil, nil, err
		}
		t, err := finger.Extract(p.Image, nil)
		return t, p.Notes, err
	}
	at := 0
	if len(f.Templates) > 1 {
		at = slices.IndexFunc(f.Templates, func(t content.Template) bool {
			return t.Position != 0 && slices.Contains(want, finger.Position(t.Position))
		})
		if at < 0 {
			return nil, nil, fmt.Errorf("read template: %w: the record has %d views", ErrSeveral, len(f.Templates))
		}
	}
	t, err := FromView(&f.Templates[at].View, fmr.ISO2011)
	if err != nil {
		return nil, nil, fmt.Errorf("read template: %w", err)
	}
	return t, []string{"minutiae without an image: scores are less certain than between images"}, nil
}
