package eval

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Sample names one image: an impression of a finger. Samples of equal Finger are mated.
type Sample struct {
	Finger     string
	Impression int
}

// String returns FINGER_IMPRESSION.
func (s Sample) String() string { return s.Finger + "_" + strconv.Itoa(s.Impression) }

// ParseSample reads FINGER_IMPRESSION; a folder and an extension are dropped: "x/101_3.tif" is finger 101, impression 3.
func ParseSample(name string) (Sample, error) {
	base := name[strings.LastIndexAny(name, `/\`)+1:]
	base, _, _ = strings.Cut(base, ".")
	cut := strings.LastIndexByte(base, '_')
	if cut <= 0 {
		return Sample{}, fmt.Errorf("parse sample name %q: want FINGER_IMPRESSION", name)
	}
	n, err := strconv.Atoi(base[cut+1:])
	if err != nil || n < 0 {
		return Sample{}, fmt.Errorf("parse sample name %q: impression is no number", name)
	}
	return Sample{Finger: base[:cut], Impression: n}, nil
}

// Score is the outcome of one comparison. Value is higher the more alike; a failed comparison (a template could not be
// made) is negative infinity: a non-match at every threshold.
type Score struct {
	A, B  Sample
	Value float64
}

// Failed is the value of a comparison that could not be made.
var Failed = math.Inf(-1)

// Mated reports whether both samples are of one finger.
func (s Score) Mated() bool { return s.A.Finger == s.B.Finger }

// value is Value, and Failed where that is no number.
func (s Score) value() float64 {
	if math.IsNaN(s.Value) {
		return Failed
	}
	return s.Value
}

// maxLine bounds a line of a score file.
const maxLine = 4096

// Read reads lines 'A B score'. Blank lines and lines that begin with # are passed over; a score that is missing, '-' or
// 'nan' is a failed comparison; further columns are ignored. Of a pair given twice, in either order, the first counts.
func Read(r io.Reader) ([]Score, error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, maxLine), maxLine)
	seen := map[[2]Sample]bool{}
	var out []Score
	for line := 1; sc.Scan(); line++ {
		p := strings.Fields(sc.Text())
		if len(p) == 0 || strings.HasPrefix(p[0], "#") {
			continue
		}
		s, err := parseLine(p)
		if err != nil {
			return nil, fmt.Errorf("read scores, line %d: %w", line, err)
		}
		if s.A == s.B || seen[[2]Sample{s.A, s.B}] || seen[[2]Sample{s.B, s.A}] {
			continue
		}
		seen[[2]Sample{s.A, s.B}] = true
		out = append(out, s)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("read scores: %w", err)
	}
	return out, nil
}

func parseLine(p []string) (Score, error) {
	if len(p) < 2 {
		return Score{}, fmt.Errorf("want 'A B score'")
	}
	a, err := ParseSample(p[0])
	if err != nil {
		return Score{}, err
	}
	b, err := ParseSample(p[1])
	if err != nil {
		return Score{}, err
	}
	v := Failed
	if len(p) > 2 && p[2] != "-" {
		if v, err = strconv.ParseFloat(p[2], 64); err != nil {
			return Score{}, fmt.Errorf("score %q is no number", p[2])
		}
		if math.IsNaN(v) {
			v = Failed
		}
	}
	return Score{A: a, B: b, Value: v}, nil
}

// Write writes lines 'A B score', '-' for a failed comparison.
func Write(w io.Writer, scores []Score) error {
	b := bufio.NewWriter(w)
	for _, s := range scores {
		v := "-"
		if !math.IsInf(s.Value, -1) {
			v = strconv.FormatFloat(s.Value, 'f', 4, 64)
		}
		fmt.Fprintf(b, "%s %s %s\n", s.A, s.B, v)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write scores: %w", err)
	}
	return nil
}
