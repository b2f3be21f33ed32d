package segment

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"

	"convenio/finger"
	"convenio/gallery"
	"convenio/gallery/code"
)

// Person is somebody as a store takes them in.
type Person struct {
	Subject string
	Class   string
	Fingers []Finger
}

// Finger is one finger of a Person: a template in its binary form.
type Finger struct {
	Position finger.Position
	Template []byte
}

func (p *Person) check() error {
	switch {
	case p.Subject == "" || len(p.Subject) > mostSubject:
		return fmt.Errorf("%w: a subject's name of %d bytes", gallery.ErrReference, len(p.Subject))
	case len(p.Class) > mostClass:
		return fmt.Errorf("%w: a class of %d bytes", gallery.ErrReference, len(p.Class))
	case len(p.Fingers) == 0 || len(p.Fingers) > mostFingers:
		return fmt.Errorf("%w: %d fingers, 1 to %d can be", gallery.ErrReference, len(p.Fingers), mostFingers)
	}
	return nil
}

// writer writes one segment file.
type writer struct {
	file    *os.File
	to      *bufio.Writer
	at      int
	sealed  bool
	entries []blockEntry
}

func newWriter(path string, sealed bool) (*writer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	w := &writer{file: f, to: bufio.NewWriterSize(f, 1<<20), sealed: sealed}
	w.put(make([]byte, headerSize))
	return w, nil
}

// put writes bytes; an error stays in the buffer until the end.
func (w *writer) put(b []byte) {
	_, _ = w.to.Write(b)
	w.at += len(b)
}

func (w *writer) pad() { w.put(make([]byte, align8(w.at)-w.at)) }

func magicOf(sealed bool) string {
	if sealed {
		return magicSealed
	}
	return magic
}

// encoded is a person with the fingers' codes.
type encoded struct {
	Person
	codes []code.Code
}

// encode reads a person's templates and makes their codes.
func encode(p Person) (encoded, error) {
	e := encoded{Person: p, codes: make([]code.Code, len(p.Fingers))}
	if err := p.check(); err != nil {
		return e, err
	}
	for i, f := range p.Fingers {
		t, err := finger.ParseTemplate(f.Template)
		if err != nil {
			return e, fmt.Errorf("finger %d: %w", i, err)
		}
		e.codes[i] = code.EncodeTemplate(t, code.MaxReference)
	}
	return e, nil
}

// block writes people of one class, 1 to gallery.BlockSize.
func (w *writer) block(people []encoded) {
	le := binary.LittleEndian
	b := blockEntry{class: people[0].Class, people: len(people)}
	var table, fingers, names []byte
	var shelf gallery.Shelf
	at := w.data(people)
	for slot, p := range people {
		table = le.AppendUint32(table, uint32(len(names)))
		table = le.AppendUint16(table, uint16(len(p.Subject)))
		table = le.AppendUint16(table, uint16(len(p.Fingers)))
		table = le.AppendUint64(table, uint64(b.fingers))
		names = append(names, p.Subject...)
		for i, f := range p.Fingers {
			fingers = le.AppendUint64(fingers, uint64(at[slot][i]))
			fingers = le.AppendUint32(fingers, uint32(len(f.Template)))
			fingers = le.AppendUint32(fingers, checksum([]byte{byte(f.Position)}, f.Template))
			fingers = le.AppendUint64(fingers, uint64(f.Position))
			if !w.sealed {
				shelf.Put(uint16(slot), f.Position, &p.codes[i])
			}
			b.fingers++
		}
	}
	w.pad()
	w.columns(&b, &shelf)
	b.tables, b.names, b.bare = w.at, len(names), shelf.Bare
	b.sum = checksum(table, names)
	w.put(table)
	w.put(fingers)
	w.put(names)
	w.pad()
	w.put(make([]byte, align8(b.people)))
	w.entries = append(w.entries, b)
}

// data writes the block's templates and, behind them all, what is sealed of its codes, which is read at every start: it
// stands together. It returns the offsets, by person and finger.
func (w *writer) data(people []encoded) [][]int {
	at := make([][]int, len(people))
	for slot, p := range people {
		at[slot] = make([]int, len(p.Fingers))
	}
	for _, codes := range []bool{false, true} {
		for slot, p := range people {
			for i, f := range p.Fingers {
				if (w.sealed && f.Position == codesPosition) == codes {
					at[slot][i] = w.at
					w.put(f.Template)
				}
			}
		}
	}
	return at
}

func (w *writer) columns(b *blockEntry, shelf *gallery.Shelf) {
	for p := range shelf.Columns {
		c := &shelf.Columns[p]
		c.Seal()
		b.columns[p] = columnEntry{len(c.Slots), w.at}
		var slots []byte
		for _, s := range c.Slots {
			slots = binary.LittleEndian.AppendUint16(slots, s)
		}
		w.put(slots)
		w.pad()
		w.put(bytesOf(c.Sums))
		w.put(bytesOf(c.Records))
	}
}

// close writes directory and header and puts everything on disk.
func (w *writer) close() error {
	defer w.file.Close()
	var dir []byte
	at := w.at
	for i := range w.entries {
		dir = w.entries[i].append(dir)
	}
	w.put(dir)
	if err := w.to.Flush(); err != nil {
		return err
	}
	head := append(make([]byte, 0, headerSize), magicOf(w.sealed)...)
	head = binary.LittleEndian.AppendUint64(head, uint64(at))
	head = binary.LittleEndian.AppendUint64(head, uint64(len(dir)))
	head = binary.LittleEndian.AppendUint64(head, uint64(checksum(dir)))
	if _, err := w.file.WriteAt(head, 0); err != nil {
		return err
	}
	return w.file.Sync()
}
