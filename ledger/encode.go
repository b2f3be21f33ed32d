package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// timeLayout writes UTC with whole milliseconds.
const timeLayout = "2006-01-02T15:04:05.000Z"

// ErrNotCanonical is wrapped when bytes read as an entry but are not its one encoding.
var ErrNotCanonical = errors.New("not the canonical encoding")

// Encode returns the one encoding of e: a JSON object on one line without spaces, keys in the order of docs/ledger.md,
// empty values left out, no newline at the end. At is cut to milliseconds and written in UTC.
// The error wraps ErrInvalid if e breaks a rule.
func (e Entry) Encode() ([]byte, error) {
	if err := e.Validate(); err != nil {
		return nil, err
	}
	return e.appendTo(make([]byte, 0, 512)), nil
}

func (e Entry) appendTo(b []byte) []byte {
	b = append(b, `{"v":1`...)
	b = appendString(b, "id", e.ID)
	b = append(b, `,"at":"`...)
	b = e.At.UTC().Truncate(time.Millisecond).AppendFormat(b, timeLayout)
	b = append(b, '"')
	b = appendString(b, "kind", string(e.Kind))
	b = appendString(b, "exchange", e.Exchange)
	b = appendString(b, "transaction", e.Transaction)
	b = appendDigest(b, "message", e.Message)
	if p := e.Peer; p != nil {
		b = append(b, `,"peer":{"index":`...)
		b = strconv.AppendUint(b, p.Index, 10)
		b = append(b, `,"size":`...)
		b = strconv.AppendUint(b, p.Size, 10)
		b = appendDigest(b, "root", p.Root)
		b = append(b, '}')
	}
	b = appendDigest(b, "commitment", e.Commitment)
	return append(b, '}')
}

func appendString(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, ',', '"')
	b = append(b, key...)
	b = append(b, '"', ':', '"')
	b = append(b, value...)
	return append(b, '"')
}

func appendDigest(b []byte, key string, d Digest) []byte {
	if d.IsZero() {
		return b
	}
	return appendString(b, key, d.String())
}

// ParseEntry reads an encoded entry. It accepts exactly the bytes that Encode writes: an unknown key, another order, a
// space, a second spelling of a value are errors that wrap ErrInvalid and ErrNotCanonical.
func ParseEntry(b []byte) (Entry, error) {
	if len(b) > MaxEntryBytes {
		return Entry{}, fmt.Errorf("%w: %d bytes, more than %d", ErrInvalid, len(b), MaxEntryBytes)
	}
	r := reader{rest: string(b)}
	e := r.entry()
	if r.bad != "" {
		return Entry{}, fmt.Errorf("%w: %w: %s at byte %d", ErrInvalid, ErrNotCanonical, r.bad, len(b)-len(r.rest))
	}
	if err := e.Validate(); err != nil {
		return Entry{}, err
	}
	// The reader takes what it can; that there is one encoding only is held here.
	if !bytes.Equal(e.appendTo(make([]byte, 0, len(b))), b) {
		return Entry{}, fmt.Errorf("%w: %w", ErrInvalid, ErrNotCanonical)
	}
	return e, nil
}

// reader reads the encoding from left to right. After a mistake it reads nothing more.
type reader struct {
	rest string
	bad  string
}

func (r *reader) entry() Entry {
	var e Entry
	r.expect(`{"v":1,"id":"`)
	e.ID = r.text()
	r.expect(`,"at":"`)
	e.At = r.time()
	r.expect(`,"kind":"`)
	e.Kind = Kind(r.text())
	if r.skip(`,"exchange":"`) {
		e.Exchange = r.text()
	}
	if r.skip(`,"transaction":"`) {
		e.Transaction = r.text()
	}
	if r.skip(`,"message":"`) {
		e.Message = r.digest()
	}
	if r.skip(`,"peer":{"index":`) {
		e.Peer = &Peer{Index: r.number()}
		r.expect(`,"size":`)
		e.Peer.Size = r.number()
		r.expect(`,"root":"`)
		e.Peer.Root = r.digest()
		r.expect(`}`)
	}
	if r.skip(`,"commitment":"`) {
		e.Commitment = r.digest()
	}
	r.expect(`}`)
	if r.rest != "" {
		r.fail("nothing more expected")
	}
	return e
}

func (r *reader) fail(why string) {
	if r.bad == "" {
		r.bad = why
	}
}

// skip takes the literal if it comes next.
func (r *reader) skip(literal string) bool {
	if r.bad != "" || !strings.HasPrefix(r.rest, literal) {
		return false
	}
	r.rest = r.rest[len(literal):]
	return true
}

func (r *reader) expect(literal string) {
	if !r.skip(literal) {
		r.fail("expected " + literal)
	}
}

// text takes a string up to and with its closing quote; Validate refuses what would need an escape.
func (r *reader) text() string {
	i := strings.IndexByte(r.rest, '"')
	if r.bad != "" || i < 0 {
		r.fail("expected a string")
		return ""
	}
	s := r.rest[:i]
	r.rest = r.rest[i+1:]
	return s
}

func (r *reader) digest() Digest {
	d, err := ParseDigest(r.text())
	if err != nil {
		r.fail(err.Error())
	}
	return d
}

func (r *reader) time() time.Time {
	at, err := time.Parse(timeLayout, r.text())
	if err != nil {
		r.fail("expected a time like " + timeLayout)
	}
	return at
}

func (r *reader) number() uint64 {
	i := 0
	for i < len(r.rest) && r.rest[i] >= '0' && r.rest[i] <= '9' {
		i++
	}
	n, err := strconv.ParseUint(r.rest[:i], 10, 64)
	if r.bad != "" || err != nil {
		r.fail("expected a number")
		return 0
	}
	r.rest = r.rest[i:]
	return n
}

// MarshalJSON returns what Encode returns.
func (e Entry) MarshalJSON() ([]byte, error) { return e.Encode() }

// UnmarshalJSON reads what ParseEntry reads.
func (e *Entry) UnmarshalJSON(b []byte) error {
	v, err := ParseEntry(b)
	if err != nil {
		return err
	}
	*e = v
	return nil
}
