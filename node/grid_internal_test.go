package node

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestAnswersLeaveOnTheGrid: whatever the time a search took, its answer leaves at a multiple of the
// grid after the search came, so that the delay says nothing finer.
func TestAnswersLeaveOnTheGrid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		received := time.UnixMilli(rapid.Int64Range(0, 1<<42).Draw(t, "received"))
		now := received.Add(time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "took")))
		at := onGrid(received, now)
		if at.Sub(received)%answerGrid != 0 || !at.After(now) || at.Sub(now) > answerGrid {
			t.Fatalf("received %v, answered after %v: leaves after %v", received, now.Sub(received), at.Sub(received))
		}
	})
}
