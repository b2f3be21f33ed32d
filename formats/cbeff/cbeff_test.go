package cbeff

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"convenio/formats/internal/formattest"
	"convenio/formats/sc37"
)

// sample is a document of two fingers and an iris, with everything that the schema knows somewhere.
func sample() *BIR {
	no := false
	bdb := func(typ string, subtypes []string, data string) BIR {
		return BIR{
			Version: &Version{1, 1}, CBEFFVersion: &Version{1, 1},
			Info: Info{Creator: "nobody <& co>", Index: "98293c98-7b64-4f9a-a209-9cadfd8e4a1e", Payload: []byte("payload"), Integrity: true,
				CreationDate: "2026-07-27T15:29:22.987808900Z", NotValidBefore: "2026-07-27T15:29:22Z", NotValidAfter: "2027-07-27T15:29:22-05:00"},
			BDBInfo: &BDBInfo{
				ChallengeResponse: []byte{1, 2, 3}, Index: "98293C98-7B64-4F9A-A209-9CADFD8E4A1E", Format: &RegistryID{"Mosip", "7"}, Encryption: &no,
				CreationDate: "2026-07-27T15:29:22Z", Types: []string{typ}, Subtypes: subtypes, Level: "Raw", Product: &RegistryID{"a", "b"},
				CaptureDevice: &RegistryID{"c", "d"}, FeatureExtraction: &RegistryID{"e", "f"}, Comparison: &RegistryID{"g", "h"},
				Compression: &RegistryID{"i", "j"}, Purpose: "Enroll", Quality: &Quality{Algorithm: RegistryID{"HMAC", "SHA-256"}, Score: 94},
			},
			SBFormat: &RegistryID{"k", "l"}, BDB: []byte(data), SB: []byte("signature"),
			Others: []Entry{{"SPEC_VERSION", "0.9.5"}, {"PAYLOAD", `{"a":"<b>"}`}, {"EMPTY", ""}},
		}
	}
	iris := bdb("Iris", []string{"Left"}, "IIR\x00")
	iris.BDBInfo.Quality = &Quality{Algorithm: RegistryID{"x", "y"}, Failed: "too dark"}
	vein := bdb("Vein", []string{"LeftVein", "Palm"}, "vein")
	return &BIR{Info: Info{Integrity: false}, Children: []BIR{
		bdb("Finger", []string{"Left", "RingFinger"}, "FIR\x00\xfb\xff\xfe"), bdb("Finger", []string{"Right", "Thumb"}, "FIR\x00"), iris, vein}}
}

func mustMarshal(t testing.TB, b *BIR) []byte {
	t.Helper()
	out, err := b.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	want := sample()
	out := mustMarshal(t, want)
	doc, err := Parse(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Oddities) != 0 || !reflect.DeepEqual(&doc.BIR, want) {
		t.Errorf("%v\n%+v\nwant\n%+v", doc.Oddities, doc.BIR, *want)
	}
	if again := mustMarshal(t, &doc.BIR); !bytes.Equal(again, out) {
		t.Error("written twice it differs")
	}
	var got []string
	for _, b := range doc.Leaves() {
		pos, ok := b.Position()
		got = append(got, fmt.Sprintf("%s %d %t", b.Title(), pos, ok))
	}
	if s := strings.Join(got, "; "); s != "Finger, Left RingFinger 9 true; Finger, Right Thumb 1 true; Iris, Left 0 false; Vein, LeftVein Palm 0 false" {
		t.Error(s)
	}
	if v, ok := doc.Leaves()[0].Other("SPEC_VERSION"); v != "0.9.5" || !ok {
		t.Error(v, ok)
	}
}

// TestSchema has another program judge what is written.
func TestSchema(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		formattest.Absent(t, "no xmllint: install libxml2-utils")
	}
	const schema = "specs/mosip/mosip-cbeff.xsd"
	xsd := filepath.Join(formattest.Standards(t, schema), schema)
	validate := func(b []byte) error {
		c := exec.Command("xmllint", "--noout", "--nonet", "--schema", xsd, "-")
		c.Stdin = bytes.NewReader(b)
		out, err := c.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
	for name, b := range map[string]*BIR{"everything": sample(), "nothing": {}} {
		if err := validate(mustMarshal(t, b)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if validate(bytes.Replace(mustMarshal(t, sample()), []byte("Enroll"), []byte("Enrol"), 1)) == nil {
		t.Error("a wrong word passed: the check checks nothing")
	}
}

func TestReadTolerant(t *testing.T) {
	const head, tail = `<BIR xmlns="` + Namespace + `"><BIRInfo><Integrity>false</Integrity></BIRInfo><BDBInfo><Type>Finger</Type></BDBInfo>`, `</BIR>`
	data := []byte{0xfb, 0xff, 0xfe, 1}
	std, url := base64.StdEncoding.EncodeToString(data), base64.RawURLEncoding.EncodeToString(data)
	tests := []struct {
		name, xml string
		says      string // the one oddity, or ""
		bdb       bool
	}{
		{"standard alphabet", head + "<BDB>" + std + "</BDB>" + tail, "", true},
		{"white space inside", head + "<BDB>\n " + std[:3] + "\r\n\t" + std[3:] + "\n</BDB>" + tail, "", true},
		{"comment inside", head + "<BDB>" + std[:3] + "<!-- x -->" + std[3:] + "</BDB>" + tail, "", true},
		{"url alphabet", head + "<BDB>" + url + "==</BDB>" + tail, "URL alphabet", true},
		{"broken base64", head + "<BDB>RklSADAyMA\\.....</BDB>" + tail, "is not base64", false},
		{"no block", head + tail, "missing in a record that describes one", false},
		{"unknown element", head + "<BDB>" + std + "</BDB><Extra><deep>1</deep></Extra>" + tail, "is not in the schema", true},
		{"prefix", `<c:BIR xmlns:c="` + Namespace + `"><c:BIRInfo><c:Integrity>0</c:Integrity></c:BIRInfo><c:BDB>` + std + `</c:BDB></c:BIR>`, "", true},
		{"no namespace", `<BIR><BIRInfo><Integrity>false</Integrity></BIRInfo><BDB>` + std + `</BDB></BIR>`, "namespace", true},
		{"other namespace", `<BIR xmlns="urn:x"><BIRInfo><Integrity>false</Integrity></BIRInfo><BDB>` + std + `</BDB></BIR>`, `"urn:x" is not that`, true},
		{"no info", `<BIR xmlns="` + Namespace + `"><BDB>` + std + `</BDB></BIR>`, "BIRInfo", true},
		{"empty info", `<BIR xmlns="` + Namespace + `"><BIRInfo/><BDB>` + std + `</BDB></BIR>`, "Integrity", true},
		{"score with a point", head + `<BDBInfo><Quality><Score>93.7</Score></Quality></BDBInfo><BDB>` + std + `</BDB>` + tail, "not a whole number", true},
		{"score too high", head + `<BDBInfo><Quality><Score>101</Score></Quality></BDBInfo><BDB>` + std + `</BDB>` + tail, "over 100", true},
		{"word", head + `<BDBInfo><Purpose>enroll</Purpose></BDBInfo><BDB>` + std + `</BDB>` + tail, "not in the schema", true},
		{"byte order mark", "\ufeff<?xml version=\"1.0\"?>" + head + "<BDB>" + std + "</BDB>" + tail, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := Parse([]byte(tt.xml))
			if err != nil {
				t.Fatal(err)
			}
			all := fmt.Sprint(doc.Oddities)
			if !strings.Contains(all, tt.says) || (tt.says == "") != (len(doc.Oddities) == 0) || len(doc.Oddities) > 2 {
				t.Errorf("oddities %s, want %q", all, tt.says)
			}
			if got := doc.BIR.BDB; bytes.Equal(got, data) != tt.bdb {
				t.Errorf("block % x", got)
			}
			if !Is([]byte(tt.xml)) {
				t.Error("not recognised")
			}
		})
	}
}

func TestUnpaddedBase64(t *testing.T) {
	for n := range 6 {
		data := bytes.Repeat([]byte{0xfe}, n)
		doc, err := Parse([]byte("<BIR><BDB>" + base64.RawURLEncoding.EncodeToString(data) + "</BDB></BIR>"))
		if err != nil || !bytes.Equal(doc.BIR.BDB, data) {
			t.Errorf("%d bytes: %v %v", n, doc, err)
		}
	}
}

func TestRefuses(t *testing.T) {
	deep := strings.Repeat("<BIR>", MaxDepth+1) + strings.Repeat("</BIR>", MaxDepth+1)
	many := "<BIR>" + strings.Repeat("<BIR/>", MaxRecords) + "</BIR>"
	tests := []struct {
		name, xml string
		kind      error
		says      string
	}{
		{"nothing", "", sc37.ErrFormat, "no element"},
		{"text", "hello", sc37.ErrFormat, "no element"},
		{"other root", "<a/>", sc37.ErrFormat, `"a", not BIR`},
		{"cut", "<BIR><BIRInfo>", sc37.ErrTruncated, "BIR/BIRInfo (byte 14)"},
		{"not XML", "<BIR><<</BIR>", sc37.ErrMalformed, "not XML"},
		{"entity", `<!DOCTYPE b [<!ENTITY e "x">]><BIR><BDB>&e;</BDB></BIR>`, sc37.ErrMalformed, "not XML"},
		{"encoding", `<?xml version="1.0" encoding="ebcdic"?><BIR/>`, sc37.ErrMalformed, "ebcdic"},
		{"nested", deep, sc37.ErrMalformed, "nested more than 16 deep"},
		{"many", many, sc37.ErrMalformed, "more than 10000 records"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Parse([]byte(tt.xml)); !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %v saying %q", err, tt.kind, tt.says)
			}
		})
	}
}

func TestTruncatedAtEveryByte(t *testing.T) {
	b := bytes.TrimSpace(mustMarshal(t, &sample().Children[0]))
	for n := range len(b) {
		if _, err := Parse(b[:n]); !errors.Is(err, sc37.ErrTruncated) && !errors.Is(err, sc37.ErrFormat) {
			t.Fatalf("cut at %d of %d: %v", n, len(b), err)
		}
	}
}

func TestMarshalRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*BIR)
		says   string
	}{
		{"uuid", func(b *BIR) { b.Info.Index = "x" }, "BIR/BIR/BIRInfo: Index"},
		{"date", func(b *BIR) { b.Info.CreationDate = "yesterday" }, "not a date"},
		{"no such day", func(b *BIR) { b.Info.CreationDate = "2026-02-30T00:00:00Z" }, "no such date"},
		{"type", func(b *BIR) { b.BDBInfo.Types = []string{"Nose"} }, `"Nose" is not in the schema`},
		{"both lists", func(b *BIR) { b.BDBInfo.Subtypes = []string{"Left", "LeftVein"} }, "Subtype"},
		{"level", func(b *BIR) { b.BDBInfo.Level = "raw" }, "Level"},
		{"score", func(b *BIR) { b.BDBInfo.Quality.Score = 101 }, "101 is over 100"},
		{"key", func(b *BIR) { b.Others[0].Key = "" }, "without a key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := sample()
			tt.change(&b.Children[0])
			if _, err := b.Marshal(); !errors.Is(err, sc37.ErrWrite) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
}

func TestPositions(t *testing.T) {
	for pos := uint8(1); pos <= 10; pos++ {
		b := BIR{BDBInfo: &BDBInfo{Types: []string{"Finger"}, Subtypes: Subtypes(pos)}}
		if got, ok := b.Position(); !ok || got != pos {
			t.Errorf("%d came back as %d", pos, got)
		}
	}
	if Subtypes(0) != nil || Subtypes(13) != nil {
		t.Error("subtypes of no single finger")
	}
	for _, s := range [][]string{nil, {"Left"}, {"Thumb"}, {"Left", "Right", "Thumb"}, {"Left", "Thumb", "IndexFinger"}} {
		if pos, ok := (&BIR{BDBInfo: &BDBInfo{Types: []string{"Finger"}, Subtypes: s}}).Position(); ok {
			t.Errorf("%v is position %d", s, pos)
		}
	}
}

func TestBlocksSurvive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := &BIR{BDB: rapid.SliceOf(rapid.Byte()).Draw(t, "bdb"), Others: []Entry{{"k", rapid.StringMatching(`[ -~]*[!-~]|`).Draw(t, "value")}}}
		out, err := b.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		doc, err := Parse(out)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(doc.BIR.BDB, b.BDB) || doc.BIR.Others[0].Value != strings.TrimSpace(b.Others[0].Value) {
			t.Fatalf("%+v, want %+v", doc.BIR, *b)
		}
	})
}

var xmlBlock = regexp.MustCompile("(?s)```\\s*xml\\s*\n(.*?)```")

// TestPublished reads the documents in MOSIP's pages; their data blocks are shortened to no base64.
func TestPublished(t *testing.T) {
	page := formattest.Read(t, formattest.Standards(t), "specs/mosip/biometrics_cbeff-xml.md")
	m := xmlBlock.FindSubmatch(page)
	if m == nil {
		t.Fatal("no document in the page")
	}
	doc, err := Parse(m[1])
	if err != nil {
		t.Fatal(err)
	}
	positions := map[uint8]bool{}
	for i := range doc.BIR.Children {
		if pos, ok := doc.BIR.Children[i].Position(); ok {
			positions[pos] = true
		}
	}
	if len(doc.BIR.Children) < 10 || len(positions) < 8 {
		t.Errorf("%d records, %d fingers", len(doc.BIR.Children), len(positions))
	}
	if q := doc.BIR.Children[0].BDBInfo.Quality; q.Score != 94 || q.Algorithm.Type != "SHA-256" {
		t.Errorf("quality %+v", q)
	}
	for _, o := range doc.Oddities {
		if !strings.Contains(o.Text, "is not base64") && !strings.Contains(o.Text, "missing in a record") && !strings.Contains(o.Text, "ExceptionPhoto") {
			t.Error(o)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(mustMarshal(f, sample()))
	f.Add(mustMarshal(f, &BIR{}))
	f.Add([]byte(`<BIR><BIR><BDBInfo><Type>Finger</Type><Subtype>Left Thumb</Subtype><Quality><Score>93.7</Score></Quality></BDBInfo><BDB>-_8</BDB><others><entry key="a">b</entry></others></BIR></BIR>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Parse(data)
		if err != nil {
			return
		}
		out, err := doc.BIR.Marshal()
		if err != nil {
			return
		}
		again, err := Parse(out)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, out)
		}
		if len(again.Leaves()) != len(doc.Leaves()) {
			t.Errorf("%d blocks, then %d", len(doc.Leaves()), len(again.Leaves()))
		}
		if twice, err := again.BIR.Marshal(); err != nil || !bytes.Equal(twice, out) {
			t.Errorf("written twice it differs: %v", err)
		}
	})
}
