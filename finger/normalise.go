package finger

import "slices"

const (
	normRadiusPx = 11  // half side of the window of local mean and contrast: a little over one ridge period each way
	normUnit     = 256 // value of one local standard deviation in a normalised plane
	normLimit    = 3 * normUnit / 2
	normFloor    = 15 // percent of the image's high contrast below which local contrast is not amplified further
	minContrast  = 3  // gray steps: contrast under it is sensor noise
)

// normalised is the image with local mean removed and local contrast evened (Hong, Wan, Jain, PAMI 20(8), 1998, section
// 2.3, made local).
type normalised struct {
	img      *plane
	contrast *grid // local standard deviation in gray steps, per cell
	high     int   // high contrast of the image, gray steps
}

func normalise(src *plane) normalised {
	out := normalised{img: newPlane(src.w, src.h), contrast: newGrid(cells(src.w), cells(src.h))}
	sums := newBoxSums(src)
	for cy := range out.contrast.h {
		for cx := range out.contrast.w {
			_, sd := sums.meanDev(min(cx*cellPx+cellPx/2, src.w-1), min(cy*cellPx+cellPx/2, src.h-1), normRadiusPx)
			out.contrast.v[cy*out.contrast.w+cx] = uint8(min(sd/16, 255))
		}
	}
	// The 99th counts for prints so small that the 95th lies outside them.
	out.high = max(percentile(out.contrast.v, 95), percentile(out.contrast.v, 99)*3/4)
	floor := max(out.high*16*normFloor/100, minContrast*16)
	for y := range src.h {
		in, to := src.row(y), out.img.row(y)
		for x := range in {
			mean, sd := sums.meanDev(x, y, normRadiusPx)
			v := (int(in[x])*16 - mean) * normUnit / max(sd, floor)
			to[x] = int16(min(max(v, -normLimit), normLimit))
		}
	}
	return out
}

func percentile(v []uint8, pct int) int {
	s := slices.Clone(v)
	slices.Sort(s)
	return int(s[min(len(s)*pct/100, len(s)-1)])
}

// boxSums holds running sums of values and squares. Sums wrap around; differences over a window do not.
type boxSums struct {
	w, h    int
	sum, sq []uint32
}

func newBoxSums(p *plane) *boxSums {
	b := &boxSums{w: p.w, h: p.h, sum: make([]uint32, (p.w+1)*(p.h+1)), sq: make([]uint32, (p.w+1)*(p.h+1))}
	for y := range p.h {
		var rs, rq uint32
		o := (y + 1) * (p.w + 1)
		for x, v := range p.row(y) {
			rs += uint32(v)
			rq += uint32(int32(v) * int32(v))
			b.sum[o+x+1] = b.sum[o+x-p.w] + rs
			b.sq[o+x+1] = b.sq[o+x-p.w] + rq
		}
	}
	return b
}

// meanDev returns mean and standard deviation, in sixteenths, of the window of half side r around (x, y), cut at the edge.
func (b *boxSums) meanDev(x, y, r int) (mean, dev int) {
	x0, x1 := max(x-r, 0), min(x+r+1, b.w)
	y0, y1 := max(y-r, 0)*(b.w+1), min(y+r+1, b.h)*(b.w+1)
	n := int64((x1 - x0) * ((y1 - y0) / (b.w + 1)))
	s := int64(b.sum[y1+x1] - b.sum[y1+x0] - b.sum[y0+x1] + b.sum[y0+x0])
	q := int64(b.sq[y1+x1] - b.sq[y1+x0] - b.sq[y0+x1] + b.sq[y0+x0])
	return int(s * 16 / n), int(isqrt((q*n-s*s)*256) / n)
}
