package gallery

import (
	"sync"
	"testing"

	"convenio/finger"
)

// world makes templates that a fake Comparer knows, and counts which of them were read.
type world struct {
	mu     sync.Mutex
	names  map[*finger.Prepared]string
	scores map[[2]string]finger.Score // probe name, reference name
	read   map[string]int             // reference name: times compared
	hook   func()                     // called in each comparison, if not nil
}

func newWorld() *world {
	return &world{names: map[*finger.Prepared]string{}, scores: map[[2]string]finger.Score{}, read: map[string]int{}}
}

func (w *world) template(name string) *finger.Prepared {
	t := new(finger.Prepared)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.names[t] = name
	return t
}

func (w *world) set(probe, reference string, s finger.Score) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.scores[[2]string{probe, reference}] = s
}

func (w *world) Compare(probe, reference *finger.Prepared) finger.Score {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hook != nil {
		w.hook()
	}
	w.read[w.names[reference]]++
	return w.scores[[2]string{w.names[probe], w.names[reference]}]
}

func (w *world) gallery() *Gallery { return NewWith(func() Comparer { return w }) }

func (w *world) reference(subject string, p finger.Position, class string) Reference {
	return Reference{Subject: subject, Position: p, Class: class, Template: w.template(subject + "/" + p.String())}
}

func everyone(string) bool { return true }

func only(classes ...string) func(string) bool {
	return func(c string) bool {
		for _, x := range classes {
			if x == c {
				return true
			}
		}
		return false
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
