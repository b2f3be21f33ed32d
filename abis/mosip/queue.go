package mosip

import (
	"context"
	"errors"
	"sync/atomic"
)

// Queue is where requests come from and answers go to. Receive waits for the next request; it fails with ErrClosed when there
// will be none, or with the context's error. A message is taken from the queue only when its answer has been sent: Done is
// called then, so that a broker can hand it out again after a crash.
type Queue interface {
	Receive(ctx context.Context) (message []byte, done func(), err error)
	Send(ctx context.Context, answer []byte) error
	Pending() int // requests that wait
}

// ErrClosed says that a queue will give no more requests. Serve ends.
var ErrClosed = errors.New("the queue is closed")

// Serve answers the requests of a queue one after the other, in their order: an identification sees every insertion before
// it, as the specification asks. It ends without error when the queue is closed, else with the error of queue or context.
func (a *ABIS) Serve(ctx context.Context, q Queue) error {
	a.mu.Lock()
	a.opt.Pending = q.Pending
	a.mu.Unlock()
	for {
		message, done, err := q.Receive(ctx)
		if errors.Is(err, ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := q.Send(ctx, a.Handle(ctx, message)); err != nil {
			return err
		}
		done()
	}
}

// Memory is a queue in process.
type Memory struct {
	requests chan []byte
	answers  chan []byte
	waiting  atomic.Int64
}

// NewQueue makes a queue in process that holds up to size requests and as many answers.
func NewQueue(size int) *Memory {
	return &Memory{requests: make(chan []byte, size), answers: make(chan []byte, size)}
}

// Ask puts a request into the queue.
func (m *Memory) Ask(ctx context.Context, request []byte) error {
	m.waiting.Add(1)
	select {
	case m.requests <- request:
		return nil
	case <-ctx.Done():
		m.waiting.Add(-1)
		return ctx.Err()
	}
}

// Answer takes the next answer.
func (m *Memory) Answer(ctx context.Context) ([]byte, error) {
	select {
	case b := <-m.answers:
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close says that there will be no more requests. It is called once, after the last Ask.
func (m *Memory) Close() { close(m.requests) }

// Receive implements Queue.
func (m *Memory) Receive(ctx context.Context) ([]byte, func(), error) {
	select {
	case b, ok := <-m.requests:
		if !ok {
			return nil, nil, ErrClosed
		}
		m.waiting.Add(-1)
		return b, func() {}, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

// Send implements Queue.
func (m *Memory) Send(ctx context.Context, answer []byte) error {
	select {
	case m.answers <- answer:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Pending implements Queue.
func (m *Memory) Pending() int { return int(m.waiting.Load()) }
