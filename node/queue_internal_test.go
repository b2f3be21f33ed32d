package node

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"convenio/registry"
)

// classes of the tests: the purpose is the class.
func classOfDigit(purpose string) int { return int(purpose[0] - '0') }

func waitingOf(purposes string) []registry.Exchange {
	out := make([]registry.Exchange, len(purposes))
	for i := range purposes {
		out[i] = registry.Exchange{ID: fmt.Sprint(i), Purpose: purposes[i : i+1]}
	}
	return out
}

func take(list []registry.Exchange, i int) []registry.Exchange {
	return append(list[:i:i], list[i+1:]...)
}

func TestQueueTakesTheMostUrgentFirst(t *testing.T) {
	for _, c := range []struct{ name, waiting, taken string }{
		{"one class is first come, first served", "111", "0 1 2 "},
		{"urgent ones go ahead", "3121", "1 3 2 0 "},
		{"within a class by arrival", "33233", "2 0 1 3 4 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, list, got := newQueue(classOfDigit), waitingOf(c.waiting), ""
			for len(list) > 0 {
				i := q.next(list)
				got += list[i].ID + " "
				list = take(list, i)
			}
			if got != c.taken {
				t.Errorf("taken %s, want %s", got, c.taken)
			}
		})
	}
}

// A file search moves on while border searches keep coming, and not before its turn.
func TestQueueStarvesNobody(t *testing.T) {
	q := newQueue(classOfDigit)
	list, before := waitingOf("3"), 0
	for n := 1; ; n++ {
		list = append(list, registry.Exchange{ID: fmt.Sprint(n), Purpose: "1"})
		i := q.next(list)
		if list[i].Purpose == "3" {
			break
		}
		list = take(list, i)
		if before++; before > passedOver {
			t.Fatalf("%d went before it", before)
		}
	}
	if before != passedOver {
		t.Errorf("%d went before it, want %d", before, passedOver)
	}
}

// Whatever arrives when: order of arrival within a class; no class waits for more than its share and the
// turns of the others; and one is passed over only for a more urgent one or one that is due.
func TestQueueIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := newQueue(classOfDigit)
		const classes = 4
		var list []registry.Exchange
		last, waited := map[string]int{}, map[string]int{}
		arrived := 0
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			for range rapid.IntRange(0, 3).Draw(t, "arrivals") {
				arrived++
				list = append(list, registry.Exchange{Idempotency: fmt.Sprint(arrived), Purpose: rapid.SampledFrom([]string{"1", "1", "1", "2", "3", "4"}).Draw(t, "class")})
			}
			if len(list) == 0 {
				continue
			}
			i := q.next(list)
			x := list[i]
			var n int
			if _, err := fmt.Sscan(x.Idempotency, &n); err != nil {
				t.Fatal(err)
			}
			if n <= last[x.Purpose] {
				t.Fatalf("%d of class %s after %d", n, x.Purpose, last[x.Purpose])
			}
			last[x.Purpose] = n
			there := map[string]bool{}
			for _, y := range list {
				there[y.Purpose] = true
			}
			for c := range there {
				if c < x.Purpose && waited[x.Purpose] < passedOver {
					t.Fatalf("class %s before class %s after %d turns", x.Purpose, c, waited[x.Purpose])
				}
			}
			for _, c := range []string{"1", "2", "3", "4"} {
				if waited[c]++; !there[c] || c == x.Purpose {
					waited[c] = 0
				}
				if waited[c] > passedOver+classes-1 {
					t.Fatalf("class %s waited %d turns", c, waited[c])
				}
			}
			list = take(list, i)
		}
	})
}
