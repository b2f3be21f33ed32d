package fmr

import (
	"fmt"
	"math"
	"slices"

	"convenio/formats/sc37"
)

// Convert returns the record in another layout: angles in its steps, fields in their places, the extended data with it.
// What the other layout cannot say is said in notes (a capture date has no place in a record of 2005). Only the two ISO
// layouts are written, so only they can be converted to.
func (r *Record) Convert(to Format) (out *Record, notes []string, err error) {
	if to != ISO2005 && to != ISO2011 {
		return nil, nil, fmt.Errorf("convert finger minutiae record: %w: %v is read only", sc37.ErrWrite, to)
	}
	out = &Record{Format: to, Version: standardVersion(to), Equipment: r.Equipment}
	if to == ISO2011 {
		out.Certified = r.Certified
	}
	if r.Product != (Product{}) {
		notes = append(notes, "the CBEFF product identifier has no place in an ISO record")
	}
	for i := range r.Views {
		v := r.Views[i]
		v.Unparsed, v.LengthRule = nil, sc37.LengthWithHeader
		v.Minutiae = slices.Clone(v.Minutiae)
		for k := range v.Minutiae {
			m := &v.Minutiae[k]
			m.Angle = convertAngle(r.Format, to, m.Angle)
			m.Quality = convertQuality(to, m.Quality)
		}
		if to == ISO2005 {
			v.NoMinutiaQuality, v.EndingType = false, 0
			if v.Capture.Time != sc37.NoDateTime {
				notes = append(notes, fmt.Sprintf("view %d: the capture date has no place in a record of 2005", i+1))
			}
			q, _ := v.Quality()
			v.Capture = sc37.Capture{Time: sc37.NoDateTime, Qualities: []sc37.Quality{{Score: q}}}
			if i == 0 && out.Equipment == (Equipment{}) {
				out.Equipment.Device = r.Views[0].Capture.Device & 0x0fff
			}
		} else if r.Format != ISO2011 {
			v.Capture.Device = r.Equipment.Device
		}
		v.Extended = convertAreas(v.Extended, r.Format, to)
		if len(r.Views[i].Unparsed) > 0 {
			notes = append(notes, fmt.Sprintf("view %d: extended data that could not be divided were left out", i+1))
		}
		out.Views = append(out.Views, v)
	}
	if to == ISO2011 {
		out.Equipment = Equipment{}
	}
	return out, notes, nil
}

func convertAngle(from, to Format, a uint8) uint8 {
	if from.stepDegrees() == to.stepDegrees() {
		return a
	}
	return uint8(int(math.Round(from.Degrees(a)/to.stepDegrees())) & 0xff)
}

// convertQuality keeps the meaning of "not stated": 0 in the first generation, 254 in the second (19794-2:2011).
func convertQuality(to Format, q uint8) uint8 {
	switch {
	case to == ISO2005 && q > 100:
		return 0
	case to == ISO2011 && q > 100 && q < 254:
		return 254
	}
	return q
}

func convertAreas(areas []Area, from, to Format) []Area {
	out := slices.Clone(areas)
	for i := range out {
		cd := out[i].CoresDeltas
		if cd == nil {
			continue
		}
		n := &CoresDeltas{Cores: slices.Clone(cd.Cores), Deltas: slices.Clone(cd.Deltas)}
		for k := range n.Cores {
			n.Cores[k].Angle = convertAngle(from, to, n.Cores[k].Angle)
		}
		for k := range n.Deltas {
			for j := range n.Deltas[k].Angles {
				n.Deltas[k].Angles[j] = convertAngle(from, to, n.Deltas[k].Angles[j])
			}
		}
		out[i].CoresDeltas, out[i].Data = n, n.encode(to)
	}
	return out
}
