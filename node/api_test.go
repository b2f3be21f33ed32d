package node_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"convenio/api"
	"convenio/capture"
	"convenio/finger"
	"convenio/formats/picture"
	"convenio/node"
)

// call makes one call as it stands, without the typed client.
func (p *party) call(role, method, path string, body []byte, header ...string) (int, []byte) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.profiles[role].Node+path, bytes.NewReader(body))
	must(p.t, err)
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := p.http(role).Do(req)
	must(p.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(p.t, err)
	return res.StatusCode, b
}

// problem makes a call that is to fail and returns what the caller is told.
func (p *party) problem(role, method, path string, body []byte, header ...string) api.Problem {
	p.t.Helper()
	status, b := p.call(role, method, path, body, header...)
	var pr api.Problem
	if err := json.Unmarshal(b, &pr); err != nil || pr.Status != status || pr.Title == "" || pr.Code == "" {
		p.t.Fatalf("%s %s: HTTP %d, and no problem in it: %v %.300s", method, path, status, err, b)
	}
	return pr
}

// quietLog collects what a node logs, at every level.
type quietLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *quietLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *quietLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

const nobody32 = "00000000000000000000000000000000"

// TestAPI goes through the officers' interface: every call, everybody's rights, everything that can be
// wrong with a request. Each answer is held against the description.
func TestAPI(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	var log quietLog
	for _, x := range []*party{p.co, p.us} {
		x.opt.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	revoked, err := node.NewToken(t.Context(), p.us.dir, "gone", "operator", "us-border")
	must(t, err)
	must(t, node.RevokeToken(t.Context(), p.us.dir, "gone"))
	p.us.profiles["revoked"] = revoked
	stranger := revoked
	stranger.Token = "cvn_" + strings.Repeat("A", 43)
	p.us.profiles["stranger"] = stranger
	nobody := revoked
	nobody.Token = ""
	p.us.profiles["nobody"] = nobody
	p.co.start()
	p.us.start()

	t.Run("every call", func(t *testing.T) { everyCall(t, p) })
	t.Run("roles", func(t *testing.T) { roles(t, p.us) })
	t.Run("tokens", func(t *testing.T) {
		for _, who := range []string{"revoked", "stranger", "nobody"} {
			for _, path := range []string{"/v1/status", "/v1/candidates", "/v1/ledger/checkpoint", "/nowhere"} {
				if pr := p.us.problem(who, "GET", path, nil); pr.Status != http.StatusUnauthorized || pr.Code != "token" {
					t.Errorf("%s: GET %s: %d %s", who, path, pr.Status, pr.Code)
				}
			}
		}
	})
	t.Run("requests that are not as described", func(t *testing.T) { badRequests(t, p.us) })
	t.Run("images", func(t *testing.T) { badImages(t, p) })
	t.Run("same key", func(t *testing.T) { sameKey(t, p) })
	t.Run("facts are for officers", func(t *testing.T) {
		id := p.hitStory("facts-only")
		for _, role := range []string{"auditor", "operator"} {
			status, b := p.co.call(role, "GET", "/v1/exchanges/"+id, nil)
			if status != http.StatusOK || bytes.Contains(b, []byte("Prueba")) {
				t.Errorf("%s reads %d %.200s", role, status, b)
			}
		}
	})
	if left := missingCalls(t, p); len(left) > 0 {
		t.Errorf("never called with success: %v", left)
	}
	must(t, p.co.stop())
	must(t, p.us.stop())
	said := log.String()
	secrets := []string{"Prueba", "Persona", "X000001", "Calle 1", "C-1", p.co.profiles["operator"].Token, p.us.profiles["examiner"].Token,
		base64.StdEncoding.EncodeToString(handOf(t, 1, 1, 2, 7)[0].Image[200:260]), "mañana-secret"}
	for _, s := range secrets {
		if strings.Contains(said, s) {
			t.Errorf("the log holds %q", s)
		}
	}
	if !strings.Contains(said, "ready") {
		t.Error("nothing was logged: the check of the log proves nothing")
	}
}

func missingCalls(t *testing.T, p *pair) []string {
	co, us := p.co.described.missing(t), p.us.described.missing(t)
	return slices.DeleteFunc(co, func(op string) bool { return !slices.Contains(us, op) })
}

// everyCall makes each call of the description once with success.
func everyCall(t *testing.T, p *pair) {
	subject := p.us.enrol(1, "border-encounter", "VE")
	id := p.hitStory("every-call")
	for _, path := range []string{"/v1/agreement", "/v1/openings?from=0&limit=3", "/v1/evidence/" + id, "/v1/status"} {
		if status, b := p.us.call("auditor", "GET", path, nil); status != http.StatusOK {
			t.Errorf("GET %s: %d %.200s", path, status, b)
		}
	}
	other := p.us.enrol(2, "border-encounter", "EC")
	guards := []byte(`{"safeguards":[{"kind":"minor"}]}`)
	if status, b := p.us.call("operator", "PUT", "/v1/subjects/"+other+"/safeguards", guards); status != http.StatusNoContent {
		t.Errorf("safeguards: %d %s", status, b)
	}
	if status, b := p.us.call("operator", "DELETE", "/v1/subjects/"+other, nil); status != http.StatusNoContent {
		t.Errorf("erase: %d %s", status, b)
	}
	if status, b := p.us.call("operator", "DELETE", "/v1/subjects/"+other, nil); status != http.StatusNoContent && status != http.StatusNotFound {
		t.Errorf("erase again: %d %s", status, b)
	}
	x := p.co.seek("every-call-2", border(handOf(t, 1, 1, 2, 7)))
	p.us.awaits(x.Id)
	p.us.examine(x.Id, api.Reject)
	p.co.reaches(x.Id, "no-hit")
	p.us.notice("suspend", 1)
	p.us.notice("resume", 2)
	p.co.becomes("in-force")
	if status, b := p.us.call("auditor", "GET", "/v1/ledger/checkpoint", nil); status != http.StatusOK || !bytes.HasPrefix(b, []byte("convenio/US\n")) {
		t.Errorf("checkpoint: %d %.100s", status, b)
	}
	if subject == other {
		t.Error("two people under one id")
	}
}

// roles lets everybody try everything.
func roles(t *testing.T, p *party) {
	all := []string{"migration-officer", "examiner", "approver", "auditor", "operator"}
	enrolment := asJSON(t, api.Enrolment{Category: "visa", Nationalities: []string{"VE"}, Fields: map[string]string{}, Fingers: []api.FingerImage{{Position: "right-index", Image: []byte("x")}}})
	search := asJSON(t, border([]api.FingerImage{{Position: "right-index", Image: []byte("x")}}))
	for _, c := range []struct {
		method, path, body string
		may                []string
	}{
		{"GET", "/v1/status", "", all},
		{"GET", "/v1/agreement", "", all},
		{"POST", "/v1/subjects", enrolment, []string{"operator"}},
		{"DELETE", "/v1/subjects/" + nobody32, "", []string{"operator"}},
		{"PUT", "/v1/subjects/" + nobody32 + "/safeguards", `{"safeguards":[]}`, []string{"operator"}},
		{"POST", "/v1/searches", search, []string{"migration-officer"}},
		{"GET", "/v1/exchanges/" + nobody32, "", []string{"migration-officer", "auditor", "operator"}},
		{"POST", "/v1/exchanges/" + nobody32 + "/disclosure", `{"fields":["family-name"]}`, []string{"migration-officer"}},
		{"GET", "/v1/candidates", "", []string{"examiner"}},
		{"GET", "/v1/candidates/" + nobody32, "", []string{"examiner"}},
		{"POST", "/v1/candidates/" + nobody32 + "/verdict", `{"verdict":"confirm","reason":"x"}`, []string{"examiner"}},
		{"GET", "/v1/approvals", "", []string{"approver"}},
		{"POST", "/v1/approvals/" + nobody32, `{"decision":"release","reason":"x"}`, []string{"approver"}},
		{"POST", "/v1/agreement/notices", `{"notice":"eA=="}`, []string{"operator"}},
		{"GET", "/v1/evidence/" + nobody32, "", []string{"auditor"}},
		{"GET", "/v1/openings", "", []string{"auditor"}},
		{"GET", "/v1/ledger/checkpoint", "", []string{"auditor"}},
	} {
		for _, role := range all {
			status, b := p.call(role, c.method, c.path, []byte(c.body), "Idempotency-Key", "roles-12345")
			if allowed := slices.Contains(c.may, role); allowed == (status == http.StatusForbidden) {
				t.Errorf("%s: %s %s: HTTP %d %.100s", role, c.method, c.path, status, b)
			}
			if status >= 500 {
				t.Errorf("%s: %s %s: HTTP %d %.200s", role, c.method, c.path, status, b)
			}
		}
	}
}

func badRequests(t *testing.T, p *party) {
	good := asJSON(t, border([]api.FingerImage{{Position: "right-index", Image: []byte("x")}}))
	with := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not in %s", old, good)
		}
		return strings.Replace(good, old, new, 1)
	}
	key := []string{"Idempotency-Key", "bad-request-1"}
	for _, c := range []struct {
		name, role, method, path, body string
		header                         []string
		status                         int
		code                           string
	}{
		{"no such call", "operator", "GET", "/v1/nothing", "", nil, 404, "no-such-call"},
		{"another method", "operator", "DELETE", "/v1/status", "", nil, 404, "no-such-call"},
		{"an id that is none", "auditor", "GET", "/v1/exchanges/..%2f..%2fetc", "", nil, 400, "request"},
		{"an id in capitals", "auditor", "GET", "/v1/exchanges/" + strings.Repeat("A", 32), "", nil, 400, "request"},
		{"an id nobody has", "auditor", "GET", "/v1/exchanges/" + nobody32, "", nil, 404, "not-found"},
		{"a wait that is too long", "auditor", "GET", "/v1/exchanges/" + nobody32 + "?wait=3600", "", nil, 400, "request"},
		{"a parameter that is no number", "auditor", "GET", "/v1/openings?from=x", "", nil, 400, "request"},
		{"a negative index", "auditor", "GET", "/v1/openings?from=-1", "", nil, 400, "request"},
		{"no key", "migration-officer", "POST", "/v1/searches", good, nil, 400, "request"},
		{"a short key", "migration-officer", "POST", "/v1/searches", good, []string{"Idempotency-Key", "x"}, 400, "request"},
		{"an unknown field", "migration-officer", "POST", "/v1/searches", with(`"purpose"`, `"mañana-secret":1,"purpose"`), key, 400, "request"},
		{"a name beside the prints", "migration-officer", "POST", "/v1/searches", with(`"purpose"`, `"person":{"name":"mañana-secret"},"purpose"`), key, 400, "request"},
		{"no fingers", "migration-officer", "POST", "/v1/searches", `{"purpose":"a","ground":"b","case":"c","fingers":[]}`, key, 400, "request"},
		{"broken JSON", "migration-officer", "POST", "/v1/searches", `{"purpose":`, key, 400, "request"},
		{"no JSON", "migration-officer", "POST", "/v1/searches", "hello", append([]string{"Content-Type", "text/plain"}, key...), 400, "request"},
		{"a position that is none", "migration-officer", "POST", "/v1/searches", with("right-index", "third-eye"), key, 422, "position"},
		{"a finger twice", "migration-officer", "POST", "/v1/searches", asJSON(t, border(slices.Repeat(handOf(t, 99, 1, 2, 7)[:1], 2))), key, 422, "position"},
		{"too large", "operator", "POST", "/v1/subjects", `{"x":"` + strings.Repeat("a", 33<<20) + `"}`, key, 413, "too-large"},
		{"a category that is not listed", "operator", "POST", "/v1/subjects", enrolmentJSON(t, "tourist", "family-name", nil), key, 422, "words"},
		{"a field that is not listed", "operator", "POST", "/v1/subjects", enrolmentJSON(t, "visa", "religion", nil), key, 422, "words"},
		{"a safeguard that is misspelt", "operator", "POST", "/v1/subjects", enrolmentJSON(t, "visa", "family-name", []api.Safeguard{{Kind: "asylum"}}), key, 422, "words"},
		{"a safeguard for nobody", "operator", "PUT", "/v1/subjects/" + nobody32 + "/safeguards", `{"safeguards":[{"kind":"minor"}]}`, nil, 404, "not-found"},
		{"a verdict on nothing", "examiner", "POST", "/v1/candidates/" + nobody32 + "/verdict", `{"verdict":"confirm","reason":"x"}`, nil, 404, "not-found"},
		{"a verdict in other words", "examiner", "POST", "/v1/candidates/" + nobody32 + "/verdict", `{"verdict":"maybe","reason":"x"}`, nil, 400, "request"},
		{"a verdict without a reason", "examiner", "POST", "/v1/candidates/" + nobody32 + "/verdict", `{"verdict":"confirm","reason":""}`, nil, 400, "request"},
		{"facts behind nothing", "migration-officer", "POST", "/v1/exchanges/" + nobody32 + "/disclosure", `{"fields":["family-name"]}`, nil, 404, "not-found"},
		{"a notice that is none", "operator", "POST", "/v1/agreement/notices", `{"notice":"eA=="}`, nil, 422, "notice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pr := p.problem(c.role, c.method, c.path, []byte(c.body), c.header...)
			if pr.Status != c.status || pr.Code != c.code {
				t.Errorf("HTTP %d %s (%s), want %d %s", pr.Status, pr.Code, text(pr.Detail), c.status, c.code)
			}
			if pr.Hint == nil {
				t.Error("nothing is said of what to do")
			}
			if all := asJSON(t, pr); len(all) > 2000 {
				t.Errorf("the problem has %d bytes", len(all))
			}
		})
	}
}

func enrolmentJSON(t *testing.T, category, field string, guards []api.Safeguard) string {
	e := api.Enrolment{Category: category, Nationalities: []string{"VE"}, Fields: map[string]string{field: "x"}, Fingers: handOf(t, 99, 1, 2, 7)}
	if guards != nil {
		e.Safeguards = &guards
	}
	return asJSON(t, e)
}

// badImages sends what is no usable fingerprint, for enrolment and for search.
func badImages(t *testing.T, p *pair) {
	notUnderRace(t)
	good := handOf(t, 99, 1, 2, 7)[0].Image
	for _, c := range []struct {
		name   string
		image  []byte
		status int
		code   string
		says   string // in the problem's detail, or in the finger's reasons
	}{
		{"no image", []byte("this is text"), 422, "image", "not a PNG"},
		{"nothing", []byte{}, 422, "image", ""},
		{"cut off", good[:len(good)/2], 422, "image", "truncated"},
		{"cut off in the header", good[:20], 422, "image", "truncated"},
		{"no pixels", pngHeader(0, 0), 422, "image", ""},
		{"claims 40000 pixels a side", pngHeader(40000, 40000), 422, "image", "too large"},
		{"blank", grayPNG(t, 300, 400, 500, func(int, int) uint8 { return 255 }), 422, "quality", "No finger is seen"},
		{"black", grayPNG(t, 300, 400, 500, func(int, int) uint8 { return 0 }), 422, "quality", ""},
		{"100 ppi", grayPNG(t, 300, 400, 100, func(x, y int) uint8 { return uint8(x * y) }), 422, "quality", "resolution"},
		{"a few pixels", grayPNG(t, 20, 20, 500, func(x, y int) uint8 { return uint8(x * y) }), 422, "quality", "too small"},
		{"noise", grayPNG(t, 300, 400, 500, func(x, y int) uint8 {
			return uint8(crc32.ChecksumIEEE([]byte{byte(x), byte(x >> 8), byte(y), byte(y >> 8)}))
		}), 422, "quality", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := api.Enrolment{Category: "visa", Nationalities: []string{"VE"}, Fields: map[string]string{"family-name": "mañana-secret"},
				Fingers: []api.FingerImage{{Position: "left-thumb", Image: c.image}}}
			pr := p.us.problem("operator", "POST", "/v1/subjects", []byte(asJSON(t, e)), "Idempotency-Key", "image-"+strings.ReplaceAll(c.name, " ", "-")+"-1")
			why := text(pr.Detail)
			if pr.Fingers != nil {
				why += asJSON(t, *pr.Fingers)
			}
			if pr.Status != c.status || pr.Code != c.code || !strings.Contains(why, "left-thumb") || !strings.Contains(why, c.says) {
				t.Errorf("HTTP %d %s: %s; want %d %s with the finger and %q", pr.Status, pr.Code, why, c.status, c.code, c.says)
			}
			if all := asJSON(t, pr); strings.Contains(all, "mañana-secret") || len(all) > 4000 {
				t.Errorf("the problem repeats the request: %.300s", all)
			}
			// The same finger beside a good one: a search is refused at home and says which finger and why.
			req := returning([]api.FingerImage{{Position: "right-index", Image: good}, {Position: "left-thumb", Image: c.image}})
			x, err := p.co.search("image-"+strings.ReplaceAll(c.name, " ", "-")+"-2", req)
			if c.code == "image" {
				if err == nil || !strings.Contains(err.Error(), "left-thumb") {
					t.Errorf("search: %v", err)
				}
				return
			}
			must(t, err)
			if x.State != "refused" || !slices.Contains(x.Articles, "12") || x.Fingers == nil || len(*x.Fingers) != 2 {
				t.Fatalf("search: %s by %v, fingers %v", x.State, x.Articles, x.Fingers)
			}
			for _, f := range *x.Fingers {
				if bad := f.Position == "left-thumb"; bad == f.Usable || (bad && (f.Reasons == nil || len(*f.Reasons) == 0)) {
					t.Errorf("finger %+v", f)
				}
			}
		})
	}
	for name, image := range map[string][]byte{"16 bits": recoded(t, good, true), "colour": recoded(t, good, false)} {
		t.Run(name, func(t *testing.T) {
			x, err := p.co.search("recoded-"+strings.ReplaceAll(name, " ", "-"), border([]api.FingerImage{{Position: "right-index", Image: image}}))
			must(t, err)
			if f := (*x.Fingers)[0]; !f.Usable || f.Quality < 30 {
				t.Errorf("the same print as %s is not usable: %+v", name, f)
			}
		})
	}
}

// pngHeader is a PNG file that holds no more than what it claims of its size.
func pngHeader(w, h uint32) []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	ihdr = binary.BigEndian.AppendUint32(ihdr, h)
	ihdr = append(ihdr, 8, 0, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	out = append(out, ihdr...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(ihdr))
	idat := append([]byte("IDAT"), 0x78, 0x9c, 3, 0, 0, 0, 0, 1)
	out = append(append(out, 0, 0, 0, 8), idat...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(idat))
	out = append(out, 0, 0, 0, 0)
	iend := []byte("IEND")
	return binary.BigEndian.AppendUint32(append(out, iend...), crc32.ChecksumIEEE(iend))
}

func grayPNG(t *testing.T, w, h int, ppi float64, at func(x, y int) uint8) []byte {
	t.Helper()
	img := finger.Image{Width: w, Height: h, PPI: ppi, Pix: make([]uint8, w*h)}
	for i := range img.Pix {
		img.Pix[i] = at(i%w, i/w)
	}
	b, err := capture.Print{Image: img}.PNG()
	must(t, err)
	return b
}

// recoded is a print as a 16-bit gray or as a colour PNG without resolution.
func recoded(t *testing.T, data []byte, deep bool) []byte {
	t.Helper()
	pic, err := picture.Decode(data, picture.DefaultLimits)
	must(t, err)
	bounds := pic.Gray.Bounds()
	var out interface {
		image.Image
		Set(x, y int, c color.Color)
	} = image.NewNRGBA(bounds)
	if deep {
		out = image.NewGray16(bounds)
	}
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			out.Set(x, y, pic.Gray.GrayAt(x, y))
		}
	}
	var b bytes.Buffer
	must(t, png.Encode(&b, out))
	return b.Bytes()
}

// sameKey repeats requests under one key, one after another and all at once.
func sameKey(t *testing.T, p *pair) {
	req := border(handOf(t, 99, 1, 2, 7))
	people := p.us.status().People
	enrolment := api.Enrolment{Category: "visa", Nationalities: []string{"VE"}, Fields: map[string]string{}, Fingers: handOf(t, 5, 0, 2)}
	type made struct {
		id  string
		err error
	}
	at := func(n int, do func() (string, error)) map[string]int {
		results := make(chan made, n)
		for range n {
			go func() {
				id, err := do()
				results <- made{id, err}
			}()
		}
		ids := map[string]int{}
		for range n {
			m := <-results
			if m.err != nil {
				t.Errorf("%v", m.err)
			}
			ids[m.id]++
		}
		return ids
	}
	search := func() (string, error) {
		x, err := p.co.search("same-key-search", req)
		return x.Id, err
	}
	enrol := func() (string, error) {
		r, err := p.us.client("operator").EnrolWithResponse(t.Context(), &api.EnrolParams{IdempotencyKey: "same-key-enrol"}, enrolment)
		if err := api.Check(r, problemOf(r), err); err != nil {
			return "", err
		}
		return r.JSON201.Subject, nil
	}
	if ids := at(4, search); len(ids) != 1 {
		t.Errorf("one key made %d exchanges", len(ids))
	}
	if ids := at(4, enrol); len(ids) != 1 {
		t.Errorf("one key made %d people", len(ids))
	}
	if now := p.us.status().People; now != people+1 {
		t.Errorf("%d people, %d before", now, people)
	}
	id, err := search()
	must(t, err)
	p.co.reaches(id, "no-hit")
	sent := 0
	for _, e := range p.co.evidence(id).Entries {
		if e.Kind == "send" {
			sent++
		}
	}
	if sent != 1 {
		t.Errorf("one key sent %d messages", sent)
	}
	// Another officer's same key is another request.
	if x, err := p.co.search(fmt.Sprintf("same-key-%s", "other"), req); err != nil || x.Id == id {
		t.Errorf("%v %v", x.Id == id, err)
	}
}
