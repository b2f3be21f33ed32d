package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"convenio/capture"
	"convenio/finger"
	"convenio/synth"
)

// said runs the program and gives what it says on both streams.
func said(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, stdio{in: strings.NewReader(""), out: &o, err: &e})
	return o.String(), e.String(), code
}

func TestConvertAndInspect(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	img, _ := synth.NewFingerAt(5, finger.RightIndex).Impression(synth.DefaultConditions(5))
	png, err := capture.Print{Image: img}.PNG()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("a.png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range [][]string{
		{"convert", at("a.png"), at("a.fir"), "--finger", "right-index"},
		{"convert", at("a.fir"), at("a.xml"), "--edition", "2005"},
		{"convert", at("a.xml"), at("a.fmr")},
		{"convert", at("a.fir"), at("folder") + "/", "--to", "png"},
	} {
		if _, errs, code := said(t, step...); code != 0 {
			t.Fatalf("%v: %s", step, errs)
		}
	}
	back, err := os.ReadFile(at("folder/1.png"))
	if err != nil || !bytes.Equal(back, png) {
		t.Errorf("%v; the picture came back the same: %v", err, bytes.Equal(back, png))
	}

	out, _, _ := said(t, "inspect", at("a.fmr"))
	for _, want := range []string{"ISO/IEC 19794-2:2011", "view 1: right index", "minutiae", "500 ppi"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
	out, _, _ = said(t, "inspect", at("a.xml"), "--json", "--extract", at("taken"))
	var f struct {
		Kind   string
		Images []struct {
			Positions []int
			PPI       float64 `json:"ppi_x"`
		}
		Written []string
	}
	if err := json.Unmarshal([]byte(out), &f); err != nil {
		t.Fatal(err)
	}
	if f.Kind != "cbeff" || len(f.Images) != 1 || f.Images[0].PPI != 500 || f.Images[0].Positions[0] != 2 || len(f.Written) != 1 {
		t.Errorf("%+v", f)
	}
	taken, err := os.ReadFile(f.Written[0])
	if err != nil || !bytes.Equal(taken, png) {
		t.Error("what was extracted is another image", err)
	}

	if out, errs, code := said(t, "compare", at("a.fmr"), at("a.xml")); code != 0 || !strings.HasPrefix(out, "score ") {
		t.Errorf("%s %s", out, errs)
	}
	if out, errs, code := said(t, "extract", at("a.fir")); code != 0 || !strings.Contains(out, "a.fir right-index: quality") {
		t.Errorf("%s %s", out, errs)
	}
}

func TestConvertAndInspectRefuse(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "a.txt")
	if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		args []string
		says string
	}{
		{[]string{"inspect", text}, "known are an2, inti"},
		{[]string{"convert", text, filepath.Join(dir, "a.gif")}, "name one with --to"},
		{[]string{"convert", text, filepath.Join(dir, "a.png")}, "convenio inspect"},
		{[]string{"convert", text, filepath.Join(dir, "a.png"), "--finger", "nose"}, "right-thumb to left-little"},
		{[]string{"extract", text}, "or a record; known are an2"},
	}
	for _, tt := range tests {
		if _, errs, code := said(t, tt.args...); code == 0 || !strings.Contains(errs, tt.says) {
			t.Errorf("%v: %s", tt.args, errs)
		}
	}
}

// TestFingersOfARecord gives --finger a record alone, and a picture alone, which does not say which finger it shows.
func TestFingersOfARecord(t *testing.T) {
	dir := t.TempDir()
	img, _ := synth.NewFingerAt(5, finger.LeftRing).Impression(synth.DefaultConditions(5))
	png, err := capture.Print{Image: img}.PNG()
	if err != nil {
		t.Fatal(err)
	}
	out, err := capture.Convert(png, capture.Conversion{To: "fir", Position: finger.LeftRing})
	if err != nil {
		t.Fatal(err)
	}
	record, picture := filepath.Join(dir, "a.fir"), filepath.Join(dir, "a.png")
	if err := errors.Join(os.WriteFile(record, out[0].Data, 0o600), os.WriteFile(picture, png, 0o600)); err != nil {
		t.Fatal(err)
	}
	images, err := (&fingerFlags{list: []string{record, "right-index=" + picture}}).read()
	if err != nil {
		t.Fatal(err)
	}
	if len(images) != 2 || images[0].Position != "left-ring" || !bytes.Equal(images[0].Image, png) || images[1].Position != "right-index" {
		t.Errorf("%d images, %s", len(images), images[0].Position)
	}
	for name, list := range map[string][]string{"picture": {picture}, "nothing": {filepath.Join(dir, "gone")}} {
		if _, err := (&fingerFlags{list: list}).read(); err == nil || !strings.Contains(err.Error(), "--finger") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPrintable keeps escape sequences of a file away from the terminal.
func TestPrintable(t *testing.T) {
	if s := printable("a\x1b[31mé\x9b\u202f"); s != "a·[31mé\ufffd\u202f" {
		t.Errorf("%q", s)
	}
}
