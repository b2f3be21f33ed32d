package fmr

import "convenio/formats/sc37"

// Format is one of the layouts of a finger minutiae record.
type Format uint8

// Layouts.
const (
	ISO2005     Format = iota + 1 // ISO/IEC 19794-2:2005, record format
	ISO2011                       // ISO/IEC 19794-2:2011
	ANSI2004                      // ANSI INCITS 378-2004
	ANSI2009                      // ANSI INCITS 378-2009
	ANSI2009Am1                   // ANSI INCITS 378-2009 with amendment 1
)

var formatNames = map[Format]string{ISO2005: "ISO/IEC 19794-2:2005", ISO2011: "ISO/IEC 19794-2:2011",
	ANSI2004: "ANSI INCITS 378-2004", ANSI2009: "ANSI INCITS 378-2009", ANSI2009Am1: "ANSI INCITS 378-2009/AM1"}

// String returns the standard's name with its year.
func (f Format) String() string { return formatNames[f] }

// stepDegrees is the unit of an angle: 360/256 degrees in ISO's record format (19794-2:2005, 7.4.2.3), 2 degrees in ANSI's
// (378-2004, 6.5.2.3).
func (f Format) stepDegrees() float64 {
	if f == ISO2005 || f == ISO2011 {
		return 360.0 / 256
	}
	return 2
}

// Degrees turns an angle of this layout into degrees, 0 to below 360, counter-clockwise from the x axis as seen on the
// picture. ANSI values of 180 and above, which that standard forbids, wrap around.
func (f Format) Degrees(angle uint8) float64 {
	d := float64(angle) * f.stepDegrees()
	for d >= 360 {
		d -= 360
	}
	return d
}

// Record is a finger minutiae record.
type Record struct {
	Format    Format
	Version   [4]byte // as found; Marshal writes the standard's own
	Certified bool    // 2011: the certification flag; views then carry certification records
	Product   Product // ANSI only
	Equipment Equipment
	Views     []View
	Trailing  []byte // bytes after the last view; not written
	Oddities  []sc37.Oddity
}

// Product is the CBEFF product identifier of ANSI 378: who made the encoder, and which.
type Product struct{ Owner, Type uint16 }

// Equipment names the capture equipment of a record of 2004, 2005 or 2009: a certification (4 bits; 8 in 2009) and the
// vendor's number of the device. In 2011 each view has its own in View.Capture.
type Equipment struct {
	Certification uint8
	Device        uint16
}

// View is one impression of one finger.
type View struct {
	Position   uint8 // finger position, 0 to 10 (ISO/IEC 19794-2:2005, Table 2)
	Number     uint8 // of this position's views, from 0
	Impression uint8 // sc37.ImpressionName

	Width, Height    uint16 // pixels of the image that the minutiae were found in
	XPerCm, YPerCm   uint16 // pixels per centimetre; 197 is 500 ppi
	Capture          sc37.Capture
	EndingType       uint8 // 2011: what a ridge ending's place is, 0 valley bifurcation, 1 ridge end, 2 both
	NoMinutiaQuality bool  // 2011: minutiae of 5 bytes
	Minutiae         []Minutia
	Extended         []Area
	LengthRule       sc37.LengthRule // as found in the extended data
	Unparsed         []byte          // an extended data block that neither rule divides; not written
}

// Quality returns the view's quality, 0 to 100; ok is false where none is stated.
func (v *View) Quality() (score uint8, ok bool) {
	for _, q := range v.Capture.Qualities {
		if q.Score <= 100 {
			return q.Score, true
		}
	}
	return 0, false
}

// Kinds of minutiae (ISO/IEC 19794-2:2005, 7.4.2.1).
const (
	KindOther       uint8 = 0
	KindEnding      uint8 = 1
	KindBifurcation uint8 = 2
)

// Minutia is one minutia: place in pixels from the left and top edge, angle in the format's steps (Format.Degrees),
// quality 1 to 100 with 0 for "not stated" (2011: 254).
type Minutia struct {
	X, Y    uint16
	Kind    uint8
	Angle   uint8
	Quality uint8
}

// Area is one extended data area: its type, its bytes, and what they say where the type is known and they fit it.
type Area struct {
	Type        uint16
	Data        []byte
	RidgeCounts *RidgeCounts // type 1
	CoresDeltas *CoresDeltas // type 2
}

// Types of extended data areas. Those with a low byte of 0 are reserved, those with a high byte other than 0 are a
// vendor's.
const (
	AreaRidgeCounts uint16 = 1
	AreaCoresDeltas uint16 = 2
	AreaZones       uint16 = 3 // quality by zone of the image; kept as bytes
)

// Name names the area's type.
func (a Area) Name() string {
	switch {
	case a.Type == AreaRidgeCounts:
		return "ridge counts"
	case a.Type == AreaCoresDeltas:
		return "cores and deltas"
	case a.Type == AreaZones:
		return "zonal quality"
	case a.Type>>8 != 0:
		return "vendor data"
	}
	return "reserved"
}

// RidgeCounts returns the view's ridge counts, or nil.
func (v *View) RidgeCounts() *RidgeCounts {
	for _, a := range v.Extended {
		if a.RidgeCounts != nil {
			return a.RidgeCounts
		}
	}
	return nil
}

// CoresDeltas returns the view's cores and deltas, or nil.
func (v *View) CoresDeltas() *CoresDeltas {
	for _, a := range v.Extended {
		if a.CoresDeltas != nil {
			return a.CoresDeltas
		}
	}
	return nil
}
