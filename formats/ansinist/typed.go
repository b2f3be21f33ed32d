package ansinist

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// view reads the fields of one record for a typed accessor, and gathers what
// is wrong with them: a typed value is either whole or comes with an error
// that names each field.
type view struct {
	r      *Record
	faults []error
}

func (v *view) fault(number int, detail string) {
	offset := -1
	if f, ok := v.r.Field(number); ok {
		offset = f.Offset
	}
	v.faults = append(v.faults, &Error{
		Record: v.r.Number, Type: v.r.Type, Field: number, Offset: offset, Detail: detail, Err: ErrMalformed,
	})
}

func (v *view) err() error { return errors.Join(v.faults...) }

// text is the field's value; a mandatory one that is absent is a fault.
func (v *view) text(number int) string {
	f, ok := v.r.Field(number)
	if !ok {
		v.fault(number, "a mandatory field is absent")
	}
	return f.Text()
}

// int is the field's number from lowest to highest.
func (v *view) int(number, lowest, highest int) int {
	f, ok := v.r.Field(number)
	if !ok {
		v.fault(number, "a mandatory field is absent")
		return 0
	}
	n, isNumber := f.Int()
	if !isNumber || n < lowest || n > highest {
		v.fault(number, fmt.Sprintf("not a number from %d to %d", lowest, highest))
	}
	return n
}

// optional is the field's number, or 0 where the field is absent or empty.
func (v *view) optional(number, lowest, highest int) int {
	if f, ok := v.r.Field(number); !ok || len(f.Value) == 0 {
		return 0
	}
	return v.int(number, lowest, highest)
}

// date is the field's YYYYMMDD; the zero time where it is absent or not one.
func (v *view) date(number int) time.Time {
	s := v.text(number)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(dateForm, s)
	if err != nil {
		v.fault(number, "not a date of the form YYYYMMDD")
	}
	return t
}

// Forms of dates and times (1-2011 §7.7.2).
const (
	dateForm = "20060102"
	gmtForm  = "20060102150405Z"
)

// signed reads a whole number with an optional sign, of at most six characters.
func signed(s string) (int, bool) {
	if len(s) == 0 || len(s) > 6 {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// number reads item i as a number from lowest to highest; a fault names the
// field and the place.
func (v *view) item(field, sub int, items []string, i, lowest, highest int) int {
	if i >= len(items) {
		v.fault(field, fmt.Sprintf("subfield %d has no item %d", sub+1, i+1))
		return 0
	}
	n, ok := signed(items[i])
	if !ok || n < lowest || n > highest {
		v.fault(field, fmt.Sprintf("subfield %d, item %d is not a number from %d to %d", sub+1, i+1, lowest, highest))
		return 0
	}
	return n
}

// each calls use with the items of each subfield, until there are too many
// faults to be worth listing.
func (v *view) each(field int, use func(sub int, items []string)) {
	f, ok := v.r.Field(field)
	if !ok || len(f.Value) == 0 {
		return
	}
	const enough = 20
	for i, items := range f.Items() {
		if len(v.faults) > enough {
			v.fault(field, "further faults are not listed")
			return
		}
		use(i, items)
	}
}

// optionalItem is item i, empty where there is none.
func optionalItem(items []string, i int) string {
	if i < len(items) {
		return items[i]
	}
	return ""
}
