package osia

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"convenio/finger"
	"convenio/osia/abis"
	"convenio/registry"
)

// watcher is a follower that writes down what it is told, and asks for every picture.
type watcher struct {
	mu      sync.Mutex
	told    []string
	after   int
	settled atomic.Int32
	fail    error
}

func (w *watcher) Covers(gallery string) bool { return gallery == "civil" }

func (w *watcher) Follow(ctx context.Context, c Change) (Step, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		return Step{}, w.fail
	}
	var told []string
	for _, person := range c.People {
		var list []string
		for _, e := range person {
			pictures, err := e.Pictures(ctx)
			if err != nil {
				return Step{}, err
			}
			shown := 0
			for _, p := range pictures {
				if strings.HasPrefix(string(p), "\x89PNG") {
					shown++
				}
			}
			m, _ := e.Biographic.(map[string]any)
			list = append(list, fmt.Sprintf("%v %s %v, %d of %d shown", e.Active, strings.Join(e.Galleries, "+"), m["nationality"], shown, len(e.Prints)))
		}
		slices.Sort(list)
		told = append(told, "["+strings.Join(list, "; ")+"]")
	}
	for range c.Ended {
		told = append(told, "ended")
	}
	slices.Sort(told)
	w.told = append(w.told, strings.Join(told, " "))
	return Step{
		In: func(*registry.Tx) error {
			for _, person := range c.People {
				for _, e := range person {
					if e.ID == "" {
						return errors.New("an encounter without its id in the transaction")
					}
				}
			}
			return nil
		},
		After:  func(context.Context) { w.after++ },
		Settle: func(context.Context) { w.settled.Add(1) },
	}, nil
}

func (w *watcher) last(t *testing.T, what, want string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.told) == 0 || w.told[len(w.told)-1] != want || w.after != len(w.told) || int(w.settled.Load()) != w.after {
		t.Errorf("%s: told %q (%d of %d carried out), want %q", what, w.told[max(0, len(w.told)-1):], w.after, len(w.told), want)
	}
}

// A follower is told of each change of the people whom it touches, whole, with the pictures as they were given at first.
func TestFollower(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f := &watcher{}
	keys := []jose.JSONWebKey{{Key: key}}
	w := newWorld(t, func(c *Config) { c.Follower, c.Protection.Decrypt = f, keys })
	image := drawPrint(t, 1, 1)
	raw, err := base64.StdEncoding.DecodeString(image)
	w.must(err)
	secret := with(meeting("", "civil"), "biometricData", []any{
		with(with(biometric(encryptFor(t, jose.ECDH_ES_A256KW, jose.A256GCM, &key.PublicKey, raw)), "encryption", object{"type": "JWE", "scope": "image"}), "instance", "secret"),
	})

	w.call("POST", "/v1/persons/P1/encounters/E1", nil, secret, 200)
	const one = "true civil COL, 1 of 1 shown"
	f.last(t, "enrolled", "["+one+"]")
	w.call("PUT", "/v1/persons/P1/encounters/E1/status", query("status", "INACTIVE"), nil, 204)
	f.last(t, "inactive", "[false civil COL, 1 of 1 shown]")
	w.call("PUT", "/v1/persons/P1/encounters/E1/status", query("status", "ACTIVE"), nil, 204)
	w.call("PUT", "/v1/persons/P1/encounters/E1/galleries", nil, []string{"border", "civil"}, 204)
	f.last(t, "galleries", "[true border+civil COL, 1 of 1 shown]")
	w.call("PUT", "/v1/persons/P1/encounters/E1", nil, secret, 200)
	f.last(t, "updated", "["+one+"]")

	var records []map[string]any
	w.must(json.Unmarshal([]byte(w.call("GET", "/v1/persons/P1/encounters/E1/templates", nil, nil, 200)), &records))
	alone := biometric("")
	delete(alone, "image")
	alone["template"], alone["templateFormat"] = records[0]["template"], "ISO_19794_2_2011"
	w.call("POST", "/v1/persons/P2/encounters/E2", nil, with(meeting("", "civil"), "biometricData", []any{alone}), 200)
	const two = "true civil COL, 0 of 1 shown"
	f.last(t, "minutiae alone", "["+two+"]")
	w.call("POST", "/v1/persons/P1/merge/P2", nil, nil, 204)
	f.last(t, "merged", "[] ["+two+"; "+one+"]")
	w.call("POST", "/v1/persons/P1/encounters/E3", nil, meeting(image, "civil"), 200)
	f.last(t, "another", "["+two+"; "+one+"; "+one+"]")
	w.call("DELETE", "/v1/persons/P1/encounters/E3", nil, nil, 204)
	f.last(t, "one deleted", "["+two+"; "+one+"] ended")

	w.stop()
	w.start()
	f.last(t, "started again", "["+two+"; "+one+"]")
	keys = nil // what came encrypted cannot be shown without the key
	w.stop()
	w.start()
	f.last(t, "without the key", "["+two+"; "+two+"]")

	f.mu.Lock()
	f.fail = errors.New("no")
	f.mu.Unlock()
	w.call("DELETE", "/v1/persons/P1", nil, nil, 500)
	w.call("GET", "/v1/persons/P1/encounters/E1", nil, nil, 200)
	f.mu.Lock()
	f.fail = nil
	f.mu.Unlock()
	w.call("DELETE", "/v1/persons/P1", nil, nil, 204)
	f.last(t, "deleted", "[] ended ended")
}

// A picture is made of whatever image an item holds.
func TestPicture(t *testing.T) {
	t.Parallel()
	image := drawPrint(t, 1, 1)
	pixels := base64.StdEncoding.EncodeToString(make([]byte, 300*300))
	for name, c := range map[string]struct {
		item object
		ok   bool
	}{
		"PNG":          {biometric(image), true},
		"plain pixels": {object{"image": pixels, "compression": "NONE", "width": 300, "height": 300, "resolution": 500}, true},
		"not an image": {biometric(base64.StdEncoding.EncodeToString([]byte("text"))), false},
		"not base64":   {biometric("***"), false},
		"resolution":   {with(biometric(image), "resolution", 3), false},
		"none":         {object{}, false},
	} {
		item := object{"biometricType": "FINGER"}
		maps.Copy(item, c.item)
		b, err := json.Marshal(item)
		if err != nil {
			t.Fatal(err)
		}
		var one abis.BiometricData
		if err := json.Unmarshal(b, &one); err != nil {
			t.Fatal(err)
		}
		png, ok := picture(one, finger.RightIndex)
		if ok != c.ok || ok && !strings.HasPrefix(string(png), "\x89PNG") {
			t.Errorf("%s: %v, %d bytes", name, ok, len(png))
		}
	}
}
