package fmr_test

import (
	"fmt"

	"convenio/formats/fmr"
	"convenio/formats/sc37"
)

func ExampleParse() {
	r := &fmr.Record{Format: fmr.ISO2005, Views: []fmr.View{{
		Position: 2, Width: 300, Height: 400, XPerCm: 197, YPerCm: 197,
		Capture:  sc37.Capture{Time: sc37.NoDateTime, Qualities: []sc37.Quality{{Score: 80}}},
		Minutiae: []fmr.Minutia{{X: 103, Y: 33, Kind: fmr.KindBifurcation, Angle: 64, Quality: 90}},
	}}}
	data, err := r.Marshal()
	if err != nil {
		fmt.Println(err)
		return
	}
	got, err := fmr.Parse(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	v := got.Views[0]
	m := v.Minutiae[0]
	fmt.Println(got.Format, sc37.PositionName(v.Position), m.X, m.Y, got.Format.Degrees(m.Angle))

	_, err = fmr.Parse(data[:30])
	fmt.Println(err)
	// Output:
	// ISO/IEC 19794-2:2005 right index 103 33 90
	// parse ISO/IEC 19794-2:2005: the record ends early: view 1 of 1, minutiae (byte 28): 6 bytes wanted, 2 left
}
