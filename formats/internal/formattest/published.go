// Package formattest is what the tests of formats share: where published samples are, and what every reader of records is
// put through.
package formattest

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Standards is the folder of published samples, schemas and other programs' readings. They are never part of this
// repository: without them a test skips, and with CI=true it fails. needs are paths below the folder that must be there.
func Standards(t testing.TB, needs ...string) string {
	t.Helper()
	root := os.Getenv("CONVENIO_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir, err := filepath.Abs(filepath.Join(root, "standards"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range append([]string{"."}, needs...) {
		if _, err := os.Stat(filepath.Join(dir, n)); err != nil {
			Absent(t, "no published samples (standards/"+n+"): set CONVENIO_DATA to the folder that holds standards/")
		}
	}
	return dir
}

// Absent skips a test for which something is missing, and with CI=true fails it.
func Absent(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal("CI=true and " + what)
	}
	t.Skip(what)
}

// Read is a file's content.
func Read(t testing.TB, elem ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Rows are the rows of a file of tab-separated values.
func Rows(t testing.TB, elem ...string) (out [][]string) {
	t.Helper()
	for line := range strings.Lines(string(Read(t, elem...))) {
		out = append(out, strings.Split(strings.TrimRight(line, "\n"), "\t"))
	}
	return out
}

// Sum is the SHA-256 of bytes in hexadecimal.
func Sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
