package mosip

import (
	"context"
	"errors"
	"math"
	"strconv"

	"convenio/capture"
	"convenio/finger"
	"convenio/formats/cbeff"
	"convenio/gallery"
)

const (
	maxFingers = gallery.MaxProbe // of one person
	maxFlag    = 1000             // of maxResults
)

// fetch gets a person's fingers from a reference URL. Fingers that are no usable prints are left out; of none usable it fails
// with LowQuality where there were some, with NoBiometrics where there were none.
func (a *ABIS) fetch(ctx context.Context, url string) ([]gallery.Finger, error) {
	data, err := a.opt.Fetch.Fetch(ctx, url)
	var told Failure
	switch {
	case errors.As(err, &told):
		return nil, told
	case err != nil && ctx.Err() != nil:
		return nil, err
	case err != nil:
		return nil, Unfetchable
	case len(data) == 0:
		return nil, NoBiometrics
	}
	doc, err := cbeff.Parse(data)
	if err != nil {
		return nil, InvalidCBEFF
	}
	return fingersOf(doc)
}

func fingersOf(doc *cbeff.Document) ([]gallery.Finger, error) {
	var out []gallery.Finger
	there := false
	for _, b := range doc.Leaves() {
		if b.BDBInfo != nil && len(b.BDBInfo.Types) > 0 && b.BDBInfo.Types[0] != "Finger" {
			continue
		}
		there = true
		stated, _ := b.Position()
		p, err := capture.Read(b.BDB, 0, finger.Position(stated))
		if err != nil {
			continue
		}
		t, err := finger.Extract(p.Image, nil)
		if err != nil || !t.Quality.Usable() {
			continue
		}
		position := finger.Position(stated)
		if position == finger.Unknown {
			position = p.Position
		}
		if len(out) < maxFingers {
			out = append(out, gallery.Finger{Position: position, Template: finger.Prepare(t)})
		}
	}
	switch {
	case !there:
		return nil, NoBiometrics
	case len(out) == 0:
		return nil, LowQuality
	}
	return out, nil
}

// flags reads maxResults, and targetFPIR, which is -10 log10 of the rate (ABIS API 0.9: 30 is one in 1,000). Others are
// agreed between a country and its ABIS, and here without meaning.
func (a *ABIS) flags(f map[string]string) (most int, fpir float64, err error) {
	most, fpir = a.opt.MaxResults, a.opt.FPIR
	if s := f["maxResults"]; s != "" {
		if most, err = strconv.Atoi(s); err != nil || most < 1 {
			return 0, 0, InvalidRequest
		}
		most = min(most, maxFlag)
	}
	if s := f["targetFPIR"]; s != "" {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || !(v >= 0 && v <= 200) {
			return 0, 0, InvalidRequest
		}
		fpir = math.Pow(10, -v/10)
	}
	return most, fpir, nil
}
