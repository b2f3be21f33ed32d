package wsq

// region is a rectangle of the plane of coefficients.
type region struct{ x, y, w, h int }

func (r region) area() int { return r.w * r.h }

// split is one step of the decomposition: a region and the order in which the
// two halves lie in it. Where flipX is set, the high half is left of the low
// one; where flipY is set, it is above. The high half of an odd length is the
// shorter one.
type split struct {
	region
	flipX, flipY bool
}

// quarters returns the four parts that a split makes, in reading order, as the
// splits that they may be in turn. A part that came out of a high-pass filter
// is mirrored in frequency, so that its own halves are swapped.
func (s split) quarters() [4]split {
	left, top := (s.w+1)/2, (s.h+1)/2
	if s.flipX {
		left = s.w / 2
	}
	if s.flipY {
		top = s.h / 2
	}
	right, bottom := s.w-left, s.h-top
	return [4]split{
		{region{s.x, s.y, left, top}, false, false},
		{region{s.x + left, s.y, right, top}, true, false},
		{region{s.x, s.y + top, left, bottom}, false, true},
		{region{s.x + left, s.y + top, right, bottom}, true, true},
	}
}

// tree is the decomposition of WSQ (IAFIS-IC-0110, figure of the 64 subbands):
// the splits, each before the splits of its parts, and the subbands by number.
type tree struct {
	splits []split
	bands  [subbands]region
}

func newTree(width, height int) tree {
	var t tree
	n := 0
	add := func(parts ...split) {
		for _, p := range parts {
			t.bands[n] = p.region
			n++
		}
	}
	cut := func(s split) [4]split {
		t.splits = append(t.splits, s)
		return s.quarters()
	}
	whole := cut(split{region: region{0, 0, width, height}})
	second := cut(whole[0])
	third := cut(second[0])
	fourth := cut(third[0])
	fifth := cut(fourth[0])
	add(fifth[:]...)         // 0 to 3
	add(fourth[1:]...)       // 4 to 6
	for i := 1; i < 4; i++ { // 7 to 18
		q := cut(third[i])
		add(q[:]...)
	}
	for i := 1; i < 3; i++ { // 19 to 50
		for _, part := range cut(second[i]) {
			q := cut(part)
			add(q[:]...)
		}
	}
	add(second[3])           // 51
	for i := 1; i < 3; i++ { // 52 to 59
		q := cut(whole[i])
		add(q[:]...)
	}
	return t
}
