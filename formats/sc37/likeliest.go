package sc37

// Reading is what one layout made of a record's bytes.
type Reading[R any] struct {
	Record   *R
	Cost     int // how badly it fits
	LeftOver bool
	Err      error // why it cannot be this layout
}

// Likeliest tries the layouts that bytes may be in, given with the likeliest first, and returns the record that costs least.
// Once a layout has failed, one after it counts only where it uses the bytes up. Where none can be read the error is the
// first layout's.
func Likeliest[L, R any](layouts []L, read func(L) Reading[R]) (*R, error) {
	var best *R
	var bestCost int
	var first error
	for _, l := range layouts {
		r := read(l)
		if r.Err != nil && first == nil {
			first = r.Err
		}
		if r.Err != nil || first != nil && r.LeftOver {
			continue
		}
		if best == nil || r.Cost < bestCost {
			best, bestCost = r.Record, r.Cost
		}
	}
	if best == nil {
		return nil, first
	}
	return best, nil
}
