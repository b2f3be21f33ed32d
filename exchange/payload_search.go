package exchange

import (
	"bytes"
	"errors"
	"fmt"
)

// SearchPayload asks whether a person is known. It says nothing of who the person might be: no name, no nationality, no
// date; a payload with any other member is refused.
type SearchPayload struct {
	Number string `json:"number"` // the asker's transaction number, opaque, repeated in nothing
	Asker
	Samples []Sample `json:"samples"`
}

// Sample is one finger's image.
type Sample struct {
	Position uint8  `json:"position"` // ANSI/NIST-ITL finger position: 0 unknown, 1 right thumb ... 10 left little
	PNG      []byte `json:"png"`      // 8-bit gray
	PPI      int    `json:"ppi"`      // pixels per inch
}

// Bounds of a search.
const (
	MaxSamples     = 10
	MaxSampleBytes = 2 << 20
	minPPI, maxPPI = 250, 4000
)

var pngMagic = []byte("\x89PNG\r\n\x1a\n")

// Check says what is wrong with the payload. It does not decode the images.
func (p SearchPayload) Check() error {
	if err := errors.Join(checkCode("number", p.Number), p.Asker.check()); err != nil {
		return err
	}
	if len(p.Samples) == 0 || len(p.Samples) > MaxSamples {
		return fmt.Errorf("search holds %d samples, 1 to %d are allowed", len(p.Samples), MaxSamples)
	}
	seen := map[uint8]bool{}
	for i, s := range p.Samples {
		if err := s.check(); err != nil {
			return fmt.Errorf("sample %d: %w", i+1, err)
		}
		if s.Position != 0 && seen[s.Position] {
			return fmt.Errorf("sample %d: finger position %d comes twice", i+1, s.Position)
		}
		seen[s.Position] = true
	}
	return nil
}

func (s Sample) check() error {
	switch {
	case s.Position > 10:
		return fmt.Errorf("finger position %d, want 0 to 10", s.Position)
	case len(s.PNG) > MaxSampleBytes:
		return fmt.Errorf("image has %d bytes, at most %d are allowed", len(s.PNG), MaxSampleBytes)
	case !bytes.HasPrefix(s.PNG, pngMagic):
		return errors.New("image is not a PNG file")
	case s.PPI < minPPI || s.PPI > maxPPI:
		return fmt.Errorf("resolution of %d ppi, want %d to %d", s.PPI, minPPI, maxPPI)
	}
	return nil
}

// Bytes returns the payload's only encoding, or what is wrong with it.
func (p SearchPayload) Bytes() ([]byte, error) { return encodePayload("search", p) }

// ParseSearch reads a search payload strictly.
func ParseSearch(b []byte) (SearchPayload, error) { return parsePayload[SearchPayload]("search", b) }
