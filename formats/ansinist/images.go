package ansinist

import (
	"fmt"
	"time"
)

// Raster is what the tagged image records share: fields 002 and 004 to 012,
// and the data.
type Raster struct {
	IDC          int       // 0 to 99
	Source       string    // xx.004 SRC
	Captured     time.Time // xx.005, a day
	Width        int       // HLL, pixels, 10 to 65535
	Height       int       // VLL, pixels
	ScaleUnits   int       // SLC: 0 aspect ratio, 1 pixels per inch, 2 pixels per cm
	ScaleX       int       // THPS, in units of ScaleUnits
	ScaleY       int       // TVPS
	Compression  string    // CGA: NONE, WSQ20, JPEGB, JPEGL, JP2, JP2L, PNG
	BitsPerPixel int       // BPX; Type-10 has CSP in its place and 0 here
	Comment      string    // xx.020; Type-10: xx.038, Type-17: xx.021
	Data         []byte    // xx.999; empty where the record may come without
}

// raster reads the shared fields. Without an image the size fields may be absent.
func (v *view) raster(commentField int, bits bool) Raster {
	s := Raster{
		IDC: v.int(2, 0, 99), Source: v.text(4), Captured: v.date(5),
		Comment: v.r.Text(commentField), Data: v.r.dataField().Value,
	}
	if len(s.Data) == 0 {
		return s
	}
	s.Width, s.Height = v.int(6, 1, 99_999), v.int(7, 1, 99_999)
	s.ScaleUnits, s.ScaleX, s.ScaleY = v.int(8, 0, 2), v.int(9, 0, 99_999), v.int(10, 0, 99_999)
	s.Compression = v.text(11)
	if bits {
		s.BitsPerPixel = v.int(12, 1, 99)
	}
	return s
}

// set writes the shared fields into a record.
func (s Raster) set(r *Record, commentField int, bits bool) {
	r.SetText(2, fmt.Sprintf("%02d", s.IDC))
	r.SetText(4, s.Source)
	r.SetText(5, s.Captured.Format(dateForm))
	if len(s.Data) > 0 {
		r.SetInt(6, s.Width)
		r.SetInt(7, s.Height)
		r.SetInt(8, s.ScaleUnits)
		r.SetInt(9, s.ScaleX)
		r.SetInt(10, s.ScaleY)
		r.SetText(11, s.Compression)
		if bits {
			r.SetInt(12, s.BitsPerPixel)
		}
		r.Set(dataField, s.Data)
	}
	if s.Comment != "" {
		r.SetText(commentField, s.Comment)
	}
}

// FrictionRidge is a Type-13 (latent), 14 (finger), 15 (palm) or 19 (sole)
// record (1-2011 §8.13 to §8.15, §8.19).
type FrictionRidge struct {
	Raster
	Type       int // 13, 14, 15 or 19
	Impression int // IMP: 0 live plain, 1 live rolled, 8 live swipe, 10 to 15 palm, 20 to 29 other, ...
	Positions  []int
	Segments   []Segment   // 14.021, 15.021: fingers within a flat of several
	Missing    []Missing   // xx.018: amputated or bandaged
	NIST       []NISTScore // 14.022, NFIQ
	Quality    []Quality   // 14.024, 15.024, 13.024
}

// Segment is where a finger lies within an image, in pixels from the upper left.
type Segment struct{ Position, Left, Right, Top, Bottom int }

// Missing says why a position has no print: "XX" amputated, "UP" unable to
// print (bandaged), "SR" scar.
type Missing struct {
	Position int
	Code     string
}

// NISTScore is NFIQ of a position: 1 best to 5, 254 and 255 for failures.
type NISTScore struct{ Position, Score int }

// Quality is a score from 0 to 100 of a position, by an algorithm registered
// with IBIA; 254 and 255 for failures.
type Quality struct {
	Position, Score int
	Vendor          string // four hexadecimal digits
	Product         int
}

// FrictionRidge reads a record of Type-13, 14, 15 or 19.
func (r *Record) FrictionRidge() (FrictionRidge, error) {
	v := &view{r: r}
	switch r.Type {
	case 13, 14, 15, 19:
	default:
		v.fault(0, "not a Type-13, 14, 15 or 19 record")
		return FrictionRidge{}, v.err()
	}
	out := FrictionRidge{Raster: v.raster(20, true), Type: r.Type, Impression: v.int(3, 0, 99), Positions: r.positions(13)}
	if len(out.Positions) == 0 {
		v.fault(13, "no friction ridge position")
	}
	if r.Type != 13 {
		v.each(18, func(i int, it []string) {
			out.Missing = append(out.Missing, Missing{v.item(18, i, it, 0, 0, 99), optionalItem(it, 1)})
		})
		v.each(21, func(i int, it []string) {
			out.Segments = append(out.Segments, Segment{
				v.item(21, i, it, 0, 0, 99), v.item(21, i, it, 1, 0, 99_999), v.item(21, i, it, 2, 0, 99_999),
				v.item(21, i, it, 3, 0, 99_999), v.item(21, i, it, 4, 0, 99_999),
			})
		})
	}
	if r.Type == 14 {
		v.each(22, func(i int, it []string) {
			out.NIST = append(out.NIST, NISTScore{v.item(22, i, it, 0, 0, 99), v.item(22, i, it, 1, 0, 255)})
		})
	}
	v.each(24, func(i int, it []string) {
		out.Quality = append(out.Quality, Quality{
			v.item(24, i, it, 0, 0, 99), v.item(24, i, it, 1, 0, 255), optionalItem(it, 2), v.item(24, i, it, 3, 0, 65535),
		})
	})
	return out, v.err()
}

// Record makes the record. The error names what a strict reader would refuse.
func (f FrictionRidge) Record() (*Record, error) {
	r := NewRecord(f.Type)
	f.set(r, 20, true)
	r.SetInt(3, f.Impression)
	var subs [][]string
	for _, p := range f.Positions {
		subs = append(subs, []string{fmt.Sprint(p)})
	}
	r.SetItems(13, subs)
	setRows(r, 18, f.Missing, func(m Missing) []string { return []string{fmt.Sprint(m.Position), m.Code} })
	setRows(r, 21, f.Segments, func(s Segment) []string {
		return []string{fmt.Sprint(s.Position), fmt.Sprint(s.Left), fmt.Sprint(s.Right), fmt.Sprint(s.Top), fmt.Sprint(s.Bottom)}
	})
	setRows(r, 22, f.NIST, func(n NISTScore) []string { return []string{fmt.Sprint(n.Position), fmt.Sprint(n.Score)} })
	setRows(r, 24, f.Quality, func(q Quality) []string {
		return []string{fmt.Sprint(q.Position), fmt.Sprint(q.Score), q.Vendor, fmt.Sprint(q.Product)}
	})
	_, err := r.FrictionRidge()
	return r, err
}

// setRows writes a field of one subfield for each row; none: no field.
func setRows[T any](r *Record, number int, rows []T, items func(T) []string) {
	var subs [][]string
	for _, row := range rows {
		subs = append(subs, items(row))
	}
	if len(subs) > 0 {
		r.SetItems(number, subs)
	}
}

// Face is a Type-10 record: a face, or another part of the body, a scar, mark
// or tattoo (1-2011 §8.10).
type Face struct {
	Raster
	ImageType  string // IMT: FACE, SCAR, MARK, TATTOO, ...
	ColorSpace string // CSP: GRAY, RGB, SRGB, YCC, SYCC, UNK
	Profile    int    // SAP: 0 to 52; 0 also where the field is absent
	Pose       string // POS: F frontal, L, R, A angled, D determined
}

// Face reads a Type-10 record.
func (r *Record) Face() (Face, error) {
	v := &view{r: r}
	if r.Type != 10 {
		v.fault(0, "not a Type-10 record")
		return Face{}, v.err()
	}
	return Face{
		Raster: v.raster(38, false), ImageType: v.text(3), ColorSpace: v.text(12),
		Profile: v.optional(13, 0, 99), Pose: r.Text(20),
	}, v.err()
}

// Record makes the record.
func (f Face) Record() (*Record, error) {
	r := NewRecord(10)
	f.set(r, 38, false)
	r.SetText(3, f.ImageType)
	r.SetText(12, f.ColorSpace)
	if f.Profile > 0 {
		r.SetInt(13, f.Profile)
	}
	if f.Pose != "" {
		r.SetText(20, f.Pose)
	}
	_, err := r.Face()
	return r, err
}

// Iris is a Type-17 record (1-2011 §8.17).
type Iris struct {
	Raster
	Eye        int    // ELR: 0 undefined, 1 right, 2 left
	ColorSpace string // CSP
	EyeColor   string // ECL
	Missing    string // DME: "MA" missing, "UC" unable to capture; empty: neither
}

// Iris reads a Type-17 record.
func (r *Record) Iris() (Iris, error) {
	v := &view{r: r}
	if r.Type != 17 {
		v.fault(0, "not a Type-17 record")
		return Iris{}, v.err()
	}
	return Iris{
		Raster: v.raster(21, true), Eye: v.int(3, 0, 2), ColorSpace: r.Text(13),
		EyeColor: r.Text(20), Missing: r.Text(28),
	}, v.err()
}

// Record makes the record.
func (f Iris) Record() (*Record, error) {
	r := NewRecord(17)
	f.set(r, 21, true)
	r.SetInt(3, f.Eye)
	for number, s := range map[int]string{13: f.ColorSpace, 20: f.EyeColor, 28: f.Missing} {
		if s != "" {
			r.SetText(number, s)
		}
	}
	_, err := r.Iris()
	return r, err
}
