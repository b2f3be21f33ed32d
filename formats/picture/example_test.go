package picture_test

import (
	"errors"
	"fmt"
	"image"

	"convenio/formats/picture"
)

func ExampleDecode() {
	file, err := picture.EncodePNG(image.NewGray(image.Rect(0, 0, 320, 420)), 500)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := picture.Decode(file, picture.DefaultLimits)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Format, p.Gray.Bounds().Size(), p.PPI, "ppi")

	_, err = picture.Decode([]byte("%PDF-1.7"), picture.DefaultLimits)
	fmt.Println(errors.Is(err, picture.ErrUnknownFormat), err)
	// Output:
	// png (320,420) 500 ppi
	// true decode picture: not a PNG, TIFF, BMP, JPEG, JPEG 2000 or WSQ picture: looks like a PDF document
}
