package trial

import (
	"fmt"
	"slices"

	"convenio/gallery"
)

// renamed is a block of people under other names, with codes in memory of their own.
type renamed struct {
	gallery.Kept
	number int
	codes  gallery.Shelf
}

func (r *renamed) Subject(slot int) string {
	return fmt.Sprint(r.Kept.Subject(slot), "-copy-", r.number)
}
func (r *renamed) Codes() *gallery.Shelf { return &r.codes }

// copies puts everybody into the gallery again under other names, n times in all. What a search reads is then as much as
// for n times the people, and times and sizes are those of such a gallery; its errors are not, since strangers are no
// more than before and a mate comes n times.
func copies(g *gallery.Gallery, blocks []gallery.KeptBlock, n int) error {
	for c := 1; c < n; c++ {
		out := make([]gallery.KeptBlock, len(blocks))
		for i, b := range blocks {
			r := &renamed{Kept: b.Kept, number: c}
			for p, col := range b.Codes().Columns {
				r.codes.Columns[p] = gallery.Column{Slots: slices.Clone(col.Slots), Sums: slices.Clone(col.Sums), Records: slices.Clone(col.Records)}
				r.codes.Columns[p].Arrange()
			}
			out[i] = gallery.KeptBlock{Class: b.Class, Kept: r}
		}
		if err := g.Attach(out, gallery.Attaching{}); err != nil {
			return err
		}
	}
	return nil
}
