package agreements_test

import (
	"os"
	"strings"
	"testing"

	"convenio/agreement"
)

var pages = []string{"agreement.md", "agreement.es.md"}

// The requests of the manual, in both languages, are read and permitted.
func TestManualRequests(t *testing.T) {
	for _, page := range pages {
		data, err := os.ReadFile("../../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"irpr", "pcsc"} {
			_, after, ok := strings.Cut(string(data), "```json "+name+"\n")
			if !ok {
				t.Errorf("%s: no request of %s", page, name)
				continue
			}
			body, _, _ := strings.Cut(after, "```")
			a := shipped(t, name)
			q, err := a.ParseRequest([]byte(body), now)
			if err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			if o := a.Opine(q); o.Outcome != agreement.Permit {
				t.Errorf("%s: %s: %s by %v", page, name, o.Outcome, o.Rules)
			}
		}
	}
}

// Every act and every fact of the two laws is in the list of words, and every act
// is in the manual.
func TestManualNamesEveryAct(t *testing.T) {
	for _, page := range pages {
		data, err := os.ReadFile("../../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"irpr", "pcsc"} {
			for _, x := range shipped(t, name).Acts {
				if !strings.Contains(string(data), "`"+x.ID+"`") {
					t.Errorf("%s does not name act %s of %s", page, x.ID, name)
				}
			}
		}
	}
}
