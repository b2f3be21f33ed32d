// Command calibrate makes the table that maps evidence to score, from score files that measure wrote with -terms, and
// checks it: for each sensor it makes the table of the other sensors' files and counts how often the strangers of the one
// left out pass the thresholds that table sets.
//
//	calibrate FILE...
//
// Files whose names begin alike up to the first '-' or '.' are of one sensor.
package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// set is the evidence of one file's comparisons, rising.
type set struct {
	name, sensor string
	non, mated   []float64
}

func main() {
	var sets []set
	for _, f := range os.Args[1:] {
		sets = append(sets, read(f))
	}
	for _, s := range sets {
		fmt.Printf("%-18s %6d strangers; evidence at shares", s.name, len(s.non))
		for _, q := range []float64{0.5, 0.1, 0.01, 0.001} {
			fmt.Printf(" %6.2f", quantile(s.non, q))
		}
		excess, shape := tail(s.non)
		fmt.Printf("; largest %.2f; mean excess over 0.01: %.2f, Pareto shape %.2f\n", s.non[len(s.non)-1], excess, shape)
	}
	t := envelope(sets)
	fmt.Println("table of all:", t)
	fmt.Println("left out: share of strangers passing the thresholds for 0.1, 0.01, 0.001, 0.0001; share of mates missed there")
	for _, sensor := range sensors(sets) {
		var others []set
		for _, s := range sets {
			if s.sensor != sensor {
				others = append(others, s)
			}
		}
		left := envelope(others)
		for _, s := range sets {
			if s.sensor == sensor {
				report(s, left)
			}
		}
	}
}

func report(s set, t table) {
	fmt.Printf("%-18s", s.name)
	for _, fmr := range []float64{0.1, 0.01, 0.001, 0.0001} {
		e := t.evidence(-10 * math.Log10(fmr))
		pass := len(s.non) - lower(s.non, e)
		fmt.Printf("  %.5f (%d) missed %.2f %%", float64(pass)/float64(len(s.non)), pass, 100*float64(lower(s.mated, e))/float64(len(s.mated)))
	}
	fmt.Println()
}

func lower(v []float64, e float64) int {
	n, _ := slices.BinarySearch(v, e)
	return n
}

func sensors(sets []set) (list []string) {
	for _, s := range sets {
		if !slices.Contains(list, s.sensor) {
			list = append(list, s.sensor)
		}
	}
	return list
}

// table maps evidence to score, linearly between points and beyond the last.
type table [][2]float64

// envelope takes at each share the greatest evidence of any set. From 0.001 on, a set's own exponential tail counts where
// it reaches further than its data.
func envelope(sets []set) (t table) {
	highest := math.Inf(-1)
	for _, score := range []float64{0.5, 1.5, 3, 5.2, 7.5, 10, 15, 20, 30, 40, 50} {
		share := math.Pow(10, -score/10)
		for _, s := range sets {
			if share*float64(len(s.non)) >= 2 {
				highest = max(highest, quantile(s.non, share))
			}
			if score >= 30 {
				excess, _ := tail(s.non)
				highest = max(highest, quantile(s.non, 0.01)+excess*math.Log(0.01/share))
			}
		}
		t = append(t, [2]float64{math.Ceil(highest*20) / 20, score})
	}
	return t
}

func (t table) evidence(score float64) float64 {
	k := 1
	for k < len(t)-1 && score > t[k][1] {
		k++
	}
	lo, hi := t[k-1], t[k]
	return lo[0] + (hi[0]-lo[0])*(score-lo[1])/(hi[1]-lo[1])
}

// quantile returns the evidence that a share q reaches.
func quantile(v []float64, q float64) float64 {
	return v[max(len(v)-1-int(float64(len(v))*q), 0)]
}

// tail fits the excesses over the 0.01 point: their mean, which is the scale of an exponential tail, and the shape of a
// generalised Pareto distribution by probability-weighted moments (Hosking and Wallis, Technometrics 29(3), 1987; their k
// with the sign turned: above 0 is heavier than exponential).
func tail(v []float64) (mean, shape float64) {
	u := quantile(v, 0.01)
	x := v[lower(v, u)+1:]
	var a0, a1 float64
	for i, e := range x {
		a0 += (e - u) / float64(len(x))
		a1 += (e - u) * (1 - (float64(i)+0.65)/float64(len(x))) / float64(len(x))
	}
	return a0, 2 - a0/(a0-2*a1)
}

func read(path string) set {
	f, err := os.Open(path)
	check(err)
	defer f.Close()
	name := strings.TrimSuffix(filepath.Base(path), ".txt")
	sensor, _, _ := strings.Cut(name, "-")
	s := set{name: name, sensor: sensor}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		p := strings.Fields(strings.Trim(sc.Text(), "}"))
		e, err := strconv.ParseFloat(p[len(p)-1], 64)
		check(err)
		a, _, _ := strings.Cut(p[0], "_")
		b, _, _ := strings.Cut(p[1], "_")
		if a == b {
			s.mated = append(s.mated, e)
		} else {
			s.non = append(s.non, e)
		}
	}
	slices.Sort(s.mated)
	slices.Sort(s.non)
	return s
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "calibrate: error:", err)
		os.Exit(1)
	}
}
