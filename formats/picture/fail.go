package picture

import (
	"errors"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"
	"strings"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// guarded turns a panic of a pixel decoder into an error: the decoders are
// other people's code and the bytes come from outside.
func guarded[T any](decode func([]byte) (T, error), data []byte) (out T, err error) {
	defer func() {
		if recover() != nil {
			var none T
			out, err = none, fmt.Errorf("%w: the decoder gave up", ErrMalformed)
		}
	}()
	return decode(data)
}

// classify gives a decoder's error one of the package's kinds.
func classify(err error) error {
	var (
		pngU  png.UnsupportedError
		tiffU tiff.UnsupportedError
		jpegU jpeg.UnsupportedError
	)
	switch {
	case ownFault(err) != nil:
		return fmt.Errorf("%w: %w", ownFault(err), err)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF),
		strings.Contains(err.Error(), "not enough pixel data"),
		strings.Contains(err.Error(), "short Huffman data"):
		return fmt.Errorf("%w: the pixels end early", ErrTruncated)
	case errors.Is(err, ErrMalformed), errors.Is(err, ErrTruncated), errors.Is(err, ErrUnsupported):
		return err
	case errors.As(err, &pngU), errors.As(err, &tiffU), errors.As(err, &jpegU), errors.Is(err, bmp.ErrUnsupported):
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	return fmt.Errorf("%w: %w", ErrMalformed, err)
}

// short names a place at which the file ended too early.
func short(what string, need, have int) error {
	return fmt.Errorf("%w: %s needs %d bytes, the file has %d", ErrTruncated, what, need, have)
}
