package gallery

// Merge joins the results of galleries that hold different people, such as the shards of one, to that of a gallery of all
// of them. It is exact where each was searched with the same probe and options: a person's score depends on nobody else,
// so the best of all are among the best of each. Stages are those of each shard, one after the other.
func Merge(most int, parts ...Result) (out Result) {
	if most <= 0 {
		most = DefaultMax
	}
	best := ranking{max: most}
	for _, p := range parts {
		for _, c := range p.Candidates {
			best.offer(c)
		}
		out.Searched += p.Searched
		out.Excluded += p.Excluded
		out.Stages = append(out.Stages, p.Stages...)
	}
	out.Candidates, out.Tied = best.list, tied(best.list)
	return out
}
