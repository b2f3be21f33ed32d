package gallery

import (
	"context"
	"sync"
)

// Lane is a queue of searches.
type Lane uint8

// The lanes. While both have work, the border gets borderShare steps for each one of the files: a traveller waits
// seconds, and yet a large file moves on.
const (
	Border Lane = iota // somebody is waiting
	File               // hours are well enough
)

// borderShare is how many steps of border searches go before one of a file's. A step is the work on one block.
const borderShare = 15

// lanes shares the steps of searches between the two queues. It counts steps, not time.
type lanes struct {
	mu     sync.Mutex
	border int           // border searches under way
	credit int           // border steps since the last file step
	moved  chan struct{} // closed when either changes; nil when nobody waits
}

func (l *lanes) enter(lane Lane) {
	if lane == Border {
		l.mu.Lock()
		l.border++
		l.mu.Unlock()
	}
}

func (l *lanes) leave(lane Lane) {
	if lane == Border {
		l.mu.Lock()
		l.border--
		l.wake()
		l.mu.Unlock()
	}
}

func (l *lanes) wake() {
	if l.moved != nil {
		close(l.moved)
		l.moved = nil
	}
}

// step returns when the lane may do one step, or the context has ended.
func (l *lanes) step(ctx context.Context, lane Lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if lane == Border {
		if l.credit++; l.credit >= borderShare {
			l.wake()
		}
		return
	}
	for l.border > 0 && l.credit < borderShare {
		if l.moved == nil {
			l.moved = make(chan struct{})
		}
		wait := l.moved
		l.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
		}
		l.mu.Lock()
		if ctx.Err() != nil {
			return
		}
	}
	l.credit = 0
}
