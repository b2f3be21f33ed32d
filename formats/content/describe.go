package content

import (
	"slices"
	"strings"

	"convenio/formats/jp2"
	"convenio/formats/jpegl"
	"convenio/formats/wsq"
)

// describeWSQ shows what a WSQ file says of itself, its NISTCOM comment field by field.
func describeWSQ(data []byte) []Field {
	h, err := wsq.DecodeHeader(data)
	if err != nil {
		return nil
	}
	out := []Field{field("black and white of the scanner", "%d and %d", h.Black, h.White), field("encoder", "%d, software %#04x", h.Encoder, h.Software)}
	if h.BitRate > 0 {
		out = append(out, field("bit rate", "%v bits a pixel", h.BitRate))
	}
	com := wsq.NISTCOM(h.Comments)
	var keys []string
	for k := range com {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for i, k := range keys {
		if i == MaxFields {
			break
		}
		out = append(out, Field{Name: "NISTCOM " + value(k), Value: value(com[k])})
	}
	for i, c := range h.Comments {
		if !strings.HasPrefix(c, "NIST_COM") && i < maxShown {
			out = append(out, field("comment", "%s", c))
		}
	}
	return out
}

func describeJP2(data []byte) []Field {
	h, err := jp2.DecodeHeader(data)
	if err != nil {
		return nil
	}
	kind := "lossy (irreversible wavelet)"
	if h.Lossless {
		kind = "lossless (reversible wavelet)"
	}
	return []Field{field("coding", "%s, %d layers, %d tiles", kind, h.Layers, h.Tiles), field("samples", "%d components of %d bits", h.Components, h.BitDepth)}
}

func describeLossless(data []byte) []Field {
	h, err := jpegl.DecodeHeader(data)
	if err != nil {
		return nil
	}
	return []Field{field("samples", "%d components of %d bits", h.Components, h.BitDepth)}
}
