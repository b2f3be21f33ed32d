package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"convenio/api"
	"convenio/capture"
	"convenio/finger"
	"convenio/formats/content"
)

// positionOr reads a finger position from a flag; an empty one is Unknown.
func positionOr(s string) (finger.Position, error) {
	if s == "" {
		return finger.Unknown, nil
	}
	p, err := finger.ParsePosition(s)
	return p, hint(err, "positions run from right-thumb to left-little")
}

// printsIn reads every print of a file that holds several, for a --finger that names no position.
func printsIn(file string, ppi float32) ([]api.FingerImage, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, hint(fmt.Errorf("--finger %q: %w", file, err), "write POSITION=FILE, such as right-index=r2.png; positions run from right-thumb to left-little, or unknown")
	}
	prints, err := capture.ReadAll(b, float64(ppi))
	if err != nil {
		return nil, unreadable(file, err)
	}
	var out []api.FingerImage
	seen := map[finger.Position]bool{} // a file may hold a finger rolled and plain: the first is taken
	for _, p := range prints {
		if seen[p.Position] {
			continue
		}
		seen[p.Position] = true
		if p.Position == finger.Unknown {
			return nil, hint(fmt.Errorf("--finger %q: which finger it shows is not stated", file), "write POSITION=FILE, such as right-index=r2.png; positions run from right-thumb to left-little, or unknown")
		}
		png, err := p.PNG()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		out = append(out, api.FingerImage{Position: p.Position.String(), Image: png})
	}
	return out, nil
}

// unreadable says what can be done about a file without a print.
func unreadable(file string, err error) error {
	switch {
	case errors.Is(err, capture.ErrSeveral), errors.Is(err, capture.ErrNoPrint):
		return hint(fmt.Errorf("%s: %w", file, err), "'convenio inspect %s' says what it holds, 'convenio convert' takes one finger out", file)
	case errors.Is(err, content.ErrUnknown):
		return hint(fmt.Errorf("%s: %w", file, err), "give a whole PNG, TIFF, BMP, JPEG, JPEG 2000 or WSQ picture of one finger, or a record; known are %s", strings.Join(content.Kinds(), ", "))
	}
	return hint(fmt.Errorf("%s: %w", file, err), "give a whole picture or record of one finger, 500 pixels per inch or near it")
}

// templateIn reads the template of one finger of a file: of its image or, where it holds minutiae alone, of these.
func templateIn(file string, ppi float64) (*finger.Template, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	t, _, err := capture.Template(b, ppi)
	var rejected *finger.RejectError
	if errors.As(err, &rejected) {
		return nil, hint(fmt.Errorf("%s: %w", file, err), "%s", rejected.Reason.Text("en"))
	}
	if err != nil {
		return nil, unreadable(file, err)
	}
	return t, nil
}

// allPrints reads every print of a file.
func allPrints(file string, ppi float64) ([]capture.Print, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	prints, err := capture.ReadAll(b, ppi)
	if err != nil {
		return nil, unreadable(file, err)
	}
	return prints, nil
}

// extractionsOf says how good each of a file's prints is.
func extractionsOf(file string, prints []capture.Print) ([]extraction, error) {
	var out []extraction
	for _, p := range prints {
		e := extraction{File: file, Notes: p.Notes}
		if p.Position != finger.Unknown {
			e.File += " " + p.Position.String()
		}
		t, err := finger.Extract(p.Image, nil)
		var rejected *finger.RejectError
		switch {
		case errors.As(err, &rejected):
			e.Reasons = []string{rejected.Reason.Text("en")}
		case err != nil:
			return nil, fmt.Errorf("%s: %w", file, err)
		default:
			e.Quality, e.Usable, e.Minutiae = int(t.Quality.Score), t.Quality.Usable(), len(t.Minutiae)
			for _, p := range t.Singularities() {
				if p.Delta {
					e.Deltas++
				} else {
					e.Cores++
				}
			}
			for _, r := range t.Quality.Reasons {
				e.Reasons = append(e.Reasons, r.Text("en"))
			}
		}
		out = append(out, e)
	}
	return out, nil
}
