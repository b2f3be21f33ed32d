package node

import (
	"context"
	"slices"

	"convenio/exchange"
	"convenio/gallery"
	"convenio/registry"
)

// passedOver is how many searches may go ahead of one class of priority that waits: the next is its own.
// So the border does not wait for a large file, and the file moves on.
const passedOver = 15

// queue takes waiting searches in the agreement's classes of priority, and in each by arrival. It
// remembers how often each class was passed over, so that none starves.
type queue struct {
	class  func(purpose string) int // 1 the most urgent
	passed map[int]int              // how often a class waited while another was taken
}

func newQueue(class func(string) int) *queue { return &queue{class: class, passed: map[int]int{}} }

// next is the index of the search to take from a list in order of arrival; the list is not empty.
func (q *queue) next(waiting []registry.Exchange) int {
	first := map[int]int{} // class: its oldest search
	for i := len(waiting) - 1; i >= 0; i-- {
		first[q.class(waiting[i].Purpose)] = i
	}
	pick := 0
	for c := range first {
		switch due, taken := q.passed[c] >= passedOver, q.passed[pick] >= passedOver; {
		case pick == 0, due && !taken, due == taken && due && q.passed[c] > q.passed[pick],
			due == taken && (!due || q.passed[c] == q.passed[pick]) && c < pick:
			pick = c
		}
	}
	for c := range q.passed {
		if _, waits := first[c]; !waits {
			delete(q.passed, c) // nobody of it waited
		}
	}
	for c := range first {
		q.passed[c]++
	}
	q.passed[pick] = 0
	return first[pick]
}

// classOf is the class of priority of a purpose; where the agreement has none, all are one.
func (l *law) classOf(purpose string) int {
	t, _ := l.SearchTerms(purpose)
	return max(t.Priority, 1)
}

// laneOf is the queue of the gallery in which a search stands, beside the searches of national systems.
func (l *law) laneOf(purpose string) gallery.Lane {
	if l.classOf(purpose) > 1 {
		return gallery.File
	}
	return gallery.Border
}

// waitingSearches lists the searches that wait for the machine, in order of arrival.
func (n *Node) waitingSearches(ctx context.Context) ([]registry.Exchange, error) {
	list, err := n.store.Exchanges(ctx, registry.ExchangeFilter{
		Side:   registry.Answering,
		States: []string{string(exchange.AnsReceived), string(exchange.AnsSearching)},
	})
	slices.Reverse(list)
	return list, err
}
