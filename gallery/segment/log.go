package segment

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"convenio/finger"
)

// A log is records one after another: 4 length of the rest, 4 its CRC-32C, then 1 kind, 2 length of the subject, the
// subject, and by kind: enrol: 2 length of the class, the class, and for each finger 1 position, 4 length, the template;
// reclass: 2 length of the class, the class; remove: nothing.
const (
	kindEnrol   = 'e'
	kindSealed  = 's' // enrol, with fingers as in a sealed segment
	kindRemove  = 'r'
	kindReclass = 'c'
	mostRecord  = mostSubject + mostClass + mostStored*(mostBytes+5) + 16
)

// event is one record of a log.
type event struct {
	kind byte
	Person
}

func (v *event) enrols() bool { return v.kind == kindEnrol || v.kind == kindSealed }

func (v *event) append(to []byte) []byte {
	le := binary.LittleEndian
	start := len(to)
	to = append(to, make([]byte, 8)...)
	to = append(to, v.kind)
	to = append(le.AppendUint16(to, uint16(len(v.Subject))), v.Subject...)
	if v.kind != kindRemove {
		to = append(le.AppendUint16(to, uint16(len(v.Class))), v.Class...)
	}
	for _, f := range v.Fingers {
		to = append(to, byte(f.Position))
		to = append(le.AppendUint32(to, uint32(len(f.Template))), f.Template...)
	}
	body := to[start+8:]
	le.PutUint32(to[start:], uint32(len(body)))
	le.PutUint32(to[start+4:], checksum(body))
	return to
}

// errShort says that a log ends within a record.
var errShort = errors.New("log ends within a record")

// readEvent reads the first record and returns what is behind it. Templates are parts of b.
func readEvent(b []byte) (v event, rest []byte, err error) {
	le := binary.LittleEndian
	if len(b) < 8 {
		return v, nil, errShort
	}
	n, sum := int(le.Uint32(b)), le.Uint32(b[4:])
	if n > mostRecord {
		return v, nil, fmt.Errorf("%w: a record of %d bytes", ErrDamaged, n)
	}
	if len(b) < 8+n {
		return v, nil, errShort
	}
	body := b[8 : 8+n]
	if checksum(body) != sum {
		return v, nil, fmt.Errorf("%w: a record's checksum", ErrDamaged)
	}
	c := cursor{b: body}
	short := func() int {
		if v := c.take(2); v != nil {
			return int(le.Uint16(v))
		}
		return 0
	}
	if k := c.take(1); k != nil {
		v.kind = k[0]
	}
	v.Subject = string(c.take(short()))
	if v.kind != kindRemove {
		v.Class = string(c.take(short()))
	}
	for v.enrols() && len(c.b) > 0 && len(v.Fingers) < mostStored {
		p := c.take(1)
		t := c.take(c.length(mostBytes))
		if p != nil {
			v.Fingers = append(v.Fingers, Finger{finger.Position(p[0]), t})
		}
	}
	known := v.enrols() || v.kind == kindRemove || v.kind == kindReclass
	if c.short || len(c.b) > 0 || !known || v.Subject == "" || v.enrols() && len(v.Fingers) == 0 {
		return v, nil, fmt.Errorf("%w: a record's form", ErrDamaged)
	}
	return v, b[8+n:], nil
}

// journal is the log that is written to.
type journal struct {
	file  *os.File
	size  int64
	wound error // a write failed: nothing more is taken until the store is opened again
}

// openJournal reads a log from its beginning and cuts off what a crash left at its end: a record that is not whole, or a
// last one whose bytes did not all reach the disk. Damage before others is an error.
func openJournal(path string, apply func(event) error) (*journal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	rest := b
	for len(rest) > 0 {
		v, next, err := readEvent(rest)
		if errors.Is(err, errShort) || err != nil && torn(rest) {
			break
		}
		if err == nil {
			err = apply(v)
		}
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("%s at byte %d: %w", path, len(b)-len(rest), err)
		}
		rest = next
	}
	j := &journal{file: f, size: int64(len(b) - len(rest))}
	if len(rest) > 0 {
		err = errors.Join(f.Truncate(j.size), f.Sync())
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return j, nil
}

// torn tells whether a record that cannot be read is the last of its log, or nothing but zeros follows.
func torn(b []byte) bool {
	n := 8 + int(binary.LittleEndian.Uint32(b))
	if n >= len(b) {
		return true
	}
	for _, v := range b[n:] {
		if v != 0 {
			return false
		}
	}
	return true
}

// write appends records and returns when they are on disk.
func (j *journal) write(b []byte) error {
	if j.wound != nil {
		return fmt.Errorf("log cannot be written since an earlier fault, open the store again: %w", j.wound)
	}
	_, err := j.file.WriteAt(b, j.size)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.wound = err
		return fmt.Errorf("write log: %w", err)
	}
	j.size += int64(len(b))
	return nil
}
