package osia

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// contract holds each call and answer against the published description and keeps what was seen.
type contract struct {
	*world
	router routers.Router
	seen   map[string]map[int]bool // operation -> status
	sent   map[string]map[bool]bool
}

func newContract(t *testing.T) *contract {
	doc := published(t)
	doc.Servers = nil
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &contract{world: newWorld(t, nil), router: router, seen: map[string]map[int]bool{}, sent: map[string]map[bool]bool{}}
}

// ask makes a call. good says that the published description must accept the request.
func (c *contract) ask(req *http.Request, good bool) (*openapi3.Operation, int, string) {
	c.t.Helper()
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
	}
	again := func() { req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body)) }
	again()
	route, params, err := c.router.FindRoute(req)
	c.must(err)
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, SkipSettingDefaults: true, IncludeResponseStatus: true}}
	if err := openapi3filter.ValidateRequest(req.Context(), in); good && err != nil {
		c.t.Fatalf("%s: the published description refuses the test's own call: %v", route.Operation.OperationID, err)
	}
	again()
	status, header, text := c.do(req)
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: status, Header: header, Options: in.Options}
	out.SetBodyBytes([]byte(text))
	if err := openapi3filter.ValidateResponse(req.Context(), out); err != nil {
		c.t.Errorf("%s: the answer %d is not as published: %v", route.Operation.OperationID, status, err)
	}
	id := route.Operation.OperationID
	if c.seen[id] == nil {
		c.seen[id] = map[int]bool{}
	}
	c.seen[id][status] = true
	return route.Operation, status, text
}

// step is one call of the walk.
type step struct {
	want   int
	method string
	path   string
	query  url.Values
	body   any
	back   string // with a callback: what must be in the result
}

func (c *contract) walk(steps []step) {
	c.t.Helper()
	for i, s := range steps {
		q := url.Values{}
		maps.Copy(q, s.query)
		if s.back != "" {
			q.Set("callback", c.receiver.server.URL+"/back")
		}
		good := s.want != http.StatusBadRequest
		op, status, text := c.ask(c.request(s.method, s.path, q, s.body, c.token(Scopes()...)), good)
		if status != s.want {
			c.t.Fatalf("step %d, %s: %d %.200s, want %d", i, op.OperationID, status, text, s.want)
		}
		if s.back == "" {
			continue
		}
		var task struct{ TaskId string }
		c.must(json.Unmarshal([]byte(text), &task))
		d := c.receiver.wait(c.t, task.TaskId)
		if !strings.Contains(d.body, s.back) || d.transaction != "T1" {
			c.t.Errorf("step %d, %s: the callback got %.300s (transaction %s), want %s in it", i, op.OperationID, d.body, d.transaction, s.back)
		}
		c.checkCallback(op, d)
	}
}

// checkCallback holds a result against what the operation's callback is published as.
func (c *contract) checkCallback(op *openapi3.Operation, d delivery) {
	c.t.Helper()
	for _, cb := range op.Callbacks {
		for _, item := range cb.Value.Map() {
			kind := item.Post.RequestBody.Value.Content[d.kind]
			if kind == nil {
				c.t.Fatalf("%s: callback with content type %s", op.OperationID, d.kind)
			}
			var v any
			c.must(json.Unmarshal([]byte(d.body), &v))
			if err := kind.Schema.Value.VisitJSON(v, openapi3.VisitAsResponse()); err != nil {
				c.t.Errorf("%s: the result is not as published: %v", op.OperationID, err)
			}
			if c.sent[op.OperationID] == nil {
				c.sent[op.OperationID] = map[bool]bool{}
			}
			c.sent[op.OperationID][d.kind == "application/json"] = true
			return
		}
	}
	c.t.Errorf("%s: a callback that is not published", op.OperationID)
}

// Every operation is walked, at once and with a callback, to every published status but 500, and each call and answer is held
// against the published description.
func TestContract(t *testing.T) {
	c := newContract(t)
	a1, a2, b1 := drawPrint(t, 1, 1), drawPrint(t, 1, 2), drawPrint(t, 2, 1)
	identify := func(image string) object { return object{"filter": object{}, "biometricData": []any{biometric(image)}} }
	verify := object{"biometricData": []any{biometric(a2)}}
	both := object{"biometricData1": []any{biometric(a1)}, "biometricData2": []any{biometric(a2)}}
	const P1, P2 = "/v1/persons/P1", "/v1/persons/P2"
	c.walk([]step{
		{200, "POST", P1 + "/encounters/E1", nil, meeting(a1, "civil", "vip"), ""},
		{409, "POST", P1 + "/encounters/E1", nil, meeting(a1, "civil"), ""},
		{202, "POST", P1 + "/encounters/E1", nil, meeting(a1, "civil"), `"code":409`},
		{202, "POST", P2 + "/encounters/E2", query("priority", "9", "algorithm", "any"), meeting(b1, "civil"), `"personId":"P2"`},
		{400, "POST", P2 + "/encounters/E3", nil, meeting("no base64!", "civil"), ""},
		{200, "POST", P1 + "/encounters", nil, meeting(a2, "civil"), ""},
		{202, "POST", P1 + "/encounters", nil, meeting(a2, "civil"), `"personId":"P1"`},
		{202, "POST", P1 + "/encounters", nil, meeting("AAAA", "civil"), `"code":400`},
		{200, "POST", "/v1/persons", nil, meeting(b1, "other"), ""},
		{202, "POST", "/v1/persons", nil, meeting(b1, "other"), `"encounterId"`},
		{202, "POST", "/v1/persons", nil, meeting(b1, "ALL"), `"code":400`},

		{200, "GET", P1 + "/encounters", nil, nil, ""},
		{404, "GET", "/v1/persons/nobody/encounters", nil, nil, ""},
		{202, "GET", P1 + "/encounters", nil, nil, `"E1"`},
		{202, "GET", "/v1/persons/nobody/encounters", nil, nil, `"code":404`},
		{200, "GET", P1 + "/encounters/E1", nil, nil, ""},
		{404, "GET", P1 + "/encounters/E9", nil, nil, ""},
		{202, "GET", P1 + "/encounters/E1", query("priority", "0"), nil, `"createdDate"`},
		{202, "GET", P1 + "/encounters/E9", nil, nil, `"code":404`},
		{200, "PUT", P1 + "/encounters/E1", nil, meeting(a1, "civil", "vip"), ""},
		{404, "PUT", P1 + "/encounters/E9", nil, meeting(a1, "civil"), ""},
		{202, "PUT", P1 + "/encounters/E1", nil, meeting(a1, "civil", "vip"), `"personId":"P1"`},
		{202, "PUT", P1 + "/encounters/E9", nil, meeting(a1, "civil"), `"code":404`},

		{204, "PUT", P1 + "/encounters/E1/status", query("status", "INACTIVE"), nil, ""},
		{400, "PUT", P1 + "/encounters/E1/status", query("status", "ASLEEP"), nil, ""},
		{202, "PUT", P1 + "/encounters/E1/status", query("status", "ACTIVE"), nil, `"OK"`},
		{202, "PUT", P1 + "/encounters/E9/status", query("status", "ACTIVE"), nil, `"code":400`},
		{204, "PUT", P1 + "/encounters/E1/galleries", nil, []string{"civil"}, ""},
		{202, "PUT", P1 + "/encounters/E1/galleries", nil, []string{"civil", "vip"}, `"OK"`},
		{202, "PUT", P1 + "/encounters/E9/galleries", nil, []string{"civil"}, `"code":400`},
		{400, "PUT", P1 + "/encounters/E1/galleries", nil, []string{}, ""},

		{200, "GET", P1 + "/encounters/E1/templates", query("biometricType", "FINGER", "biometricSubType", "RIGHT_INDEX", "templateFormat", "ISO_19794_2"), nil, ""},
		{404, "GET", P1 + "/encounters/E9/templates", nil, nil, ""},
		{202, "GET", P1 + "/encounters/E1/templates", query("qualityFormat", "ISO_19794"), nil, `"ISO_19794_2_2011"`},
		{202, "GET", P1 + "/encounters/E1/templates", query("templateFormat", "OWN"), nil, `"code":400`},

		{200, "GET", "/v1/galleries", nil, nil, ""},
		{202, "GET", "/v1/galleries", nil, nil, `["civil","other","vip"]`},
		{202, "GET", "/v1/galleries", query("priority", "11"), nil, `"code":400`},
		{200, "GET", "/v1/galleries/ALL", nil, nil, ""},
		{200, "GET", "/v1/galleries/civil", query("offset", "1", "limit", "2"), nil, ""},
		{404, "GET", "/v1/galleries/none", nil, nil, ""},
		{202, "GET", "/v1/galleries/vip", nil, nil, `"E1"`},
		{202, "GET", "/v1/galleries/none", nil, nil, `"code":404`},

		{200, "POST", "/v1/identify/civil", query("maxNbCand", "5", "threshold", "40"), identify(a2), ""},
		{404, "POST", "/v1/identify/none", nil, identify(a2), ""},
		{202, "POST", "/v1/identify/ALL", nil, identify(a2), `"P1"`},
		{202, "POST", "/v1/identify/none", nil, identify(a2), `"code":404`},
		{200, "POST", "/v1/identify/civil/P1", nil, object{"encounterType": "enrolment"}, ""},
		{404, "POST", "/v1/identify/civil/nobody", nil, object{}, ""},
		{202, "POST", "/v1/identify/other/P2", nil, object{}, `"rank":1`},
		{202, "POST", "/v1/identify/other/nobody", nil, object{}, `"code":404`},
		{200, "POST", "/v1/identify/civil/P1/encounters/E1", nil, object{}, ""},
		{404, "POST", "/v1/identify/civil/P1/encounters/E9", nil, object{}, ""},
		{202, "POST", "/v1/identify/other/P2/encounters/E2", query("accuracyLevel", "high", "serviceLevel", "9"), object{}, `"rank":1`},
		{202, "POST", "/v1/identify/civil/P1/encounters/E9", nil, object{}, `"code":404`},
		{200, "POST", "/v1/verify/civil/P1", nil, verify, ""},
		{404, "POST", "/v1/verify/other/P1", nil, verify, ""},
		{202, "POST", "/v1/verify/civil/P1", nil, verify, `"decision":true`},
		{202, "POST", "/v1/verify/other/P1", nil, verify, `"code":404`},
		{200, "POST", "/v1/verify", nil, both, ""},
		{202, "POST", "/v1/verify", nil, both, `"decision":true`},
		{202, "POST", "/v1/verify", query("threshold", "-1"), both, `"code":400`},

		{200, "POST", "/v1/persons/P3/encounters/E1", nil, meeting(b1, "other"), ""},
		{200, "POST", "/v1/persons/P3/encounters/E4", nil, meeting(b1, "other"), ""},
		{409, "POST", P1 + "/merge/P3", nil, nil, ""},
		{202, "POST", P1 + "/merge/P3", nil, nil, `"code":409`},
		{404, "POST", P1 + "/merge/nobody", nil, nil, ""},
		{409, "POST", P1 + "/move/P3/encounters/E1", nil, nil, ""},
		{404, "POST", P1 + "/move/P3/encounters/E9", nil, nil, ""},
		{202, "POST", P1 + "/move/P3/encounters/E9", nil, nil, `"code":404`},
		{204, "POST", P1 + "/move/P3/encounters/E4", nil, nil, ""},
		{202, "POST", P2 + "/move/P3/encounters/E1", nil, nil, `"OK"`},
		{200, "POST", "/v1/persons/P4/encounters/E5", nil, meeting(b1, "other"), ""},
		{204, "POST", P1 + "/merge/P4", nil, nil, ""},
		{202, "POST", "/v1/persons/P5/encounters/E6", nil, meeting(b1, "other"), `"P5"`},
		{202, "POST", P1 + "/merge/P5", nil, nil, `"OK"`},

		{204, "DELETE", P1 + "/encounters/E4", nil, nil, ""},
		{404, "DELETE", P1 + "/encounters/E4", nil, nil, ""},
		{202, "DELETE", P1 + "/encounters/E5", nil, nil, `"OK"`},
		{202, "DELETE", P1 + "/encounters/E5", nil, nil, `"code":404`},
		{204, "DELETE", P2, nil, nil, ""},
		{404, "DELETE", P2, nil, nil, ""},
		{202, "DELETE", P1, nil, nil, `"OK"`},
		{202, "DELETE", P1, nil, nil, `"code":404`},
	})
	c.tasks()
	c.refusals()
	c.complete()
}

// tasks are the two operations on tasks.
func (c *contract) tasks() {
	c.t.Helper()
	id := c.receiver.got[0].task
	c.walk([]step{
		{200, "GET", "/v1/tasks/" + id + "/status", nil, nil, ""},
		{404, "GET", "/v1/tasks/none/status", nil, nil, ""},
		{204, "POST", "/v1/tasks/" + id + "/redeliver", nil, nil, ""},
		{404, "POST", "/v1/tasks/none/redeliver", nil, nil, ""},
	})
}

// refusals: without its scope, and without a transaction, nothing is answered.
func (c *contract) refusals() {
	c.t.Helper()
	for path, item := range published(c.t).Paths.Map() {
		at := strings.NewReplacer("{", "", "}", "").Replace(path)
		for method, op := range item.Operations() {
			var body any
			if op.RequestBody != nil {
				body = object{"status": "ACTIVE"}
			}
			var others []string
			for _, s := range Scopes() {
				if s != scopeOf(op) {
					others = append(others, s)
				}
			}
			if _, status, text := c.ask(c.request(method, at, nil, body, c.token(others...)), false); status != 403 || text != "" {
				c.t.Errorf("%s without its scope: %d %s", op.OperationID, status, text)
			}
			if status, header, text := c.do(c.request(method, at, nil, body, "")); status != 401 || text != "" || header.Get("WWW-Authenticate") == "" {
				c.t.Errorf("%s without a token: %d %s", op.OperationID, status, text)
			}
			_, status, text := c.ask(c.request(method, at, query("transactionId", "-"), body, c.token(Scopes()...)), false)
			if status != 400 || !strings.Contains(text, "query ") {
				c.t.Errorf("%s without a transaction: %d %s", op.OperationID, status, text)
			}
		}
	}
}

// complete says that every published status but 500 was seen, and both kinds of result.
func (c *contract) complete() {
	c.t.Helper()
	n := 0
	for _, item := range published(c.t).Paths.Map() {
		for _, op := range item.Operations() {
			n++
			for code := range op.Responses.Map() {
				if code != "500" && !c.seen[op.OperationID][codeOf(code)] {
					c.t.Errorf("%s: the walk has no answer %s; it has %v", op.OperationID, code, slices.Sorted(maps.Keys(c.seen[op.OperationID])))
				}
			}
			if len(op.Callbacks) > 0 && len(c.sent[op.OperationID]) != 2 {
				c.t.Errorf("%s: the walk lacks a callback with a result or with an error: %v", op.OperationID, c.sent[op.OperationID])
			}
		}
	}
	if n != 22 {
		c.t.Errorf("%d operations, want 22", n)
	}
}

func codeOf(s string) (n int) {
	_, _ = fmt.Sscan(s, &n)
	return n
}
