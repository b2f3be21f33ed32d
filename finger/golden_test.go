package finger_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"convenio/finger"
)

// The same templates give the same score on every platform, to the last digit. -update rewrites; a change must be meant.
func TestScoresGolden(t *testing.T) {
	const path = "testdata/scores.txt"
	var list []*finger.Prepared
	for seed := range uint64(4) {
		list = append(list, preparedPhantom(t, seed, 0, 0, 0), preparedPhantom(t, seed, 12, 9, -14))
	}
	c := finger.NewComparer()
	var b strings.Builder
	for i := range list {
		for j := range i {
			r := c.Compare(list[i], list[j])
			fmt.Fprintf(&b, "%d %d %v %d\n", i, j, float64(r.Score), len(r.Pairs))
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("scores changed:\n%swant\n%s", &b, want)
	}
}
