package finger

const (
	topLinks   = 32  // links that take part in alignment
	linkBuffer = 128 // links gathered before the best are chosen
)

// pickTop keeps the links that stand out among their rivals: similarity over the sum of row and column (as MSU
// LatentAFIS does), so that minutiae with common surroundings do not crowd out the telling ones. While they are chosen a
// link is a number: its weight, then its minutiae's places in reverse, so that of equal weights the first comes first.
func (c *Comparer) pickTop(nb int) {
	keys := c.keys[:0]
	var last uint32 // least key that is still in
	for _, l := range c.similar {
		s := uint64(l.sim)
		rivals := uint64(c.rowSum[l.a]+c.colSum[l.b]) - s
		if s*s*64 < uint64(last>>14)*rivals {
			continue
		}
		w := uint32(s*s*64) / uint32(rivals)
		key := w<<14 | uint32(127-l.a)<<7 | uint32(127-l.b)
		if key < last {
			continue
		}
		keys = append(keys, key)
		if len(keys) == linkBuffer {
			keys = largest(keys, topLinks)
			last = smallest(keys)
		}
	}
	c.keys = keys
	keys = largest(keys, topLinks)
	sortDown(keys)
	c.top = c.top[:0]
	for _, k := range keys {
		a, b := int32(127-k>>7&127), int32(127-k&127)
		c.top = append(c.top, link{a, b, c.sim[int(a)*nb+int(b)], int32(k >> 14)})
	}
}

// largest moves the n largest keys to the front, in no order, and returns them. Equal keys do not occur.
func largest(keys []uint32, n int) []uint32 {
	lo, hi := 0, len(keys)
	if hi <= n {
		return keys
	}
	for hi-lo > 1 { // the boundary lies in lo..hi
		pivot := middle(keys[lo], keys[(lo+hi)/2], keys[hi-1])
		i, j := lo, hi-1
		for i <= j {
			for keys[i] > pivot {
				i++
			}
			for keys[j] < pivot {
				j--
			}
			if i <= j {
				keys[i], keys[j] = keys[j], keys[i]
				i++
				j--
			}
		}
		switch { // keys[lo..j] are at least the pivot, keys[i..hi] at most
		case n <= j+1 && n > lo:
			if n == j+1 {
				return keys[:n]
			}
			hi = j + 1
		case n <= i:
			return keys[:n]
		default:
			lo = i
		}
	}
	return keys[:n]
}

func middle(a, b, c uint32) uint32 { return max(min(a, b), min(max(a, b), c)) }

func smallest(keys []uint32) uint32 {
	m := keys[0]
	for _, k := range keys {
		m = min(m, k)
	}
	return m
}

// sortDown sorts a short list, largest first.
func sortDown(keys []uint32) {
	for i := 1; i < len(keys); i++ {
		k, j := keys[i], i
		for j > 0 && keys[j-1] < k {
			keys[j] = keys[j-1]
			j--
		}
		keys[j] = k
	}
}
