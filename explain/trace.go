package explain

import (
	"fmt"

	"convenio/finger"
)

// Trace is how one print was extracted, step by step.
type Trace struct {
	Name  string
	Steps []Step
	Facts []Fact // what is told in numbers, not as a picture
	Ended string // why no template could be made; empty if one was
}

// Step is one intermediate picture, in the order the engine came to it.
type Step struct {
	Key   string // as finger.Tap documents it
	Title Text
	File  string // "01-resampled.png"
	PNG   []byte
}

// Fact is a measured value.
type Fact struct{ Key, Value string }

// stepTitles say what each step's picture shows. A step without a title is shown under its key.
var stepTitles = map[string]Text{
	"resampled":   {"Imagen a 500 píxeles por pulgada", "Image at 500 pixels per inch"},
	"normalised":  {"Contraste igualado", "Contrast evened"},
	"mask":        {"Dónde hay huella, primera estimación", "Where there is a print, first estimate"},
	"orientation": {"Dirección de las crestas", "Direction of the ridges"},
	"period":      {"Distancia entre crestas (claro: mayor)", "Spacing of the ridges (light: wider)"},
	"enhanced":    {"Filtrada a lo largo de las crestas", "Filtered along the ridges"},
	"reliability": {"Claridad de las crestas (claro: mayor)", "Clarity of the ridges (light: clearer)"},
	"foreground":  {"De dónde se toman minucias", "Where minutiae are taken from"},
	"binary":      {"Crestas y valles", "Ridges and valleys"},
	"skeleton":    {"Crestas adelgazadas y limpias", "Ridges thinned and cleaned"},
	"candidates":  {"Todas las minucias halladas", "All minutiae found"},
	"minutiae":    {"Las minucias que quedan (círculo: terminación; rombo: bifurcación)", "The minutiae kept (circle: ending; diamond: bifurcation)"},
}

// Recorder is a finger.Tap that keeps a picture of every step. The zero value is ready; use one for each extraction.
type Recorder struct {
	base  finger.Gray // what lines and minutiae are drawn on
	mask  finger.Grid // outside it a field says nothing
	trace Trace
	err   error
}

// Wants implements finger.Tap: everything.
func (*Recorder) Wants(string) bool { return true }

// Take implements finger.Tap.
func (r *Recorder) Take(step string, v any) {
	var png []byte
	var err error
	switch v := v.(type) {
	case finger.Gray:
		if r.base.Pix == nil {
			r.base = finger.Gray{Width: v.Width, Height: v.Height, Pix: append([]uint8(nil), v.Pix...)}
		}
		png, err = grayPNG(v)
	case finger.Grid:
		if r.mask.Values == nil { // the first grid there is
			r.mask = v
			r.mask.Values = append([]uint8(nil), v.Values...)
		}
		v = within(v, r.mask)
		if step == "orientation" {
			png, err = drawFlow(r.base, v, r.mask)
		} else {
			png, err = drawGrid(v)
		}
	case []finger.Minutia:
		png, err = drawMinutiae(r.base, v)
	case finger.Measures:
		r.measures(v)
		return
	default:
		r.trace.Facts = append(r.trace.Facts, Fact{step, fmt.Sprintf("%+v", v)})
		return
	}
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("draw step %s: %w", step, err)
	}
	title, ok := stepTitles[step]
	if !ok {
		title = Text{step, step}
	}
	n := len(r.trace.Steps) + 1
	r.trace.Steps = append(r.trace.Steps, Step{step, title, fmt.Sprintf("%02d-%s.png", n, step), png})
}

func (r *Recorder) measures(m finger.Measures) {
	add := func(key, format string, v any) {
		r.trace.Facts = append(r.trace.Facts, Fact{key, fmt.Sprintf(format, v)})
	}
	add("area", "%.0f mm²", m.AreaMM2)
	add("minutiae of quality 40 or more", "%d", m.Minutiae)
	add("mean reliability", "%.2f", m.Reliability)
	add("contrast", "%.1f", m.Contrast)
	add("relief", "%.2f", m.Relief)
	add("breaks", "%.2f", m.Breaks)
	add("bridges", "%.2f", m.Bridges)
	add("lost share", "%.2f", m.LostShare)
}

// Follow extracts one print and records every step. An image that is no usable fingerprint gives the steps up to where it
// was refused, and Ended says why; any other failure is an error.
func Follow(in Input) (Trace, error) {
	var r Recorder
	t, err := finger.Extract(in.Image, &r)
	r.trace.Name = in.Name
	if err != nil {
		r.trace.Ended = err.Error()
	} else {
		r.trace.Facts = append(r.trace.Facts, Fact{"quality score", fmt.Sprintf("%d of 100", t.Quality.Score)})
	}
	return r.trace, r.err
}
