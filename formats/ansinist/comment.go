package ansinist

import (
	"bytes"
	"slices"
	"strings"
)

// Comment is a NISTCOM comment (NBIS): lines of a keyword and a value, which
// encoders leave in WSQ and JPEG.
type Comment struct {
	Width, Height int      // PIX_WIDTH, PIX_HEIGHT; 0: not stated
	PPI           int      // PPI; 0: not stated
	Further       []string // keywords that say something else than how the picture is coded: SEX, HISTORY, ...
	Repeated      []string // keywords that stand twice
}

// pictureKeywords say how the picture is coded and nothing about anybody.
var pictureKeywords = []string{
	"NIST_COM", "PIX_WIDTH", "PIX_HEIGHT", "PIX_DEPTH", "PPI", "LOSSY", "COLORSPACE", "COMPRESSION", "WSQ_BITRATE",
	"JPEGB_QUALITY", "NUM_COMPONENTS", "HV_FACTORS", "INTERLEAVE", "JPEG_PREDICT",
}

// readComment reads a NISTCOM comment; nil for another.
func readComment(body []byte) *Comment {
	if !bytes.HasPrefix(body, []byte("NIST_COM")) {
		return nil
	}
	const most = 64
	c, seen := &Comment{}, map[string]bool{}
	for i, line := range strings.Split(string(body[:min(len(body), 4_096)]), "\n") {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if i >= most || !keyword(key) {
			continue
		}
		n, _ := digits(strings.TrimSpace(value))
		switch key {
		case "PIX_WIDTH":
			c.Width = n
		case "PIX_HEIGHT":
			c.Height = n
		case "PPI":
			c.PPI = n
		}
		if seen[key] {
			c.Repeated = append(c.Repeated, key)
		} else if !slices.Contains(pictureKeywords, key) {
			c.Further = append(c.Further, key)
		}
		seen[key] = true
	}
	return c
}

// keyword says that s is capitals and underscores, at most 20: not a value
// that strayed to the beginning of a line.
func keyword(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

// WithoutComments gives a WSQ or JPEG image without the comments that stand
// before its pixels, and any other data as they are. The pixels stay as they
// were coded. Comments say who knows what about the person: see
// Comment.Further.
func WithoutComments(data []byte) []byte {
	comment, start := byte(0xA8), byte(0xA3) // WSQ: COM, SOB
	switch Sniff(data).Format {
	case FormatWSQ:
	case FormatJPEG, FormatJPEGL:
		comment, start = 0xFE, 0xDA // COM, SOS
	default:
		return data
	}
	out, at := append(make([]byte, 0, len(data)), data[:2]...), 2
	for at+4 <= len(data) && data[at] == 0xFF && data[at+1] != 0xFF && data[at+1] != start {
		end := at + 2 + be16(data[at+2:])
		if end > len(data) || end < at+4 {
			break
		}
		if data[at+1] != comment {
			out = append(out, data[at:end]...)
		}
		at = end
	}
	return append(out, data[at:]...)
}
