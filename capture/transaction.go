package capture

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"slices"
	"time"

	"convenio/finger"
	"convenio/formats/ansinist"
)

// Bounds of a search's file.
const (
	MaxSearchFingers = 10
	// Resolutions that an ANSI/NIST-ITL Type-14 record takes, in pixels per inch.
	MinSearchPPI, MaxSearchPPI = 490, 4100

	// searchType is 1.004, the type of transaction; there is no other in this domain.
	searchType = "SRCH"
	// searchDomain is 1.013.
	searchDomain = "CONVENIO"
	// unknownImpression is 14.003 where nobody recorded how a finger was captured: unknown friction ridge
	// (ANSI/NIST-ITL 1-2011 Update:2015, table 7).
	unknownImpression = 29
)

// ErrSearchFile says that bytes are not the file of a search, in the one form that SearchFile writes.
var ErrSearchFile = errors.New("not the ANSI/NIST-ITL file of a search")

// SearchSample is one finger of a search.
type SearchSample struct {
	Position finger.Position `json:"position"`
	PNG      []byte          `json:"png"` // 8-bit gray
	PPI      int             `json:"ppi"` // pixels per inch, MinSearchPPI to MaxSearchPPI
}

// SearchHeader is what the file of a search says beside its prints: nothing of who the person is thought to be.
type SearchHeader struct {
	From, To string    // codes of the parties (1.008 and 1.007)
	Number   string    // the asker's transaction number (1.009), at most 40 characters
	At       time.Time // 1.005 and 1.014, to the second
}

// SearchFile writes prints as an ANSI/NIST-ITL transaction (1-2011 Update:2015, traditional encoding): a Type-1, a Type-2
// without any text, and a Type-14 with a PNG for each finger, in the order of their positions. It fails if a print is
// not an 8-bit gray PNG or its resolution out of range, or if there are not 1 to MaxSearchFingers.
func SearchFile(h SearchHeader, samples []SearchSample) ([]byte, error) {
	if len(samples) == 0 || len(samples) > MaxSearchFingers {
		return nil, fmt.Errorf("write search: %d fingers, 1 to %d are allowed", len(samples), MaxSearchFingers)
	}
	s := ansinist.Search{
		Type: searchType, At: h.At.UTC().Truncate(time.Second), Destination: h.To, Origin: h.From, Control: h.Number, Domain: searchDomain,
	}
	samples = slices.Clone(samples)
	slices.SortStableFunc(samples, func(a, b SearchSample) int { return int(a.Position) - int(b.Position) })
	for i, x := range samples {
		if i > 0 && x.Position != finger.Unknown && x.Position == samples[i-1].Position {
			return nil, fmt.Errorf("write search: %s comes twice", x.Position)
		}
		size, err := png.DecodeConfig(bytes.NewReader(x.PNG))
		if err != nil {
			return nil, fmt.Errorf("write search: %s: %w", x.Position, err)
		}
		s.Fingers = append(s.Fingers, ansinist.SearchFinger{
			Position: int(x.Position), Impression: unknownImpression, Width: size.Width, Height: size.Height,
			PPI: x.PPI, Compression: "PNG", Data: x.PNG,
		})
	}
	t, err := ansinist.NewSearch(s)
	if err != nil {
		return nil, fmt.Errorf("write search: %w", err)
	}
	return t.Encode()
}

// ReadSearchFile reads what SearchFile writes, and nothing else: a file is taken only if SearchFile would write the very
// same bytes for what was read. So it has no place for a name, a nationality or anything else about the person, whatever
// program wrote it. It fails with ErrSearchFile. The images are not decoded.
func ReadSearchFile(data []byte) (SearchHeader, []SearchSample, error) {
	fail := func(err error) (SearchHeader, []SearchSample, error) {
		return SearchHeader{}, nil, fmt.Errorf("%w: %w", ErrSearchFile, err)
	}
	t, err := ansinist.Read(data, ansinist.Limits{MaxRecords: MaxSearchFingers + 2, MaxFields: 500, MaxOddities: 1})
	if err != nil {
		return fail(err)
	}
	s, err := ansinist.ReadSearch(t)
	if err != nil {
		return fail(err)
	}
	h := SearchHeader{From: s.Origin, To: s.Destination, Number: s.Control, At: s.At}
	samples := make([]SearchSample, 0, len(s.Fingers))
	for _, f := range s.Fingers {
		samples = append(samples, SearchSample{Position: finger.Position(f.Position), PNG: f.Data, PPI: f.PPI})
	}
	again, err := SearchFile(h, samples)
	if err != nil {
		return fail(err)
	}
	if !bytes.Equal(again, data) {
		return fail(errors.New("it holds more than prints, or another form of them"))
	}
	return h, samples, nil
}
