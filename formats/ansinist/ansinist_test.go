package ansinist_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"convenio/formats/ansinist"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestEveryTypeThereAndBack(t *testing.T) {
	tx := everyType(t)
	data := encoded(t, tx)
	back, err := ansinist.Read(data, ansinist.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if len(back.Oddities) > 0 {
		t.Errorf("oddities in what the writer made:\n%s", oddityText(back))
	}
	if len(back.Records) != len(tx.Records) {
		t.Fatalf("%d records, want %d", len(back.Records), len(tx.Records))
	}
	for i, r := range back.Records {
		for _, f := range tx.Records[i].Fields() {
			if got, ok := r.Field(f.Number); !ok || !bytes.Equal(got.Value, f.Value) {
				t.Errorf("Type-%d field %d is %q, want %q", r.Type, f.Number, got.Value, f.Value)
			}
		}
		if !bytes.Equal(r.Raw(), data[r.Offset:r.Offset+r.Length]) {
			t.Errorf("Type-%d: Raw is not its bytes", r.Type)
		}
	}
	if again := encoded(t, back); !bytes.Equal(again, data) {
		t.Error("read and written again: other bytes")
	}
	if !back.First(14).IsData(999) || !back.First(4).IsData(9) || back.First(4).IsData(8) || back.First(2).IsData(999) {
		t.Error("IsData")
	}
	if f, _ := back.First(2).Field(2020); f.Text() != "four digits" {
		t.Errorf("2.2020 is %q", f.Text())
	}
	want, err := tx.First(9).Minutiae()
	if err != nil {
		t.Fatal(err)
	}
	got, err := back.First(9).Minutiae()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestChangedRecordIsWrittenAnew(t *testing.T) {
	data := encoded(t, madeTransaction(t))
	tx, err := ansinist.Read(data, ansinist.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	r := tx.First(14)
	r.SetText(20, "a comment")
	changed := encoded(t, tx)
	if len(changed) != len(data)+len("\x1d14.020:a comment") {
		t.Errorf("%d bytes, want the comment's more than %d", len(changed), len(data))
	}
	back, err := ansinist.Read(changed, ansinist.Limits{})
	if err != nil || len(back.Oddities) > 0 {
		t.Fatalf("%v\n%s", err, oddityText(back))
	}
	r.Delete(20)
	if again := encoded(t, tx); !bytes.Equal(again, data) {
		t.Error("change taken back: other bytes")
	}
	if err := tx.Remove(len(tx.Records) - 1); err != nil {
		t.Fatal(err)
	}
	if _, err := ansinist.Read(encoded(t, tx), ansinist.Limits{}); err != nil {
		t.Error(err)
	}
	if tx.Remove(0) == nil {
		t.Error("the Type-1 record could be removed")
	}
}

// TestOddities makes a file wrong in one way and wants that reported, and the
// rest of the file kept.
func TestOddities(t *testing.T) {
	tx := everyType(t)
	good := string(encoded(t, tx))
	replace := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the file has no %q", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	length14 := fmt.Sprintf("14.001:%d", len(mustRead(t, "good", []byte(good)).First(14).Raw()))
	length2 := fmt.Sprintf("2.001:%d", len(mustRead(t, "good", []byte(good)).First(2).Raw()))
	cases := []struct {
		name  string
		data  string
		kind  ansinist.Kind
		rec   int
		field int
		odd   bool // Encode must refuse
	}{
		{"LEN too small before data", replace(length14, "14.001:100"), ansinist.OddLength, 10, 1, true},
		{"LEN too large before data", replace(length14, "14.001:999"), ansinist.OddLength, 10, 1, true},
		{"LEN of 4 GiB before data", replace(length14, "14.001:4294967295"), ansinist.OddLength, 10, 1, true},
		{"LEN not a number", replace(length2, "2.001:ab"), ansinist.OddLength, 2, 1, true},
		{"LEN too small in text", replace(length2, "2.001:11"), ansinist.OddLength, 2, 1, true},
		{"LEN too large in text", replace(length2, "2.001:99"), ansinist.OddLength, 2, 1, true},
		{"field twice", replace("14.013:13", "14.003:13"), ansinist.OddRepeated, 10, 3, true},
		{"field of another type", replace("14.022:", "15.022:"), ansinist.OddFieldTag, 10, 22, true},
		{"field without a tag", replace("14.022:", "14-022:"), ansinist.OddFieldTag, 10, 0, true},
		{"mandatory field absent", replace("14.013:13", "14.113:13"), ansinist.OddMissingField, 10, 13, false},
		{"IDC unlike 1.003", replace("14.002:11", "14.002:17"), ansinist.OddIDC, 10, 2, true},
		{"IDC not a number", replace("14.002:11", "14.002:1A"), ansinist.OddIDC, 10, 2, true},
		{"IDC shared", replace("14\x1f11", "14\x1f01"), ansinist.OddIDC, 10, 2, true},
		{"type unlike 1.003", replace("\x1e14\x1f11", "\x1e13\x1f11"), ansinist.OddContentType, 10, 1, true},
		{"count unlike the list", replace("1.003:1\x1f2", "1.003:1\x1f3"), ansinist.OddCount, 1, 3, true},
		{"list malformed", replace("\x1e14\x1f11", "\x1e1411"), ansinist.OddCount, 1, 3, true},
		{"trailing bytes", good + "\r\n", ansinist.OddTrailing, 0, 0, true},
		{"a second transaction", good + good, ansinist.OddTrailing, 0, 0, true},
		{"no FS at the end", strings.TrimSuffix(strings.Replace(good, "99.001:56", "99.001:55", 1), "\x1c"), ansinist.OddSeparator, len(tx.Records), 0, true},
		{"pixels per cm", replace("14.008:1", "14.008:2"), ansinist.OddScaleUnits, 10, 8, false},
		{"an aspect ratio", replace("14.008:1", "14.008:0"), ansinist.OddScaleUnits, 10, 8, false},
		{"no scale unit", replace("14.008:1", "14.008:7"), ansinist.OddValue, 10, 8, false},
		{"100 ppi", replace("14.009:500", "14.009:100"), ansinist.OddResolution, 10, 9, false},
		{"unequal scales", replace("14.010:500", "14.010:600"), ansinist.OddResolution, 10, 10, false},
		{"HLL unlike the image", replace("14.006:32", "14.006:33"), ansinist.OddDimensions, 10, 6, false},
		{"CGA unlike the image", replace("14.011:WSQ20", "14.011:JPEGB"), ansinist.OddCompression, 10, 11, false},
		{"CGA NONE, data WSQ", replace("14.011:WSQ20\x1d14.012:8", "14.011:NONE\x1d14.012:08"), ansinist.OddCompression, 10, 11, false},
		{"no known CGA", replace("14.011:WSQ20", "14.011:WSQ21"), ansinist.OddCompression, 10, 11, false},
		{"a month of 13", replace("14.005:20260304", "14.005:20261304"), ansinist.OddValue, 10, 5, false},
		{"an edition not known", replace("1.002:0502", "1.002:9902"), ansinist.OddVersion, 1, 2, false},
		{"no resolution in 1.011", replace("1.011:19.69", "1.011:500.0"), ansinist.OddValue, 1, 11, false},
		{"not ASCII, no 1.015", replace("four digits", "four d\xc3\xadgit"), ansinist.OddText, 2, 2020, false},
		{"Type-1 not ASCII", replace("1.008:A", "1.008:\xc3"), ansinist.OddText, 1, 8, false},
		{"IDC not second", replace("2.002:00\x1d2.2020:four digits", "2.2020:four digits\x1d2.002:00"), ansinist.OddOrder, 2, 2, true},
		{"a record ends in GS", replace("four digits\x1c", "four digits\x1d"), ansinist.OddSeparator, 2, 0, true},
		{"FS within a text", replace("four digits", "four\x1cdigits"), ansinist.OddSeparator, 2, 0, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			back, err := ansinist.Read([]byte(c.data), ansinist.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if !hasOddity(back, c.kind, c.rec, c.field) {
				t.Errorf("%s of record %d is not reported:\n%s", c.kind, c.rec, oddityText(back))
			}
			if len(back.Records) != len(tx.Records) {
				t.Errorf("%d records, want %d:\n%s", len(back.Records), len(tx.Records), oddityText(back))
			}
			if carried, err := back.Carry(); err != nil || string(carried) != c.data {
				t.Errorf("Carry gives other bytes (%v)", err)
			}
			_, err = back.Encode()
			if refused := errors.Is(err, ansinist.ErrInvalid); refused != c.odd {
				t.Errorf("Encode refuses: %v (%v), want %v", refused, err, c.odd)
			}
		})
	}
}

// TestOrderUnlike103 wants a file whose 1.003 lists its records in another
// order to be read whole.
func TestOrderUnlike103(t *testing.T) {
	tx := everyType(t)
	data := encoded(t, tx)
	for _, swap := range [][2]string{{"\x1e2\x1f00\x1e4\x1f01", "\x1e4\x1f01\x1e2\x1f00"}, {"\x1e8\x1f04\x1e9\x1f01", "\x1e9\x1f01\x1e8\x1f04"}} {
		if !bytes.Contains(data, []byte(swap[0])) {
			t.Fatalf("1.003 has no %q", swap[0])
		}
		back, err := ansinist.Read(bytes.Replace(data, []byte(swap[0]), []byte(swap[1]), 1), ansinist.Limits{})
		if err != nil || len(back.Records) != len(tx.Records) {
			t.Fatalf("%v\n%s", err, oddityText(back))
		}
		for i, r := range back.Records {
			if r.Type != tx.Records[i].Type {
				t.Errorf("record %d is Type-%d, want %d", i+1, r.Type, tx.Records[i].Type)
			}
		}
		if len(back.Oddities) == 0 || back.Oddities[0].Kind != ansinist.OddContentType {
			t.Errorf("the order is not reported: %s", oddityText(back))
		}
	}
}

func TestImageComment(t *testing.T) {
	comment := func(text string) []byte {
		w := wsqHeader(24, 30)
		seg := append([]byte{0xFF, 0xA8, 0, byte(len(text) + 2)}, text...)
		return append(append(bytes.Clone(w[:2]), seg...), w[2:]...)
	}
	for _, c := range []struct{ name, text, want string }{
		{"right", "NIST_COM 3\nPIX_WIDTH 24\nPIX_HEIGHT 30\nPPI 500", ""},
		{"ppi", "NIST_COM 1\nPPI 255", "comment says 255 ppi, the record 500"},
		{"size", "NIST_COM 2\nPIX_WIDTH 25\nPIX_HEIGHT 30", "comment says 25 x 30, its header 24 x 30"},
		{"twice", "NIST_COM 2\nPPI 500\nPPI 500", "repeats PPI"},
		{"a person", "NIST_COM 2\nSEX X\nHISTORY none", "how it is coded: SEX, HISTORY"},
		{"no NISTCOM", "made by somebody", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := made(t)
			s.Fingers = s.Fingers[:1]
			s.Fingers[0].Compression, s.Fingers[0].Data = "WSQ20", wsqHeader(24, 30)
			tx, err := ansinist.NewSearch(s)
			if err != nil {
				t.Fatal(err)
			}
			tx.First(14).Set(999, comment(c.text))
			back := mustRead(t, c.name, encoded(t, tx))
			if got := oddityText(back); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestCommentsDoNotLeave wants NewSearch to refuse an image whose comment says
// something of a person, and WithoutComments to take it away and nothing else.
func TestCommentsDoNotLeave(t *testing.T) {
	with := append([]byte{0xFF, 0xA0, 0xFF, 0xA8, 0, 18}, "NIST_COM 1\nSEX X"...)
	with = append(with, wsqHeader(24, 30)[2:]...)
	s := made(t)
	s.Fingers[0].Compression, s.Fingers[0].Data = "WSQ20", with
	if _, err := ansinist.NewSearch(s); !errors.Is(err, ansinist.ErrInvalid) || !strings.Contains(err.Error(), "SEX") {
		t.Errorf("%v, want a refusal that names SEX", err)
	}
	s.Fingers[0].Data = ansinist.WithoutComments(with)
	if !bytes.Equal(s.Fingers[0].Data, wsqHeader(24, 30)) {
		t.Errorf("% x", s.Fingers[0].Data)
	}
	if _, err := ansinist.NewSearch(s); err != nil {
		t.Error(err)
	}
	jpeg := append([]byte{0xFF, 0xD8, 0xFF, 0xFE, 0, 4, 'h', 'i'}, 0xFF, 0xDA, 0, 2, 0xFF, 0xFE, 0, 4, 'n', 'o')
	if got := ansinist.WithoutComments(jpeg); !bytes.Equal(got, append([]byte{0xFF, 0xD8}, jpeg[8:]...)) {
		t.Errorf("% x", got)
	}
	png := smallPNG(t, 3, 3)
	if !bytes.Equal(ansinist.WithoutComments(png), png) {
		t.Error("a PNG is changed")
	}
	for n := range with {
		_ = ansinist.WithoutComments(with[:n])
	}
}

func TestMissingRecord(t *testing.T) {
	tx := madeTransaction(t)
	data := encoded(t, tx)
	last := mustRead(t, "made", data).Records[len(tx.Records)-1]
	back, err := ansinist.Read(data[:last.Offset], ansinist.Limits{})
	if err != nil || !hasOddity(back, ansinist.OddMissing, 0, 3) {
		t.Errorf("%v\n%s", err, oddityText(back))
	}
	uncounted := bytes.Replace(data, []byte("\x1e14\x1f02"), nil, 1)
	back, err = ansinist.Read(uncounted, ansinist.Limits{})
	if err != nil || len(back.Records) != len(tx.Records) || !hasOddity(back, ansinist.OddUncounted, len(tx.Records), 0) {
		t.Errorf("%v\n%s", err, oddityText(back))
	}
}

func TestEncodeRefuses(t *testing.T) {
	cases := []struct {
		name   string
		change func(tx *ansinist.Transaction)
		want   string
	}{
		{"nothing", func(tx *ansinist.Transaction) { tx.Records = nil }, "the first record must be Type-1"},
		{"no Type-1", func(tx *ansinist.Transaction) { tx.Records = tx.Records[1:] }, "the first record must be Type-1"},
		{"two Type-1", func(tx *ansinist.Transaction) { tx.Add(tx.Records[0]) }, "cannot stand here"},
		{"unannounced", func(tx *ansinist.Transaction) { tx.Records = append(tx.Records, ansinist.NewRecord(14)) }, "1.003 does not list the records"},
		{"no IDC", func(tx *ansinist.Transaction) { tx.Add(ansinist.NewRecord(14)) }, "field 14.002: not valid to write: IDC is not"},
		{"separator in a value", func(tx *ansinist.Transaction) { tx.Records[1].SetText(3, "a\x1db") }, "field 2.003: not valid to write: FS or GS"},
		{"mandatory field", func(tx *ansinist.Transaction) { tx.First(14).Delete(13) }, "field 14.013: not valid to write: a mandatory field"},
		{"not ASCII and no 1.015", func(tx *ansinist.Transaction) { tx.Records[0].Delete(15); tx.First(14).SetText(20, "ñ") }, "outside the character set"},
		{"Type-1 not ASCII", func(tx *ansinist.Transaction) { tx.Records[0].SetText(8, "ñ") }, "outside the character set"},
		{"field 0", func(tx *ansinist.Transaction) { tx.First(14).SetText(0, "x") }, "not a field number"},
		{"Type 100", func(tx *ansinist.Transaction) { tx.Add(ansinist.NewRecord(100)) }, "cannot stand here"},
		{"trailing", func(tx *ansinist.Transaction) { tx.Trailing = []byte("x") }, "follow the last record"},
		{"binary without header", func(tx *ansinist.Transaction) { tx.Add(ansinist.NewRecord(4)) }, "a header field is absent"},
		{"binary, number too large", func(tx *ansinist.Transaction) {
			r, _ := ansinist.FixedImage{Type: 4, IDC: 9, Positions: []int{1}, Width: 9, Height: 9, Data: []byte{1}}.Record()
			r.SetInt(6, 70_000)
			tx.Add(r)
		}, "field 4.006: not valid to write: not a number of 2 bytes"},
		{"binary, field unknown", func(tx *ansinist.Transaction) {
			r, _ := ansinist.FixedImage{Type: 4, IDC: 9, Positions: []int{1}, Width: 9, Height: 9, Data: []byte{1}}.Record()
			r.SetInt(13, 1)
			tx.Add(r)
		}, "no such field"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tx := madeTransaction(t)
			c.change(tx)
			_, err := tx.Encode()
			if !errors.Is(err, ansinist.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	good := encoded(t, madeTransaction(t))
	head := "1.001:60\x1d1.002:0502\x1d1.003:1\x1f1\x1e4\x1f01\x1c"
	cases := []struct {
		name string
		data string
		kind error
		want string
	}{
		{"empty", "", ansinist.ErrNotITL, "record 1, byte 0"},
		{"a picture", "\x89PNG\r\n\x1a\n", ansinist.ErrNotITL, "does not begin with field 1.001"},
		{"Type-2 first", "2.001:10\x1c", ansinist.ErrNotITL, "record 1, byte 0"},
		{"binary header cut", head + "\x00\x00\x00\x20\x01", ansinist.ErrTruncated, "record 2 (Type-4), field 4.001, byte 35"},
		{"binary LEN of 4 GiB", head + "\xff\xff\xff\xff\x01" + strings.Repeat("x", 900), ansinist.ErrTruncated, "LEN is 4294967295, 905 bytes are left"},
		{"no record where one is announced", strings.Replace(head, "\x1e4\x1f01", "\x1e14\x1f01", 1) + "rubbish", ansinist.ErrMalformed, "no field 14.001 begins"},
		{"cut within data", string(good[:len(good)-20]), ansinist.ErrTruncated, "field 14.999"},
		{"cut within Type-1", string(good[:40]), ansinist.ErrTruncated, "record 1 (Type-1), field 1."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := ansinist.Read([]byte(c.data), ansinist.Limits{})
			var e *ansinist.Error
			if !errors.Is(err, c.kind) || !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %v with %q", err, c.kind, c.want)
			}
		})
	}
}

// TestCutAtEveryByte wants an error or an oddity for every shorter file.
func TestCutAtEveryByte(t *testing.T) {
	for _, data := range [][]byte{encoded(t, madeTransaction(t)), encoded(t, everyType(t))} {
		for n := range data {
			tx, err := ansinist.Read(data[:n], ansinist.Limits{})
			if err == nil && len(tx.Oddities) == 0 {
				t.Fatalf("cut to %d of %d bytes: nothing is said", n, len(data))
			}
			if tx == nil {
				continue
			}
			if carried, err := tx.Carry(); err != nil || !bytes.HasPrefix(data[:n], carried) {
				t.Fatalf("cut to %d bytes: Carry gives others (%v)", n, err)
			}
		}
	}
}

func TestManyRecords(t *testing.T) {
	file := func(n int) []byte {
		var b bytes.Buffer
		b.WriteString("1.001:0\x1d1.002:0502\x1d1.003:1\x1f")
		fmt.Fprint(&b, n)
		for range n {
			b.WriteString("\x1e2\x1f00")
		}
		b.WriteString("\x1c")
		for range n {
			b.WriteString("2.001:18\x1d2.002:00\x1c")
		}
		return b.Bytes()
	}
	tx, err := ansinist.Read(file(9_999), ansinist.Limits{})
	if err != nil || len(tx.Records) != 10_000 {
		t.Errorf("%v", err)
	}
	if _, err := ansinist.Read(file(10_000), ansinist.Limits{}); !errors.Is(err, ansinist.ErrTooLarge) {
		t.Errorf("%v, want ErrTooLarge", err)
	}
	if _, err := ansinist.Read(file(50), ansinist.Limits{MaxFields: 20}); !errors.Is(err, ansinist.ErrTooLarge) {
		t.Errorf("%v, want ErrTooLarge", err)
	}
	few, err := ansinist.Read(bytes.ReplaceAll(file(50), []byte("2.001:18"), []byte("2.001:99")), ansinist.Limits{MaxOddities: 5})
	if err != nil || len(few.Oddities) != 6 || few.Oddities[5].Kind != ansinist.OddMore {
		t.Errorf("%v, oddities %d", err, len(few.Oddities))
	}
}

// TestLyingRecordsAreFoundInOnePass wants ten thousand records whose LEN lies
// to be found by their tags, in both ways to write a tag.
func TestLyingRecordsAreFoundInOnePass(t *testing.T) {
	var b bytes.Buffer
	const n = 9_000
	fmt.Fprintf(&b, "1.001:0\x1d1.002:0502\x1d1.003:1\x1f%d%s\x1c", n, strings.Repeat("\x1e14\x1f00", n))
	for i := range n {
		if i%2 == 0 {
			b.WriteString("14.1:99999999\x1d14.2:0\x1d14.999:" + strings.Repeat("x", 60) + "\x1c")
		} else {
			b.WriteString("14.001:1\x1d14.002:0\x1d14.999:" + strings.Repeat("y", 60) + "\x1c")
		}
	}
	tx, err := ansinist.Read(b.Bytes(), ansinist.Limits{})
	var e *ansinist.Error
	if errors.As(err, &e) && e.Record == n+1 { // the last one has no tag behind it to end at
		err = nil
	}
	if err != nil || len(tx.Records) != n+1 {
		t.Fatalf("%d records, want %d: %v", len(tx.Records), n+1, err)
	}
	for _, r := range tx.Records[1:] {
		if f, _ := r.Field(999); len(f.Value) != 60 {
			t.Fatalf("record %d has %d bytes of data, want 60", r.Number, len(f.Value))
		}
	}
}

func TestCharsets(t *testing.T) {
	cases := []struct {
		name, dcs string
		value     []byte
		want      string
		ok        bool
	}{
		{"ASCII", "", []byte("Ana"), "Ana", true},
		{"UTF-8 without 1.015", "", []byte("Peña"), "Peña", false},
		{"Latin-1 without 1.015", "", []byte("Pe\xf1a"), "Peña", false},
		{"Latin-1", "001\x1fISO8859-1", []byte("Pe\xf1a"), "Peña", true},
		{"UTF-8", "003\x1fUTF-8", []byte("Peña"), "Peña", true},
		{"UTF-8 broken", "003\x1fUTF-8", []byte("Pe\xf1a"), "Peña", false},
		{"UTF-16", "002\x1fUTF-16", []byte("\x00P\x00e\x00\xf1\x00a"), "Peña", true},
		{"UTF-16 little endian", "002\x1fUTF-16", []byte("\xff\xfeP\x00e\x00\xf1\x00a\x00"), "Peña", true},
		{"UTF-32", "004\x1fUTF-32", []byte("\x00\x00\x00P\x00\x00\x00\xf1"), "Pñ", true},
		{"UTF-32 no character", "004\x1fUTF-32", []byte("\x7f\x00\x00P"), "\ufffd", true},
		{"between STX and ETX", "003\x1fUTF-8", []byte("Ana \x02Peña\x03 x"), "Ana Peña x", true},
		{"agreed by users", "200\x1fours", []byte("Pe\xf1a"), "Peña", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tx := madeTransaction(t)
			tx.Records[0].Delete(15)
			if c.dcs != "" {
				tx.Records[0].SetText(15, c.dcs)
			}
			if got, ok := tx.Text(c.value); got != c.want || ok != c.ok {
				t.Errorf("%q %v, want %q %v", got, ok, c.want, c.ok)
			}
		})
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		typ, number int
		mnemonic    string
		name        string
		ok          bool
	}{
		{1, 9, "TCN", "Transaction control number", true},
		{4, 8, "GCA", "Grayscale compression algorithm", true},
		{9, 331, "MIN", "EFS minutiae", true},
		{9, 20, "", "FBI (IAFIS) features", true},
		{14, 13, "FGP", "Friction ridge generalized position", true},
		{14, 250, "", "User-defined field", true},
		{14, 902, "ANN", "Annotation information", true},
		{2, 2020, "", "User-defined field", true},
		{11, 999, "DATA", "Data", true},
		{14, 950, "", "", false},
		{1, 40, "", "", false},
	} {
		n, ok := ansinist.Describe(c.typ, c.number)
		if n.Mnemonic != c.mnemonic || n.Name != c.name || ok != c.ok {
			t.Errorf("%d.%03d: %+v %v, want %q %q %v", c.typ, c.number, n, ok, c.mnemonic, c.name, c.ok)
		}
	}
	if ansinist.RecordName(17) != "Iris image" || ansinist.RecordName(60) != "" {
		t.Error("record names")
	}
}

// TestFieldsThereAndBack writes records of arbitrary fields and reads them again.
func TestFieldsThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		head := ansinist.Header{Version: "0502", Type: "T", Date: at, Destination: "B", Origin: "A", Control: "1", Charset: ansinist.Latin1}
		tx := &ansinist.Transaction{Records: []*ansinist.Record{head.Record()}}
		value := rapid.SliceOfN(rapid.SampledFrom([]byte("ab0:.1\x1e\x1f\xff")), 0, 12)
		for i := range rapid.IntRange(0, 6).Draw(t, "records") {
			r := ansinist.NewRecord(rapid.SampledFrom([]int{2, 11, 18, 50, 98, 99}).Draw(t, "type"))
			r.SetText(2, fmt.Sprintf("%02d", i))
			for range rapid.IntRange(0, 5).Draw(t, "fields") {
				r.Set(rapid.IntRange(3, 9_999).Filter(func(n int) bool { return n != 999 }).Draw(t, "number"), value.Draw(t, "value"))
			}
			if r.Type > 18 && rapid.Bool().Draw(t, "data") {
				r.Set(999, rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes"))
			}
			tx.Add(r)
		}
		data, err := tx.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ansinist.Read(data, ansinist.Limits{})
		if err != nil || len(back.Records) != len(tx.Records) {
			t.Fatalf("%v, %d records of %d", err, len(back.Records), len(tx.Records))
		}
		for i, r := range back.Records {
			for _, f := range tx.Records[i].Fields() {
				if got, ok := r.Field(f.Number); !ok || !bytes.Equal(got.Value, f.Value) {
					t.Fatalf("record %d field %d: %q, want %q", i+1, f.Number, got.Value, f.Value)
				}
			}
		}
		if again, err := back.Encode(); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("other bytes (%v)", err)
		}
	})
}
