package ansinist

import (
	"fmt"
	"strconv"
	"strings"
)

// EFS is the extended feature set, 9.300 to 9.399 (1-2011 §8.9.7), as far as
// minutiae, cores, deltas and what places them; its other fields stay fields
// of the record. Coordinates are in units of 10 micrometres from the upper
// left of the image, angles in degrees counterclockwise from the right.
type EFS struct {
	Region      *EFSRegion // 9.300 ROI; mandatory in a conforming record
	Orientation *EFSOrientation
	Positions   []EFSPosition // 9.302 FPP
	Profile     []int         // 9.303 FSP
	Patterns    []EFSPattern  // 9.307 PAT
	Cores       []EFSCore     // 9.320
	Deltas      []EFSDelta    // 9.321
	Minutiae    []EFSMinutia  // 9.331
	CountMethod string        // 9.332 MRA: OCTANT, QUADRANT, EFTS7, CUSTOM; empty: not said
	RidgeCounts []EFSRidgeCount
	NoCores     bool   // 9.325: looked for and not there
	NoDeltas    bool   // 9.326
	NoMinutiae  bool   // 9.334
	TonalChange string // 9.314 TRV: F full, P partial tonal reversal; empty: none
}

// EFSRegion is what was looked at.
type EFSRegion struct {
	Width, Height, X, Y int
	Polygon             []Point
}

// EFSOrientation is how the print is turned: degrees from upright, and how
// sure that is (180: not at all).
type EFSOrientation struct{ Direction, Uncertainty int }

// EFSPosition is a position, and the part of the finger ("PRX", "DST", "MED"; empty: not said).
type EFSPosition struct {
	Position int
	Segment  string
}

// EFSPattern is a class (AU, WU, RS, LS, ...), its subclass and relation of whorl and delta.
type EFSPattern struct{ Class, Sub, Whorl string }

// EFSCore is one subfield of 9.320; Direction and what follows are -1 where not given.
type EFSCore struct{ X, Y, Direction, Radius, DirectionUncertainty int }

// EFSDelta is one subfield of 9.321; each direction is -1 where not given.
type EFSDelta struct{ X, Y, Up, Left, Right int }

// EFSMinutia is one subfield of 9.331; its index is its place, from 1.
type EFSMinutia struct {
	X, Y   int
	Theta  int    // degrees, 0 to 359
	Type   string // E ridge ending, B bifurcation, X not known
	Radius int    // of position uncertainty, 10 micrometres; -1: not given
	Spread int    // of direction uncertainty, degrees; -1: not given
}

// EFSRidgeCount is one subfield of 9.333: ridges from minutia A to B.
type EFSRidgeCount struct{ A, B, Ridges, Reference int }

const efsFar = 99_999

// efs reads the block.
func (v *view) efs() *EFS {
	e := &EFS{CountMethod: v.r.Text(332), NoCores: v.r.Text(325) == "Y", NoDeltas: v.r.Text(326) == "Y", NoMinutiae: v.r.Text(334) == "Y"}
	e.TonalChange = v.r.Text(314)
	v.each(300, func(i int, it []string) {
		e.Region = &EFSRegion{
			v.item(300, i, it, 0, 0, efsFar), v.item(300, i, it, 1, 0, efsFar),
			v.may(300, i, it, 2, efsFar, 0), v.may(300, i, it, 3, efsFar, 0), v.polygon(300, i, optionalItem(it, 4)),
		}
	})
	v.each(301, func(i int, it []string) {
		e.Orientation = &EFSOrientation{v.item(301, i, it, 0, -179, 180), v.may(301, i, it, 1, 180, 0)}
	})
	v.each(302, func(i int, it []string) {
		e.Positions = append(e.Positions, EFSPosition{v.item(302, i, it, 0, 0, 99), optionalItem(it, 1)})
	})
	v.each(303, func(i int, it []string) { e.Profile = append(e.Profile, v.item(303, i, it, 0, 0, 99)) })
	v.each(307, func(_ int, it []string) {
		e.Patterns = append(e.Patterns, EFSPattern{it[0], optionalItem(it, 1), optionalItem(it, 2)})
	})
	v.each(320, func(i int, it []string) {
		e.Cores = append(e.Cores, EFSCore{
			v.item(320, i, it, 0, 0, efsFar), v.item(320, i, it, 1, 0, efsFar),
			v.may(320, i, it, 2, 359, -1), v.may(320, i, it, 3, efsFar, -1), v.may(320, i, it, 4, 180, -1),
		})
	})
	v.each(321, func(i int, it []string) {
		e.Deltas = append(e.Deltas, EFSDelta{
			v.item(321, i, it, 0, 0, efsFar), v.item(321, i, it, 1, 0, efsFar),
			v.may(321, i, it, 2, 359, -1), v.may(321, i, it, 3, 359, -1), v.may(321, i, it, 4, 359, -1),
		})
	})
	v.each(331, func(i int, it []string) {
		e.Minutiae = append(e.Minutiae, EFSMinutia{
			v.item(331, i, it, 0, 0, efsFar), v.item(331, i, it, 1, 0, efsFar), v.item(331, i, it, 2, 0, 359),
			optionalItem(it, 3), v.may(331, i, it, 4, efsFar, -1), v.may(331, i, it, 5, 180, -1),
		})
	})
	v.each(333, func(i int, it []string) {
		e.RidgeCounts = append(e.RidgeCounts, EFSRidgeCount{
			v.item(333, i, it, 0, 1, 9_999), v.may(333, i, it, 1, 9_999, 0), v.item(333, i, it, 2, 0, 99), v.may(333, i, it, 3, 99, 0),
		})
	})
	return e
}

// may is item i from 0 to highest, or none where it is absent or empty.
func (v *view) may(field, sub int, items []string, i, highest, none int) int {
	if optionalItem(items, i) == "" {
		return none
	}
	return v.item(field, sub, items, i, 0, highest)
}

// polygon reads "x,y-x,y-...", 3 to 99 corners.
func (v *view) polygon(field, sub int, s string) []Point {
	if s == "" {
		return nil
	}
	var out []Point
	for corner := range strings.SplitSeq(s, "-") {
		left, right, _ := strings.Cut(corner, ",")
		x, okX := digits(left)
		y, okY := digits(right)
		if !okX || !okY || len(out) == 99 {
			v.fault(field, fmt.Sprintf("subfield %d: not a polygon x,y-x,y of 3 to 99 corners", sub+1))
			return nil
		}
		out = append(out, Point{x, y})
	}
	return out
}

// set writes the block.
func (e *EFS) set(r *Record) {
	if g := e.Region; g != nil {
		items := []string{strconv.Itoa(g.Width), strconv.Itoa(g.Height)}
		if g.X != 0 || g.Y != 0 || len(g.Polygon) > 0 {
			items = append(items, strconv.Itoa(g.X), strconv.Itoa(g.Y))
		}
		if len(g.Polygon) > 0 {
			var corners []string
			for _, p := range g.Polygon {
				corners = append(corners, fmt.Sprintf("%d,%d", p.X, p.Y))
			}
			items = append(items, strings.Join(corners, "-"))
		}
		r.SetItems(300, [][]string{items})
	}
	if o := e.Orientation; o != nil {
		r.SetItems(301, [][]string{{strconv.Itoa(o.Direction), strconv.Itoa(o.Uncertainty)}})
	}
	setRows(r, 302, e.Positions, func(p EFSPosition) []string { return trimmed(strconv.Itoa(p.Position), p.Segment) })
	setRows(r, 303, e.Profile, func(n int) []string { return []string{strconv.Itoa(n)} })
	setRows(r, 307, e.Patterns, func(p EFSPattern) []string { return trimmed(p.Class, p.Sub, p.Whorl) })
	if e.TonalChange != "" {
		r.SetText(314, e.TonalChange)
	}
	setRows(r, 320, e.Cores, func(c EFSCore) []string {
		return trimmed(strconv.Itoa(c.X), strconv.Itoa(c.Y), given(c.Direction), given(c.Radius), given(c.DirectionUncertainty))
	})
	setRows(r, 321, e.Deltas, func(d EFSDelta) []string {
		return trimmed(strconv.Itoa(d.X), strconv.Itoa(d.Y), given(d.Up), given(d.Left), given(d.Right))
	})
	for number, said := range map[int]bool{325: e.NoCores, 326: e.NoDeltas, 334: e.NoMinutiae} {
		if said {
			r.SetText(number, "Y")
		}
	}
	setRows(r, 331, e.Minutiae, func(m EFSMinutia) []string {
		return trimmed(strconv.Itoa(m.X), strconv.Itoa(m.Y), strconv.Itoa(m.Theta), m.Type, given(m.Radius), given(m.Spread))
	})
	if e.CountMethod != "" {
		r.SetText(332, e.CountMethod)
	}
	setRows(r, 333, e.RidgeCounts, func(c EFSRidgeCount) []string {
		return []string{strconv.Itoa(c.A), strconv.Itoa(c.B), strconv.Itoa(c.Ridges), strconv.Itoa(c.Reference)}
	})
}

// given writes a number, and nothing for -1.
func given(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// trimmed are the items without the empty ones at the end.
func trimmed(items ...string) []string {
	for len(items) > 1 && items[len(items)-1] == "" {
		items = items[:len(items)-1]
	}
	return items
}
