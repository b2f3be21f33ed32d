package synth

// mesh evaluates a placement at every meshStep-th pixel and interpolates in
// between: skin is smooth at that scale.
type mesh struct {
	cols      int
	nodes     [][3]float32
	line      [][3]float32 // the nodes' values on the current row
	lineSlope [][3]float32 // their change per pixel to the right
}

const meshStep = 8

func newMesh(p *placement, w, h int) *mesh {
	m := &mesh{cols: w/meshStep + 2}
	rows := h/meshStep + 2
	m.nodes = make([][3]float32, m.cols*rows)
	for j := range rows {
		for i := range m.cols {
			u, v, far := p.finger(float64(i*meshStep), float64(j*meshStep))
			m.nodes[j*m.cols+i] = [3]float32{float32(u), float32(v), float32(far)}
		}
	}
	m.line = make([][3]float32, m.cols)
	m.lineSlope = make([][3]float32, m.cols)
	return m
}

// row prepares row y for at.
func (m *mesh) row(y int) {
	up := m.nodes[y/meshStep*m.cols:]
	down := m.nodes[(y/meshStep+1)*m.cols:]
	b := float32(y%meshStep) / meshStep
	for i := range m.line {
		for k := range 3 {
			m.line[i][k] = up[i][k] + float32(b*(down[i][k]-up[i][k]))
		}
	}
	for i := range m.cols - 1 {
		for k := range 3 {
			m.lineSlope[i][k] = (m.line[i+1][k] - m.line[i][k]) / meshStep
		}
	}
}

// at is the canvas place and relative distance at pixel x of the row.
func (m *mesh) at(x int) (u, v, far float32) {
	l, s, a := &m.line[x/meshStep], &m.lineSlope[x/meshStep], float32(x%meshStep)
	return l[0] + float32(a*s[0]), l[1] + float32(a*s[1]), l[2] + float32(a*s[2])
}
