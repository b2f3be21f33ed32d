package main

import (
	"strings"
	"testing"

	"convenio/eval"
)

func twoFingers() []picture {
	var out []picture
	for _, s := range []eval.Sample{{Finger: "a", Impression: 1}, {Finger: "a", Impression: 2}, {Finger: "b", Impression: 1}} {
		out = append(out, picture{sample: s})
	}
	return out
}

func TestReadNBIS(t *testing.T) {
	o, err := readNBIS([]byte("0 1 60\n0 2 -\n1 2 7\n# extract_seconds 0.3 compare_seconds 0.5\n"), twoFingers())
	if err != nil {
		t.Fatal(err)
	}
	if o.eer != 0 || o.extractMS != 100 || o.perSecond != 6 || o.samples != 3 || o.failures != 0 {
		t.Errorf("%+v", o)
	}
	for name, out := range map[string]string{
		"a line short": "0 1 60\n# extract_seconds 0.3 compare_seconds 0.5\n", "no times": "0 1 60\n0 2 1\n1 2 7\n",
		"no such image": "0 9 60\n", "no score": "0 1 x\n", "words": "what is this\n", "times that are none": "# a b c d\n",
	} {
		if _, err := readNBIS([]byte(out), twoFingers()); err == nil {
			t.Errorf("%s: read without an error", name)
		}
	}
}

func TestTables(t *testing.T) {
	names := []string{"fvc2002_db1_b", "uareu_25"}
	ours := map[string]one{names[0]: {eer: 1, fmr1000: 3, extractMS: 10, perSecond: 1000, samples: 80}, names[1]: {eer: 2, fmr1000: 5, extractMS: 20, perSecond: 3000, samples: 80, failures: 1}}
	rows := append([]row{measured("ours", names, ours)}, published(names, true)...)
	for name, got := range map[string]string{"text": text(names, rows, "no compiler"), "markdown": markdown(names, rows, "no compiler")} {
		// means of the rates, weighed times: 15 ms a sample, 2 / (1/1000 + 1/3000) comparisons a second
		for _, want := range []string{"1.50 / 4.00", "15.0", "1500", "not run here", "NBIS was not built: no compiler", "SourceAFIS", "4.17 / 11.07"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s has no %q:\n%s", name, want, got)
			}
		}
	}
	if len(published([]string{"a set of one's own"}, true)) != 0 {
		t.Error("published figures beside a set that they are not of")
	}
	if n := len(published(names, false)); n != 2 {
		t.Errorf("%d published rows beside a measured NBIS, want 2", n)
	}
}
