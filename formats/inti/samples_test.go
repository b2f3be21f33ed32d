package inti_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"convenio/formats/internal/formattest"
	"convenio/formats/inti"

	"github.com/google/go-cmp/cmp"
)

// validate holds documents against the schemas with xmllint.
func validate(t *testing.T, documents map[string][]byte) {
	t.Helper()
	schema := filepath.Join(formattest.Standards(t, "specs/interpol"), "specs", "interpol", "XMLschemas", "int-i-driver.xsd")
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		formattest.Absent(t, "no xmllint here (Debian: apt-get install libxml2-utils)")
	}
	args := []string{"--noout", "--nonet", "--schema", schema}
	dir := t.TempDir()
	for name, data := range documents {
		path := filepath.Join(dir, name+".xml")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	out, err := exec.Command(lint, args...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if n := strings.Count(string(out), " validates"); n != len(documents) {
		t.Errorf("%d of %d documents validate", n, len(documents))
	}
}

func sample(t testing.TB, name string) ([]byte, *inti.Message) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(formattest.Standards(t, "specs/interpol"), "samples", "itl-xml", "interpol-int-i", name))
	if err != nil {
		t.Fatal(err)
	}
	m, err := inti.Read(data, inti.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return data, m
}

func lines(t *testing.T, path string, use func(line string)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		use(sc.Text())
	}
}

// TestSamplesAsReadElsewhere compares with an independent program's reading.
func TestSamplesAsReadElsewhere(t *testing.T) {
	seen := 0
	lines(t, filepath.Join(formattest.Standards(t, "specs/interpol"), "expected", "itl_xml_summary.jsonl"), func(line string) {
		var want struct {
			File    string   `json:"file"`
			Records []string `json:"records"`
			TOT     []string `json:"tot"`
			TCN     []string `json:"tcn"`
			TCR     []string `json:"tcr"`
			Results []string `json:"results"`
			Images  [][]any  `json:"images"`
		}
		if err := json.Unmarshal([]byte(line), &want); err != nil {
			t.Fatal(err)
		}
		seen++
		_, m := sample(t, filepath.Base(want.File))
		var records []string
		for _, r := range m.Records {
			records = append(records, r.Name)
		}
		if diff := cmp.Diff(want.Records, records); diff != "" {
			t.Errorf("%s: %s", want.File, diff)
		}
		if string(m.Kind) != want.TOT[0] || m.Control != want.TCN[0] || m.Reference != strings.Join(want.TCR, "") {
			t.Errorf("%s: %s %s %s, want %v %v %v", want.File, m.Kind, m.Control, m.Reference, want.TOT, want.TCN, want.TCR)
		}
		if (m.Result != nil) != (len(want.Results) > 0) || m.Result != nil && m.Result.Hit != (want.Results[0] == "I") {
			t.Errorf("%s: result %+v, want %v", want.File, m.Result, want.Results)
		}
		images := allImages(m)
		if len(images) != len(want.Images) {
			t.Fatalf("%s: %d images, want %d", want.File, len(images), len(want.Images))
		}
		for i, img := range images {
			sum := sha256.Sum256(img.Data)
			if hex.EncodeToString(sum[:]) != want.Images[i][3] || len(img.Data) != int(want.Images[i][2].(float64)) {
				t.Errorf("%s: image %d has other bytes", want.File, i+1)
			}
		}
	})
	if seen < 3 {
		t.Errorf("%d files compared, want 3", seen)
	}
}

func allImages(m *inti.Message) []inti.Image {
	var out []inti.Image
	for _, f := range m.Faces {
		out = append(out, f.Image)
	}
	for _, f := range m.Fingers {
		out = append(out, f.Image)
	}
	return out
}

func TestSampleValues(t *testing.T) {
	_, e := sample(t, "Sample-ERR-INT-ITransaction.xml")
	if diff := cmp.Diff([]inti.ErrorMessage{{Code: "112", Field: "DOB", Text: "ERROR: INVALID DATE"}}, e.Errors); diff != "" || e.Destination.Country != "XPO" {
		t.Errorf("%s %+v", diff, e.Destination)
	}
	_, s := sample(t, "Sample-SRE-HIT_CPS-INT-ITransaction.xml")
	if diff := cmp.Diff(&inti.Result{Hit: true, Candidate: 1, Total: 3, Verified: true, Search: inti.CPS}, s.Result); diff != "" {
		t.Error(diff)
	}
	_, n := sample(t, "Sample-NPS-INT-ITransaction.xml")
	if n.Mode != "CO" || n.Priority != 2 || n.Version != "0502" || n.DomainVersion != "06.00" || n.UTC.UTC() != time.Date(2016, 4, 10, 15, 46, 32, 0, time.UTC) {
		t.Errorf("%+v", n)
	}
	if len(n.Fingers) != 4 || n.Fingers[3].Positions[0] != 14 || n.Fingers[3].PPI() != 1000 || n.Fingers[3].Width != 3216 || n.Fingers[3].Monitoring != "CONTROLLED" {
		t.Error("fingers")
	}
	if len(n.Subject.Aliases) != 2 || n.Metadata.Other[4].ID != "MISC5" || n.Civil.Code != "OTH" || n.Activity.Address.City != "Wiesbaden" {
		t.Error("subject, metadata, reason or activity")
	}
	for _, m := range []*inti.Message{e, s, n} {
		for _, o := range m.Oddities {
			t.Log(o)
			if o.Kind == "unread" && !strings.HasSuffix(o.Path, "CustomDefinedDescriptiveDetail") {
				t.Errorf("not read: %s", o)
			}
		}
	}
	if !odd(n, "dimensions", 3) {
		t.Error("the face's size, stated as 1016 x 856 where the JPEG has 856 x 1016, is not reported")
	}
}

func odd(m *inti.Message, kind string, record int) bool {
	for _, o := range m.Oddities {
		if o.Kind == kind && o.Record == record {
			return true
		}
	}
	return false
}

// TestWhatIsWrittenValidates writes each sample again and each message made
// here, and holds all against INTERPOL's schemas.
func TestWhatIsWrittenValidates(t *testing.T) {
	documents := map[string][]byte{}
	for _, name := range []string{"Sample-ERR-INT-ITransaction.xml", "Sample-SRE-HIT_CPS-INT-ITransaction.xml", "Sample-NPS-INT-ITransaction.xml"} {
		_, m := sample(t, name)
		for i := range m.Faces { // the sample has them the wrong way round
			m.Faces[i].Width, m.Faces[i].Height = m.Faces[i].Height, m.Faces[i].Width
		}
		out, err := m.Write()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		documents["again-"+name] = out
		back, err := inti.Read(out, inti.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		m.UTC = m.UTC.UTC()
		forgetRecords(t, m)
		forgetRecords(t, back)
		m.Oddities, m.Records, back.Oddities, back.Records = nil, nil, nil, nil
		if diff := cmp.Diff(m, back, cmp.Comparer(bytes.Equal)); diff != "" {
			t.Errorf("%s written and read again: %s", name, diff)
		}
	}
	for name, m := range made(t) {
		out, err := m.Write()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		documents[name] = out
	}
	validate(t, documents)
}

// TestValidationCanFail holds xmllint against a document that must not pass.
func TestValidationCanFail(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		formattest.Absent(t, "no xmllint here (Debian: apt-get install libxml2-utils)")
	}
	schema := filepath.Join(formattest.Standards(t, "specs/interpol"), "specs", "interpol", "XMLschemas", "int-i-driver.xsd")
	out, err := made(t)["sre-hit"].Write()
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.xml")
	if err := os.WriteFile(bad, bytes.Replace(out, []byte(">SRE<"), []byte(">XYZ<"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if exec.Command("xmllint", "--noout", "--nonet", "--schema", schema, bad).Run() == nil {
		t.Error("a transaction XYZ passes")
	}
}
