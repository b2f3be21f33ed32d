package node_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

// TestKilledAtRandom kills either node at any instant, again and again, while searches, verdicts and
// disclosures go on. With CONVENIO_LONG set it goes on for that long (a duration; 1 stands for ten minutes).
func TestKilledAtRandom(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPair(t)
	begun := time.Now()
	us, co := p.us.spawn(), p.co.spawn()
	// On a machine so busy that a node takes seconds to start, kills that came faster would let none ever start.
	pace := max(900*time.Millisecond, 2*time.Since(begun))
	subject := p.us.enrol(1, "border-encounter", "VE")
	p.us.enrol(2, "border-encounter", "EC")
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)

	stop, stopped := make(chan struct{}), make(chan int)
	go func() {
		kills := 0
		defer func() { stopped <- kills }()
		for {
			select {
			case <-stop:
				return
			case <-time.After(100*time.Millisecond + time.Duration(random.Int64N(int64(pace)))):
			}
			kills++
			if random.IntN(2) == 0 {
				co.kill()
			} else {
				us.kill()
			}
		}
	}()
	var hits, misses []string
	until := time.Now().Add(longer(t))
	for i := 0; i < 1 || time.Now().Before(until); i++ {
		hits = append(hits, p.hitStory(fmt.Sprintf("random-hit-%d", i)))
		misses = append(misses, p.noHitStory(fmt.Sprintf("random-miss-%d", i)))
	}
	close(stop)
	kills := <-stopped
	p.co.waitListening()
	p.us.waitListening()
	p.co.quiet()
	p.us.quiet()
	co.stop()
	us.stop()
	t.Logf("%d exchanges, %d kills", len(hits)+len(misses), kills)
	if kills == 0 {
		t.Error("nothing was killed: the test proves nothing")
	}
	p.audit(false)
	for _, id := range hits {
		p.once(id, hitAtAsker, hitAtAnswerer)
	}
	for _, id := range misses {
		p.once(id, noHitAtAsker, noHitAtAnswerer)
	}
	p.kept(hits, misses, subject)
}

// longer is how long the test is to go on.
func longer(t *testing.T) time.Duration {
	t.Helper()
	switch s := os.Getenv("CONVENIO_LONG"); s {
	case "":
		return 0
	case "1":
		return 10 * time.Minute
	default:
		d, err := time.ParseDuration(s)
		must(t, err)
		return d
	}
}
