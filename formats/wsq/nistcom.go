package wsq

import (
	"fmt"
	"strconv"
	"strings"
)

// NISTCOM is the comment in which NIST's programs keep what the format itself
// has no place for: lines of "NAME value", the first of which is NIST_COM with
// the number of lines.

// NISTCOM returns the fields of the first comment that is a NISTCOM, by name,
// or nil if there is none. Keys that occur twice keep their first value.
func NISTCOM(comments []string) map[string]string {
	for _, c := range comments {
		if !strings.HasPrefix(c, "NIST_COM") {
			continue
		}
		fields := make(map[string]string)
		for line := range strings.Lines(c) {
			name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n\x00"), " ")
			if _, twice := fields[name]; !twice && name != "" {
				fields[name] = value
			}
		}
		return fields
	}
	return nil
}

// nistcomNumber returns a field as a number above 0, or 0.
func nistcomNumber(comments []string, name string) float64 {
	v, err := strconv.ParseFloat(strings.TrimSpace(NISTCOM(comments)[name]), 64)
	if err != nil || !(v > 0 && v <= 100_000) {
		return 0
	}
	return v
}

// newNISTCOM writes the comment that the reference encoder writes. A ppi of 0
// is written as -1, which stands for not known.
func newNISTCOM(width, height int, ppi float64, bitRate float64) string {
	resolution := "-1"
	if ppi > 0 {
		resolution = strconv.FormatFloat(ppi, 'f', 0, 64)
	}
	return fmt.Sprintf("NIST_COM 9\nPIX_WIDTH %d\nPIX_HEIGHT %d\nPIX_DEPTH 8\nPPI %s\nLOSSY 1\nCOLORSPACE GRAY\nCOMPRESSION WSQ\nWSQ_BITRATE %f",
		width, height, resolution, bitRate)
}
