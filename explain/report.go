package explain

import (
	"errors"
	"fmt"

	"convenio/finger"
)

// Version is that of the Report's form. It changes when a field changes its meaning or goes.
const Version = 1

// Text is what a person reads, in both languages.
type Text struct {
	ES string `json:"es"`
	EN string `json:"en"`
}

// In returns the text in a language, "es" or "en".
func (t Text) In(lang string) string {
	if lang == "es" {
		return t.ES
	}
	return t.EN
}

// Report is one comparison, explained. Places are pixels at 500 ppi from a print's left and top edge; angles are degrees,
// counter-clockwise from the right as seen on the picture.
type Report struct {
	Version   int        `json:"version"`
	Score     Score      `json:"score"`
	Terms     []Term     `json:"terms"`
	Probe     Side       `json:"probe"`
	Reference Side       `json:"reference"`
	Pairs     []Pair     `json:"pairs"`
	Alignment *Alignment `json:"alignment"` // nil with fewer than two pairs
}

// Side is one of the two prints.
type Side struct {
	Name       string    `json:"name"` // as the caller calls it
	WidthPx    int       `json:"width_px"`
	HeightPx   int       `json:"height_px"`
	PNG        []byte    `json:"png"`        // the print, 8-bit gray at 500 ppi
	RidgesPNG  []byte    `json:"ridges_png"` // thinned ridges as found: opaque where a ridge runs, else transparent
	Quality    Quality   `json:"quality"`
	QualityMap Grid      `json:"quality_map"` // 0 outside the print, else 1..255: how clear the ridges are
	Overlap    Grid      `json:"overlap"`     // 1 where the other print shows ridges too
	Minutiae   []Minutia `json:"minutiae"`
	Notes      []string  `json:"notes,omitempty"` // what was assumed in reading the file
}

// Grid holds one value for each cell of CellPx x CellPx pixels, row by row.
type Grid struct {
	Columns int     `json:"columns"`
	Rows    int     `json:"rows"`
	CellPx  int     `json:"cell_px"`
	Values  []uint8 `json:"values"` // in JSON as base64
}

// At returns the value of the cell that a place falls in, 0 outside.
func (g Grid) At(x, y float64) uint8 {
	if x < 0 || y < 0 || g.CellPx == 0 {
		return 0
	}
	cx, cy := int(x)/g.CellPx, int(y)/g.CellPx
	if cx >= g.Columns || cy >= g.Rows {
		return 0
	}
	return g.Values[cy*g.Columns+cx]
}

// Quality is a print's quality score, 0 to 100, and why it is not higher, worst first.
type Quality struct {
	Score   int      `json:"score"`
	Usable  bool     `json:"usable"`
	AreaMM2 float64  `json:"area_mm2"`
	Reasons []Reason `json:"reasons"`
}

// Reason is one cause of low quality with what helps against it.
type Reason struct {
	Key  string `json:"key"`
	Text Text   `json:"text"`
}

// Minutia is one minutia of a print.
type Minutia struct {
	X            float64 `json:"x"`
	Y            float64 `json:"y"`
	DirectionDeg float64 `json:"direction_deg"`
	Kind         string  `json:"kind"`           // "ending", "bifurcation", "other"
	Quality      int     `json:"quality"`        // 0..100
	Pair         int     `json:"pair,omitempty"` // its number, from 1; 0 if it has no partner
	InOverlap    bool    `json:"in_overlap"`     // the other print shows ridges at its place
}

// Pair is two minutiae found to correspond. Indices count from 0 in Minutiae.
type Pair struct {
	Number     int     `json:"number"` // from 1, most similar first
	Probe      int     `json:"probe"`
	Reference  int     `json:"reference"`
	Similarity float64 `json:"similarity"`  // 0..1, of the surroundings
	DistancePx float64 `json:"distance_px"` // between the two after the alignment
	SameKind   bool    `json:"same_kind"`
}

// Input is a print to be explained.
type Input struct {
	Name  string
	Image finger.Image
	Notes []string
}

// SideError says which of the two prints could not be extracted. Unwrap gives the cause, often a *finger.RejectError.
type SideError struct {
	Name string
	Err  error
}

// Error implements error.
func (e *SideError) Error() string { return fmt.Sprintf("%s: %v", e.Name, e.Err) }

// Unwrap returns the cause.
func (e *SideError) Unwrap() error { return e.Err }

// ErrPicture says that a picture could not be encoded: an image without pixels.
var ErrPicture = errors.New("picture without pixels")

// Compare extracts both prints, compares them and explains the outcome. It fails with a *SideError where a print is no
// usable fingerprint. Time and memory are those of two extractions, which the images' sizes bound.
func Compare(probe, reference Input) (Report, error) {
	a, ta, err := look(probe)
	if err != nil {
		return Report{}, &SideError{probe.Name, err}
	}
	b, tb, err := look(reference)
	if err != nil {
		return Report{}, &SideError{reference.Name, err}
	}
	c := finger.NewComparer().Compare(finger.Prepare(ta), finger.Prepare(tb))
	r := Report{Version: Version, Probe: a, Reference: b, Score: meaning(c.Score)}
	r.pair(c.Pairs)
	r.align()
	r.Terms = words(c.Terms, r.Alignment)
	return r, nil
}
