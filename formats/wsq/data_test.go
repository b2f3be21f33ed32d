package wsq_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"convenio/formats/internal/formattest"
	"convenio/formats/wsq"
)

// TestReferenceFiles: every pixel as the reference decoder has it.
func TestReferenceFiles(t *testing.T) {
	dir := formattest.Standards(t)
	n := 0
	for _, row := range formattest.Rows(t, filepath.Join(dir, "expected", "wsq.tsv")) {
		name := row[0]
		t.Run(name, func(t *testing.T) {
			path := name
			if folder, file, ok := strings.Cut(name, "_"); ok {
				path = filepath.Join(folder, file)
			}
			img, err := wsq.Decode(formattest.Read(t, filepath.Join(dir, "samples", "wsq", path)), wsq.DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			if got := formattest.Sum(img.Pix); got != row[4] {
				t.Errorf("%d x %d: pixels %s, want %s", img.Width, img.Height, got, row[4])
			}
		})
		n++
	}
	if n != 5 {
		t.Errorf("%d files", n)
	}
}

// TestImagesInRecords: the WSQ images inside the ANSI/NIST files. They are
// found by their length and hash, without reading the records around them.
func TestImagesInRecords(t *testing.T) {
	dir := formattest.Standards(t)
	n := 0
	for _, row := range formattest.Rows(t, filepath.Join(dir, "expected", "itl_images.tsv")) {
		if row[4] != "WSQ" {
			continue
		}
		t.Run(row[0]+"#"+row[1], func(t *testing.T) {
			data := embedded(t, formattest.Read(t, filepath.Join(dir, "samples", "itl-trad", row[0])), row[6], row[7])
			img, err := wsq.Decode(data, wsq.DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			if got := formattest.Sum(img.Pix); got != row[10] {
				t.Errorf("%d x %d: pixels %s, want %s", img.Width, img.Height, got, row[10])
			}
		})
		n++
	}
	if n < 10 {
		t.Errorf("%d images", n)
	}
}

func embedded(t *testing.T, file []byte, size, hash string) []byte {
	t.Helper()
	n, err := strconv.Atoi(size)
	if err != nil {
		t.Fatal(err)
	}
	for at := range file {
		if wsq.Is(file[at:]) && at+n <= len(file) && formattest.Sum(file[at:at+n]) == hash {
			return file[at : at+n]
		}
	}
	t.Fatal("no such bytes in the file")
	return nil
}
