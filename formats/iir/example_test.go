package iir_test

import (
	"fmt"

	"convenio/formats/iir"
	"convenio/formats/sc37"
)

func ExampleParse() {
	r := &iir.Record{Format: iir.ISO2011, Eyes: 1, Images: []iir.Image{{
		Eye: 2, Number: 1, Type: 1, Code: 2, Width: 3, Height: 2, Depth: 8, Roll: 0xffff, RollBand: 0xffff,
		Capture: sc37.Capture{Time: sc37.NoDateTime}, Data: []byte{1, 2, 3, 4, 5, 6},
	}}}
	data, err := r.Marshal()
	if err != nil {
		fmt.Println(err)
		return
	}
	got, err := iir.Parse(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	m := got.Images[0]
	fmt.Println(got.Format, m.EyeName(), m.TypeName(), m.Width, m.Height, m.Codec())
	// Output:
	// ISO/IEC 19794-6:2011 left eye uncropped 3 2 uncompressed
}
