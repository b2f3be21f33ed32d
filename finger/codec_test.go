package finger_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	"convenio/finger"
)

var update = flag.Bool("update", false, "rewrite golden files")

func phantomTemplate(t testing.TB, seed uint64) (*finger.Template, []byte) {
	t.Helper()
	img, _ := phantom(seed, 0, 0, 0)
	x := mustExtract(t, img)
	b, err := x.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return x, b
}

func TestTemplateRoundTrip(t *testing.T) {
	for seed := range uint64(3) {
		x, b := phantomTemplate(t, seed)
		y, err := finger.ParseTemplate(b)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(x, y) {
			t.Errorf("seed %d: template changed in a round trip", seed)
		}
		if len(b) > 4096 {
			t.Errorf("seed %d: %d bytes", seed, len(b))
		}
	}
}

// The same image gives the same template on every platform. -update rewrites the sums; a change must be meant.
func TestTemplateGolden(t *testing.T) {
	const path = "testdata/templates.sha256"
	var lines []string
	for seed := range uint64(4) {
		_, b := phantomTemplate(t, seed)
		sum := sha256.Sum256(b)
		lines = append(lines, hex.EncodeToString(sum[:]))
	}
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("templates changed:\n%swant\n%s", got, want)
	}
}

func TestParseTemplateRefuses(t *testing.T) {
	_, good := phantomTemplate(t, 1)
	change := func(at int, v byte) []byte { b := bytes.Clone(good); b[at] = v; return b }
	cases := map[string][]byte{
		"nothing":           nil,
		"other magic":       change(0, 'x'),
		"other version":     change(4, 2),
		"no width":          append(bytes.Clone(good[:5]), append([]byte{0, 0}, good[7:]...)...),
		"large":             change(5, 0xff),
		"quality over 100":  change(9, 101),
		"unknown reason":    append(append(bytes.Clone(good[:10]), 1, 200), good[11:]...),
		"too many minutiae": change(11, 101),
		"cut":               good[:len(good)-1],
		"longer":            append(bytes.Clone(good), 0),
		"huge":              make([]byte, finger.MaxTemplateBytes+1),
	}
	for name, b := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := finger.ParseTemplate(b); !errors.Is(err, finger.ErrTemplate) {
				t.Errorf("got %v, want ErrTemplate", err)
			}
		})
	}
}

func TestMarshalRefusesWhatItCouldNotParse(t *testing.T) {
	x, _ := phantomTemplate(t, 1)
	x.Minutiae[0].Quality = 101
	if _, err := x.MarshalBinary(); !errors.Is(err, finger.ErrTemplate) {
		t.Errorf("got %v, want ErrTemplate", err)
	}
	if _, err := new(finger.Template).MarshalBinary(); !errors.Is(err, finger.ErrTemplate) {
		t.Errorf("empty template: got %v, want ErrTemplate", err)
	}
}

// FuzzParseTemplate: what parses has exactly this form, and can be compared.
func FuzzParseTemplate(f *testing.F) {
	for seed := range uint64(3) {
		_, b := phantomTemplate(f, seed)
		f.Add(b)
	}
	f.Add([]byte("cvft\x01\x00\x64\x00\x64\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	_, b := phantomTemplate(f, 9)
	reference, err := finger.ParseTemplate(b)
	if err != nil {
		f.Fatal(err)
	}
	prepared := finger.Prepare(reference)
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := finger.ParseTemplate(b)
		if err != nil {
			if !errors.Is(err, finger.ErrTemplate) {
				t.Fatalf("other error: %v", err)
			}
			return
		}
		again, err := x.MarshalBinary()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("written again it differs (%v)", err)
		}
		p := finger.Prepare(x)
		c := finger.NewComparer()
		if s, r := c.Compare(p, prepared).Score, c.Compare(prepared, p).Score; s != r || !(s >= 0) {
			t.Fatalf("scores %v and %v", s, r)
		}
		c.Compare(p, p)
	})
}
