package agreement

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestParseKeys(t *testing.T) {
	a, b := base64.StdEncoding.EncodeToString(public(partyKey('a'))), base64.StdEncoding.EncodeToString(public(partyKey('b')))
	line := func(party, key, more string) string {
		return fmt.Sprintf(`{"party": %q, "key": %q%s}`, party, key, more)
	}
	list := func(lines ...string) string { return `{"keys": [` + strings.Join(lines, ",") + `]}` }
	keys, err := ParseKeys([]byte(list(
		line("aa", a, `, "until": "2026-01-01T00:00:00Z"`),
		line("aa", b, `, "from": "2026-01-01T00:00:00Z", "revoked": "2027-01-01T00:00:00Z", "note": "lost"`))))
	if err != nil || len(keys["aa"]) != 2 || keys["aa"][0].Until.Year() != 2026 || keys["aa"][1].Revoked.Year() != 2027 {
		t.Fatalf("%v, %+v", err, keys)
	}
	for name, tt := range map[string]struct{ text, word string }{
		"no list":           {`{}`, `"keys" lists 0`},
		"unknown name":      {list(line("aa", a, `, "revoke": "2027-01-01T00:00:00Z"`)), `unknown field "revoke"`},
		"a day, not a time": {list(line("aa", a, `, "from": "2026-01-01"`)), "2026-01-01"},
		"key cut":           {list(line("aa", a[:40], "")), "line 1: the key of aa is not 32 bytes"},
		"key twice":         {list(line("aa", a, ""), line("aa", a, `, "revoked": "2026-01-01T00:00:00Z"`)), "line 2: the key stands in line 1 already"},
		"one key for two":   {list(line("aa", a, ""), line("bb", a, "")), "line 2: the key stands in line 1 already"},
		"ends at once":      {list(line("aa", a, `, "from": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"`)), "ends before it begins"},
		"no party":          {list(line("A A", a, "")), "is not a party"},
		"two objects":       {list(line("aa", a, "")) + "{}", "more follows"},
		"too long":          {list(line("aa", a, "")) + strings.Repeat(" ", MaxKeysFile), "over"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseKeys([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.word) {
				t.Errorf("got %v, want %q", err, tt.word)
			}
		})
	}
}

func TestAhead(t *testing.T) {
	s := []Signature{{Party: "aa", Signed: at.Add(time.Minute)}}
	if err := Ahead(s, at, 5*time.Minute); err != nil {
		t.Errorf("within the difference of two clocks: %v", err)
	}
	if err := Ahead(s, at, time.Second); !errors.Is(err, ErrBadSig) || !strings.Contains(err.Error(), "signature of aa") {
		t.Errorf("from tomorrow: %v", err)
	}
}

func FuzzParseKeys(f *testing.F) {
	key := base64.StdEncoding.EncodeToString(public(partyKey('a')))
	f.Add([]byte(`{"keys": [{"party": "aa", "key": "` + key + `", "from": "2026-01-01T00:00:00Z"}]}`))
	f.Add([]byte(`{"keys": []}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := ParseKeys(data)
		if err != nil {
			return
		}
		for party, list := range keys {
			for _, k := range list {
				if !idForm.MatchString(party) || len(k.Key) != 32 || (!k.Until.IsZero() && !k.From.Before(k.Until)) {
					t.Fatalf("%s: %+v", party, k)
				}
			}
		}
	})
}
