package gallery

import (
	"context"
	"sync"
)

// epochs tell which searches are under way since when.
type epochs struct {
	mu     sync.Mutex
	now    *epoch
	before []*epoch // whose searches have not all ended
}

type epoch struct {
	searches int
	closed   bool
	ended    chan struct{} // closed when the epoch is closed and its last search has ended
}

// enter begins a search and returns what ends it.
func (e *epochs) enter() (leave func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.now == nil {
		e.now = &epoch{ended: make(chan struct{})}
	}
	mine := e.now
	mine.searches++
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		mine.searches--
		e.settle(mine)
	}
}

// settle ends an epoch when its time has come.
func (e *epochs) settle(x *epoch) {
	if !x.closed || x.searches > 0 {
		return
	}
	close(x.ended)
	for i, b := range e.before {
		if b == x {
			e.before = append(e.before[:i:i], e.before[i+1:]...)
			return
		}
	}
}

// Settle waits until all searches have ended that were under way when it was called: what only they could still read may
// then be taken away. Searches that begin meanwhile are not waited for.
func (g *Gallery) Settle(ctx context.Context) error {
	e := &g.running
	e.mu.Lock()
	if x := e.now; x != nil {
		e.now, x.closed = nil, true
		e.before = append(e.before, x)
		e.settle(x)
	}
	wait := append([]*epoch(nil), e.before...)
	e.mu.Unlock()
	for _, x := range wait {
		select {
		case <-x.ended:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
