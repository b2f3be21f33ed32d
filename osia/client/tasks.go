package client

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
)

// secret is the SHA-256 of what the ABIS proves itself with when it answers a search.
type secret = [sha256.Size]byte

// Task is a search that the ABIS was asked for and answers later.
type Task struct {
	ID       string // our name for the search, its transactionId
	Exchange string // what the search is part of
	Token    secret
	Task     string // the ABIS's name; "" before it gave one
}

// Tasks keeps tasks where a restart finds them.
type Tasks interface {
	All(ctx context.Context) ([]Task, error)
	Put(ctx context.Context, t Task) error
	End(ctx context.Context, id string) error
}

// wait is a search under way.
type wait struct {
	Task
	result chan answer // one place
	came   bool        // the result did; guarded by Client.mu
}

// maxPast bounds the secrets that are remembered of searches that are over, so that a result that comes twice is thanked for
// twice.
const maxPast = 1024

func (c *Client) restore(ctx context.Context) error {
	list, err := c.cfg.Tasks.All(ctx)
	if err != nil {
		return fmt.Errorf("read tasks at the ABIS: %w", err)
	}
	for _, t := range list {
		c.watch(t)
	}
	return nil
}

func (c *Client) watch(t Task) *wait {
	w := &wait{Task: t, result: make(chan answer, 1)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.waits[t.ID]; old != nil {
		delete(c.known, old.Token)
	}
	c.waits[t.ID], c.known[t.Token] = w, w
	return w
}

// newTask makes a secret and keeps the task under it, before the ABIS learns of it.
func (c *Client) newTask(ctx context.Context, id, exchange string) (w *wait, token string, err error) {
	var b [32]byte
	rand.Read(b[:]) // never fails: it ends the program instead
	token = base64.RawURLEncoding.EncodeToString(b[:])
	t := Task{ID: id, Exchange: exchange, Token: sha256.Sum256([]byte(token))}
	if err := c.cfg.Tasks.Put(ctx, t); err != nil {
		return nil, "", fmt.Errorf("keep task at the ABIS: %w", err)
	}
	return c.watch(t), token, nil
}

// named keeps the name that the ABIS gave a task.
func (c *Client) named(ctx context.Context, w *wait, task string) error {
	c.mu.Lock()
	w.Task.Task = task
	t := w.Task
	c.mu.Unlock()
	if err := c.cfg.Tasks.Put(ctx, t); err != nil {
		return fmt.Errorf("keep task at the ABIS: %w", err)
	}
	return nil
}

// resumed finds a search that is under way, or whose result came already.
func (c *Client) resumed(id string) *wait {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.waits[id]; w != nil && (w.Task.Task != "" || w.came) {
		return w
	}
	return nil
}

// end forgets a search that is over.
func (c *Client) end(ctx context.Context, w *wait) error {
	c.mu.Lock()
	if c.waits[w.ID] == w {
		delete(c.waits, w.ID)
	}
	delete(c.known, w.Token)
	if _, there := c.past[w.Token]; !there {
		c.past[w.Token] = struct{}{}
		c.order = append(c.order, w.Token)
	}
	if len(c.order) > maxPast {
		delete(c.past, c.order[0])
		c.order = c.order[1:]
	}
	c.mu.Unlock()
	if err := c.cfg.Tasks.End(ctx, w.ID); err != nil {
		return fmt.Errorf("end task at the ABIS: %w", err)
	}
	return nil
}

// Exchanges are those for which something is under way.
func (c *Client) Exchanges() (list []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.waits {
		list = append(list, w.Exchange)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Forget ends what is under way for an exchange that needs no answer any more.
func (c *Client) Forget(ctx context.Context, exchange string) error {
	c.mu.Lock()
	var list []*wait
	for _, w := range c.waits {
		if w.Exchange == exchange {
			list = append(list, w)
		}
	}
	c.mu.Unlock()
	for _, w := range list {
		if err := c.end(ctx, w); err != nil {
			return err
		}
	}
	return nil
}
