package segment

import (
	"encoding/binary"
	"errors"
	"runtime"
	"strconv"

	"convenio/finger"
	"convenio/gallery"
	"convenio/gallery/kernel"
)

// Keys are asked for the key of each person whose data a sealed store keeps.
type Keys interface {
	// Key of a subject. It fails with gallery.ErrUnknown when there is none any more: then nobody can read again what it
	// sealed, and the store leaves that person out.
	Key(subject string) (Key, error)
}

// Key seals and opens the data of one person. what says which datum it is: it opens as no other.
type Key interface {
	Seal(what string, plain []byte) []byte
	Open(what string, sealed []byte) ([]byte, error)
}

// codesPosition marks, among a person's fingers in a sealed store, the codes of the fingers before.
const codesPosition = finger.Position(255)

const codesName = "codes"

func templateName(p finger.Position) string { return "template/" + strconv.Itoa(int(p)) }

// sealAll replaces people's data by what a sealed store keeps of them. Who has no key is left out.
func sealAll(people []encoded, keys Keys) ([]encoded, error) {
	errs := make([]error, len(people))
	each(len(people), runtime.GOMAXPROCS(0), func(i int) {
		var key Key
		if key, errs[i] = keys.Key(people[i].Subject); errs[i] == nil {
			people[i].Person = sealPerson(&people[i], key)
		}
	})
	var out []encoded
	for i, p := range people {
		if !errors.Is(errs[i], gallery.ErrUnknown) {
			out = append(out, p)
			continue
		}
		errs[i] = nil
	}
	return out, errors.Join(errs...)
}

func sealPerson(p *encoded, key Key) Person {
	out := Person{Subject: p.Subject, Class: p.Class}
	for _, f := range p.Fingers {
		out.Fingers = append(out.Fingers, Finger{f.Position, key.Seal(templateName(f.Position), f.Template)})
	}
	out.Fingers = append(out.Fingers, Finger{codesPosition, key.Seal(codesName, packCodes(p))})
	return out
}

// packCodes writes codes one after another: 1 position, 1 whether there is a code, and the words of aggregate and record.
func packCodes(p *encoded) (b []byte) {
	for i, f := range p.Fingers {
		var s gallery.Shelf
		s.Put(0, f.Position, &p.codes[i])
		if b = append(b, byte(f.Position)); len(s.Bare) > 0 {
			b = append(b, 0)
			continue
		}
		b = append(b, 1)
		c := &s.Columns[f.Position]
		for w := range kernel.SumWords {
			b = binary.LittleEndian.AppendUint64(b, c.Sums[w*kernel.Lanes])
		}
		for _, w := range c.Records[:kernel.RecordWords] {
			b = binary.LittleEndian.AppendUint64(b, w)
		}
	}
	return b
}

// open opens a person's templates.
func (k *kept) open(slot int, list []Finger) (out []Finger, err error) {
	if k.file.keys == nil {
		return nil, errSealed
	}
	key, err := k.file.keys.Key(k.Subject(slot))
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if f.Template, err = key.Open(templateName(f.Position), f.Template); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// fingersOf counts a person's fingers in a list as it is stored.
func fingersOf(list []Finger) (n int) {
	for _, f := range list {
		if f.Position != codesPosition {
			n++
		}
	}
	return n
}
