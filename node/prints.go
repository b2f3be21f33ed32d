package node

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"convenio/api"
	"convenio/capture"
	"convenio/finger"
)

// print is one finger as it was given, read and extracted.
type print struct {
	position finger.Position
	png      []byte
	ppi      int
	template *finger.Template // nil when the image is not a usable fingerprint
	rejected *finger.RejectError
}

// readPrints decodes and extracts images, in parallel over the node's processors. An image that is
// no image at all is the caller's error; one that holds no usable fingerprint is a print without
// template, so that the officer learns about every finger at once.
func (n *Node) readPrints(ctx context.Context, images []api.FingerImage) ([]print, error) {
	prints := make([]print, len(images))
	errs := make([]error, len(images))
	var wg sync.WaitGroup
	for i, img := range images {
		wg.Go(func() {
			ppi := 0.0
			if img.Ppi != nil {
				ppi = float64(*img.Ppi)
			}
			prints[i], errs[i] = n.readPrint(ctx, img.Position, img.Image, ppi)
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return prints, distinct(prints)
}

func (n *Node) readPrint(ctx context.Context, position string, data []byte, ppi float64) (print, error) {
	pos, err := finger.ParsePosition(position)
	if err != nil {
		return print{}, fail(http.StatusUnprocessableEntity, "position", "no such finger position", position, "use right-thumb .. left-little, or unknown")
	}
	select {
	case n.cpu <- struct{}{}:
		defer func() { <-n.cpu }()
	case <-ctx.Done():
		return print{}, ctx.Err()
	}
	p, err := capture.Read(data, ppi, pos)
	if err != nil {
		return print{}, fail(http.StatusUnprocessableEntity, "image", "the image cannot be read", fmt.Sprintf("%s: %v", pos, err),
			"send a PNG, TIFF, BMP, JPEG, JPEG 2000 or WSQ fingerprint image, or a record with this finger in it").because(err)
	}
	out := print{position: pos, ppi: int(p.Image.PPI + 0.5)}
	if out.png, err = p.PNG(); err != nil {
		return print{}, fmt.Errorf("encode image: %w", err)
	}
	out.template, err = finger.Extract(p.Image, nil)
	if err != nil && !errors.As(err, &out.rejected) {
		return print{}, fmt.Errorf("extract %s: %w", pos, err)
	}
	return out, nil
}

func distinct(prints []print) error {
	seen := map[finger.Position]bool{}
	for _, p := range prints {
		if p.position != 0 && seen[p.position] {
			return fail(http.StatusUnprocessableEntity, "position", "a finger is given twice", p.position.String(), "send each finger once")
		}
		seen[p.position] = true
	}
	return nil
}

// quality is the print's quality score; 0 when it has no template.
func (p print) quality() int {
	if p.template == nil {
		return 0
	}
	return int(p.template.Quality.Score)
}

// report says what an officer is told of a finger; below is the quality from which it is usable.
func (p print) report(below int) api.FingerReport {
	r := api.FingerReport{Position: p.position.String(), Quality: p.quality(), Usable: p.template != nil && p.quality() >= below}
	if r.Usable {
		return r
	}
	reasons := []api.Text{}
	if p.rejected != nil {
		reasons = append(reasons, api.Text{Es: p.rejected.Reason.Text("es"), En: p.rejected.Reason.Text("en")})
	}
	if p.template != nil {
		for _, why := range p.template.Quality.Reasons {
			reasons = append(reasons, api.Text{Es: why.Text("es"), En: why.Text("en")})
		}
	}
	r.Reasons = &reasons
	return r
}

func reports(prints []print, below int) []api.FingerReport {
	out := make([]api.FingerReport, len(prints))
	for i, p := range prints {
		out[i] = p.report(below)
	}
	return out
}

// worth keeps the prints that are good enough, and says how good the worst of them is.
func worth(prints []print, below int) (good []print, worst int) {
	worst = 100
	for _, p := range prints {
		if p.template != nil && p.quality() >= below {
			good = append(good, p)
			worst = min(worst, p.quality())
		}
	}
	if len(good) == 0 {
		worst = 0
	}
	return good, worst
}
