package content

import (
	"bytes"
	"fmt"

	"convenio/formats/jpegl"
	"convenio/formats/picture"
)

// codec is a format of single images.
type codec struct {
	name, ext string
	is        func([]byte) bool
	decode    func([]byte) (picture.Picture, error)
	describe  func([]byte) []Field // what more the file says of itself; may be nil
}

// codecs is the table of image formats, asked from the top.
var codecs = []codec{
	{"PNG", "png", prefix("\x89PNG\r\n\x1a\n"), decodePicture, nil},
	{"TIFF", "tif", prefix("II*\x00", "MM\x00*"), decodePicture, nil},
	{"WSQ", "wsq", prefix("\xff\xa0\xff"), decodePicture, describeWSQ},
	{"JPEG 2000", "jp2", prefix("\x00\x00\x00\x0cjP  ", "\xff\x4f\xff\x51"), decodePicture, describeJP2},
	{"JPEG lossless", "jpl", jpegl.Is, decodePicture, describeLossless},
	{"JPEG", "jpg", prefix("\xff\xd8\xff"), decodePicture, nil},
	{"BMP", "bmp", prefix("BM"), decodePicture, nil},
}

func prefix(magics ...string) func([]byte) bool {
	return func(b []byte) bool {
		for _, m := range magics {
			if bytes.HasPrefix(b, []byte(m)) {
				return true
			}
		}
		return false
	}
}

func decodePicture(data []byte) (picture.Picture, error) {
	return picture.Decode(data, picture.DefaultLimits)
}

// codecOf finds the codec of an image by its first bytes, or nil.
func codecOf(data []byte) *codec {
	for i := range codecs {
		if codecs[i].is(data) {
			return &codecs[i]
		}
	}
	return nil
}

// openImage opens a file that is an image. It is decoded once, so that what the file says of itself is known to be true.
func openImage(c *codec, data []byte) (*File, error) {
	p, err := c.decode(data)
	if err != nil {
		return nil, err
	}
	b := p.Gray.Bounds()
	m := Image{Name: "1", Kind: "picture", Width: b.Dx(), Height: b.Dy(), PPIX: p.PPI, PPIY: p.PPI, Codec: c.name, Size: len(data), Data: data}
	f := &File{Kind: c.ext, Title: fmt.Sprintf("%s image, %d x %d pixels", c.name, b.Dx(), b.Dy()), Images: []Image{m}, Notes: p.Notes}
	if c.describe != nil {
		f.addRecord(Record{Name: "header", Fields: c.describe(data)})
	}
	if p.PPI == 0 {
		f.Notes = append(f.Notes, "the file states no resolution")
	}
	return f, nil
}
