package main

import "slices"

const pooledName = "real, pooled"

// pool puts the real sets together, each with the same weight however many
// prints it has: so many quantiles of each measure of each set.
func pool(all []summary) (summary, bool) {
	const each = 400
	out := summary{name: pooledName, real: true}
	sets := 0
	for _, s := range all {
		if !s.real {
			continue
		}
		sets++
		out.prints += s.prints
		out.failed += s.failed
		for _, m := range s.measures {
			for i := range each {
				out.add(m.name, quantile(m.values, (float64(i)+0.5)/each))
			}
		}
	}
	for i := range out.measures {
		slices.Sort(out.measures[i].values)
	}
	return out, sets > 1
}
