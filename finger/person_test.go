package finger_test

import (
	"testing"

	"convenio/finger"
)

// hand makes prints of phantoms: the k-th is of finger seed+k at position first+k.
func hand(t *testing.T, first finger.Position, seeds []uint64, turn float64) (list []finger.Print) {
	for k, seed := range seeds {
		list = append(list, finger.Print{Position: first + finger.Position(k), Prepared: preparedPhantom(t, seed, turn, 4*turn, 0)})
	}
	return list
}

func TestComparePeople(t *testing.T) {
	right := hand(t, finger.RightThumb, []uint64{11, 12, 13}, 0)
	left := hand(t, finger.LeftThumb, []uint64{14, 15, 16}, 0)
	right2 := hand(t, finger.RightThumb, []uint64{11, 12, 13}, 4)
	left2 := hand(t, finger.LeftThumb, []uint64{14, 15, 16}, 4)
	other := hand(t, finger.RightThumb, []uint64{21, 22, 23}, 0)
	at := func(p finger.Print, pos finger.Position) finger.Print { p.Position = pos; return p }
	both := append(append([]finger.Print{}, right...), left...)
	cases := []struct {
		name  string
		probe []finger.Print
		order finger.Order
		count int
		mated bool
	}{
		{"both hands", append(append([]finger.Print{}, right2...), left2...), finger.OrderAsSaid, 6, true},
		{"one hand only", right2, finger.OrderAsSaid, 3, true},
		{"one finger", left2[1:2], finger.OrderAsSaid, 1, true},
		{"hands swapped", []finger.Print{at(right2[0], finger.LeftThumb), at(right2[1], finger.LeftIndex), at(left2[0], finger.RightThumb), at(left2[1], finger.RightIndex)}, finger.OrderSwapped, 4, true},
		{"two fingers out of sequence", []finger.Print{at(right2[0], finger.RightIndex), at(right2[1], finger.RightThumb), right2[2]}, finger.OrderAny, 3, true},
		{"positions unknown", []finger.Print{at(left2[2], finger.Unknown), at(right2[1], finger.Unknown)}, finger.OrderAny, 2, true},
		{"several impressions, the first of no use", []finger.Print{at(other[0], finger.RightThumb), right2[0], right[0]}, finger.OrderAsSaid, 1, true},
		{"another person", other, finger.OrderAsSaid, 3, false},
		{"nothing", nil, finger.OrderAsSaid, 0, false},
		{"a print that could not be made", []finger.Print{{Position: finger.RightThumb}}, finger.OrderAsSaid, 0, false},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			c := finger.NewComparer()
			r := c.ComparePeople(k.probe, both)
			if k.mated && (r.Score < finger.Threshold(1e-6) || r.Order != k.order || len(r.Fingers) != k.count) {
				t.Errorf("score %v, order %v, fingers %+v; want order %v and %d fingers", r.Score, r.Order, r.Fingers, k.order, k.count)
			}
			if !k.mated && r.Score > finger.Threshold(1e-4) {
				t.Errorf("score %v for another person (%v)", r.Score, r.Fingers)
			}
			if back := c.ComparePeople(both, k.probe); back.Score != r.Score {
				t.Errorf("score %v one way, %v the other", r.Score, back.Score)
			}
		})
	}
}

func TestMirroredPositions(t *testing.T) {
	for p := finger.Unknown; p <= finger.LeftLittle; p++ {
		if q := p.Mirrored(); q.Mirrored() != p || (p != finger.Unknown && q == p) {
			t.Errorf("%v mirrored is %v", p, q)
		}
	}
	if finger.RightThumb.Mirrored() != finger.LeftThumb || finger.LeftLittle.Mirrored() != finger.RightLittle {
		t.Error("wrong hand")
	}
}
