package osia

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"

	"convenio/capture"
	"convenio/finger"
	"convenio/formats/fmr"
	"convenio/osia/abis"
)

// report says what became of one biometric item; it goes to the caller among "others".
type report struct {
	Item    int      `json:"item"`
	Usable  bool     `json:"usable"` // there is a template to compare with
	Quality int      `json:"quality"`
	Reasons []string `json:"reasons,omitempty"`
}

// read makes templates of biometric data, in parallel over the server's processors. What cannot be read at all is the
// caller's error; what can be read and not compared is reported.
func (s *Service) read(ctx context.Context, items []abis.BiometricData) ([]reference, []report, error) {
	if len(items) > maxBiometrics {
		return nil, nil, bad("%d biometric items, at most %d are taken", len(items), maxBiometrics)
	}
	refs := make([]*reference, len(items))
	reports := make([]report, len(items))
	errs := make([]error, len(items))
	var wg sync.WaitGroup
	for i := range items {
		wg.Go(func() {
			if errs[i] = s.enterCPU(ctx); errs[i] != nil {
				return
			}
			defer s.leaveCPU()
			reports[i].Item = i
			refs[i], errs[i] = readItem(items[i], &reports[i])
		})
	}
	wg.Wait()
	out := []reference{}
	for i, err := range errs {
		if err != nil {
			var f *fault
			if errors.As(err, &f) {
				err = bad("biometric item %d: %s", i, f.message)
			}
			return nil, nil, err
		}
		if refs[i] != nil {
			refs[i].Item = i
			out = append(out, *refs[i])
		}
	}
	return out, reports, nil
}

func readItem(b abis.BiometricData, rep *report) (*reference, error) {
	if b.ImageRef != nil || b.TemplateRef != nil {
		return nil, bad("images and templates are taken by value only; nothing is fetched from other places")
	}
	skip := func(why string) (*reference, error) {
		rep.Reasons = append(rep.Reasons, why)
		return nil, nil
	}
	var sub abis.BiometricSubType
	if b.BiometricSubType != nil {
		sub = *b.BiometricSubType
	}
	pos, single := positionOf(sub)
	if b.BiometricType != "FINGER" || !single {
		return skip("kept, not compared: only single fingers are")
	}
	t, err := templateOf(b, pos)
	var rejected *finger.RejectError
	switch {
	case errors.As(err, &rejected):
		return skip(rejected.Reason.Text("en"))
	case errors.Is(err, capture.ErrTemplate):
		return skip("kept, not compared: the minutiae record lacks what a comparison needs")
	case err != nil:
		return nil, err
	case t == nil:
		return skip("kept, not compared: no image and no template")
	}
	rep.Quality = int(t.Quality.Score)
	rep.Usable = true
	for _, why := range t.Quality.Reasons {
		rep.Reasons = append(rep.Reasons, why.Text("en"))
	}
	ref := &reference{SubType: sub, Position: pos, Quality: t.Quality.Score, prepared: finger.Prepare(t)}
	if b.Instance != nil {
		ref.Instance = *b.Instance
	}
	if ref.Template, err = t.MarshalBinary(); err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	return ref, nil
}

// templateOf reads the image by value, or else the template; nil when there is neither.
func templateOf(b abis.BiometricData, pos finger.Position) (*finger.Template, error) {
	data, ppi, err := imageOf(b)
	if err != nil {
		return nil, err
	}
	if data != nil {
		if img, ok := plainPixels(b, data, ppi); ok {
			return finger.Extract(img, nil)
		}
		t, _, err := capture.Template(data, ppi, pos)
		return t, readable(err)
	}
	if b.Template == nil || *b.Template == "" {
		return nil, nil
	}
	if data, err = base64.StdEncoding.DecodeString(*b.Template); err != nil {
		return nil, bad("template: not base64")
	}
	if !fmr.Is(data) {
		return nil, bad("template: a finger minutiae record is needed (ISO_19794_2, ISO_19794_2_2011, ANSI_378, ANSI_378_2009)")
	}
	t, _, err := capture.Template(data, 0, pos)
	return t, readable(err)
}

// imageOf is an item's image as it was given, nil when there is none, and its resolution, 0 when it is not stated.
func imageOf(b abis.BiometricData) (data []byte, ppi float64, err error) {
	if b.Resolution != nil {
		if ppi = float64(*b.Resolution); ppi < finger.MinPPI || ppi > finger.MaxPPI {
			return nil, 0, bad("resolution %d: %d to %d dpi are taken", *b.Resolution, finger.MinPPI, finger.MaxPPI)
		}
	}
	if b.Image == nil || *b.Image == "" {
		return nil, ppi, nil
	}
	if data, err = base64.StdEncoding.DecodeString(*b.Image); err != nil {
		return nil, 0, bad("image: not base64")
	}
	return data, ppi, nil
}

// picture is an item's image as PNG; false when there is none that can be shown.
func picture(b abis.BiometricData, pos finger.Position) ([]byte, bool) {
	data, ppi, err := imageOf(b)
	if err != nil || data == nil {
		return nil, false
	}
	p := capture.Print{}
	if img, ok := plainPixels(b, data, ppi); ok {
		p.Image = img
	} else if p, err = capture.Read(data, ppi, pos); err != nil {
		return nil, false
	}
	png, err := p.PNG()
	return png, err == nil
}

// readable keeps the errors that are reported with an item and makes the others the caller's.
func readable(err error) error {
	if err == nil || errors.As(err, new(*finger.RejectError)) || errors.Is(err, capture.ErrTemplate) {
		return err
	}
	return bad("cannot be read: %v", err)
}

// plainPixels is an image without a header: compression NONE and as many bytes as width times height.
func plainPixels(b abis.BiometricData, data []byte, ppi float64) (finger.Image, bool) {
	if b.Compression == nil || *b.Compression != "NONE" || b.Width == nil || b.Height == nil || b.Bitdepth != nil && *b.Bitdepth != 8 {
		return finger.Image{}, false
	}
	w, h := *b.Width, *b.Height
	if w <= 0 || h <= 0 || w > finger.MaxSide || h > finger.MaxSide || w*h != len(data) {
		return finger.Image{}, false
	}
	return finger.Image{Width: w, Height: h, PPI: ppi, Pix: data}, true
}

// positionOf is the finger of a sub type; false for palms, several fingers, eyes and faces.
func positionOf(sub abis.BiometricSubType) (finger.Position, bool) {
	if sub == "" || sub == "UNKNOWN" {
		return finger.Unknown, true
	}
	p, err := finger.ParsePosition(strings.ReplaceAll(strings.ToLower(string(sub)), "_", "-"))
	return p, err == nil
}

func subTypeOf(p finger.Position) abis.BiometricSubType {
	return abis.BiometricSubType(strings.ReplaceAll(strings.ToUpper(p.String()), "-", "_"))
}

// templatesOf writes the templates of an encounter as finger minutiae records.
func templatesOf(e *encounter, p abis.ReadTemplateParams) ([]abis.BiometricComputedData, error) {
	format, name, err := recordFormat(p.TemplateFormat)
	if err != nil {
		return nil, err
	}
	if p.QualityFormat != nil && *p.QualityFormat != isoQuality {
		return nil, bad("qualityFormat: only %s is written", isoQuality)
	}
	out := []abis.BiometricComputedData{}
	for _, r := range e.prints {
		if p.BiometricType != nil && *p.BiometricType != "FINGER" || p.BiometricSubType != nil && *p.BiometricSubType != r.SubType ||
			p.Instance != nil && *p.Instance != r.Instance {
			continue
		}
		data, err := r.record(format)
		if err != nil {
			return nil, err
		}
		quality, qformat, vendor := int64(r.Quality), isoQuality, "convenio"
		c := abis.BiometricComputedData{BiometricType: "FINGER", Template: base64.StdEncoding.EncodeToString(data),
			TemplateFormat: &name, Quality: &quality, QualityFormat: &qformat, Vendor: &vendor}
		if r.SubType != "" {
			c.BiometricSubType = &r.SubType
		}
		if r.Instance != "" {
			c.Instance = &r.Instance
		}
		out = append(out, c)
	}
	return out, nil
}

// isoQuality is a quality score of 0 to 100 (ISO/IEC 19794-1:2011, 12.3.4).
const isoQuality = "ISO_19794"

func recordFormat(want *string) (fmr.Format, string, error) {
	switch {
	case want == nil || *want == "ISO_19794_2_2011":
		return fmr.ISO2011, "ISO_19794_2_2011", nil
	case *want == "ISO_19794_2":
		return fmr.ISO2005, *want, nil
	}
	return 0, "", bad("templateFormat: ISO_19794_2 and ISO_19794_2_2011 are written")
}

func (r *reference) record(format fmr.Format) ([]byte, error) {
	t, err := finger.ParseTemplate(r.Template)
	if err != nil {
		return nil, fmt.Errorf("stored template: %w", err)
	}
	v := capture.ToView(t)
	v.Position = uint8(r.Position)
	rec := &fmr.Record{Format: fmr.ISO2011, Views: []fmr.View{v}}
	if format != fmr.ISO2011 {
		if rec, _, err = rec.Convert(format); err != nil {
			return nil, fmt.Errorf("write template: %w", err)
		}
	}
	b, err := rec.Marshal()
	if err != nil {
		return nil, fmt.Errorf("write template: %w", err)
	}
	return b, nil
}
