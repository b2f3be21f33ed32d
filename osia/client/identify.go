package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"

	"convenio/osia/abis"
)

// Search is one search of one gallery.
type Search struct {
	// ID is our name for it: the same search again has the same.
	ID string
	// Exchange is what it is part of; see Forget.
	Exchange string
	Gallery  string
	Fingers  []Finger
	// Max is the greatest length of the candidate list.
	Max int
	// Threshold is the least score of a candidate, in the ABIS's own measure. nil: the ABIS's own choice.
	Threshold *float32
}

// Candidate is a person whom the ABIS brought up.
type Candidate struct {
	Person string `json:"personId"`
	Rank   int32  `json:"rank"`
}

const opIdentify = "identify"

// Identify has the ABIS search a gallery. With ErrTimeout, or after a restart, the same search again takes up what is under
// way. Any other error ends it: the same search again is asked for anew.
func (c *Client) Identify(ctx context.Context, s Search) ([]Candidate, error) {
	if err := checkGallery(s.Gallery); err != nil {
		return nil, err
	}
	ctx, cancel := c.within(ctx, c.cfg.Timeout)
	defer cancel()
	if c.cfg.Callback == "" {
		a, err := c.ask(ctx, s, nil)
		if err != nil {
			return nil, err
		}
		if a.status == http.StatusAccepted {
			return nil, fmt.Errorf("%s: %w: it answers later without having been given where to", opIdentify, ErrMalformed)
		}
		return candidates(a.body, s.Max)
	}
	w := c.resumed(s.ID)
	if w == nil {
		var a answer
		var err error
		if w, a, err = c.begin(ctx, s); err != nil || a.status == http.StatusOK {
			return concluded(a, s.Max, err)
		}
	}
	a, err := c.await(ctx, w)
	if errors.Is(err, ErrTimeout) || err != nil && ctx.Err() != nil {
		return nil, err
	}
	return concluded(a, s.Max, errors.Join(err, c.end(context.WithoutCancel(ctx), w)))
}

func concluded(a answer, most int, err error) ([]Candidate, error) {
	if err != nil {
		return nil, err
	}
	if a.failed {
		e, err := decode[abis.Error](opIdentify, a.body)
		if err != nil {
			return nil, err
		}
		return nil, &Error{opIdentify, int(e.Code)}
	}
	return candidates(a.body, most)
}

func (c *Client) ask(ctx context.Context, s Search, callback *string) (answer, error) {
	body := abis.IdentifyRequest{Filter: abis.Filter{}, BiometricData: items(s.Fingers)}
	params := &abis.IdentifyParams{TransactionId: s.ID, MaxNbCand: &s.Max, Threshold: s.Threshold, Callback: callback}
	return c.call(ctx, opIdentify, func(ctx context.Context) (*http.Response, error) {
		return c.abis.Identify(ctx, s.Gallery, params, body, c.bearer)
	}, http.StatusOK, http.StatusAccepted)
}

// begin asks for a search with a callback. With 200 it is over.
func (c *Client) begin(ctx context.Context, s Search) (w *wait, a answer, err error) {
	w, token, err := c.newTask(ctx, s.ID, s.Exchange)
	if err != nil {
		return nil, answer{}, err
	}
	address := c.callbackAddress(token)
	a, err = c.ask(ctx, s, &address)
	var t abis.TaskId
	if err == nil && a.status == http.StatusAccepted {
		if t, err = decode[abis.TaskId](opIdentify, a.body); err == nil && (t.TaskId == "" || len(t.TaskId) > maxTaskName) {
			err = fmt.Errorf("%s: %w: a task without a name", opIdentify, ErrMalformed)
		}
		if err == nil {
			return w, a, c.named(ctx, w, t.TaskId)
		}
	}
	// It is over, or will never be heard of.
	return nil, a, errors.Join(err, c.end(context.WithoutCancel(ctx), w))
}

// await waits for a result, and asks after it when it is long in coming.
func (c *Client) await(ctx context.Context, w *wait) (answer, error) {
	for n := 1; ; n++ {
		select {
		case a := <-w.result:
			return a, nil
		case <-ctx.Done():
			return answer{}, fmt.Errorf("%s: %w", opIdentify, context.Cause(ctx))
		case <-c.cfg.After(c.cfg.Poll(n)):
		}
		if err := c.inquire(ctx, w); err != nil {
			return answer{}, err
		}
	}
}

// inquire asks how far a task is, and has a result that was given up or lost sent again.
func (c *Client) inquire(ctx context.Context, w *wait) error {
	const op = "readTaskStatus"
	a, err := c.call(ctx, op, func(ctx context.Context) (*http.Response, error) {
		return c.abis.ReadTaskStatus(ctx, w.Task.Task, &abis.ReadTaskStatusParams{TransactionId: w.ID}, c.bearer)
	}, http.StatusOK)
	if err != nil {
		return c.bearable(ctx, w, err)
	}
	state, err := decode[abis.TaskStatus](op, a.body)
	if err != nil {
		return err
	}
	switch state {
	case "COMPLETED", "RESPONSE_ERROR", "RESPONSE_RETRY":
	default:
		return nil // it is under way
	}
	c.mu.Lock()
	came := w.came
	c.mu.Unlock()
	if came {
		return nil
	}
	c.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "abis result was lost, asked for again", slog.String("state", string(state)))
	_, err = c.call(ctx, "redeliverTaskResult", func(ctx context.Context) (*http.Response, error) {
		return c.abis.RedeliverTaskResult(ctx, w.Task.Task, &abis.RedeliverTaskResultParams{TransactionId: w.ID}, c.bearer)
	}, http.StatusOK, http.StatusNoContent)
	return c.bearable(ctx, w, err)
}

// bearable lets pass what may pass: the result may come all the same. That the ABIS does not know the task ends it.
func (c *Client) bearable(ctx context.Context, w *wait, err error) error {
	var e *Error
	c.mu.Lock()
	came := w.came
	c.mu.Unlock()
	if came || err == nil {
		return nil
	}
	if ctx.Err() != nil || errors.As(err, &e) && e.Permanent() {
		return err
	}
	c.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "abis task", slog.Any("error", err))
	return nil
}

// maxListed bounds what is read of a candidate list that is longer than was asked for.
const maxListed = 10000

// candidates reads a candidate list: up to so many, in the order of their ranks, each person once. The scores are not read.
func candidates(body []byte, most int) ([]Candidate, error) {
	var list []Candidate
	err := each(opIdentify, body, maxListed, func(c Candidate) { list = append(list, c) })
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b Candidate) int { return cmp.Compare(a.Rank, b.Rank) })
	seen := map[string]bool{}
	var out []Candidate
	for _, c := range list {
		if c.Person == "" {
			return nil, fmt.Errorf("%s: %w: a candidate without a name", opIdentify, ErrMalformed)
		}
		if len(out) < most && !seen[c.Person] {
			seen[c.Person] = true
			out = append(out, c)
		}
	}
	return out, nil
}
