package agreement

import (
	"fmt"
	"slices"
	"strings"
)

const termPriority = "priority"

// maxClasses bounds the classes of priority.
const maxClasses = 9

// priority is a class of waiting searches, 1 the most urgent, of so many.
type priority struct{ class, of int }

// parsePriority reads a class out of all classes: "1 of 3".
func parsePriority(s string) (priority, error) {
	num, unit, err := quantity(s)
	if err != nil {
		return priority{}, err
	}
	count, ok := strings.CutPrefix(unit, "of ")
	if !ok {
		return priority{}, fmt.Errorf("%q is not a class of so many", s)
	}
	of, err := wholeNumber(count, maxClasses)
	if err != nil {
		return priority{}, err
	}
	class, err := wholeNumber(num, maxClasses)
	if err == nil && (class < 1 || class > of) {
		err = fmt.Errorf("class %d is not from 1 to %d", class, of)
	}
	return priority{class, of}, err
}

// searchPriority reads the term of a block under terms: search:.
func (b *builder) searchPriority(f *searchForm, each func(string, int, func(*SearchTerms))) {
	p, ok := term(b, f.Priority, termPriority, "1 of 3", parsePriority)
	if !ok {
		return
	}
	if b.a.PriorityClasses != 0 && b.a.PriorityClasses != p.of {
		b.fault(f.Priority.line, "count the classes alike everywhere", "priority: %d classes here, %d elsewhere", p.of, b.a.PriorityClasses)
	}
	b.a.PriorityClasses = p.of
	each(termPriority, f.Priority.line, func(t *SearchTerms) { t.Priority = p.class })
}

// completePriority asks that, where there are classes, each purpose that has terms of
// search is in one, and that none is empty.
func (b *builder) completePriority() {
	n := b.a.PriorityClasses
	if n == 0 {
		return
	}
	used := make([]bool, n+1)
	for _, p := range b.a.Purposes {
		t, ok := b.a.search[p.ID]
		switch {
		case ok && t.Priority == 0:
			b.fault(0, "set it under terms: search: of an article", "searches for purpose %s have no %s, and others have", p.ID, termPriority)
		case ok && t.Priority <= n:
			used[t.Priority] = true
		}
	}
	if k := slices.Index(used[1:], false); k >= 0 {
		b.fault(0, "number the classes without a gap", "no purpose is of priority %d of %d", k+1, n)
	}
}
