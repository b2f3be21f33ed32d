package client

import "testing"

// FuzzResult: whatever an ABIS sends as the result of a search, it is an error, or at most so many people, each once and named,
// in the order of their ranks.
func FuzzResult(f *testing.F) {
	for _, s := range []string{
		`[]`, `null`, `{}`, `[{"personId":"a","rank":1},{"personId":"b","rank":2,"score":1e308}]`,
		`[{"personId":"a","rank":2},{"personId":"a","rank":1},{"personId":"b","rank":-1}]`,
		`[{"rank":1}]`, `[{"personId":"a","rank":1}`, `[{"personId":"a","rank":99999999999}]`, `{"code":500,"message":"no"}`, `[[[[[[`,
	} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	const most = 3
	f.Fuzz(func(t *testing.T, body []byte, failed bool) {
		list, err := concluded(answer{body: body, failed: failed}, most, nil)
		if failed && err == nil {
			t.Fatal("a failure came out as a result")
		}
		if err != nil && list != nil || len(list) > most {
			t.Fatalf("%d candidates, error %v", len(list), err)
		}
		seen := map[string]bool{}
		for i, c := range list {
			if c.Person == "" || seen[c.Person] || i > 0 && list[i-1].Rank > c.Rank {
				t.Fatalf("candidates %+v", list)
			}
			seen[c.Person] = true
		}
	})
}
