package jp2

// packetID is a packet's resolution, component and precinct.
type packetID struct{ r, c, k int }

// order lists the packets of one layer, by the standard's loops rather than
// by the decoder's.
func (t testImage) order(comps []*tileComp) (out []packetID) {
	each := func(c, r int) {
		for k := range comps[c].res[r].next {
			out = append(out, packetID{r, c, k})
		}
	}
	switch t.progression {
	case orderLRCP, orderRLCP, orderRPCL: // the last is the same where all components are alike and there is one precinct
		for r := range t.levels + 1 {
			for c := range comps {
				each(c, r)
			}
		}
	case orderCPRL:
		for c := range comps {
			for r := range t.levels + 1 {
				each(c, r)
			}
		}
	case orderPCRL:
		for c := range comps {
			for r := range t.levels + 1 {
				each(c, r)
			}
		}
	}
	return out
}
