package exchange

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestExponential(t *testing.T) {
	least := Exponential(2*time.Second, time.Minute, func() float64 { return 0 })
	most := Exponential(2*time.Second, time.Minute, func() float64 { return 0.999999999 })
	for attempt, want := range map[int]time.Duration{1: 2 * time.Second, 2: 4 * time.Second, 5: 32 * time.Second, 6: time.Minute, 7: time.Minute, 1 << 30: time.Minute} {
		if got := least(attempt); got != want/2 {
			t.Errorf("attempt %d waits at least %s, want %s", attempt, got, want/2)
		}
		if got := most(attempt); got > want || got < want-time.Millisecond {
			t.Errorf("attempt %d waits at most %s, want %s", attempt, got, want)
		}
	}
}

func TestNextAttempt(t *testing.T) {
	s := Exponential(10*time.Second, time.Minute, func() float64 { return 0 }) // the first wait is 5 s
	network := errors.New("connection refused")
	tests := map[string]struct {
		left time.Duration
		err  error
		want time.Duration // 0: no more
	}{
		"no answer":                {time.Hour, network, 5 * time.Second},
		"partner busy":             {time.Hour, Busy(20 * time.Second), 20 * time.Second},
		"partner busy for a while": {time.Hour, fmt.Errorf("deliver: %w", Busy(time.Second)), 5 * time.Second},
		"clocks differ":            {time.Hour, clockRefusal(time.Hour), 5 * time.Second},
		"refused for good":         {time.Hour, NewRefusal(CodeBadSignature, "x"), 0},
		"needs a new message":      {time.Hour, NewRefusal(CodeExpired, "x"), 0},
		"code of a later version":  {time.Hour, NewRefusal("later", "x"), 0},
		"expires before the wait":  {7 * time.Second, Busy(8 * time.Second), 0},
		"one last attempt":         {20 * time.Second, Busy(12 * time.Second), 12 * time.Second},
		"last attempt brought on":  {8 * time.Second, network, 5 * time.Second},
		"last attempt before wait": {5*time.Second + lastMargin/2, network, 5 * time.Second},
		"last attempt is past":     {lastMargin, network, 0},
		"expired":                  {-time.Second, network, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			next, ok := s.NextAttempt(1, testNow, testNow.Add(test.left), test.err)
			if ok != (test.want > 0) || ok && next.Sub(testNow) != test.want {
				t.Errorf("next in %s, %v; want %s", next.Sub(testNow), ok, test.want)
			}
		})
	}
	long := Exponential(time.Hour, time.Hour, func() float64 { return 0 })
	if next, ok := long.NextAttempt(1, testNow, testNow.Add(time.Minute), network); !ok || next != testNow.Add(time.Minute-lastMargin) {
		t.Errorf("a long wait before a near expiry: %s, %v", next.Sub(testNow), ok)
	}
}

// Whatever the waits, attempts go forward in time, stop before the expiry, and are finite.
func TestNextAttemptProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := time.Duration(rapid.Int64Range(int64(time.Second), int64(time.Minute)).Draw(t, "first"))
		s := Exponential(first, 10*time.Minute, func() float64 { return rapid.Float64Range(0, 0.999).Draw(t, "random") })
		now, expires := testNow, testNow.Add(time.Duration(rapid.Int64Range(0, int64(48*time.Hour)).Draw(t, "life")))
		for attempt := 1; ; attempt++ {
			next, ok := s.NextAttempt(attempt, now, expires, errors.New("no answer"))
			if !ok {
				return
			}
			if !next.After(now) || !next.Before(expires) || attempt > 300_000 {
				t.Fatalf("attempt %d at %s, next at %s, expiry %s", attempt, now, next, expires)
			}
			now = next
		}
	})
}
