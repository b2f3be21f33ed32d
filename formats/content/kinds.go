package content

import (
	"errors"
	"fmt"

	"convenio/formats/ansinist"
	"convenio/formats/cbeff"
	"convenio/formats/fir"
	"convenio/formats/fmr"
	"convenio/formats/iir"
	"convenio/formats/inti"
)

// kind is a format of files.
type kind struct {
	name string
	is   func([]byte) bool
	open func(data []byte, depth int) (*File, error)
}

// kinds is the table of formats, asked from the top.
var kinds []kind

func init() { // cbeff opens what it holds by the table itself
	kinds = []kind{
		{"an2", ansinist.IsTraditional, openITL},
		{"inti", inti.IsPackage, openINTI},
		{"fmr", fmr.Is, openFMR},
		{"fir", fir.Is, openFIR},
		{"iir", iir.Is, openIIR},
		{"cbeff", cbeff.Is, openCBEFF},
		{"39794", is39794, open39794},
	}
}

// MaxDepth is how deep files in files are opened.
const MaxDepth = 3

// ErrUnknown says that no format of the table begins as the file does.
var ErrUnknown = errors.New("not a format known here")

// Open recognises and reads a file. It fails with ErrUnknown, or as the package of the format does.
func Open(data []byte) (*File, error) { return open(data, 0) }

func open(data []byte, depth int) (*File, error) {
	f, err := dispatch(data, depth)
	if err != nil {
		return nil, err
	}
	f.Bytes = len(data)
	return f, nil
}

func dispatch(data []byte, depth int) (*File, error) {
	for _, k := range kinds {
		if k.is(data) {
			f, err := k.open(data, depth)
			if err != nil {
				return nil, err
			}
			f.Kind = k.name
			return f, nil
		}
	}
	if c := codecOf(data); c != nil {
		return openImage(c, data)
	}
	_, err := decodePicture(data) // says what the bytes look like instead
	return nil, fmt.Errorf("%w: %w", ErrUnknown, err)
}

// Kinds lists the short names of the formats that Open recognises.
func Kinds() []string {
	var out []string
	for _, k := range kinds {
		out = append(out, k.name)
	}
	for _, c := range codecs {
		out = append(out, c.ext)
	}
	return out
}
