package capture

import (
	"testing"

	"convenio/finger"
	"convenio/formats/fmr"
)

// A record of a print holds the ridges between neighbours, the cores and the deltas that its template shows, and another
// program finds them there.
func TestRecordHoldsExtendedData(t *testing.T) {
	cores, counts := 0, 0
	for id := range uint64(6) {
		tpl := drawn(t, id, 0)
		v := ToView(tpl)
		v.Position = 2
		b, err := (&fmr.Record{Format: fmr.ISO2011, Views: []fmr.View{v}}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		r, err := fmr.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Oddities) != 0 {
			t.Errorf("finger %d: %v", id, r.Oddities)
		}
		for _, a := range r.Views[0].Extended {
			if a.RidgeCounts != nil {
				counts += len(a.RidgeCounts.Counts)
				checkCounts(t, tpl, a.RidgeCounts)
			}
			if a.CoresDeltas != nil {
				cores += len(a.CoresDeltas.Cores)
				if n := len(a.CoresDeltas.Cores) + len(a.CoresDeltas.Deltas); n != len(tpl.Singularities()) {
					t.Errorf("finger %d: %d points, the template shows %d", id, n, len(tpl.Singularities()))
				}
			}
		}
	}
	if cores == 0 || counts < 100 {
		t.Errorf("%d cores and %d ridge counts in six prints", cores, counts)
	}
}

func checkCounts(t *testing.T, tpl *finger.Template, r *fmr.RidgeCounts) {
	t.Helper()
	for _, c := range r.Counts {
		n, ok := tpl.RidgesBetween(tpl.Minutiae[c.From-1], tpl.Minutiae[c.To-1])
		if !ok || n != int(c.Count) {
			t.Errorf("from %d to %d: %d ridges in the record, %d in the template", c.From, c.To, c.Count, n)
		}
	}
}
