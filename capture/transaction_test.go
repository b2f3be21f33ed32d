package capture

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"convenio/finger"
	"convenio/formats/ansinist"
)

var searchAt = time.Date(2026, 3, 14, 15, 9, 26, 535, time.UTC)

func searchHeader() SearchHeader {
	return SearchHeader{From: "CO", To: "US", Number: "00112233445566778899aabbccddeeff", At: searchAt}
}

func searchSamples(t testing.TB) []SearchSample {
	t.Helper()
	return []SearchSample{
		{Position: finger.LeftIndex, PNG: printPNG(t, 2, 500), PPI: 500},
		{Position: finger.RightIndex, PNG: printPNG(t, 1, 500), PPI: 500},
	}
}

func TestSearchFile(t *testing.T) {
	file, err := SearchFile(searchHeader(), searchSamples(t))
	if err != nil {
		t.Fatal(err)
	}
	h, samples, err := ReadSearchFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := searchHeader()
	want.At = want.At.Truncate(time.Second)
	if h != want {
		t.Errorf("header %+v, want %+v", h, want)
	}
	in := searchSamples(t)
	if len(samples) != 2 || samples[0].Position != finger.RightIndex || samples[1].Position != finger.LeftIndex ||
		!bytes.Equal(samples[0].PNG, in[1].PNG) || !bytes.Equal(samples[1].PNG, in[0].PNG) || samples[0].PPI != 500 {
		t.Errorf("%d samples, or not those that were written, in the order of their positions", len(samples))
	}
	// Any other reader of the standard finds the prints.
	prints, err := ReadAll(file, 0)
	if err != nil || len(prints) != 2 || prints[0].Position != finger.RightIndex || prints[0].Image.PPI != 500 {
		t.Errorf("read as any file: %d prints, %v", len(prints), err)
	}
}

func TestSearchFileRefuses(t *testing.T) {
	for name, change := range map[string]func(*SearchHeader, *[]SearchSample){
		"no finger":       func(_ *SearchHeader, s *[]SearchSample) { *s = nil },
		"eleven fingers":  func(_ *SearchHeader, s *[]SearchSample) { *s = make([]SearchSample, 11) },
		"finger twice":    func(_ *SearchHeader, s *[]SearchSample) { (*s)[0].Position = (*s)[1].Position },
		"position 11":     func(_ *SearchHeader, s *[]SearchSample) { (*s)[0].Position = 11 },
		"not a picture":   func(_ *SearchHeader, s *[]SearchSample) { (*s)[0].PNG = []byte("GIF89a") },
		"low resolution":  func(_ *SearchHeader, s *[]SearchSample) { (*s)[0].PPI = MinSearchPPI - 1 },
		"high resolution": func(_ *SearchHeader, s *[]SearchSample) { (*s)[0].PPI = MaxSearchPPI + 1 },
		"no number":       func(h *SearchHeader, _ *[]SearchSample) { h.Number = "" },
		"long number":     func(h *SearchHeader, _ *[]SearchSample) { h.Number = strings.Repeat("1", 41) },
		"no origin":       func(h *SearchHeader, _ *[]SearchSample) { h.From = "" },
	} {
		t.Run(name, func(t *testing.T) {
			h, s := searchHeader(), searchSamples(t)
			change(&h, &s)
			if _, err := SearchFile(h, s); err == nil {
				t.Error("written")
			}
		})
	}
}

// TestSearchFileSaysNoMore: a file of a search that another program wrote with more in it is not taken.
func TestSearchFileSaysNoMore(t *testing.T) {
	lawful := func() ansinist.Search {
		png := printPNG(t, 1, 500)
		size := ansinist.Sniff(png)
		return ansinist.Search{
			Type: searchType, At: searchAt, Destination: "US", Origin: "CO", Control: "1", Domain: searchDomain,
			Fingers: []ansinist.SearchFinger{{Position: 2, Impression: unknownImpression, Width: size.Width, Height: size.Height, PPI: 500, Compression: "PNG", Data: png}},
		}
	}
	for name, c := range map[string]struct {
		change func(*ansinist.Search)
		edit   func(*ansinist.Transaction)
		taken  bool
	}{
		"as it is": {taken: true},
		"a name": {change: func(s *ansinist.Search) {
			s.Texts = []ansinist.UserText{{Number: 18, Items: [][]string{{"APELLIDO, Nombre"}}}}
		}},
		"a reference":        {change: func(s *ansinist.Search) { s.Reference = "case 7" }},
		"a priority":         {change: func(s *ansinist.Search) { s.Priority = 1 }},
		"another type":       {change: func(s *ansinist.Search) { s.Type = "TPIS" }},
		"another domain":     {change: func(s *ansinist.Search) { s.Domain = "OTHER" }},
		"a place of capture": {change: func(s *ansinist.Search) { s.Fingers[0].Source = "CUCUTA" }},
		"a day of capture":   {change: func(s *ansinist.Search) { s.Fingers[0].Captured = searchAt.AddDate(0, 0, -1) }},
		"another impression": {change: func(s *ansinist.Search) { s.Fingers[0].Impression = 1 }},
		"a vendor's quality": {change: func(s *ansinist.Search) {
			s.Fingers[0].Quality = []ansinist.Quality{{Position: 2, Score: 80, Vendor: "0000"}}
		}},
		"minutiae":             {change: func(s *ansinist.Search) { s.Fingers[0].Minutiae = []ansinist.M1Minutia{{X: 20, Y: 20}} }},
		"a comment (14.020)":   {edit: func(t *ansinist.Transaction) { t.Of(14)[0].SetText(20, "ALIAS") }},
		"a scanner (14.903)":   {edit: func(t *ansinist.Transaction) { t.Of(14)[0].SetText(903, "SERIAL 1") }},
		"a text in the type 1": {edit: func(t *ansinist.Transaction) { t.Of(1)[0].SetText(10, "R-1") }},
	} {
		t.Run(name, func(t *testing.T) {
			s := lawful()
			if c.change != nil {
				c.change(&s)
			}
			tx, err := ansinist.NewSearch(s)
			if err != nil {
				t.Fatal(err)
			}
			if c.edit != nil {
				c.edit(tx)
			}
			b, err := tx.Encode()
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = ReadSearchFile(b)
			if c.taken && err != nil || !c.taken && !errors.Is(err, ErrSearchFile) {
				t.Errorf("taken %v: %v", err == nil, err)
			}
		})
	}
}

func FuzzReadSearchFile(f *testing.F) {
	file, err := SearchFile(searchHeader(), searchSamples(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add(file[:len(file)/2])
	f.Add([]byte("1.001:"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, s, err := ReadSearchFile(b)
		if err != nil {
			if !errors.Is(err, ErrSearchFile) {
				t.Errorf("another kind of failure: %v", err)
			}
			return
		}
		if again, err := SearchFile(h, s); err != nil || !bytes.Equal(again, b) {
			t.Errorf("taken, and written otherwise: %v", err)
		}
	})
}
