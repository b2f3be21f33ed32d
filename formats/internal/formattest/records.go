package formattest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"convenio/formats/sc37"
)

// Parse reads a binary record and gives what was odd about it.
type Parse func([]byte) ([]sc37.Oddity, error)

// Odd is a damaged record and what a reader must say of it.
type Odd = struct {
	Name string
	Data []byte
	Says string // in an oddity, or after "error " in the error; "" for no oddity
}

// RunOdd reads each.
func RunOdd(t *testing.T, parse Parse, cases []Odd) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			odd, err := parse(c.Data)
			if want, ok := strings.CutPrefix(c.Says, "error "); ok {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q", err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if (c.Says == "") != (len(odd) == 0) || !strings.Contains(fmt.Sprint(odd), c.Says) {
				t.Errorf("oddities %v, want %q", odd, c.Says)
			}
		})
	}
}

// RunTruncated cuts each record at every byte: a reader says so, by an error of a kind that names the byte, or by an oddity
// where what is missing is not needed.
func RunTruncated(t *testing.T, parse Parse, records map[string][]byte) {
	t.Helper()
	for name, b := range records {
		for n := range len(b) {
			odd, err := parse(b[:n])
			switch {
			case err == nil && len(odd) == 0:
				t.Errorf("%s cut at %d of %d: nothing said", name, n, len(b))
			case err != nil && !errors.Is(err, sc37.ErrTruncated) && !errors.Is(err, sc37.ErrFormat) && !errors.Is(err, sc37.ErrMalformed):
				t.Errorf("%s cut at %d: %v is of no kind", name, n, err)
			case err != nil && n >= 30 && !strings.Contains(err.Error(), "(byte "):
				t.Errorf("%s cut at %d: %v names no byte", name, n, err)
			}
		}
	}
}
