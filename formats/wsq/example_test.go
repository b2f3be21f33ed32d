package wsq_test

import (
	"fmt"

	"convenio/formats/wsq"
)

// A gray image is compressed and read back.
func Example() {
	img := &wsq.Image{Width: 100, Height: 120, PPI: 500, Pix: make([]uint8, 100*120)}
	data, err := wsq.Encode(img, wsq.Options{BitRate: wsq.BitRateStandard, Comments: []string{"left thumb"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	again, err := wsq.Decode(data, wsq.DefaultLimits)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(again.Width, again.Height, again.PPI, again.Comments[1])
	// Output: 100 120 500 left thumb
}

// What does not fit is refused by the header, before memory is taken.
func ExampleDecode_limits() {
	img := &wsq.Image{Width: 100, Height: 120, Pix: make([]uint8, 100*120)}
	data, _ := wsq.Encode(img, wsq.Options{})
	_, err := wsq.Decode(data, wsq.Limits{MaxSide: 90})
	fmt.Println(err)
	// Output: decode WSQ header: WSQ image is too large: 100 x 120 pixels, the limit is 90 a side
}
