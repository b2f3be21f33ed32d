package wsq

// plan says how one line of a given length is put together from its low and
// its high half: which values, in which order, with which coefficients.
//
// Inside the line the pattern repeats, and the standard's filters have a fast
// path (synth.go). What is left for explicit taps is the two ends, where the
// halves are continued by reflection; for other filters it is the whole line.
type plan struct {
	nLo, nHi   int // lengths of the halves
	first, end int // pairs of outputs first <= p < end go the fast way
	taps       []output
}

// output is one value of the line: the sum of lo over the low half, then of hi
// over the high half, in order.
type output struct {
	at     int
	lo, hi []tap
}

type tap struct {
	at int
	c  float32
}

// isStandard says whether the fast path knows the filters' lengths.
func (f filters) isStandard() bool { return len(f.lo) == 7 && len(f.hi) == 9 }

func (f filters) plan(n int) plan {
	p := plan{nLo: (n + 1) / 2, nHi: n / 2}
	if f.isStandard() && p.nHi >= 6 {
		p.first, p.end = 2, p.nHi-2
	}
	lo := walker{at: (len(f.lo) - 1) / 4, dir: -1, n: p.nLo, right: n%2 == 0}
	hi := walker{at: (len(f.hi)+1)/4 - 1, dir: -1, n: p.nHi, left: true, right: n%2 == 1}
	// Of each pair of outputs, which taps make them: with 7 and 9 taps the odd
	// ones come first, with 9 and 7 a line begins with the even ones alone.
	pair := 0
	if (len(f.lo)-1)/2%2 == 0 {
		pair = 1
	}
	for at := 0; at < n; at++ {
		phase := 1 - (at+pair)%2
		if skip := p.end > p.first && at >= 2*p.first && at < 2*p.end; !skip {
			p.taps = append(p.taps, output{at, lo.taps(f.lo, phase), hi.taps(f.hi, phase)})
		}
		if phase == 0 {
			lo.advance()
			hi.advance()
		}
	}
	return p
}

// walker goes along half a line, one step a tap, and turns at its ends. An end
// that repeats its value before it turns does so once.
type walker struct {
	at, dir, n  int
	left, right bool // this end repeats
}

func (w walker) taps(filter []float32, phase int) []tap {
	if w.n == 0 {
		return nil
	}
	var out []tap
	for i := phase; i < len(filter); i += 2 {
		out = append(out, tap{min(max(w.at, 0), w.n-1), filter[i]})
		w.turn(0, &w.left, 1)
		w.turn(w.n-1, &w.right, -1)
		w.at += w.dir
	}
	return out
}

// advance moves the place where the next pair begins.
func (w *walker) advance() {
	w.turn(0, &w.left, 1)
	w.at += w.dir
}

func (w *walker) turn(end int, repeats *bool, dir int) {
	switch {
	case w.at != end:
	case *repeats:
		w.dir, *repeats = 0, false
	default:
		w.dir = dir
	}
}
