package inti_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/png"
	"runtime"
	"strings"
	"testing"
	"time"

	"convenio/formats/inti"

	"github.com/google/go-cmp/cmp"
)

var day = time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)

func smallPNG(t testing.TB, width, height int) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// made is a message of each kind that is written. The people are invented.
func made(t testing.TB) map[string]*inti.Message {
	t.Helper()
	base := inti.Message{
		Date: day, UTC: day.Add(5 * time.Hour), Control: "20260000000001A",
		Destination: inti.Organization{ID: "INT", Name: "INTERPOL", Country: "XPO"},
		Origin:      inti.Organization{Name: "Policía & Migración <A>", Country: "MEX"},
		Domain:      "INT-I", DomainVersion: "06.00", Version: "0502", Priority: 1,
	}
	img := inti.Image{
		IDC: 1, Data: smallPNG(t, 30, 20), BitsPerPixel: 8, Captured: day, Source: inti.Organization{ID: "A"}, Monitoring: "OBSERVED",
		Compression: "PNG", Width: 30, Height: 20, ScaleUnits: 1, ScaleX: 500, ScaleY: 500,
	}
	finger := inti.Finger{Image: img, Impression: 0, Technology: 2, Positions: []int{2}, Profile: "30"}
	slap := finger
	slap.IDC, slap.Positions, slap.Missing = 2, []int{13}, []inti.Gone{{Position: 5, Code: "XX"}}
	latent := finger
	latent.Latent, latent.Impression, latent.Positions = true, 4, []int{0}

	nps := base
	nps.Kind, nps.Mode = inti.NPS, "UC"
	nps.Fingers = []inti.Finger{finger, slap}
	nps.Faces = []inti.Face{{Image: img, ColorSpace: "GRAY", Profile: "30", Pose: "F"}}
	nps.Civil = &inti.Reason{Code: "IMM", Text: "frontera"}
	nps.Subject = &inti.Subject{
		BirthFrom: day.AddDate(-30, 0, 0), BirthTo: day.AddDate(-20, 0, 0), Citizenships: []string{"GTM", "MEX"}, Sex: "F",
		Name:       &inti.Name{Given: "Xochitl", Sur: "Nadie", Extended: []string{"La de Ejemplo"}},
		Aliases:    []inti.Name{{Sur: "Ninguna"}},
		BirthPlace: &inti.Address{Full: "somewhere"}, Mother: &inti.Name{Maiden: "Alguien"},
	}
	nps.Activity = &inti.Activity{Recorded: day.Add(time.Hour), At: inti.Organization{ID: "P1", Name: "post"}, Address: &inti.Address{City: "Tapachula", Country: "MEX"}}
	nps.Metadata = &inti.Metadata{
		Person: &inti.Number{Country: "MEX", ID: "1"}, Case: &inti.Number{Country: "MEX", ID: "c-2"}, Interpol: "2026/1",
		Other: [5]inti.OtherID{{}, {Type: "t", ID: "two"}}, Contacts: []inti.Contact{{Telephone: "52000", Person: "duty officer"}},
		Expires: day.AddDate(1, 0, 0), Created: day, Updated: day,
	}
	cps := base
	cps.Kind, cps.Fingers, cps.Offence = inti.CPS, []inti.Finger{finger}, &inti.Reason{Code: "ICM", Text: "text"}
	mps := base
	mps.Kind, mps.Fingers = inti.MPS, []inti.Finger{latent}
	answer := base
	answer.Reference = "20260000000001B"
	hit, none, failed := answer, answer, answer
	hit.Kind, hit.Result = inti.SRE, &inti.Result{Hit: true, Candidate: 2, Total: 3, Verified: true, Search: inti.NPS}
	none.Kind, none.Result = inti.SRE, &inti.Result{Search: inti.NPS}
	failed.Kind, failed.Errors = inti.ERR, []inti.ErrorMessage{{Code: "501", Field: "FGP", Text: "quality"}, {Code: "999"}}
	return map[string]*inti.Message{"nps": &nps, "cps": &cps, "mps": &mps, "sre-hit": &hit, "sre-nohit": &none, "err": &failed}
}

func written(t testing.TB, m *inti.Message) []byte {
	t.Helper()
	out, err := m.Write()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestThereAndBack(t *testing.T) {
	for name, m := range made(t) {
		out := written(t, m)
		back, err := inti.Read(out, inti.Limits{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(back.Oddities) > 0 {
			t.Errorf("%s: %v", name, back.Oddities)
		}
		if len(back.Records) != 2+len(m.Faces)+len(m.Fingers) {
			t.Errorf("%s: %d records", name, len(back.Records))
		}
		back.Records = nil
		forgetRecords(t, back)
		if diff := cmp.Diff(m, back, cmp.Comparer(bytes.Equal)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if again := written(t, m); !bytes.Equal(again, out) {
			t.Errorf("%s: other bytes the second time", name)
		}
	}
}

// forgetRecords takes away the numbers of the records, and wants them to count
// from 3.
func forgetRecords(t *testing.T, m *inti.Message) {
	t.Helper()
	next := 3
	forget := func(i *inti.Image) {
		if i.Record != next {
			t.Errorf("an image says that it is of record %d, want %d", i.Record, next)
		}
		i.Record, next = 0, next+1
	}
	for i := range m.Faces {
		forget(&m.Faces[i].Image)
	}
	for i := range m.Fingers {
		forget(&m.Fingers[i].Image)
	}
}

func TestList(t *testing.T) {
	m := made(t)["nps"]
	leaves, err := inti.List(written(t, m), inti.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"1.009 TCN": m.Control, "1.004 TOT": "NPS", "2.038 NAT": "GTM", "013 FGP": "2", "2.012 MN1": "", "2.013 MN2": "t",
		"2.076 MMN": "Alguien", "006 HLL": "30", "999 DATA": "", "002 IDC": "0",
	}
	got := map[string]string{}
	for _, l := range leaves {
		if _, twice := got[l.Field]; !twice {
			got[l.Field] = l.Value
		}
		if l.Field == "" && !strings.Contains(l.Path, "Record") && !strings.Contains(l.Path, "Metadata") {
			t.Errorf("no field is known for %s", l.Path)
		}
		if l.Record < 1 || l.Offset < 1 || l.Bytes < 1 {
			t.Errorf("%+v", l)
		}
	}
	for field, value := range want {
		if got[field] != value {
			t.Errorf("%s is %q, want %q", field, got[field], value)
		}
	}
	if !inti.IsPackage(written(t, m)) || inti.IsPackage([]byte("<a/>")) || inti.IsPackage(nil) {
		t.Error("IsPackage")
	}
	if _, err := inti.List([]byte("<a/>"), inti.Limits{}); !errors.Is(err, inti.ErrNotINTI) {
		t.Error(err)
	}
}

// TestOtherRecordsKeepTheirImages renames a finger's record to a palm's.
func TestOtherRecordsKeepTheirImages(t *testing.T) {
	m := made(t)["nps"]
	data := bytes.ReplaceAll(written(t, m), []byte("PackageFingerprintImageRecord"), []byte("PackagePalmprintImageRecord"))
	back, err := inti.Read(data, inti.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if len(back.Fingers) != 0 || len(back.Others) != 2 || back.Others[1].Width != 30 || back.Others[1].Record != 5 {
		t.Errorf("%d fingers, others %+v", len(back.Fingers), back.Others)
	}
	if !odd(back, "unread", 4) {
		t.Errorf("the position is not reported as unread: %v", back.Oddities)
	}
	if _, err := back.Write(); !errors.Is(err, inti.ErrInvalid) {
		t.Errorf("%v, want ErrInvalid", err)
	}
}

func TestOddities(t *testing.T) {
	nps := string(written(t, made(t)["nps"]))
	cases := []struct{ name, old, new, kind, want string }{
		{"unknown element", "<int-i:PersonSexCode>F</int-i:PersonSexCode>", "<int-i:PersonShoeSize>40</int-i:PersonShoeSize>", "unread", "element PersonShoeSize"},
		{"count", "<biom:ContentRecordQuantity>4<", "<biom:ContentRecordQuantity>3<", "record-count", "counts 3 and lists 4"},
		{"IDC", "<biom:RecordCategoryCode>10</biom:RecordCategoryCode>\n    <biom:ImageReferenceIdentification>\n      <nc:IdentificationID>1<", "<biom:RecordCategoryCode>10</biom:RecordCategoryCode>\n    <biom:ImageReferenceIdentification>\n      <nc:IdentificationID>7<", "idc", "announces Type-10 with IDC 1"},
		{"not a number", "LengthPixelQuantity>30<", "LengthPixelQuantity>x<", "value", "not a number"},
		{"not a date", "<nc:Date>2026-03-04</nc:Date>", "<nc:Date>yesterday</nc:Date>", "value", "not a date"},
		{"size", "LineLengthPixelQuantity>30<", "LineLengthPixelQuantity>31<", "dimensions", "header 30 x 20"},
		{"compression", "AlgorithmText>PNG<", "AlgorithmText>WSQ20<", "compression", "PNG"},
		{"pixels per cm", "ScaleUnitsCode>1<", "ScaleUnitsCode>2<", "scale-units", "1270 ppi"},
		{"no transaction of INT-I", ">NPS<", ">XYZ<", "value", "not a transaction"},
		{"position", "FingerPositionCode>2<", "FingerPositionCode>two<", "value", "not a position"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(nps, c.old) {
				t.Fatalf("no %q", c.old)
			}
			m, err := inti.Read([]byte(strings.Replace(nps, c.old, c.new, 1)), inti.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range m.Oddities {
				if o.Kind == c.kind && strings.Contains(o.Detail, c.want) && o.Offset > 0 && o.Record > 0 {
					return
				}
			}
			t.Errorf("%s %q is not among %v", c.kind, c.want, m.Oddities)
		})
	}
}

func TestReadRefuses(t *testing.T) {
	sre := string(written(t, made(t)["sre-hit"]))
	root := `<itl:NISTBiometricInformationExchangePackage xmlns:itl="http://biometrics.nist.gov/standard/2011">`
	bomb := `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>` + root + "&b;"
	cases := []struct {
		name, data string
		kind       error
		want       string
	}{
		{"empty", "", inti.ErrNotINTI, "no element"},
		{"a picture", "\x89PNG\r\n\x1a\n", inti.ErrNotINTI, ""},
		{"traditional encoding", "1.001:20\x1d1.002:0502\x1c", inti.ErrNotINTI, "does not begin with an element"},
		{"another root", "<a/>", inti.ErrNotINTI, `the root is a of namespace ""`},
		{"edition of 2008", `<itl:NISTBiometricInformationExchangePackage xmlns:itl="http://biometrics.nist.gov/standard/2-2008"/>`, inti.ErrEdition, "element NISTBiometricInformationExchangePackage is of ANSI/NIST-ITL 2-2008"},
		{"an element of 2008", root + `<a:Transaction xmlns:a="http://niem.gov/niem/ansi-nist/2.0"/>`, inti.ErrEdition, "element Transaction"},
		{"entities", bomb, inti.ErrMalformed, "a document type"},
		{"an entity that is not declared", root + "&lol;", inti.ErrMalformed, "an entity"},
		{"Latin-1", `<?xml version="1.0" encoding="ISO-8859-1"?>` + root, inti.ErrMalformed, "UTF-8"},
		{"cut", sre[:len(sre)-20], inti.ErrMalformed, "unexpected EOF"},
		{"no record", root + "</itl:NISTBiometricInformationExchangePackage>", inti.ErrMalformed, "first record"},
		{"no kind", strings.Replace(sre, "<int-i:TransactionCategoryCode>SRE</int-i:TransactionCategoryCode>", "", 1), inti.ErrMalformed, "TransactionCategoryCode"},
		{"deep", root + strings.Repeat("<a>", 100_000), inti.ErrTooLarge, "deeper than 32"},
		{"wide", root + strings.Repeat("<a/>", 100_000), inti.ErrTooLarge, "more than 20000 elements"},
		{"long text", root + "<a>" + strings.Repeat("x", 1<<17), inti.ErrTooLarge, "65536 bytes of text"},
		{"a long name", root + "<" + strings.Repeat("x", 1<<17) + ">", inti.ErrTooLarge, "longer than 200"},
		{"not base64", strings.Replace(string(written(t, made(t)["cps"])), "BinaryBase64Object>i", "BinaryBase64Object>*", 1), inti.ErrMalformed, "not base64"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := inti.Read([]byte(c.data), inti.Limits{})
			var e *inti.Error
			if !errors.Is(err, c.kind) || !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %v with %q", err, c.kind, c.want)
			}
		})
	}
}

func TestWriteRefuses(t *testing.T) {
	cases := []struct {
		name, of string
		change   func(m *inti.Message)
		want     string
	}{
		{"no kind", "nps", func(m *inti.Message) { m.Kind = "" }, "TransactionCategoryCode"},
		{"no date", "nps", func(m *inti.Message) { m.Date = time.Time{} }, "TransactionDate"},
		{"no destination", "nps", func(m *inti.Message) { m.Destination.Name = "" }, "TransactionDestinationOrganization"},
		{"a country in words", "nps", func(m *inti.Message) { m.Origin.Country = "Mexico" }, "TransactionOriginatingOrganization"},
		{"control number", "nps", func(m *inti.Message) { m.Control = "20260000000001I" }, "TransactionControlIdentification"},
		{"no fingers", "nps", func(m *inti.Message) { m.Fingers = nil }, "a search needs a fingerprint image"},
		{"no latent", "nps", func(m *inti.Message) { m.Kind = inti.MPS }, "an MPS needs a latent"},
		{"a search with a result", "nps", func(m *inti.Message) { m.Result = &inti.Result{Search: inti.NPS} }, "a search has no answer"},
		{"an answer to nothing", "sre-hit", func(m *inti.Message) { m.Reference = "" }, "TransactionControlReferenceIdentification"},
		{"no result", "sre-hit", func(m *inti.Message) { m.Result = nil }, "RespondentsList"},
		{"candidate 4 of 3", "sre-hit", func(m *inti.Message) { m.Result.Candidate = 4 }, "TransactionCandidate"},
		{"an error without code", "err", func(m *inti.Message) { m.Errors[0].Code = "E1" }, "ErrorCode"},
		{"no error", "err", func(m *inti.Message) { m.Errors = nil }, "ErrorMessage"},
		{"a control character", "nps", func(m *inti.Message) { m.Subject.Name.Given = "a\x00b" }, "RecordSubject"},
		{"image untrue", "nps", func(m *inti.Message) { m.Fingers[0].Compression = "JP2" }, "ImageCompressionAlgorithmText"},
		{"size untrue", "nps", func(m *inti.Message) { m.Fingers[0].Width = 31 }, "header says 30 x 20"},
		{"IDC twice", "nps", func(m *inti.Message) { m.Fingers[1].IDC = 1 }, "ImageReferenceIdentification"},
		{"sex", "nps", func(m *inti.Message) { m.Subject.Sex = "Q" }, "PersonSexCode"},
		{"mode", "nps", func(m *inti.Message) { m.Mode = "ZZ" }, "ResultDeterminationMode"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := made(t)[c.of]
			c.change(m)
			_, err := m.Write()
			if !errors.Is(err, inti.ErrInvalid) || !strings.Contains(fmt.Sprint(err), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// TestMemoryOfHostileDocuments holds what a document of 1 MiB may cost.
func TestMemoryOfHostileDocuments(t *testing.T) {
	const size = 1 << 20
	root := `<itl:NISTBiometricInformationExchangePackage xmlns:itl="http://biometrics.nist.gov/standard/2011">`
	for name, data := range map[string]string{
		"attributes": root + "<a " + strings.Repeat("a='' ", size/5) + "/>",
		"namespaces": root + "<a " + strings.Repeat("xmlns:a='b' ", size/12) + "/>",
		"elements":   root + strings.Repeat("<a/>", size/4),
		"comments":   root + strings.Repeat("<!---->", size/7),
		"base64":     root + "<BinaryBase64Object>" + base64.StdEncoding.EncodeToString(make([]byte, size)) + "</BinaryBase64Object></itl:NISTBiometricInformationExchangePackage>",
		"entities":   root + "<BinaryBase64Object>" + strings.Repeat("&lt;", size/4),
		"cdata":      root + "<BinaryBase64Object>" + strings.Repeat("<![CDATA[a]]>", size/13),
		"oddities":   root + strings.Repeat("<a><a/></a>", size/100) + "</itl:NISTBiometricInformationExchangePackage>",
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := inti.Read([]byte(data), inti.Limits{})
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
				t.Errorf("%d MiB (%v)", took>>20, err)
			} else {
				t.Logf("%d MiB (%v)", took>>20, err)
			}
		})
	}
}
