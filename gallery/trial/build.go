package trial

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"convenio/finger"
	"convenio/gallery"
	"convenio/gallery/segment"
	"convenio/synth"
)

// Settings say what to measure.
type Settings struct {
	People, Probes, Fingers int
	Enrolled                int // fingers that a person has in the gallery; 0: as many as are searched
	Within                  int // people in the folder's gallery, of whom the first People are searched; 0: no more than those
	Copies                  int // each person stands in the gallery so many times, see copies; 0: once
	Seed                    uint64
	FPIR                    float64 // false positive identification rate of the decision
	Dir                     string  // folder of the gallery, built if it is not there
	Plant                   []Planted
	Workers                 int
	reading                 int // MiB read to find the memory's limit; 0: 512
	Progress                func(what string, done, total int)
}

// Positions are the fingers that a person of a trial has: one, both index fingers, index and middle fingers, or all.
func Positions(n int) ([]finger.Position, error) {
	switch n {
	case 1:
		return []finger.Position{finger.RightIndex}, nil
	case 2:
		return []finger.Position{finger.RightIndex, finger.LeftIndex}, nil
	case 4:
		return []finger.Position{finger.RightIndex, finger.RightMiddle, finger.LeftIndex, finger.LeftMiddle}, nil
	case 10:
		all := make([]finger.Position, 10)
		for i := range all {
			all[i] = finger.Position(i + 1)
		}
		return all, nil
	}
	return nil, fmt.Errorf("%d fingers: 1, 2, 4 or 10 can be", n)
}

// note is kept with a built gallery, to know it again.
type note struct {
	People, Fingers int
	Seed            uint64
	Sample          uint32  // checksum of some templates: changes when the model of synthetic fingers does
	Build           float64 // seconds
}

func (s *Settings) enrolled() int {
	if s.Enrolled == 0 {
		return s.Fingers
	}
	return s.Enrolled
}

func (s *Settings) built() int { return max(s.People, s.Within) }

func (s *Settings) note() (note, error) {
	n := note{People: s.built(), Fingers: s.enrolled(), Seed: s.Seed}
	for i := range uint64(3) {
		b, err := synth.NewPopulation(s.Seed).Reference(i, finger.RightIndex).MarshalBinary()
		if err != nil {
			return n, err
		}
		n.Sample = crc32.Update(n.Sample, crc32.IEEETable, b)
	}
	return n, nil
}

// subject names a synthetic person.
func subject(i int) string { return fmt.Sprintf("synthetic-%09d", i) }

// class of all people of a trial.
const class = "trial"

// errOther says that the folder holds a gallery of other settings.
var errOther = errors.New("the folder holds another gallery")

// openOrBuild opens the trial's gallery, and builds it first where it is not.
func (s *Settings) openOrBuild() (store *segment.Store, made note, opened time.Duration, err error) {
	want, err := s.note()
	if err != nil {
		return nil, want, 0, err
	}
	if _, err := os.Stat(filepath.Join(s.Dir, "store")); errors.Is(err, os.ErrNotExist) {
		if err := s.build(want); err != nil {
			return nil, want, 0, err
		}
	}
	start := time.Now()
	store, err = segment.Open(s.Dir)
	if err != nil {
		return nil, want, 0, err
	}
	opened = time.Since(start)
	if err = json.Unmarshal([]byte(store.Note()), &made); err == nil {
		want.Build = made.Build
		if made != want {
			err = fmt.Errorf("%s: %w: it is of %+v, wanted %+v", s.Dir, errOther, made, want)
		}
	}
	if err != nil {
		return nil, made, 0, errors.Join(err, store.Close())
	}
	return store, made, opened, nil
}

// build makes the gallery, in runs of people who fill a block.
func (s *Settings) build(n note) error {
	fingers, err := Positions(s.enrolled())
	if err != nil {
		return err
	}
	start := time.Now()
	b, err := segment.NewBuilder(s.Dir)
	if err != nil {
		return err
	}
	pop := synth.NewPopulation(s.Seed)
	for from := 0; from < s.built(); from += gallery.BlockSize {
		people := make([]segment.Person, min(gallery.BlockSize, s.built()-from))
		errs := make([]error, len(people))
		s.each(len(people), func(i int) { people[i], errs[i] = enrolled(pop, from+i, fingers) })
		if err := errors.Join(errs...); err != nil {
			return err
		}
		if err := b.Add(people...); err != nil {
			return err
		}
		s.tell("building", from+len(people), s.built())
	}
	n.Build = time.Since(start).Seconds()
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return b.Close(string(text))
}

func enrolled(pop synth.Population, i int, fingers []finger.Position) (segment.Person, error) {
	p := segment.Person{Subject: subject(i), Class: class}
	for _, f := range fingers {
		t, err := pop.Reference(uint64(i), f).MarshalBinary()
		if err != nil {
			return p, err
		}
		p.Fingers = append(p.Fingers, segment.Finger{Position: f, Template: t})
	}
	return p, nil
}

func (s *Settings) tell(what string, done, total int) {
	if s.Progress != nil {
		s.Progress(what, done, total)
	}
}

// each calls do for 0 to n-1 on all processors.
func (s *Settings) each(n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range max(1, min(runtime.GOMAXPROCS(0), n)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}
