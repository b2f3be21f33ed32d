package main

import (
	"fmt"
	"math"
)

// counts are strangers by evidence, in steps.
type counts [steps]int64

const (
	lowest = -45.0
	step   = 0.05
	steps  = 4000
)

func (c *counts) note(e float64) { c[min(max(int((e-lowest)/step), 0), steps-1)]++ }

func (c *counts) add(o *counts) {
	for i, n := range o {
		c[i] += n
	}
}

// above is how many have at least the evidence of step i.
func (c *counts) above(i int) (n int64) {
	for _, k := range c[i:] {
		n += k
	}
	return n
}

// reach is the first step that at most k strangers reach.
func (c *counts) reach(k int64) int {
	var n int64
	for i := steps - 1; i >= 0; i-- {
		if n += c[i]; n > k {
			return i + 1
		}
	}
	return 0
}

// tail is the mean excess over step i and the number that it is of: the scale of an exponential tail.
func (c *counts) tail(i int) (mean float64, n int64) {
	sum := 0.0
	for k := i; k < steps; k++ {
		n += c[k]
		sum += float64(c[k]) * (float64(k-i) + 0.5) * step
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
	fmt.Printf("  largest %.2f\n", lowest+float64(top)*step)
}
