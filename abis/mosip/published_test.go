package mosip

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// published finds MOSIP's schemas and scripted cases; they are never part of this repository.
func published(t *testing.T) string {
	t.Helper()
	root := os.Getenv("CONVENIO_DATA")
	if root == "" {
		root = "../../../shared/data"
	}
	dir := filepath.Join(root, "standards/specs/mosip")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no published schemas: set CONVENIO_DATA to the folder that holds standards/")
	}
	return dir
}

func validate(t *testing.T, dir, schema string, message []byte) error {
	t.Helper()
	c := jsonschema.NewCompiler()
	s, err := c.Compile(filepath.Join(dir, "ctk-schemas/abis/0.9.0", schema+"Schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(message)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// TestSchemas holds what is answered to the compliance toolkit's schemas.
func TestSchemas(t *testing.T) {
	dir := published(t)
	a := newABIS()
	send := func(message string) []byte { return a.Handle(t.Context(), []byte(message)) }
	const common = `"version":"1.1","requestId":"91234567-89AB-CDEF-0123-456789ABCDEF","requesttime":"2020-03-29T07:01:24.692Z"`
	tests := []struct{ name, request, requestSchema, responseSchema string }{
		{"insert", `{"id":"mosip.abis.insert",` + common + `,"referenceId":"a","referenceURL":"share:1/0"}`, "InsertRequest", "InsertResponse"},
		{"insert the same finger", `{"id":"mosip.abis.insert",` + common + `,"referenceId":"b","referenceURL":"share:1/1"}`, "InsertRequest", "InsertResponse"},
		{"insert again", `{"id":"mosip.abis.insert",` + common + `,"referenceId":"b","referenceURL":"share:1/1"}`, "InsertRequest", "InsertErrorResponse"},
		{"insert without reference", `{"id":"mosip.abis.insert",` + common + `,"referenceURL":"share:1/1"}`, "InsertInvalidRequest", "InsertErrorResponse"},
		{"identify", `{"id":"mosip.abis.identify",` + common + `,"referenceId":"a","referenceUrl":"","gallery":{"referenceIds":[{"referenceId":"b"}]},"flags":{"maxResults":"10","targetFPIR":"30","flag1":"x","flag2":"y"}}`, "IdentifyRequest", "IdentifyResponse"},
		{"identify without a match", `{"id":"mosip.abis.identify",` + common + `,"referenceId":"","referenceUrl":"share:2/0"}`, "IdentifyRequest", "IdentifyResponse"},
		{"identify a stranger", `{"id":"mosip.abis.identify",` + common + `,"referenceId":"c"}`, "IdentifyRequest", "IdentifyErrorResponse"},
	}
	for _, tt := range tests {
		if err := validate(t, dir, tt.requestSchema, []byte(tt.request)); err != nil {
			t.Errorf("%s: the test's own request: %v", tt.name, err)
		}
		out := send(tt.request)
		if err := validate(t, dir, tt.responseSchema, out); err != nil {
			t.Errorf("%s: %v\n%s", tt.name, err, out)
		}
	}
	if validate(t, dir, "InsertResponse", []byte(`{"id":"x","returnValue":"2"}`)) == nil {
		t.Error("a wrong answer passed: the check checks nothing")
	}
}

var (
	stepForm   = regexp.MustCompile(`^(\w+)\(([^)]*)\)((?:\.expect\([^)]*\))*)$`)
	expectForm = regexp.MustCompile(`\.expect\((!?)(\w+), *([^)]*)\)`)
)

// TestScriptedCases plays MOSIP's black-box cases: each step is a request, its expectations are held against the answer.
// A persona whose name ends in _duplicate_N is an impression of the person before; one with unknown, no_reference_id or
// without_cbeff has nothing at its URL.
func TestScriptedCases(t *testing.T) {
	dir := published(t)
	data, err := os.ReadFile(filepath.Join(dir, "abis-testing-kit/test_cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		TestID string
		Flags  map[string]string
		Steps  []string
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 13 {
		t.Errorf("%d cases", len(cases))
	}
	a := newABIS()
	for _, c := range cases {
		t.Run(strings.Trim(c.TestID, "*#"), func(t *testing.T) {
			for _, step := range c.Steps {
				play(t, a, c.TestID, step, c.Flags)
			}
		})
	}
}

func play(t *testing.T, a *ABIS, test, step string, flags map[string]string) {
	t.Helper()
	m := stepForm.FindStringSubmatch(step)
	if m == nil {
		t.Fatalf("step %q", step)
	}
	names := strings.Split(m[2], ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	id, url := persona(names[0])
	r := Request{Flags: flags}
	switch m[1] {
	case "insert":
		r.ID, r.ReferenceID, r.ReferenceURL, r.Flags = idInsert, id, url, nil
	case "identify", "identify_ref":
		r.ID, r.ReferenceID = idIdentify, id
	case "identify_url":
		r.ID, r.ReferenceURL = idIdentify, url
	case "delete":
		r.ID, r.ReferenceID = idDelete, id
	case "ping":
		r.ID = idPing
	default:
		t.Fatalf("step %q", step)
	}
	for _, n := range names[1:] {
		ref, _ := persona(n)
		if r.Gallery == nil {
			r.Gallery = &GalleryFilter{}
		}
		r.Gallery.ReferenceIDs = append(r.Gallery.ReferenceIDs, ReferenceID{ref})
	}
	out := ask(t, a, r)
	got := map[string]string{"returnValue": out.ReturnValue, "failureReason": string(out.FailureReason)}
	if l := out.CandidateList; l != nil {
		got["candidateListCount"] = l.Count
		if len(l.Candidates) > 0 {
			got["candidateReferenceId"] = l.Candidates[0].ReferenceID
		}
	}
	expects := expectForm.FindAllStringSubmatch(m[3], -1)
	if len(expects) == 0 { // the cases in prose say what the script leaves out
		want := "1"
		if strings.Contains(test, "#2") {
			want = "2"
			expects = append(expects, []string{"", "", "failureReason", "7"})
		}
		expects = append(expects, []string{"", "", "returnValue", want})
	}
	for _, e := range expects {
		want := e[3]
		if e[2] == "candidateReferenceId" {
			want, _ = persona(e[3])
		}
		if (got[e[2]] == want) == (e[1] == "!") {
			t.Errorf("%s: %s is %q, expected %s%q", step, e[2], got[e[2]], e[1], want)
		}
	}
}

func persona(name string) (reference, url string) {
	base, impression, _ := strings.Cut(name, "_duplicate_")
	switch {
	case strings.Contains(name, "no_reference_id"):
		return "", "share:gone"
	case strings.Contains(name, "unknown"), strings.Contains(name, "without"):
		return "ref-" + name, "share:gone"
	}
	if impression == "" || impression == "2" { // case 7 wants the first to be the nearest to the third: it is the same image
		impression = "0"
	}
	return "ref-" + name, fmt.Sprintf("share:%s/%s", strings.TrimPrefix(base, "person"), impression)
}
