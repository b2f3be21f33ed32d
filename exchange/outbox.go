package exchange

import (
	"errors"
	"time"
)

// Schedule gives the time to wait after an attempt; attempts count from 1.
type Schedule func(attempt int) time.Duration

// Defaults of the outbox: the first wait, and the longest.
const (
	DefaultFirstWait = 2 * time.Second
	DefaultLongWait  = 10 * time.Minute
)

// Exponential doubles the wait from first to longest, and takes each wait at random between half and all of it, so that
// messages held up together do not return together. random gives values in [0, 1).
func Exponential(first, longest time.Duration, random func() float64) Schedule {
	return func(attempt int) time.Duration {
		wait := first
		for range attempt - 1 {
			if wait >= longest/2 {
				wait = longest
				break
			}
			wait *= 2
		}
		wait = min(wait, longest)
		return wait/2 + time.Duration(random()*float64(wait-wait/2))
	}
}

// lastMargin is how long before its expiry a message gets its last attempt.
const lastMargin = 5 * time.Second

// NextAttempt says when to try again after an attempt ended at now without a receipt, and false when there is no use in
// it: the message will have expired, or err is a refusal after which the same envelope may not be sent again.
// A wait that the partner asked for is respected. If the schedule's wait passes the expiry, there is one last attempt
// shortly before it.
func (s Schedule) NextAttempt(attempt int, now, expires time.Time, err error) (time.Time, bool) {
	var asked time.Duration
	var refusal *Refusal
	if errors.As(err, &refusal) {
		if refusal.Code.Retry() != RetrySame {
			return time.Time{}, false
		}
		asked = refusal.Wait()
	}
	next := now.Add(max(s(attempt), asked))
	if next.Before(expires) {
		return next, true
	}
	last := expires.Add(-lastMargin)
	if last.After(now) && !last.Before(now.Add(asked)) {
		return last, true
	}
	return time.Time{}, false
}
