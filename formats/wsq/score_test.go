package wsq_test

import (
	"flag"
	"testing"

	"convenio/finger"
	"convenio/formats/wsq"
	"convenio/synth"
)

var fingers = flag.Int("wsq.fingers", 5, "synthetic fingers of TestScoresSurvive")

// TestScoresSurvive: a second capture is compared with the first one as it was
// and after WSQ; over all fingers the comparison score must not fall.
func TestScoresSurvive(t *testing.T) {
	rates := []float64{wsq.BitRateStandard, wsq.BitRateHigh}
	c := finger.NewComparer()
	var plain float64
	sums := make([]float64, len(rates))
	n := 0
	for seed := uint64(1); seed <= uint64(*fingers); seed++ {
		f := synth.NewFinger(seed)
		reference, _ := f.Impression(synth.CooperativeConditions(seed * 1000))
		probe, _ := f.Impression(synth.CooperativeConditions(seed*1000 + 1))
		r, p := prepared(reference), prepared(probe)
		if r == nil || p == nil {
			continue
		}
		n++
		plain += float64(c.Compare(p, r).Score)
		for i, rate := range rates {
			img := &wsq.Image{Width: probe.Width, Height: probe.Height, PPI: probe.PPI, Pix: probe.Pix}
			again := mustDecode(t, mustEncode(t, img, wsq.Options{BitRate: rate}))
			q := prepared(finger.Image{Width: again.Width, Height: again.Height, PPI: again.PPI, Pix: again.Pix})
			if q == nil {
				t.Errorf("finger %d: no template after WSQ at %.2f", seed, rate)
				continue
			}
			sums[i] += float64(c.Compare(q, r).Score)
		}
	}
	if n == 0 {
		t.Fatal("no finger gave a template")
	}
	for i, rate := range rates {
		t.Logf("%d fingers: mean mated score %.2f as captured, %.2f after WSQ at %.2f", n, plain/float64(n), sums[i]/float64(n), rate)
		if sums[i] < 0.97*plain {
			t.Errorf("WSQ at %.2f: mean score %.2f, as captured %.2f", rate, sums[i]/float64(n), plain/float64(n))
		}
	}
}

func prepared(img finger.Image) *finger.Prepared {
	t, err := finger.Extract(img, nil)
	if err != nil {
		return nil
	}
	return finger.Prepare(t)
}
