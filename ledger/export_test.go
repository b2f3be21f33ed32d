package ledger

import (
	"context"
	"errors"

	"github.com/transparency-dev/tessera"
)

// ReportFailure makes the next n writes be done and yet be reported as failed.
func (l *Log) ReportFailure(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	add := l.add
	left := make(chan struct{}, n)
	for range n {
		left <- struct{}{}
	}
	l.add = func(ctx context.Context, e *tessera.Entry) tessera.IndexFuture {
		f := add(ctx, e)
		select {
		case <-left:
			return func() (tessera.Index, error) {
				_, err := f()
				return tessera.Index{}, errors.Join(err, errors.New("injected: sync failed"))
			}
		default:
			return f
		}
	}
}
