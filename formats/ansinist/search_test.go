package ansinist_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"convenio/formats/ansinist"

	"github.com/google/go-cmp/cmp"
)

func TestSearchThereAndBack(t *testing.T) {
	want := made(t)
	data := encoded(t, madeTransaction(t))
	tx, err := ansinist.Read(data, ansinist.Limits{})
	if err != nil || len(tx.Oddities) > 0 {
		t.Fatalf("%v\n%s", err, oddityText(tx))
	}
	got, err := ansinist.ReadSearch(tx)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want.Fingers { // what is filled in
		want.Fingers[i].Source = want.Origin
		want.Fingers[i].Captured = at.Truncate(24 * 3600 * 1e9)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if again := encoded(t, madeTransaction(t)); !bytes.Equal(again, data) {
		t.Error("the same search gives other bytes")
	}
	var types []int
	for _, r := range tx.Records {
		types = append(types, r.Type)
	}
	if diff := cmp.Diff([]int{1, 2, 9, 14, 14}, types); diff != "" {
		t.Error(diff)
	}
	if h, err := tx.Header(); err != nil || h.Version != "0502" || h.Charset != ansinist.UTF8 || !h.GMT.Equal(at) {
		t.Errorf("%+v %v", h, err)
	}
}

func TestNewSearchRefuses(t *testing.T) {
	long := strings.Repeat("x", 200)
	cases := []struct {
		name   string
		change func(s *ansinist.Search)
		want   string
	}{
		{"no type", func(s *ansinist.Search) { s.Type = "" }, "field 1.004"},
		{"destination not ASCII", func(s *ansinist.Search) { s.Destination = "España" }, "field 1.007"},
		{"origin with a separator", func(s *ansinist.Search) { s.Origin = "A\x1dB" }, "field 1.008"},
		{"control number too long", func(s *ansinist.Search) { s.Control = long }, "field 1.009"},
		{"no time", func(s *ansinist.Search) { *s = ansinist.Search{} }, "field 1.005"},
		{"priority", func(s *ansinist.Search) { s.Priority = 10 }, "field 1.006"},
		{"text number", func(s *ansinist.Search) { s.Texts[0].Number = 2 }, "field 2.002"},
		{"text with US", func(s *ansinist.Search) { s.Texts[0].Items[0][0] = "a\x1fb" }, "field 2.003"},
		{"text not UTF-8", func(s *ansinist.Search) { s.Texts[0].Items[0][0] = "\xff" }, "field 2.003"},
		{"no finger", func(s *ansinist.Search) { s.Fingers = nil }, "1 to 99 fingers"},
		{"a flat of four", func(s *ansinist.Search) { s.Fingers[0].Position = 13 }, "field 14.013: not valid to write: finger 1"},
		{"impression", func(s *ansinist.Search) { s.Fingers[0].Impression = 99 }, "field 14.003"},
		{"source", func(s *ansinist.Search) { s.Fingers[0].Source = long }, "field 14.004"},
		{"size", func(s *ansinist.Search) { s.Fingers[0].Width = 3 }, "field 14.006"},
		{"250 ppi", func(s *ansinist.Search) { s.Fingers[1].PPI = 250 }, "field 14.009: not valid to write: finger 2"},
		{"compression not known", func(s *ansinist.Search) { s.Fingers[0].Compression = "GIF" }, "field 14.011"},
		{"compression untrue", func(s *ansinist.Search) { s.Fingers[0].Compression = "WSQ20" }, "the data begin as PNG"},
		{"size unlike the image", func(s *ansinist.Search) { s.Fingers[0].Width = 25 }, "the image's own header says 24 x 30"},
		{"raw pixels missing", func(s *ansinist.Search) { s.Fingers[1].Data = s.Fingers[1].Data[1:] }, "320 bytes, there are 319"},
		{"no image", func(s *ansinist.Search) { s.Fingers[1].Data = nil }, "there is no image"},
		{"quality", func(s *ansinist.Search) { s.Fingers[0].Quality[0].Vendor = "Z" }, "field 14.024"},
		{"minutia outside", func(s *ansinist.Search) { s.Fingers[0].Minutiae[0].X = 24 }, "9.137"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := made(t)
			c.change(&s)
			_, err := ansinist.NewSearch(s)
			if !errors.Is(err, ansinist.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestReadSearchTakesType4(t *testing.T) {
	s, err := ansinist.ReadSearch(everyType(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Fingers) != 2 || s.Fingers[0].PPI != 500 || s.Fingers[0].Compression != "WSQ20" || s.Fingers[0].Position != 2 {
		t.Errorf("%d fingers: %+v", len(s.Fingers), s.Fingers)
	}
	if _, err := ansinist.ReadSearch(&ansinist.Transaction{}); err == nil {
		t.Error("a search without anything")
	}
}
