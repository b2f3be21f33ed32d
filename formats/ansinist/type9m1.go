package ansinist

import "fmt"

// M1 is the block 9.126 to 9.150: a finger minutiae record of INCITS 378 as
// fields. Coordinates are in pixels from the upper left, angles in degrees
// counterclockwise from the right, even (the file has units of 2 degrees).
type M1 struct {
	FormatOwner   int    // 9.126, 27 for INCITS
	FormatType    int    // 513 for INCITS 378 without extended data, 514 with
	Product       string // of the CBEFF product identifier
	Certification string // 9.127: APPF, PIV or NONE
	Equipment     string
	Width, Height int // 9.128, 9.129, pixels
	ScaleUnits    int // 9.130: 1 pixels per inch, 2 pixels per cm
	ScaleX        int // 9.131
	ScaleY        int // 9.132
	View          int // 9.133
	Position      int // 9.134
	Quality       []M1Quality
	Minutiae      []M1Minutia
	RidgeMethod   int // 9.138, first subfield: 0 other, 1 four quadrants, 2 eight octants
	RidgeCounts   []M1RidgeCount
	Cores         []M1Core
	Deltas        []M1Delta
}

// M1Quality is one subfield of 9.135.
type M1Quality struct {
	Score   int // 0 to 100; 254, 255: not computed
	Vendor  string
	Product int
}

// M1Minutia is one subfield of 9.137; its index is its place, from 1.
type M1Minutia struct {
	X, Y    int
	Angle   int // degrees, 0 to 358, even; an odd one is written one lower
	Type    int // 0 other, 1 ridge ending, 2 bifurcation
	Quality int // 0 to 100; 254, 255: not computed
}

// M1RidgeCount is one further subfield of 9.138: the ridges between two
// minutiae, by their indices; neighbour 255 with 15 ridges: none.
type M1RidgeCount struct{ Centre, Neighbour, Ridges int }

// M1Core is one subfield of 9.139.
type M1Core struct {
	X, Y  int
	Angle int // degrees; 0 also where not known
}

// M1Delta is one subfield of 9.140 with its angles of 9.141.
type M1Delta struct {
	X, Y   int
	Angles [3]int // degrees
}

// m1 reads the block.
func (v *view) m1() *M1 {
	m := &M1{
		Width: v.int(128, 1, 99_999), Height: v.int(129, 1, 99_999), ScaleUnits: v.int(130, 0, 2),
		ScaleX: v.int(131, 0, 99_999), ScaleY: v.int(132, 0, 99_999), View: v.optional(133, 0, 99),
		Position: v.int(134, 0, 99),
	}
	v.each(126, func(i int, it []string) {
		m.FormatOwner, m.FormatType = v.item(126, i, it, 0, 0, 99_999), v.item(126, i, it, 1, 0, 99_999)
		m.Product = optionalItem(it, 2)
	})
	v.each(127, func(_ int, it []string) { m.Certification, m.Equipment = it[0], optionalItem(it, 1) })
	v.each(135, func(i int, it []string) {
		q := M1Quality{Score: v.item(135, i, it, 0, 0, 255), Vendor: optionalItem(it, 1)}
		if optionalItem(it, 2) != "" {
			q.Product = v.item(135, i, it, 2, 0, 65535)
		}
		m.Quality = append(m.Quality, q)
	})
	v.each(137, func(i int, it []string) {
		if at := v.item(137, i, it, 0, 0, 9_999); at != i+1 {
			v.fault(137, fmt.Sprintf("subfield %d has index %d", i+1, at))
		}
		m.Minutiae = append(m.Minutiae, M1Minutia{
			v.item(137, i, it, 1, 0, 99_999), v.item(137, i, it, 2, 0, 99_999), 2 * v.item(137, i, it, 3, 0, 179),
			v.item(137, i, it, 4, 0, 3), v.item(137, i, it, 5, 0, 255),
		})
	})
	v.each(138, func(i int, it []string) {
		if i == 0 { // the method and two fillers
			m.RidgeMethod = v.item(138, i, it, 0, 0, 9)
			return
		}
		m.RidgeCounts = append(m.RidgeCounts, M1RidgeCount{
			v.item(138, i, it, 0, 0, 9_999), v.item(138, i, it, 1, 0, 9_999), v.item(138, i, it, 2, 0, 99),
		})
	})
	v.each(139, func(i int, it []string) {
		m.Cores = append(m.Cores, M1Core{v.item(139, i, it, 0, 0, 99_999), v.item(139, i, it, 1, 0, 99_999), 2 * v.item(139, i, it, 2, 0, 179)})
	})
	v.each(140, func(i int, it []string) {
		d := M1Delta{X: v.item(140, i, it, 0, 0, 99_999), Y: v.item(140, i, it, 1, 0, 99_999)}
		d.Angles[0] = 2 * v.item(140, i, it, 2, 0, 179)
		m.Deltas = append(m.Deltas, d)
	})
	v.each(141, func(i int, it []string) {
		if i < len(m.Deltas) {
			m.Deltas[i].Angles[1], m.Deltas[i].Angles[2] = 2*v.item(141, i, it, 0, 0, 179), 2*v.item(141, i, it, 1, 0, 179)
		}
	})
	if n := v.int(136, 0, 9_999); n != len(m.Minutiae) {
		v.fault(136, fmt.Sprintf("%d minutiae are stated, 9.137 has %d", n, len(m.Minutiae)))
	}
	return m
}

// set writes the block.
func (m *M1) set(r *Record) {
	r.SetItems(126, [][]string{{fmt.Sprint(m.FormatOwner), fmt.Sprint(m.FormatType), m.Product}})
	r.SetItems(127, [][]string{{m.Certification, m.Equipment}})
	r.SetInt(128, m.Width)
	r.SetInt(129, m.Height)
	r.SetInt(130, m.ScaleUnits)
	r.SetInt(131, m.ScaleX)
	r.SetInt(132, m.ScaleY)
	r.SetInt(133, m.View)
	r.SetInt(134, m.Position)
	setRows(r, 135, m.Quality, func(q M1Quality) []string { return []string{fmt.Sprint(q.Score), q.Vendor, fmt.Sprint(q.Product)} })
	r.SetInt(136, len(m.Minutiae))
	index := 0
	setRows(r, 137, m.Minutiae, func(n M1Minutia) []string {
		index++
		return []string{fmt.Sprint(index), fmt.Sprint(n.X), fmt.Sprint(n.Y), fmt.Sprint(n.Angle / 2), fmt.Sprint(n.Type), fmt.Sprint(n.Quality)}
	})
	if len(m.RidgeCounts) > 0 {
		subs := [][]string{{fmt.Sprint(m.RidgeMethod), "0", "0"}}
		for _, c := range m.RidgeCounts {
			subs = append(subs, []string{fmt.Sprint(c.Centre), fmt.Sprint(c.Neighbour), fmt.Sprint(c.Ridges)})
		}
		r.SetItems(138, subs)
	}
	setRows(r, 139, m.Cores, func(c M1Core) []string { return []string{fmt.Sprint(c.X), fmt.Sprint(c.Y), fmt.Sprint(c.Angle / 2)} })
	setRows(r, 140, m.Deltas, func(d M1Delta) []string {
		return []string{fmt.Sprint(d.X), fmt.Sprint(d.Y), fmt.Sprint(d.Angles[0] / 2)}
	})
	setRows(r, 141, m.Deltas, func(d M1Delta) []string { return []string{fmt.Sprint(d.Angles[1] / 2), fmt.Sprint(d.Angles[2] / 2)} })
}
