package gallery

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"convenio/finger"
)

// Finger is one finger of a probe.
type Finger struct {
	Position finger.Position // 0: unknown, compared with every finger of a record
	Template *finger.Prepared
}

// Options of a search.
type Options struct {
	// Threshold is the least fused score of a candidate; see PersonThreshold.
	Threshold finger.Score
	// Max is the greatest length of the candidate list. Defaults to DefaultMax.
	Max int
	// Workers is how many compare at the same time. Defaults to 1.
	Workers int
	// Exhaustive compares everyone within reach, without the first stages.
	Exhaustive bool
	// Loose takes the probe's positions for what they may be, mislabelled: every finger is compared with every finger.
	Loose bool
	// Votes and Compare bound the work of the second and the last stage, in fingers for one probe. They default to
	// DefaultVotes and DefaultCompare, less for many fingers of known positions, of which each stage tells more, and six times
	// the comparisons for a single one. A gallery within Compare is searched exhaustively.
	Votes, Compare int
	// Lane is the queue that the search stands in.
	Lane Lane
	// Clock, if given, tells the time that Stage.Took is made of.
	Clock func() time.Duration
	// Follow names a subject whose way through the stages the result tells; for measuring.
	Follow string
}

// Bounds of a search's stages when Options do not say, in fingers.
const (
	DefaultVotes   = 600_000
	DefaultCompare = 1_000
)

// DefaultMax is the greatest length of a candidate list when Options do not say.
const DefaultMax = 20

// MaxProbe is the greatest number of fingers of a probe.
const MaxProbe = 64

// Result of a search. Searched and Excluded are for the node's own figures: Excluded must not leave it, by answer or log.
type Result struct {
	Candidates []Candidate // by rank: score falling, ties by subject
	Searched   int         // people within reach
	Excluded   int         // people out of reach; they were counted by class and not read
	Tied       int         // how many of the first candidates are within TieMargin of the best: more than 1, no telling which
	Stages     []Stage     // what was done, in order
}

// Stage is what one stage of a search did.
type Stage struct {
	Name       string        // "scan", "vote" or "compare"
	People     int           // whom it looked at
	Fingers    int           // comparisons of codes or templates
	Candidates int           // people it passed on
	Followed   bool          // whether Options.Follow is among them
	Took       time.Duration // by Options.Clock, for all queries of the pass
}

// TieMargin is how near a candidate's score may be to the best one's for the two to be a tie: a false match rate ten times
// as high. Identical twins' fingers differ like strangers'; a tie is mostly one person enrolled twice.
const TieMargin = 10

// Candidate is an enrolled person whose fused score reaches the threshold.
type Candidate struct {
	Subject string
	Score   finger.Score  // fused over fingers, -10 log10(FMR)
	Fingers []FingerScore // what was fused, best first
}

// PersonThreshold is the threshold on a person's fused score at which a search of n people has the false positive
// identification rate fpir (0 < fpir <= 1): -10 log10(fpir/n), the bound of the union of n non-mated comparisons
// (ISO/IEC 19795-1:2021). 0 or more; for fpir <= 0 it is +Inf, which no score reaches.
func PersonThreshold(fpir float64, n int) finger.Score {
	if !(fpir > 0) {
		return finger.Score(math.Inf(1))
	}
	return finger.Score(max(0, -10*math.Log10(fpir/float64(max(n, 1)))))
}

// Search looks for the person of a probe among everyone in the classes for which reach is true; reach is called once for
// each class, and nil reaches nobody. It fails with ErrProbe, or with the context's error when that ends first: there is
// no partial result.
//
// With few people within reach everyone is compared. With more the first stages choose whom to compare, see Options.
func (g *Gallery) Search(ctx context.Context, probe []Finger, reach func(class string) bool, opt Options) (Result, error) {
	out, err := g.SearchAll(ctx, []Query{{Probe: probe, Reach: reach}}, opt)
	if err != nil {
		return Result{}, err
	}
	return out[0], nil
}

// clock reads Options.Clock.
func (o Options) clock() time.Duration {
	if o.Clock == nil {
		return 0
	}
	return o.Clock()
}

func checkProbe(probe []Finger) error {
	if len(probe) == 0 || len(probe) > MaxProbe {
		return fmt.Errorf("%w: %d fingers, 1 to %d can be", ErrProbe, len(probe), MaxProbe)
	}
	for i, f := range probe {
		if f.Template == nil {
			return fmt.Errorf("%w: finger %d has no template", ErrProbe, i)
		}
	}
	return nil
}

// ranking keeps the best max candidates in rank order.
type ranking struct {
	max  int
	list []Candidate
}

func (r *ranking) offer(c Candidate) {
	if len(r.list) == r.max && before(r.list[len(r.list)-1], c) <= 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(r.list, c, before)
	if len(r.list) == r.max {
		r.list = r.list[:r.max-1]
	}
	r.list = slices.Insert(r.list, i, c)
}

// before orders candidates by rank: score falling, then subject, so that the order never depends on chance.
func before(a, b Candidate) int {
	if n := cmp.Compare(b.Score, a.Score); n != 0 {
		return n
	}
	return strings.Compare(a.Subject, b.Subject)
}
