// Command fit finds the weights of the evidence terms by logistic regression, from score files that measure wrote with
// -terms. It prints the weights of all sets together and, for each set, the error rates with weights fitted on the other
// sets: what an unseen sensor may expect.
//
//	fit FILE...
package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

type example struct {
	set   int
	mated bool
	x     []float64
}

func main() {
	var all []example
	for s, f := range os.Args[1:] {
		all = append(all, read(f, s)...)
	}
	names := featureNames
	fmt.Println("all sets:")
	w := logistic(all, func(int) bool { return true })
	for i, n := range names {
		fmt.Printf("  %-12s %9.4f\n", n, w[i])
	}
	var se, s1, s2 float64
	n := len(os.Args) - 1
	pool := []example{}
	var poolScore []float64
	for s, f := range os.Args[1:] {
		ws := logistic(all, func(k int) bool { return k != s })
		var mated, other, m2, o2 []float64
		for _, e := range all {
			if e.set != s {
				continue
			}
			v, v2 := dot(ws, e.x), dot(w, e.x)
			pool = append(pool, e)
			poolScore = append(poolScore, v)
			if e.mated {
				mated, m2 = append(mated, v), append(m2, v2)
			} else {
				other, o2 = append(other, v), append(o2, v2)
			}
		}
		e, a, b := rates(mated, other)
		ee, aa, bb := rates(m2, o2)
		fmt.Printf("%-18s left out: EER %.2f FMR100 %.2f FMR1000 %.2f   all: %.2f %.2f %.2f\n", filepath.Base(f), e, a, b, ee, aa, bb)
		se, s1, s2 = se+e, s1+a, s2+b
	}
	var mated, other []float64
	var loss, fitted, count [2]float64
	for i, e := range pool {
		k := b2i(e.mated)
		fitted[k] += math.Log1p(math.Exp(dot(w, e.x) * float64(1-2*k)))
		loss[k] += math.Log1p(math.Exp(poolScore[i] * float64(1-2*k)))
		count[k]++
		if e.mated {
			mated = append(mated, poolScore[i])
		} else {
			other = append(other, poolScore[i])
		}
	}
	e, a, b := rates(mated, other)
	fmt.Printf("logistic loss left out: mated %.4f non-mated %.4f; fitted to all: %.4f %.4f\n", loss[1]/count[1], loss[0]/count[0], fitted[1]/count[1], fitted[0]/count[0])
	fmt.Printf("mean left out      EER %.2f FMR100 %.2f FMR1000 %.2f   pooled %.2f %.2f %.2f\n", se/float64(n), s1/float64(n), s2/float64(n), e, a, b)
}

func read(path string, set int) (list []example) {
	f, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		p := strings.Fields(strings.NewReplacer("{", "", "}", "").Replace(sc.Text()))
		a, _, _ := strings.Cut(p[0], "_")
		b, _, _ := strings.Cut(p[1], "_")
		var t []float64
		for _, s := range p[3:] {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				panic(err)
			}
			t = append(t, v)
		}
		list = append(list, example{set, a == b, features(t)})
	}
	return list
}

func dot(w, x []float64) (s float64) {
	for i := range w {
		s += w[i] * x[i]
	}
	return s
}

// logistic fits by Newton's method with a small ridge; sets weigh equally and, within each, the two classes 1 to 4.
func logistic(all []example, use func(set int) bool) []float64 {
	k := len(featureNames)
	var count [64][2]float64
	for _, e := range all {
		count[e.set][b2i(e.mated)]++
	}
	w := make([]float64, k)
	for range 25 {
		h := make([][]float64, k)
		g := make([]float64, k)
		for i := range h {
			h[i] = make([]float64, k)
			h[i][i] = 1e-3
			g[i] = -1e-3 * w[i]
		}
		for _, e := range all {
			if !use(e.set) {
				continue
			}
			p := 1 / (1 + math.Exp(-dot(w, e.x)))
			y := float64(b2i(e.mated))
			wt := 280 / count[e.set][1]
			if !e.mated {
				wt = 4 * 280 / count[e.set][0]
			}
			for i, v := range e.x {
				g[i] += wt * (y - p) * v
				for j := range i + 1 {
					h[i][j] += wt * p * (1 - p) * v * e.x[j]
				}
			}
		}
		step := solve(h, g)
		for i := range w {
			w[i] += math.Max(-5, math.Min(5, step[i]))
		}
	}
	return w
}

// solve does a Cholesky solution of the lower triangle.
func solve(h [][]float64, g []float64) []float64 {
	n := len(g)
	for i := range n {
		for j := range i + 1 {
			s := h[i][j]
			for k := range j {
				s -= h[i][k] * h[j][k]
			}
			if i == j {
				h[i][i] = math.Sqrt(math.Max(s, 1e-9))
			} else {
				h[i][j] = s / h[j][j]
			}
		}
	}
	x := append([]float64(nil), g...)
	for i := range n {
		for k := range i {
			x[i] -= h[i][k] * x[k]
		}
		x[i] /= h[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= h[k][i] * x[k]
		}
		x[i] /= h[i][i]
	}
	return x
}

func rates(mated, other []float64) (eer, f100, f1000 float64) {
	sort.Float64s(mated)
	sort.Float64s(other)
	best := 2.0
	for i, t := range mated {
		fnmr := float64(i) / float64(len(mated))
		fmr := float64(len(other)-sort.SearchFloat64s(other, t)) / float64(len(other))
		if d := math.Abs(fnmr - fmr); d < best {
			best, eer = d, (fnmr+fmr)/2
		}
	}
	at := func(n int) float64 {
		t := other[len(other)-1-len(other)/n]
		return float64(sort.Search(len(mated), func(i int) bool { return mated[i] > t })) / float64(len(mated))
	}
	return 100 * eer, 100 * at(100), 100 * at(1000)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
