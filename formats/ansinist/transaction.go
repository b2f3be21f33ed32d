package ansinist

import (
	"fmt"
	"slices"
	"strings"
)

// Transaction is one file: a Type-1 record and what it announces.
type Transaction struct {
	Records  []*Record // in the order of the file; the first is Type-1
	Trailing []byte    // what follows the last record
	Oddities []Oddity  // what is not as the standard has it
}

// First is the first record of a type, or nil.
func (t *Transaction) First(typ int) *Record {
	for _, r := range t.Records {
		if r.Type == typ {
			return r
		}
	}
	return nil
}

// Of are the records of the types given, in the order of the file.
func (t *Transaction) Of(types ...int) []*Record {
	var out []*Record
	for _, r := range t.Records {
		if slices.Contains(types, r.Type) {
			out = append(out, r)
		}
	}
	return out
}

// Add puts a record at the end and announces it in 1.003.
func (t *Transaction) Add(r *Record) {
	t.Records = append(t.Records, r)
	t.Announce()
}

// Remove takes the record at index i (from 0) away and out of 1.003. The
// Type-1 record cannot be removed.
func (t *Transaction) Remove(i int) error {
	if i <= 0 || i >= len(t.Records) {
		return fmt.Errorf("remove record: index %d is not that of a record after the first of %d", i, len(t.Records))
	}
	t.Records = slices.Delete(slices.Clone(t.Records), i, i+1)
	t.Announce()
	return nil
}

// Announce writes 1.003 (CNT) anew from the records: the count of those after
// the first, then type and IDC of each.
func (t *Transaction) Announce() {
	if len(t.Records) == 0 || t.Records[0].Type != 1 {
		return
	}
	subs := [][]string{{"1", fmt.Sprint(len(t.Records) - 1)}}
	for _, r := range t.Records[1:] {
		idc, _ := r.IDC()
		subs = append(subs, []string{fmt.Sprint(r.Type), fmt.Sprintf("%02d", idc)})
	}
	if head := t.Records[0]; head.Text(3) != string(joinItems(subs)) {
		head.SetItems(3, subs)
	}
}

// content is one entry of 1.003: a record announced.
type content struct{ typ, idc int } // idc -1: not a number

// contents reads 1.003. ok is false where the field is not the count "1", n
// followed by pairs; what could be read is given all the same.
func contents(cnt Field, limit int) (count int, list []content, ok bool) {
	ok, count = true, -1
	for i, sub := range cnt.Subfields() {
		if len(list) > limit {
			return count, list, false
		}
		items := strings.SplitN(string(sub), "\x1f", 3)
		if len(items) != 2 {
			ok = false
			if len(items) < 2 {
				continue
			}
		}
		typ, isType := digits(items[0])
		second, isNumber := digits(items[1])
		if i == 0 {
			ok = ok && isType && isNumber && typ == 1
			if isNumber {
				count = second
			}
			continue
		}
		if !isType || typ < 2 || typ > 99 {
			ok = false
			continue
		}
		if !isNumber {
			ok, second = false, -1
		}
		list = append(list, content{typ, second})
	}
	return count, list, ok
}
