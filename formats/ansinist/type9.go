package ansinist

import (
	"fmt"
	"strings"
)

// Minutiae is a Type-9 record (1-2011 §8.9). The blocks that the record has
// are not nil; those of vendors stay fields of the record.
type Minutiae struct {
	IDC        int
	Impression int  // IMP, as in FrictionRidge
	Standard   bool // FMT is S: the standard's own or EFS block; U: another
	Legacy     *LegacyMinutiae
	M1         *M1
	EFS        *EFS
}

// Minutiae reads a Type-9 record.
func (r *Record) Minutiae() (Minutiae, error) {
	v := &view{r: r}
	if r.Type != 9 {
		v.fault(0, "not a Type-9 record")
		return Minutiae{}, v.err()
	}
	m := Minutiae{IDC: v.int(2, 0, 99), Impression: v.int(3, 0, 99)}
	switch v.text(4) {
	case "S":
		m.Standard = true
	case "U":
	default:
		v.fault(4, "FMT is neither S nor U")
	}
	if r.hasAny(5, 12) {
		m.Legacy = v.legacy()
	}
	if r.hasAny(126, 150) {
		m.M1 = v.m1()
	}
	if r.hasAny(300, 399) {
		m.EFS = v.efs()
	}
	return m, v.err()
}

// hasAny says that the record has a field with a number from lowest to highest.
func (r *Record) hasAny(lowest, highest int) bool {
	for _, f := range r.fields {
		if f.Number >= lowest && f.Number <= highest {
			return true
		}
	}
	return false
}

// Record makes the record from its M1 and EFS blocks. The legacy block is not
// written: the editions since 2011 do not want it in new transactions.
func (m Minutiae) Record() (*Record, error) {
	r := NewRecord(9)
	v := &view{r: r}
	r.SetText(2, fmt.Sprintf("%02d", m.IDC))
	r.SetInt(3, m.Impression)
	format := "U"
	if m.Standard {
		format = "S"
	}
	r.SetText(4, format)
	if m.Legacy != nil {
		v.fault(5, "the block of the editions before 2011 is read and not written; give M1 or EFS")
	}
	if m.M1 == nil && m.EFS == nil {
		v.fault(0, "there are no minutiae")
	}
	if m.M1 != nil {
		m.M1.set(r)
	}
	if m.EFS != nil {
		m.EFS.set(r)
	}
	if _, err := r.Minutiae(); err != nil {
		v.faults = append(v.faults, err)
	}
	return r, v.err()
}

// LegacyMinutiae is the standard's own block of the editions before 2011,
// fields 9.005 to 9.012. Coordinates are in units of 0.01 mm from the lower
// left, angles in degrees from the right, counterclockwise.
type LegacyMinutiae struct {
	System      string // 9.005, the system that read the print
	Method      string // A automatic, U human edited automatic, E, M; empty: not said
	Position    int    // 9.006
	Patterns    []string
	Cores       []Point
	Deltas      []Point
	Count       int  // 9.010, as stated
	RidgeCounts bool // 9.011: they are given
	Minutiae    []LegacyMinutia
}

// Point is a place, in the units of the block that it is in.
type Point struct{ X, Y int }

// LegacyMinutia is one subfield of 9.012.
type LegacyMinutia struct {
	Index, X, Y int
	Theta       int    // degrees, 0 to 359
	Quality     int    // 0 manual, 1 not available, 2 best to 63 worst
	Type        string // A ridge ending, B bifurcation, C compound, D undetermined
	Neighbours  []Neighbour
}

// Neighbour is another minutia and the ridges between the two.
type Neighbour struct{ Index, Ridges int }

// legacy reads the block.
func (v *view) legacy() *LegacyMinutiae {
	out := &LegacyMinutiae{
		Position: v.optional(6, 0, 99), Count: v.optional(10, 0, 99_999), RidgeCounts: v.optional(11, 0, 1) == 1,
	}
	if f, ok := v.r.Field(5); ok {
		items := f.firstItems(3)
		out.System, out.Method = items[0], optionalItem(items, 1)
	}
	v.each(7, func(_ int, it []string) {
		if len(it) > 1 {
			out.Patterns = append(out.Patterns, it[1:]...)
		}
	})
	v.each(8, func(i int, it []string) { out.Cores = append(out.Cores, v.packedPoint(8, i, it)) })
	v.each(9, func(i int, it []string) { out.Deltas = append(out.Deltas, v.packedPoint(9, i, it)) })
	v.each(12, func(i int, it []string) { out.Minutiae = append(out.Minutiae, v.legacyMinutia(i, it)) })
	if v.r.Text(10) != "" && out.Count != len(out.Minutiae) {
		v.fault(10, fmt.Sprintf("%d minutiae are stated, 9.012 has %d", out.Count, len(out.Minutiae)))
	}
	return out
}

// packedPoint reads XXXXYYYY.
func (v *view) packedPoint(field, sub int, items []string) Point {
	s := optionalItem(items, 0)
	if len(s) == 8 || len(s) == 10 {
		x, okX := digits(s[:len(s)/2])
		y, okY := digits(s[len(s)/2:])
		if okX && okY {
			return Point{x, y}
		}
	}
	v.fault(field, fmt.Sprintf("subfield %d is not a place XXXXYYYY", sub+1))
	return Point{}
}

// legacyMinutia reads one subfield of 9.012: index, XXXXYYYYTTT, quality,
// type, and neighbours "index,ridges".
func (v *view) legacyMinutia(sub int, items []string) LegacyMinutia {
	m := LegacyMinutia{Index: v.item(12, sub, items, 0, 0, 9_999)}
	place := optionalItem(items, 1)
	if n := len(place); n == 11 || n == 13 {
		p := v.packedPoint(12, sub, []string{place[:n-3]})
		m.X, m.Y = p.X, p.Y
		m.Theta = v.item(12, sub, []string{place[n-3:]}, 0, 0, 359)
	} else {
		v.fault(12, fmt.Sprintf("subfield %d, item 2 is not XXXXYYYYTTT", sub+1))
	}
	if optionalItem(items, 2) != "" {
		m.Quality = v.item(12, sub, items, 2, 0, 99)
	}
	m.Type = optionalItem(items, 3)
	for i := 4; i < len(items); i++ {
		left, right, _ := strings.Cut(items[i], ",")
		index, okIndex := digits(left)
		ridges, okRidges := digits(right)
		if !okIndex || !okRidges {
			v.fault(12, fmt.Sprintf("subfield %d, item %d is not index,ridges", sub+1, i+1))
			break
		}
		m.Neighbours = append(m.Neighbours, Neighbour{index, ridges})
	}
	return m
}
