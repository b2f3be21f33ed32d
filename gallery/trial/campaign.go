package trial

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"time"

	"convenio/finger"
	"convenio/gallery"
	"convenio/synth"
)

// Campaign is a run of very many searches, for error rates alone: probes are searched in batches that share each pass over
// the codes, and every outcome is a line of a file. A run that was stopped goes on where the file ends.
type Campaign struct {
	Settings               // Probes: mated ones, and as many non-mated
	File     string        // of outcomes, appended to; of other settings, or of another engine, it is refused
	Limit    time.Duration // no batch begins later than this; 0: none
	Told     func(Tally)   // called after each batch
}

// Tally is how far a campaign is.
type Tally struct {
	Done, Total   int
	Mated, Missed int // Missed: under the threshold, or lost by a stage
	Others, Found int // non-mated searches; those that found somebody over the threshold
	PerSecond     float64
	Left          time.Duration // to the last probe or to the limit, whichever comes first
}

// batch is how many searches share a pass.
const batch = 16

// Run searches what the file does not hold yet and reports on all that it holds.
func (c *Campaign) Run(ctx context.Context) (CampaignReport, error) {
	t, err := c.start()
	if err != nil {
		return CampaignReport{}, err
	}
	defer t.store.Close()
	want, err := c.head()
	if err != nil {
		return CampaignReport{}, err
	}
	log, done, err := openOutcomes(c.File, want)
	if err != nil {
		return CampaignReport{}, err
	}
	defer log.Close()
	began, before := time.Now(), len(done)
	for len(done) < 2*c.Probes && (c.Limit <= 0 || time.Since(began) < c.Limit) {
		some, err := t.some(ctx, len(done), min(batch, 2*c.Probes-len(done)))
		if err != nil {
			return CampaignReport{}, err
		}
		if err := log.append(some); err != nil {
			return CampaignReport{}, err
		}
		done = append(done, some...)
		if c.Told != nil {
			c.Told(c.tally(done, float64(t.threshold), time.Since(began), len(done)-before))
		}
	}
	return c.report(done, float64(t.threshold)), nil
}

func (c *Campaign) tally(done []outcome, threshold float64, took time.Duration, now int) Tally {
	t := Tally{Done: len(done), Total: 2 * c.Probes, PerSecond: float64(now) / took.Seconds()}
	for _, o := range done {
		switch {
		case o.Mated:
			t.Mated++
			if !o.hit(threshold) {
				t.Missed++
			}
		default:
			t.Others++
			if o.Stranger >= threshold {
				t.Found++
			}
		}
	}
	t.Left = time.Duration(float64(t.Total-t.Done) / t.PerSecond * float64(time.Second))
	if c.Limit > 0 {
		t.Left = max(0, min(t.Left, c.Limit-took))
	}
	return t
}

// outcome is what one search came to.
type outcome struct {
	Probe    int     `json:"probe"`
	Mated    bool    `json:"mated"`
	Person   int     `json:"person"`             // whom the probe is of
	Mate     float64 `json:"mate,omitempty"`     // score of the full comparison with the mate, whatever the stages did
	Kept     []bool  `json:"kept,omitempty"`     // by stage: whether the mate was still in; the last: whether it is a candidate
	Rank     int     `json:"rank,omitempty"`     // of the mate among the candidates; 0: it is none
	Stranger float64 `json:"stranger,omitempty"` // highest score of anybody else
}

// hit says whether a mated search finds the mate at a threshold.
func (o *outcome) hit(threshold float64) bool { return o.Rank > 0 && o.Mate >= threshold }

// whom is the person of a probe: every other one is enrolled, spread over the gallery by multiples of a number that has no
// factor in common with its size, so that a campaign that ends early has seen all of it.
func (t *trial) whom(probe int) (person int, mated bool) {
	if probe%2 == 1 {
		return t.built() + probe/2, false
	}
	stride := int(float64(t.People) * 0.6180339887)
	for stride = max(1, stride); factor(stride, t.People) > 1; {
		stride++
	}
	return int(uint64(probe/2) * uint64(stride) % uint64(t.People)), true
}

// factor is the greatest common one.
func factor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// some searches n probes from a number on, all in one pass.
func (t *trial) some(ctx context.Context, from, n int) ([]outcome, error) {
	out, queries := make([]outcome, n), make([]gallery.Query, n)
	errs := make([]error, n)
	t.each(n, func(i int) {
		o := &out[i]
		o.Probe = from + i
		o.Person, o.Mated = t.whom(o.Probe)
		queries[i] = gallery.Query{Probe: t.probe(o.Person), Reach: everyone}
		if o.Mated {
			queries[i].Follow = subject(o.Person)
			var exact finger.Score
			exact, errs[i] = t.mate(ctx, o.Person, queries[i].Probe)
			o.Mate = float64(exact)
		}
	})
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	opt := t.options()
	opt.Threshold, opt.Max, opt.Lane = 0, 20, gallery.File
	found, err := t.people.SearchAll(ctx, queries, opt)
	if err != nil {
		return nil, err
	}
	for i, r := range found {
		o := &out[i]
		for _, s := range r.Stages {
			if o.Mated {
				o.Kept = append(o.Kept, s.Followed)
			}
		}
		for k, c := range r.Candidates {
			if o.Mated && c.Subject == queries[i].Follow {
				o.Rank = k + 1
				continue
			}
			o.Stranger = max(o.Stranger, float64(c.Score))
		}
		o.lastKept()
	}
	return out, nil
}

// lastKept corrects the last stage: a mate it compared and that scored less than the candidates listed was not lost by it.
func (o *outcome) lastKept() {
	if n := len(o.Kept); n > 1 && o.Kept[n-2] {
		o.Kept[n-1] = true
	}
	if n := len(o.Kept); n > 0 && o.Kept[n-1] && o.Rank == 0 {
		o.Rank = 21 // compared, and behind all that were listed
	}
}

// head is the first line of a file of outcomes: what they were made with.
type head struct {
	People, Within, Enrolled, Fingers int
	Seed                              uint64
	Sample                            uint32 // of templates, see note
	Engine                            uint32 // checksum of some scores: changes when the engine does
}

func (c *Campaign) head() (head, error) {
	n, err := c.note()
	if err != nil {
		return head{}, err
	}
	h := head{People: c.People, Within: c.built(), Enrolled: c.enrolled(), Fingers: c.Fingers, Seed: c.Seed, Sample: n.Sample}
	var text strings.Builder
	cmp, pop := finger.NewComparer(), synth.NewPopulation(c.Seed)
	for i := range uint64(8) {
		p := finger.Prepare(pop.Probe(i, finger.RightIndex, 0))
		for j := range uint64(8) {
			s := cmp.Compare(p, finger.Prepare(pop.Reference(j, finger.RightIndex))).Score
			fmt.Fprintln(&text, float64(s), float64(finger.Fuse([]finger.Score{s, 20})))
		}
	}
	h.Engine = crc32.ChecksumIEEE([]byte(text.String()))
	return h, nil
}

var errOutcomes = errors.New("the file holds outcomes of other settings or of another engine")
