package content

import (
	"fmt"
	"math"
	"strings"

	"convenio/formats/fmr"
	"convenio/formats/sc37"
)

func openFMR(data []byte, _ int) (*File, error) {
	r, err := fmr.Parse(data)
	if err != nil {
		return nil, err
	}
	f := &File{Title: "finger minutiae record, " + r.Format.String(), Oddities: oddities(r.Oddities)}
	head := Record{Name: "header", Fields: []Field{field("format", "%v", r.Format), field("version", "%q", r.Version[:]),
		field("views", "%d", len(r.Views))}}
	if r.Product != (fmr.Product{}) {
		head.Fields = append(head.Fields, field("CBEFF product identifier", "%#04x %#04x", r.Product.Owner, r.Product.Type))
	}
	if r.Equipment != (fmr.Equipment{}) {
		head.Fields = append(head.Fields, field("capture equipment", "certification %d, device %#04x", r.Equipment.Certification, r.Equipment.Device))
	}
	f.Records = append(f.Records, head)
	if len(r.Views) > MaxListed {
		f.Notes = append(f.Notes, tooMany("views"))
		r.Views = r.Views[:MaxListed]
	}
	iso, _, err := r.Convert(fmr.ISO2011)
	if err != nil {
		return nil, err
	}
	for i := range r.Views {
		f.addRecord(viewRecord(r, i))
		if t, ok := templateOf(iso.Views[i], i); ok {
			for _, m := range r.Views[i].Minutiae {
				t.Points = append(t.Points, point(m, r.Format.Degrees(m.Angle)))
			}
			f.addTemplate(t)
		}
	}
	return f, nil
}

func oddities(list []sc37.Oddity) []string {
	var out []string
	for _, o := range list {
		out = append(out, o.String())
	}
	return out
}

func viewRecord(r *fmr.Record, i int) Record {
	v := &r.Views[i]
	rec := Record{Name: fmt.Sprintf("view %d: %s", i+1, sc37.PositionName(v.Position))}
	rec.Fields = append(rec.Fields,
		field("finger position", "%d, %s", v.Position, sc37.PositionName(v.Position)),
		field("view number", "%d", v.Number),
		field("impression type", "%d, %s", v.Impression, sc37.ImpressionName(v.Impression)),
		field("image size", "%d x %d pixels", v.Width, v.Height),
		field("resolution", "%d x %d pixels per cm", v.XPerCm, v.YPerCm))
	rec.Fields = append(rec.Fields, captureFields(v.Capture)...)
	kinds := [4]int{}
	for _, m := range v.Minutiae {
		kinds[m.Kind&3]++
	}
	rec.Fields = append(rec.Fields, field("minutiae", "%d: %d endings, %d bifurcations, %d other", len(v.Minutiae), kinds[1], kinds[2], kinds[0]+kinds[3]))
	if len(v.Extended) > 0 {
		rec.Fields = append(rec.Fields, field("extended data", "%d areas, %v", len(v.Extended), v.LengthRule))
	}
	for i, a := range v.Extended {
		if i == maxShown {
			rec.Fields = append(rec.Fields, field("further areas", "%d", len(v.Extended)-i))
			break
		}
		switch {
		case a.RidgeCounts != nil:
			rec.Fields = append(rec.Fields, field(a.Name(), "%d, %s", len(a.RidgeCounts.Counts), a.RidgeCounts.MethodName()))
		case a.CoresDeltas != nil:
			rec.Fields = append(rec.Fields, field(a.Name(), "%d cores, %d deltas", len(a.CoresDeltas.Cores), len(a.CoresDeltas.Deltas)))
			rec.Fields = append(rec.Fields, singularFields(r.Format, a.CoresDeltas)...)
		default:
			rec.Fields = append(rec.Fields, field(a.Name(), "type %#04x, %d bytes", a.Type, len(a.Data)))
		}
	}
	if len(v.Unparsed) > 0 {
		rec.Fields = append(rec.Fields, field("extended data, undivided", "%d bytes", len(v.Unparsed)))
	}
	return rec
}

// singularFields shows cores and deltas one by one.
func singularFields(f fmr.Format, cd *fmr.CoresDeltas) []Field {
	var out []Field
	for i, p := range cd.Cores {
		if i == maxShown {
			break
		}
		at := fmt.Sprintf("%d, %d", p.X, p.Y)
		if p.HasAngle {
			at += fmt.Sprintf(", %.4g degrees", f.Degrees(p.Angle))
		}
		out = append(out, field("core", "%s", at))
	}
	for i, p := range cd.Deltas {
		if i == maxShown {
			break
		}
		at := fmt.Sprintf("%d, %d", p.X, p.Y)
		if p.HasAngles {
			at += fmt.Sprintf(", %.4g, %.4g and %.4g degrees", f.Degrees(p.Angles[0]), f.Degrees(p.Angles[1]), f.Degrees(p.Angles[2]))
		}
		out = append(out, field("delta", "%s", at))
	}
	return out
}

// maxShown is how many areas, qualities and certifications are shown of a record, each.
const maxShown = 8

// captureFields shows the block that fmr, fir and iir share.
func captureFields(c sc37.Capture) []Field {
	var out []Field
	if c.Time != sc37.NoDateTime {
		out = append(out, field("capture date", "%s", c.Time))
	}
	if c.Technology != 0 || c.Vendor != 0 || c.Device != 0 {
		out = append(out, field("capture device", "technology %d, vendor %#04x, type %#04x", c.Technology, c.Vendor, c.Device))
	}
	for i, q := range c.Qualities {
		if i == maxShown {
			out = append(out, field("further qualities", "%d", len(c.Qualities)-i))
			break
		}
		switch {
		case q.Score > 100:
			out = append(out, field("quality", "%d (not computed)", q.Score))
		case q.Vendor == 0 && q.Algorithm == 0:
			out = append(out, field("quality", "%d", q.Score))
		default:
			out = append(out, field("quality", "%d by algorithm %#04x of vendor %#04x", q.Score, q.Algorithm, q.Vendor))
		}
	}
	for i, x := range c.Certifications {
		if i == maxShown {
			out = append(out, field("further certifications", "%d", len(c.Certifications)-i))
			break
		}
		out = append(out, field("certification", "scheme %d of authority %#04x", x.Scheme, x.Authority))
	}
	return out
}

// templateOf makes a template of a view with ISO's angles. One without size or resolution is no template.
func templateOf(v fmr.View, i int) (Template, bool) {
	if v.Width == 0 || v.Height == 0 || v.XPerCm == 0 || v.YPerCm == 0 {
		return Template{}, false
	}
	t := Template{Name: fmt.Sprintf("%d-%s", i+1, slug(sc37.PositionName(v.Position))), Position: v.Position, Minutiae: len(v.Minutiae),
		Width: int(v.Width), Height: int(v.Height), PPI: int(math.Round(float64(v.XPerCm) * 2.54)), View: v}
	if v.XPerCm == 197 {
		t.PPI = 500
	}
	if q, ok := v.Quality(); ok {
		t.Quality = intp(int(q))
	}
	return t, true
}

// slug makes a name fit for a file's name.
func slug(s string) string {
	out := []byte{}
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			out = append(out, c)
		case c >= 'A' && c <= 'Z':
			out = append(out, c+'a'-'A')
		case len(out) > 0 && out[len(out)-1] != '-':
			out = append(out, '-')
		}
	}
	return strings.TrimRight(string(out), "-")
}
