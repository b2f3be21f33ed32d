package main

import (
	"fmt"
	"math"

	"convenio/finger"
)

// counts are strangers by evidence, in steps, and how many reach each tenth score.
type counts struct {
	at     [steps]int64
	scores [10]int64 // of at least 10, 20, ...
}

const (
	lowest = -45.0
	step   = 0.05
	steps  = 4000
)

func (c *counts) note(r finger.Comparison) {
	c.at[min(max(int((r.Terms.Evidence-lowest)/step), 0), steps-1)]++
	for k := range min(int(r.Score/10), len(c.scores)) {
		c.scores[k]++
	}
}

func (c *counts) add(o *counts) {
	for i, n := range o.at {
		c.at[i] += n
	}
	for i, n := range o.scores {
		c.scores[i] += n
	}
}

// above is how many have at least the evidence of step i.
func (c *counts) above(i int) (n int64) {
	for _, k := range c.at[i:] {
		n += k
	}
	return n
}

// reach is the first step that at most k strangers reach.
func (c *counts) reach(k int64) int {
	var n int64
	for i := steps - 1; i >= 0; i-- {
		if n += c.at[i]; n > k {
			return i + 1
		}
	}
	return 0
}

// tail is the mean excess over step i and the number that it is of: the scale of an exponential tail.
func (c *counts) tail(i int) (mean float64, n int64) {
	sum := 0.0
	for k := i; k < steps; k++ {
		n += c.at[k]
		sum += float64(c.at[k]) * (float64(k-i) + 0.5) * step
	}
	return sum / float64(max(n, 1)), n
}

// report prints at which evidence each share of the strangers is reached, the tail from there on, as a mean excess and as
// the score it adds to each unit of evidence, with the least that a 95 % interval allows; and what the engine scores.
func report(name string, c *counts) {
	all := c.above(0)
	fmt.Printf("%s: %d comparisons\n", name, all)
	for score := 10; ; score += 5 {
		share := math.Pow(10, -float64(score)/10)
		k := int64(share * float64(all))
		if k < 3 {
			break
		}
		at := c.reach(k)
		mean, n := c.tail(at)
		slope := 10 / math.Ln10 / mean
		fmt.Printf("  share 1e-%.1f: evidence %6.2f; above it %7d, mean excess %.2f: %.2f a unit, at least %.2f\n",
			float64(score)/10, lowest+float64(at)*step, n, mean, slope, slope*(1-1.96/math.Sqrt(float64(n))))
	}
	top := c.reach(0)
	fmt.Printf("  largest %.2f; reaching scores", lowest+float64(top)*step)
	for k, n := range c.scores {
		if n > 0 {
			fmt.Printf("  %d: %.3g (%d)", 10*k+10, float64(n)/float64(all), n)
		}
	}
	fmt.Println()
}
