package osia

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"convenio/formats/fmr"
	"convenio/osia/abis"
)

func candidates(t testing.TB, text string) []abis.Candidate {
	t.Helper()
	var out []abis.Candidate
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func persons(t testing.TB, text string) string {
	t.Helper()
	var out []string
	for _, c := range candidates(t, text) {
		out = append(out, c.PersonId)
	}
	return strings.Join(out, " ")
}

func identifyWith(image string, filter object) object {
	return object{"filter": filter, "biometricData": []any{biometric(image)}}
}

func TestIdentify(t *testing.T) {
	w := newWorld(t, nil)
	w.call("POST", "/v1/persons/P1/encounters/E1", nil, meeting(drawPrint(t, 1, 1), "civil", "vip"), 200)
	w.call("POST", "/v1/persons/P1/encounters/E2", nil, with(meeting(drawPrint(t, 1, 3), "civil"), "encounterType", "renewal"), 200)
	w.call("POST", "/v1/persons/P2/encounters/E1", nil, with(meeting(drawPrint(t, 2, 1), "civil"), "biographicData",
		object{"dateOfBirth": "1970-01-01", "children": 3}), 200)
	probe := drawPrint(t, 1, 2)
	ask := func(gallery string, filter object, q ...string) string {
		t.Helper()
		return w.call("POST", "/v1/identify/"+gallery, query(q...), identifyWith(probe, filter), 200)
	}
	got := candidates(t, ask("civil", object{}))
	if len(got) != 1 || got[0].PersonId != "P1" || got[0].Rank != 1 || len(*got[0].Scores) != 2 || got[0].Score < 60 {
		t.Fatalf("a mate with two encounters: %+v", got)
	}
	for _, c := range []struct {
		name   string
		filter object
		want   string
	}{
		{"equal", object{"nationality": "COL"}, "P1"},
		{"not equal", object{"nationality": "ECU"}, ""},
		{"one of", object{"nationality": []any{"ECU", "COL"}}, "P1"},
		{"a range", object{"dateOfBirthMin": "1990-01-01", "dateOfBirthMax": "1990-12-31"}, "P1"},
		{"the bound itself", object{"dateOfBirthMin": "1990-05-01", "dateOfBirthMax": "1990-05-01"}, "P1"},
		{"below a range", object{"dateOfBirthMax": "1990-04-30"}, ""},
		{"a field it lacks", object{"gender": "F"}, ""},
		{"encounter type", object{"encounterType": "renewal"}, "P1"},
		{"unknown encounter type", object{"encounterType": "visit"}, ""},
		{"its modality", object{"biometricType": []any{"FINGER", "IRIS"}}, "P1"},
	} {
		if got := persons(t, ask("civil", c.filter)); got != c.want {
			t.Errorf("filter %s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := persons(t, ask("civil", object{"childrenMin": 2, "childrenMax": 10}, "threshold", "0")); got != "P2" {
		t.Errorf("a range of numbers, no threshold: %q", got)
	}
	if got := persons(t, ask("ALL", object{}, "threshold", "0", "maxNbCand", "1")); got != "P1" {
		t.Errorf("one candidate: %q", got)
	}
	if got := persons(t, ask("ALL", object{}, "threshold", "1000")); got != "" {
		t.Errorf("out of reach of any score: %q", got)
	}
	w.call("POST", "/v1/identify/civil", nil, identifyWith(probe, object{"biometricType": []any{"IRIS"}}), 400)
	w.call("POST", "/v1/identify/civil", nil, identifyWith(probe, object{"a": object{}}), 400)
	w.call("POST", "/v1/identify/civil", nil, object{"filter": object{}, "biometricData": []any{object{"biometricType": "FACE"}}}, 400)
	w.call("POST", "/v1/identify/civil", query("maxNbCand", "101"), identifyWith(probe, object{}), 400)

	// Only active encounters are searched.
	w.call("PUT", "/v1/persons/P1/encounters/E1/status", query("status", "INACTIVE"), nil, 204)
	if got := persons(t, ask("vip", object{})); got != "" {
		t.Errorf("an inactive encounter was found: %q", got)
	}
	if got := candidates(t, ask("ALL", object{})); len(got) != 1 || len(*got[0].Scores) != 1 || *(*got[0].Scores)[0].EncounterId != "E2" {
		t.Errorf("one of two encounters is active: %+v", got)
	}
	// Without a body the filter is empty; the person itself is no candidate.
	if got := persons(t, w.call("POST", "/v1/identify/ALL/P1", nil, nil, 200)); got != "" {
		t.Errorf("who else is P1: %q", got)
	}
}

func TestVerify(t *testing.T) {
	w := newWorld(t, nil)
	w.call("POST", "/v1/persons/P1/encounters/E1", nil, meeting(drawPrint(t, 1, 1), "civil"), 200)
	ask := func(image string, q ...string) abis.Verification {
		t.Helper()
		var v abis.Verification
		w.must(json.Unmarshal([]byte(w.call("POST", "/v1/verify/civil/P1", query(q...), object{"biometricData": []any{biometric(image)}}, 200)), &v))
		return v
	}
	mate, other := drawPrint(t, 1, 2), drawPrint(t, 2, 1)
	if v := ask(mate); !v.Decision || len(*v.Scores) != 1 || (*v.Scores)[0].Score < 40 {
		t.Errorf("a mate: %+v", v)
	}
	if v := ask(other); v.Decision {
		t.Errorf("somebody else: %+v", v)
	}
	if v := ask(mate, "threshold", "1000"); v.Decision {
		t.Errorf("a threshold out of reach: %+v", v)
	}
	w.call("PUT", "/v1/persons/P1/encounters/E1/status", query("status", "INACTIVE"), nil, 204)
	if v := ask(mate); v.Decision || len(*v.Scores) != 0 {
		t.Errorf("no active encounter: %+v", v)
	}
	w.call("POST", "/v1/verify", nil, object{"biometricData1": []any{biometric(mate)}, "biometricData2": []any{object{"biometricType": "IRIS"}}}, 400)
}

// A merge or move that would give one person two encounters of one id changes nothing.
func TestConflictChangesNothing(t *testing.T) {
	w := newWorld(t, nil)
	p := drawPrint(t, 1, 1)
	for _, at := range []string{"P1/encounters/E1", "P2/encounters/E0", "P2/encounters/E1", "P2/encounters/E2"} {
		w.call("POST", "/v1/persons/"+at, nil, meeting(p, "g"), 200)
	}
	before := w.call("GET", "/v1/galleries/ALL", nil, nil, 200)
	w.call("POST", "/v1/persons/P1/merge/P2", nil, nil, 409)
	w.call("POST", "/v1/persons/P1/move/P2/encounters/E1", nil, nil, 409)
	w.call("POST", "/v1/persons/P1/merge/P1", nil, nil, 400)
	w.call("POST", "/v1/persons/P9/merge/P2", nil, nil, 404)
	if after := w.call("GET", "/v1/galleries/ALL", nil, nil, 200); after != before {
		t.Errorf("before %s\nafter %s", before, after)
	}
	w.call("DELETE", "/v1/persons/P2/encounters/E1", nil, nil, 204)
	w.call("POST", "/v1/persons/P1/merge/P2", nil, nil, 204)
	w.stop()
	w.start() // what was done is durable
	const want = `[{"encounterId":"E0","personId":"P1"},{"encounterId":"E1","personId":"P1"},{"encounterId":"E2","personId":"P1"}]`
	if got := strings.TrimSpace(w.call("GET", "/v1/galleries/ALL", nil, nil, 200)); got != want {
		t.Errorf("after a merge and a stop: %s", got)
	}
	w.must(w.store.CheckDeep(context.Background()))
}

// What was given comes back as it was given, and what replaced it after an update.
func TestReadBack(t *testing.T) {
	w := newWorld(t, nil)
	e := with(with(meeting(drawPrint(t, 1, 1), "civil"), "clientData", "AQID"), "contextualData", object{"place": "Cúcuta"})
	w.call("POST", "/v1/persons/P%2F1/encounters/E%201", nil, e, 200)
	w.call("GET", "/v1/persons/P/1/encounters/E%201", nil, nil, 404)
	read := func() (out object) {
		w.must(json.Unmarshal([]byte(w.call("GET", "/v1/persons/P%2F1/encounters/E%201", nil, nil, 200)), &out))
		return out
	}
	got := read()
	for _, k := range []string{"clientData", "contextualData", "biographicData", "galleries", "status", "biometricData"} {
		a, _ := json.Marshal(e[k])
		b, _ := json.Marshal(got[k])
		if string(a) != string(b) {
			t.Errorf("%s came back as %.200s, was %.200s", k, b, a)
		}
	}
	if got["encounterId"] != "E 1" || got["createdDate"] == nil {
		t.Errorf("ids and dates: %v %v", got["encounterId"], got["createdDate"])
	}
	got["encounterType"] = "corrected" // a client sends back what it read
	w.call("PUT", "/v1/persons/P%2F1/encounters/E%201", nil, got, 200)
	again := read()
	if again["encounterType"] != "corrected" || again["createdDate"] != got["createdDate"] {
		t.Errorf("after an update: %v %v", again["encounterType"], again["createdDate"])
	}
	req := w.request("GET", "/v1/galleries/ALL", nil, nil, w.token(Scopes()...))
	req.Header.Set("Accept", "text/csv")
	if _, h, text := w.do(req); text != "personId,encounterId\r\nP/1,\"E 1\"\r\n" || h.Get("Content-Type") != "text/csv" {
		t.Errorf("CSV: %q %s", text, h.Get("Content-Type"))
	}
}

// Templates come back in both ISO formats, and can be enrolled and compared in place of an image.
func TestTemplates(t *testing.T) {
	w := newWorld(t, nil)
	w.call("POST", "/v1/persons/P1/encounters/E1", nil, meeting(drawPrint(t, 1, 1), "civil"), 200)
	for format, want := range map[string]fmr.Format{"ISO_19794_2": fmr.ISO2005, "ISO_19794_2_2011": fmr.ISO2011} {
		var list []abis.BiometricComputedData
		w.must(json.Unmarshal([]byte(w.call("GET", "/v1/persons/P1/encounters/E1/templates", query("templateFormat", format), nil, 200)), &list))
		if len(list) != 1 || *list[0].TemplateFormat != format || *list[0].BiometricSubType != "RIGHT_INDEX" || *list[0].Quality < 20 {
			t.Fatalf("%s: %+v", format, list)
		}
		data, err := base64.StdEncoding.DecodeString(list[0].Template)
		w.must(err)
		rec, err := fmr.Parse(data)
		w.must(err)
		if rec.Format != want || rec.Views[0].Position != 2 || len(rec.Views[0].Minutiae) < 10 || len(rec.Oddities) > 0 {
			t.Errorf("%s: %v, %d minutiae, oddities %v", format, rec.Format, len(rec.Views[0].Minutiae), rec.Oddities)
		}
		item := object{"biometricType": "FINGER", "biometricSubType": "RIGHT_INDEX", "template": list[0].Template, "templateFormat": format}
		text := w.call("POST", "/v1/verify/civil/P1", nil, object{"biometricData": []any{item}}, 200)
		if !strings.Contains(text, `"decision":true`) {
			t.Errorf("%s in place of an image: %s", format, text)
		}
	}
	for q, v := range map[string]string{"biometricType": "IRIS", "biometricSubType": "LEFT_THUMB", "instance": "2"} {
		if text := strings.TrimSpace(w.call("GET", "/v1/persons/P1/encounters/E1/templates", query(q, v), nil, 200)); text != "[]" {
			t.Errorf("%s %s: %s", q, v, text)
		}
	}
	w.call("GET", "/v1/persons/P1/encounters/E1/templates", query("qualityFormat", "NFIQ2"), nil, 400)
}

// What comes in bad is refused and what cannot be compared is kept and said.
func TestBadInput(t *testing.T) {
	w := newWorld(t, nil)
	good := meeting(drawPrint(t, 1, 1), "civil")
	item := biometric(drawPrint(t, 1, 1))
	for _, c := range []struct {
		name string
		body any
		want string
	}{
		{"an image by reference", with(good, "biometricData", []any{object{"biometricType": "FINGER", "imageRef": "http://127.0.0.1/x"}}), "by value only"},
		{"a template by reference", with(good, "biometricData", []any{object{"biometricType": "FINGER", "templateRef": "http://127.0.0.1/x"}}), "by value only"},
		{"not base64", with(good, "biometricData", []any{with(item, "image", "*")}), "not base64"},
		{"no image", with(good, "biometricData", []any{with(item, "image", "QUJD")}), "cannot be read"},
		{"a resolution out of range", with(good, "biometricData", []any{with(item, "resolution", 9)}), "resolution"},
		{"no template", with(good, "biometricData", []any{object{"biometricType": "FINGER", "template": "QUJD"}}), "minutiae record"},
		{"no gallery", with(good, "galleries", []string{}), "galleries"},
		{"a gallery twice", with(good, "galleries", []string{"a", "a"}), "galleries"},
		{"the gallery ALL", with(good, "galleries", []string{"ALL"}), "ALL"},
		{"an unknown status", with(good, "status", "ASLEEP"), "status"},
		{"an unknown field", with(good, "surprise", 1), "as described"},
		{"nothing", object{}, "body"},
		{"too deep", with(good, "contextualData", deep(40)), "nested deeper"},
		{"many values", with(good, "contextualData", make([]int, maxValues)), "more than 20000 values"},
		{"too many", with(good, "biometricData", make65(item)), "at most 64"},
		{"a list", []int{1}, "body"},
	} {
		text := w.call("POST", "/v1/persons/P1/encounters/E1", nil, c.body, 400)
		var e abis.Error
		if json.Unmarshal([]byte(text), &e) != nil || e.Code != 400 || !strings.Contains(e.Message, c.want) {
			t.Errorf("%s: %s, want %q", c.name, text, c.want)
		}
	}
	w.call("GET", "/v1/persons/P1/encounters", nil, nil, 404) // nothing of it was kept
	blank := base64.StdEncoding.EncodeToString(make([]byte, 200*200))
	text := w.call("POST", "/v1/persons/P1/encounters/E1", nil, with(good, "biometricData", []any{
		object{"biometricType": "FACE", "image": "QUJD"}, object{"biometricType": "FINGER", "biometricSubType": "PLAIN_THUMBS", "image": "QUJD"},
		object{"biometricType": "FINGER", "biometricSubType": "RIGHT_INDEX", "image": blank, "compression": "NONE", "width": 200, "height": 200},
		item,
	}), 200)
	var ids struct {
		Others struct{ Biometrics []report }
	}
	w.must(json.Unmarshal([]byte(text), &ids))
	for i, r := range ids.Others.Biometrics {
		if r.Usable != (i == 3) || !r.Usable && len(r.Reasons) == 0 {
			t.Errorf("item %d: %+v", i, r)
		}
	}
	long := strings.Repeat("x", maxName+1)
	w.call("POST", "/v1/persons/"+long+"/encounters/E1", nil, good, 400)
	w.call("POST", "/v1/persons/P%0A/encounters/E1", nil, good, 400)
	w.call("GET", "/v1/galleries", query("transactionId", strings.Repeat("x", maxTransaction+1)), nil, 400)
	if status, _, _ := w.do(w.request("GET", "/v1/nothing", nil, nil, w.token(Scopes()...))); status != 404 {
		t.Errorf("an unknown path: %d", status)
	}
	if status, _, _ := w.do(w.request("PATCH", "/v1/galleries", nil, nil, w.token(Scopes()...))); status != 405 {
		t.Errorf("an unknown method: %d", status)
	}
}

func deep(n int) any {
	if n == 0 {
		return 1
	}
	return []any{deep(n - 1)}
}

func make65(item any) []any {
	out := make([]any, 65)
	for i := range out {
		out[i] = item
	}
	return out
}

// wait until a task is in a state.
func (w *world) state(id, want string) {
	w.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		text := strings.TrimSpace(w.call("GET", "/v1/tasks/"+id+"/status", nil, nil, 200))
		if text == fmt.Sprintf("%q", want) {
			return
		}
		if time.Now().After(end) {
			w.t.Fatalf("task is %s, want %s", text, want)
		}
	}
}

func (w *world) accepted(method, path string, body any) string {
	w.t.Helper()
	var task abis.TaskId
	w.must(json.Unmarshal([]byte(w.call(method, path, query("callback", w.receiver.server.URL+"/back"), body, 202)), &task))
	return task.TaskId
}

// A result that nobody takes is tried as often as configured, kept over a stop, and sent again when asked for.
func TestLostCallbacks(t *testing.T) {
	w := newWorld(t, nil)
	w.receiver.say(http.StatusServiceUnavailable)
	id := w.accepted("POST", "/v1/persons/P1/encounters/E1", meeting(drawPrint(t, 1, 1), "civil"))
	w.state(id, "RESPONSE_ERROR")
	if n := w.receiver.count(id); n != 3 {
		t.Errorf("%d attempts, want 1 and 2 more", n)
	}
	w.stop()
	w.start()
	w.state(id, "RESPONSE_ERROR")
	w.call("GET", "/v1/persons/P1/encounters/E1", nil, nil, 200)
	w.receiver.say(http.StatusNoContent)
	w.call("POST", "/v1/tasks/"+id+"/redeliver", nil, nil, 204)
	w.state(id, "COMPLETED")
	if d := w.receiver.wait(t, id); !strings.Contains(d.body, `"personId":"P1"`) || d.kind != "application/json" || d.transaction != "T1" {
		t.Errorf("sent again: %+v", d)
	}
}

// A task that was accepted and not carried out is carried out by the next process, once.
func TestTasksOutliveTheProcess(t *testing.T) {
	w := newWorld(t, nil)
	for range w.service.cfg.Workers { // nothing gets a processor
		w.service.cpu <- struct{}{}
	}
	id := w.accepted("POST", "/v1/persons/P1/encounters/E1", meeting(drawPrint(t, 1, 1), "civil"))
	w.state(id, "PENDING")
	w.call("POST", "/v1/tasks/"+id+"/redeliver", nil, nil, 204) // it will be sent when there is something to send
	w.stop()
	w.start()
	if d := w.receiver.wait(t, id); !strings.Contains(d.body, `"personId":"P1"`) {
		t.Errorf("%+v", d)
	}
	w.state(id, "COMPLETED")
	if n := w.receiver.count(id); n != 1 {
		t.Errorf("sent %d times", n)
	}
}

// A task ends at its time, and what it held with it.
func TestTasksEnd(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.TaskLife = 300 * time.Millisecond })
	id := w.accepted("GET", "/v1/galleries", nil)
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		all, err := w.store.OSIATasks(context.Background())
		w.must(err)
		if len(all) == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the task did not end")
		}
	}
	w.call("GET", "/v1/tasks/"+id+"/status", nil, nil, 404)
	w.call("POST", "/v1/tasks/"+id+"/redeliver", nil, nil, 404)
	w.must(w.store.CheckDeep(context.Background()))
}

// Results go to configured origins and nowhere else.
func TestCallbackOrigins(t *testing.T) {
	w := newWorld(t, nil)
	host := strings.TrimPrefix(w.receiver.server.URL, "http://")
	for _, to := range []string{
		"http://169.254.169.254/latest/meta-data", "https://" + host, "http://" + host + "0/", "http://localhost:1/", "file:///etc/passwd",
		"http://user@" + host + "/", "http://" + host + "@example.org/", "http://" + host + "/#x", "gopher://" + host, "//" + host, "", "http://" + strings.Repeat("a", 3000),
	} {
		q := query()
		q.Set("callback", to)
		if status, _, text := w.do(w.request("GET", "/v1/galleries", q, nil, w.token(Scopes()...))); status != 400 {
			t.Errorf("callback %.60q: %d %s", to, status, text)
		}
	}
	if all, err := w.store.OSIATasks(context.Background()); err != nil || len(all) != 0 {
		t.Errorf("refused callbacks left tasks: %v %v", all, err)
	}
	// A redirection is not followed, not even to where results may go.
	other := newReceiver()
	defer other.server.Close()
	for _, to := range []string{other.server.URL + "/", w.receiver.server.URL + "/moved"} {
		w.receiver.elsewhere = to
		w.receiver.say(http.StatusTemporaryRedirect)
		id := w.accepted("GET", "/v1/galleries", nil)
		w.state(id, "RESPONSE_ERROR")
		if n := w.receiver.count(id); n != 3 || other.count(id) != 0 {
			t.Errorf("%d attempts, want 3; %d went elsewhere", n, other.count(id))
		}
	}
}

// To end an encounter is to end everything that was kept of it.
func TestEnd(t *testing.T) {
	w := newWorld(t, nil)
	w.call("POST", "/v1/persons/P1/encounters/E1", nil, meeting(drawPrint(t, 1, 1), "civil"), 200)
	e, err := w.service.find("P1", "E1")
	w.must(err)
	w.call("DELETE", "/v1/persons/P1", nil, nil, 204)
	if _, err := w.store.OSIABody(context.Background(), e.id); err == nil {
		t.Error("the body is still there")
	}
	w.call("POST", "/v1/persons/P1/encounters/E1", nil, meeting(drawPrint(t, 1, 1), "civil"), 200)
	w.must(w.store.CheckDeep(context.Background()))
}

// Nothing of a person is in what the service logs or says of an error.
func TestQuiet(t *testing.T) {
	w := newWorld(t, nil)
	text := w.call("POST", "/v1/persons/P1/encounters/E1", nil, with(meeting("QUJD", "civil"), "status", "Secret-Name"), 400)
	if strings.Contains(text, "Secret") {
		t.Errorf("the error repeats what was sent: %s", text)
	}
}
