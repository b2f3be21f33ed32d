package trial

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"convenio/gallery"
)

// ReadCampaign reports on a file of outcomes, at the threshold for a false positive identification rate.
func ReadCampaign(path string, fpir float64) (CampaignReport, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return CampaignReport{}, err
	}
	var h head
	line, _, _ := bytes.Cut(b, []byte("\n"))
	if err := json.Unmarshal(line, &h); err != nil || h.People < 1 || h.Fingers < 1 {
		return CampaignReport{}, fmt.Errorf("%s: %w", path, errOutcomes)
	}
	done, _, err := readOutcomes(bytes.NewReader(b), h)
	if err != nil {
		return CampaignReport{}, fmt.Errorf("%s: %w", path, err)
	}
	c := Campaign{Settings: Settings{People: h.People, Fingers: h.Fingers, FPIR: fpir}}
	r := c.report(done, float64(gallery.PersonThreshold(fpir, h.People)))
	for n := 1000.0; n < 1.01e6; n *= 1.2589254 { // ten to a decade
		threshold, missed := float64(gallery.PersonThreshold(fpir, int(n))), 0
		for i := range done {
			if done[i].Mated && done[i].Mate < threshold {
				missed++
			}
		}
		r.bySize = append(r.bySize, [2]float64{n, share(missed, r.Mated)})
	}
	return r, nil
}
