package ansinist

import "fmt"

// FixedImage is a Type-3, 4, 5 or 6 record: a fingerprint at one of two fixed
// resolutions, behind a binary header (1-2011 §8.4; 1-2007 §9 to §12).
type FixedImage struct {
	Type          int   // 3 to 6
	IDC           int   // 0 to 99
	Impression    int   // IMP: 0 live plain, 1 live rolled, 2 nonlive plain, 3 nonlive rolled, 4 to 7 latent, 8 swipe
	Positions     []int // FGP: one to six possible fingers, 0 unknown, 1 right thumb to 10 left little, 11 to 15 flat
	Native        bool  // ISR: at the native resolution (1.011), not the nominal one (1.012)
	Width, Height int   // HLL, VLL, in pixels, 1 to 65535
	Compression   int   // GCA, BCA: 0 none, 1 WSQ (in 5 and 6: facsimile), 2 JPEGB, 3 JPEGL, 4 JP2, 5 JP2L, 6 PNG
	Data          []byte
}

// FixedImage reads a record of Type-3 to 6.
func (r *Record) FixedImage() (FixedImage, error) {
	v := &view{r: r}
	if r.Type < 3 || r.Type > 6 {
		v.fault(0, "not a Type-3, 4, 5 or 6 record")
		return FixedImage{}, v.err()
	}
	return FixedImage{
		Type: r.Type, IDC: v.int(2, 0, 99), Impression: v.int(3, 0, 255), Positions: r.positions(4),
		Native: v.int(5, 0, 1) == 1, Width: v.int(6, 1, 65535), Height: v.int(7, 1, 65535),
		Compression: v.int(8, 0, 255), Data: r.dataField().Value,
	}, v.err()
}

// Record makes the record.
func (f FixedImage) Record() (*Record, error) {
	r := NewRecord(f.Type)
	v := &view{r: r}
	if f.Type < 3 || f.Type > 6 {
		v.fault(0, "not a Type-3, 4, 5 or 6 record")
		return nil, v.err()
	}
	if len(f.Positions) == 0 || len(f.Positions) > 6 {
		v.fault(4, "one to six positions are needed")
	}
	if len(f.Data) == 0 {
		v.fault(9, "there is no image")
	}
	r.SetInt(2, f.IDC)
	r.SetInt(3, f.Impression)
	items := []string{}
	for i := range max(6, len(f.Positions)) { // unused places are 255
		p := 255
		if i < len(f.Positions) {
			p = f.Positions[i]
		}
		items = append(items, fmt.Sprint(p))
	}
	r.SetItems(4, [][]string{items})
	r.SetInt(5, 0)
	if f.Native {
		r.SetInt(5, 1)
	}
	r.SetInt(6, f.Width)
	r.SetInt(7, f.Height)
	r.SetInt(8, f.Compression)
	r.Set(9, f.Data)
	back, err := r.FixedImage()
	if err != nil {
		v.faults = append(v.faults, err)
	}
	if back.IDC != f.IDC || back.Impression != f.Impression {
		v.fault(0, "a number is out of range")
	}
	return r, v.err()
}

// Signature is a Type-8 record (1-2011 §8.8).
type Signature struct {
	IDC            int
	Official       bool // SIG: of the official, not of the subject
	Representation int  // SRT: 0 raster uncompressed, 1 raster compressed, 2 vector
	Native         bool // ISR, as in FixedImage
	Width, Height  int  // HLL, VLL, in pixels; 0 for vectors
	Data           []byte
}

// Signature reads a Type-8 record.
func (r *Record) Signature() (Signature, error) {
	v := &view{r: r}
	if r.Type != 8 {
		v.fault(0, "not a Type-8 record")
		return Signature{}, v.err()
	}
	return Signature{
		IDC: v.int(2, 0, 99), Official: v.int(3, 0, 1) == 1, Representation: v.int(4, 0, 2),
		Native: v.int(5, 0, 1) == 1, Width: v.int(6, 0, 65535), Height: v.int(7, 0, 65535), Data: r.dataField().Value,
	}, v.err()
}
