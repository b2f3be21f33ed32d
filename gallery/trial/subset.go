package trial

import (
	"fmt"

	"convenio/gallery"
)

// first makes a gallery of the first n people of a store's blocks, read where they lie: errors against the gallery's size
// are measured in one gallery.
func first(blocks []gallery.KeptBlock, n int) (*gallery.Gallery, error) {
	g := gallery.New()
	var in []gallery.KeptBlock
	left := n
	for _, b := range blocks {
		if left <= 0 {
			break
		}
		in = append(in, b)
		left -= b.People()
	}
	if left > 0 {
		return nil, fmt.Errorf("the first %d people: the gallery has %d", n, n-left)
	}
	last, keep := len(in)-1, in[len(in)-1].People()+left
	if err := g.Attach(in, gallery.Attaching{Gone: func(block, slot int) bool { return block == last && slot >= keep }}); err != nil {
		return nil, err
	}
	if name := in[last].Subject(keep - 1); name != subject(n-1) {
		return nil, fmt.Errorf("the first %d people: the last of them is %s, not %s", n, name, subject(n-1))
	}
	return g, nil
}
