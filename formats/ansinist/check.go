package ansinist

import (
	"fmt"
	"time"
)

// check notes what the values of the records say of themselves and of each
// other, after all are read.
func (rd *reader) check() {
	rd.checkHeader()
	set := rd.tx.Charset()
	shared := map[content]int{}
	images := map[int]bool{} // IDCs of friction ridge images
	for _, r := range rd.tx.Records {
		rd.checkMandatory(r)
		rd.checkText(r, set)
		rd.checkDates(r)
		rd.checkImage(r)
		idc, ok := r.IDC()
		if !ok {
			continue
		}
		if f, _ := r.Field(2); idc > 99 {
			rd.oddField(r, f, OddIDC, fmt.Sprintf("IDC %d is above 99", idc))
		}
		if imageKinds[r.Type] == "friction ridge" {
			images[idc] = true
		}
		if first, twice := shared[content{r.Type, idc}]; twice && r.Type != 2 {
			f, _ := r.Field(2)
			rd.oddField(r, f, OddIDC, fmt.Sprintf("IDC %d is that of record %d of the same type", idc, first))
		} else if !twice {
			shared[content{r.Type, idc}] = r.Number
		}
	}
	for _, r := range rd.tx.Of(9) {
		if idc, ok := r.IDC(); ok && len(images) > 0 && !images[idc] {
			f, _ := r.Field(2)
			rd.oddField(r, f, OddIDC, fmt.Sprintf("no image in the transaction has IDC %d", idc))
		}
	}
}

// oddField notes an oddity at a field of a record.
func (rd *reader) oddField(r *Record, f Field, kind Kind, detail string) {
	rd.odd(r.Number, r.Type, f.Number, f.Offset, kind, detail)
}

// versions are the editions of the standard by 1.002.
var versions = map[string]string{
	"0200": "ANSI/NIST-CSL 1-1993", "0201": "ANSI/NIST-ITL 1a-1997", "0300": "ANSI/NIST-ITL 1-2000",
	"0400": "ANSI/NIST-ITL 1-2007", "0401": "ANSI/NIST-ITL 2-2008", "0500": "ANSI/NIST-ITL 1-2011",
	"0501": "ANSI/NIST-ITL 1-2011 Update:2013", "0502": "ANSI/NIST-ITL 1-2011 Update:2015",
}

func (rd *reader) checkHeader() {
	head := rd.tx.Records[0]
	if f, ok := head.Field(2); ok && versions[f.Text()] == "" {
		rd.oddField(head, f, OddVersion, "1.002 is not the number of an edition known here (0200 to 0502)")
	}
	for _, number := range []int{11, 12} {
		if f, ok := head.Field(number); ok && !isResolution(f.Text()) {
			rd.oddField(head, f, OddValue, "not a resolution of the form 19.69 (pixels per mm)")
		}
	}
}

// isResolution says that s is two digits, a point, two digits.
func isResolution(s string) bool {
	if len(s) != 5 || s[2] != '.' {
		return false
	}
	_, a := digits(s[:2])
	_, b := digits(s[3:])
	return a && b
}

// mandatory are the fields that a record must have in every edition.
var mandatory = map[int][]int{
	1: {1, 2, 3, 4, 5, 7, 8, 9, 11, 12}, 2: {1, 2}, 9: {1, 2, 3, 4},
	10: {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 999},
	13: {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 999},
	14: {1, 2, 3, 4, 5, 13}, 15: {1, 2, 3, 4, 5, 13}, 16: {1, 2}, 17: {1, 2, 3, 4, 5}, 19: {1, 2, 3, 4, 5, 13},
}

func (rd *reader) checkMandatory(r *Record) {
	if r.Binary() {
		return
	}
	list, known := mandatory[r.Type]
	if !known {
		list = []int{1, 2}
	}
	for _, number := range list {
		if f, ok := r.Field(number); !ok {
			rd.odd(r.Number, r.Type, number, r.Offset, OddMissingField, "a mandatory field is absent")
		} else if len(f.Value) == 0 {
			rd.oddField(r, f, OddValue, "a mandatory field is empty")
		}
	}
}

// dates are the fields that hold a date, YYYYMMDD.
var dates = map[int]int{1: 5, 10: 5, 13: 5, 14: 5, 15: 5, 17: 5, 19: 5}

func (rd *reader) checkDates(r *Record) {
	number, has := dates[r.Type]
	if !has {
		return
	}
	f, ok := r.Field(number)
	if !ok || len(f.Value) == 0 {
		return
	}
	if _, err := time.Parse("20060102", f.Text()); err != nil {
		rd.oddField(r, f, OddValue, "not a date of the form YYYYMMDD")
	}
}
