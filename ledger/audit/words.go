package audit

import (
	"fmt"
	"time"

	"convenio/ledger"
)

// clock writes a time for the terminal, UTC.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// short cuts an identifier for reading; the JSON report has the whole one.
func short(s string) string {
	if len(s) > 12 {
		return s[:8] + ".."
	}
	return s
}

func shortDigest(d ledger.Digest) string { return d.String()[:8] + ".." }

// message names a message: "search message 3f2a9c01.. of exchange 8c2e11d0..".
func message(e ledger.Entry) string {
	s := fmt.Sprintf("%s message %s", e.Transaction, shortDigest(e.Message))
	if e.Exchange != "" {
		s += " of exchange " + short(e.Exchange)
	}
	return s
}

// name names an entry that is there: "US entry #12 (decide, exchange 8c2e11d0..)".
func (s *side) name(i uint64) string {
	e := s.book.Entries[i]
	return fmt.Sprintf("%s entry #%d (%s)", s.party, i, what(e))
}

func what(e ledger.Entry) string {
	switch {
	case e.Kind.AboutMessage():
		return fmt.Sprintf("%s of %s", e.Kind, message(e))
	case e.Exchange != "":
		return fmt.Sprintf("%s, exchange %s", e.Kind, short(e.Exchange))
	}
	return string(e.Kind)
}

// stands says what is at an index where another entry was expected.
func (s *side) stands(i uint64) string {
	switch {
	case s.book.Has(i):
		return fmt.Sprintf("another entry stands there (%s)", what(s.book.Entries[i]))
	case i >= s.book.Size():
		return fmt.Sprintf("the ledger ends at entry #%d", int64(s.book.Size())-1)
	}
	return "nothing valid can be read there"
}

// span writes "entry #12" or "entries #12 to #15".
func span(lo, hi uint64) string {
	if lo == hi {
		return fmt.Sprintf("entry #%d", lo)
	}
	return fmt.Sprintf("entries #%d to #%d", lo, hi)
}

func plural(n uint64, one, many string) string {
	if n == 1 {
		return "one " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
