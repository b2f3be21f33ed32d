package fir_test

import (
	"fmt"

	"convenio/formats/fir"
	"convenio/formats/sc37"
)

func ExampleParse() {
	r := &fir.Record{Format: fir.ISO2011, Images: []fir.Image{{
		Position: 7, Scale: fir.PerCm, ScanX: 197, ScanY: 197, ResX: 197, ResY: 197, Depth: 8, Width: 4, Height: 2,
		Capture: sc37.Capture{Time: sc37.NoDateTime}, Data: []byte{0, 50, 100, 150, 200, 250, 255, 0},
	}}}
	data, err := r.Marshal()
	if err != nil {
		fmt.Println(err)
		return
	}
	got, err := fir.Parse(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	m := got.Images[0]
	ppi, _ := m.PPI()
	fmt.Println(got.Format, sc37.PositionName(m.Position), m.Width, m.Height, ppi, "ppi", m.Codec())

	_, err = fir.Parse(data[:60])
	fmt.Println(err)
	// Output:
	// ISO/IEC 19794-4:2011 left index 4 2 500 ppi uncompressed
	// parse ISO/IEC 19794-4:2011: the record ends early: image 1 of 1, image data (byte 57): 8 bytes wanted, 3 left
}
