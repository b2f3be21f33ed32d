package agreement

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one fault of an agreement's text.
type Problem struct {
	File    string `json:"file"`              // path inside the folder, "" when the fault is of the whole
	Line    int    `json:"line,omitempty"`    // from 1; 0 when not known
	Article string `json:"article,omitempty"` // article number, "" when not known
	What    string `json:"what"`              // what is wrong
	Do      string `json:"do"`                // what to do about it
}

// String gives the problem as one line: file:line: article: what; what to do.
func (p Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d", p.Line)
		}
		b.WriteString(": ")
	}
	if p.Article != "" {
		fmt.Fprintf(&b, "article %s: ", p.Article)
	}
	b.WriteString(p.What)
	if p.Do != "" {
		b.WriteString("; " + p.Do)
	}
	return b.String()
}

// Problems is the error of [Parse] and [ParseBundle]: every fault found, in the
// order of the files and lines. At most [MaxProblems] are listed.
type Problems struct {
	List []Problem
	More int // faults found beyond those listed
}

// Error lists the problems, one on each line.
func (p *Problems) Error() string {
	lines := make([]string, 0, len(p.List)+1)
	for _, x := range p.List {
		lines = append(lines, x.String())
	}
	if p.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", p.More))
	}
	return strings.Join(lines, "\n")
}

// add notes one fault.
func (p *Problems) add(x Problem) {
	if len(p.List) >= MaxProblems {
		p.More++
		return
	}
	p.List = append(p.List, x)
}

// err returns the sorted problems as an error, or nil when there are none.
func (p *Problems) err() error {
	if len(p.List) == 0 {
		return nil
	}
	slices.SortStableFunc(p.List, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return p
}
