package wsq_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"convenio/formats/wsq"
)

// dataDir is the folder of real files; tests that need it skip without it.
func dataDir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("CONVENIO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir = filepath.Join(dir, "standards")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no real files: set CONVENIO_DATA to the folder that holds standards/")
	}
	return dir
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func rows(t testing.TB, path string) [][]string {
	t.Helper()
	var out [][]string
	for line := range strings.Lines(string(readFile(t, path))) {
		out = append(out, strings.Split(strings.TrimRight(line, "\n"), "\t"))
	}
	return out
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// TestReferenceFiles: every pixel as the reference decoder has it.
func TestReferenceFiles(t *testing.T) {
	dir := dataDir(t)
	n := 0
	for _, row := range rows(t, filepath.Join(dir, "expected", "wsq.tsv")) {
		name := row[0]
		t.Run(name, func(t *testing.T) {
			path := name
			if folder, file, ok := strings.Cut(name, "_"); ok {
				path = filepath.Join(folder, file)
			}
			img, err := wsq.Decode(readFile(t, filepath.Join(dir, "samples", "wsq", path)), wsq.DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			if got := sum(img.Pix); got != row[4] {
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
	dir := dataDir(t)
	n := 0
	for _, row := range rows(t, filepath.Join(dir, "expected", "itl_images.tsv")) {
		if row[4] != "WSQ" {
			continue
		}
		t.Run(row[0]+"#"+row[1], func(t *testing.T) {
			data := embedded(t, readFile(t, filepath.Join(dir, "samples", "itl-trad", row[0])), row[6], row[7])
			img, err := wsq.Decode(data, wsq.DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			if got := sum(img.Pix); got != row[10] {
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
		if wsq.Is(file[at:]) && at+n <= len(file) && sum(file[at:at+n]) == hash {
			return file[at : at+n]
		}
	}
	t.Fatal("no such bytes in the file")
	return nil
}
