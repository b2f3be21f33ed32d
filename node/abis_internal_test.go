package node

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"convenio/finger"
	"convenio/gallery"
	"convenio/osia/abistest"
	"convenio/osia/client"
	"convenio/registry"
	"convenio/synth"
)

// station is a registry and a stub of an ABIS, without the node around: what is told and what is searched, step by step.
type station struct {
	t     *testing.T
	ctx   context.Context
	abis  *abistest.ABIS
	store *registry.Store
	cfg   Config
	a     *nationalABIS
	pop   synth.Population
	step  func(string)
}

const openClass, minorClass = `{"category":"visa","nationalities":["VE"]}`, `{"category":"visa","nationalities":["VE"],"safeguards":[{"kind":"minor"}]}`

func newStation(t *testing.T, galleries ABISGalleries) *station {
	t.Helper()
	s := &station{t: t, ctx: t.Context(), pop: synth.NewPopulation(5), step: func(string) {}}
	var err error
	s.abis, err = abistest.New()
	s.must(err)
	dir := t.TempDir()
	s.must(os.WriteFile(filepath.Join(dir, "token"), []byte("secret\n"), 0o600))
	s.cfg = Config{Dir: dir, ABIS: (&ABISConfig{OSIA: s.abis.URL, Token: "token", Galleries: galleries}).withDefaults()}
	s.store, err = registry.Open(filepath.Join(dir, "registry.db"), registry.Options{MasterKey: [32]byte{1}})
	s.must(err)
	s.start()
	t.Cleanup(func() {
		s.a.client.Close()
		s.abis.Close()
		if err := s.store.Close(); err != nil {
			t.Error(err)
		}
		for _, p := range s.abis.Problems() {
			t.Errorf("a call is not as the interface describes it: %s", p)
		}
	})
	return s
}

// start takes up what the registry holds, as a restart does.
func (s *station) start() {
	s.t.Helper()
	at := func(time.Duration) <-chan time.Time { // no test waits for a clock: attempts follow each other, limits are never over
		c := make(chan time.Time, 1)
		c <- time.Time{}
		return c
	}
	a, err := newABIS(s.ctx, s.cfg, s.store, Options{
		Retry: func(int) time.Duration { return 0 }, Before: func(x string) { s.step(x) },
		ABIS: func(c *client.Config) {
			c.After = func(d time.Duration) <-chan time.Time {
				if d >= time.Minute {
					return nil
				}
				return at(d)
			}
		},
	}.withDefaults())
	s.must(err)
	s.a = a
}

func (s *station) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *station) enrol(person uint64, class string) string {
	s.t.Helper()
	c, err := registry.ParseClass(class)
	s.must(err)
	n := registry.NewSubject{Class: c}
	for _, f := range []finger.Position{finger.RightIndex, finger.LeftIndex} {
		b, err := s.pop.Reference(person, f).MarshalBinary()
		s.must(err)
		n.Samples = append(n.Samples, registry.Sample{Position: uint8(f), Quality: 90, Image: []byte("picture"), Template: b})
	}
	id, _, err := s.store.AddSubject(s.ctx, n)
	s.must(err)
	return id
}

func (s *station) guard(subject string, kinds ...string) {
	s.t.Helper()
	var list []registry.Safeguard
	for _, k := range kinds {
		list = append(list, registry.Safeguard{Kind: k})
	}
	_, err := s.store.SetSafeguards(s.ctx, subject, list)
	s.must(err)
}

func (s *station) pass() {
	s.t.Helper()
	_, err := s.a.pass(s.ctx, nil)
	s.must(err)
}

func (s *station) row(subject string) (p registry.ABISPerson) {
	s.t.Helper()
	s.must(s.store.View(s.ctx, func(v *registry.View) (err error) {
		p, err = v.ABISPerson(subject)
		return err
	}))
	return p
}

// search looks for a person among those of the open class alone.
func (s *station) search(person uint64) (found []string, err error) {
	q := query{exchange: "x1", reach: map[string]bool{openClass: true}, options: gallery.Options{Threshold: 60}}
	for _, f := range []finger.Position{finger.RightIndex, finger.LeftIndex} {
		q.prints = append(q.prints, print{position: f, png: []byte("probe"), ppi: 500, template: s.pop.Reference(person, f)})
	}
	r, err := s.a.search(s.ctx, q)
	for _, c := range r.Candidates {
		found = append(found, c.Subject)
	}
	return found, err
}

func (s *station) finds(person uint64, want ...string) {
	s.t.Helper()
	got, err := s.search(person)
	if err != nil || !slices.Equal(got, want) {
		s.t.Errorf("search for %d: %v, %v; want %v", person, got, err, want)
	}
}

// waits wants a search that is not answered, and an ABIS that was not asked.
func (s *station) waits(person uint64, why error) {
	s.t.Helper()
	before := s.abis.Count("identify")
	if got, err := s.search(person); !errors.Is(err, why) || got != nil || s.abis.Count("identify") != before {
		s.t.Errorf("search: %v, %v after %d calls; want to wait because %v", got, err, s.abis.Count("identify")-before, why)
	}
}

var ownGalleries = ABISGalleries{Prefix: "node-"}

// The whole life of a person: found as soon as the registry has it, told to the ABIS under a name of its own and without a fact,
// out of reach as soon as the registry says so, and gone.
func TestABISFollowsTheRegistry(t *testing.T) {
	s := newStation(t, ownGalleries)
	subject, other := s.enrol(1, openClass), s.enrol(2, openClass)
	s.finds(1, subject) // the ABIS does not know of anybody yet
	if n := len(s.abis.Calls()); n != 0 {
		t.Errorf("%d calls before anybody was told of", n)
	}
	s.pass()
	open := s.a.cfg.Galleries.of(registry.Class{Category: "visa", Nationalities: []string{"VE"}})
	p := s.row(subject)
	if in := s.abis.In(open); len(in) != 2 || p.Held != open || p.Due != 0 || p.Telling || !slices.Contains(in, p.Person) {
		t.Fatalf("in %s: %v; row %+v", open, in, p)
	}
	if p.Person == subject || !strings.HasPrefix(open, "node-") {
		t.Errorf("the ABIS knows the subject's own name %q, or gallery %q", p.Person, open)
	}
	e, _ := s.abis.Encounter(p.Person)
	if e.BiographicData != nil || e.ContextualData != nil || e.ClientData != nil || len(e.BiometricData) != 2 {
		t.Errorf("the ABIS was told more than fingers: %+v", e)
	}
	s.finds(1, subject)
	s.finds(3)

	s.guard(subject, "minor")
	s.waits(2, errProtecting)
	s.pass()
	if in := s.abis.In(open); len(in) != 1 || slices.Contains(in, p.Person) || s.abis.Count("updateEncounterGalleries") != 1 {
		t.Errorf("still in the open gallery: %v", in)
	}
	s.finds(1)
	s.finds(2, other)
	s.guard(subject)
	s.pass()
	s.finds(1, subject)

	s.must(s.store.EraseSubject(s.ctx, subject))
	s.waits(2, errProtecting)
	s.pass()
	if _, there := s.abis.Encounter(p.Person); there || len(s.abis.People()) != 1 {
		t.Errorf("after erasure the ABIS holds %v", s.abis.People())
	}
	s.finds(1)
	s.finds(2, other)
	s.must(s.store.Check(s.ctx))
}

// The second wall: whomever the ABIS brings up, only those count whom the registry has within reach.
func TestABISCandidatesAreCheckedHere(t *testing.T) {
	s := newStation(t, ownGalleries)
	open, minor := s.enrol(1, openClass), s.enrol(2, minorClass)
	s.pass()
	everybody := append(s.abis.People(), "nobody", strings.Repeat("x", 5000))
	s.abis.Change(func(a *abistest.ABIS) { a.Bring = func(string) []string { return everybody } })
	s.finds(2) // the minor's own prints, brought up by an ABIS that ignores galleries
	s.finds(1, open)
	st, err := s.a.status(s.ctx)
	s.must(err)
	if st.Dropped != (ABISDropped{Unknown: 4, OutOfReach: 2}) || len(st.Advice) != 2 {
		t.Errorf("%+v", st)
	}
	// Protected after the ABIS was asked, before its answer is taken.
	s.step = func(x string) {
		if x == "abis search" {
			s.guard(open, "minor")
		}
	}
	s.finds(1)
	_ = minor
}

// What cannot be searched whole is not searched: it waits, and is never told as a no-hit.
func TestABISSearchIsWholeOrWaits(t *testing.T) {
	t.Run("class without a gallery", func(t *testing.T) {
		s := newStation(t, ABISGalleries{Classes: []ABISGallery{{Gallery: "returns", Category: "return"}}})
		s.enrol(1, openClass)
		s.pass()
		s.waits(1, errUnmapped)
		if len(s.abis.Calls()) != 0 {
			t.Errorf("the ABIS was told of somebody without a gallery: %v", s.abis.Calls())
		}
	})
	t.Run("a class without a gallery that is out of reach is in nobody's way", func(t *testing.T) {
		s := newStation(t, ABISGalleries{Classes: []ABISGallery{{Gallery: "visas", Category: "visa"}}})
		subject := s.enrol(1, openClass)
		s.enrol(2, minorClass)
		s.pass()
		s.finds(1, subject)
		s.guard(subject, "minor") // it leaves the ABIS
		s.pass()
		if p := s.abis.People(); len(p) != 0 || s.abis.Count("deleteAll") != 1 {
			t.Errorf("the ABIS holds %v", p)
		}
	})
	t.Run("gallery that mixes", func(t *testing.T) {
		s := newStation(t, ABISGalleries{Classes: []ABISGallery{{Gallery: "all-visas", Category: "visa"}, {Gallery: "all-visas", Category: "visa", Safeguards: []string{"minor"}}}})
		s.enrol(1, openClass)
		s.enrol(2, minorClass)
		s.pass()
		s.waits(1, errMixed)
		if st, err := s.a.status(s.ctx); err != nil || len(st.Advice) != 1 || !strings.Contains(st.Advice[0].What, "all-visas") {
			t.Errorf("%+v, %v", st, err)
		}
	})
	t.Run("too many are missing", func(t *testing.T) {
		s := newStation(t, ownGalleries)
		s.must(s.store.Tx(s.ctx, func(tx *registry.Tx) error {
			for range maxHere + 1 {
				if _, _, err := tx.AddSubject(registry.NewSubject{Class: registry.Class{Category: "visa", Nationalities: []string{"VE"}}, Samples: []registry.Sample{{Template: []byte("t")}}}); err != nil {
					return err
				}
			}
			return nil
		}))
		s.waits(1, errBehind)
	})
	t.Run("the ABIS has lost a gallery", func(t *testing.T) {
		s := newStation(t, ownGalleries)
		s.enrol(1, openClass)
		s.pass()
		s.abis.Change(func(a *abistest.ABIS) {
			a.Fault = func(op string, _ int, w http.ResponseWriter, _ *http.Request) bool {
				if op == "identify" {
					w.WriteHeader(http.StatusNotFound)
				}
				return op == "identify"
			}
		})
		if got, err := s.search(1); err == nil || got != nil || !strings.Contains(err.Error(), "node-") {
			t.Errorf("%v, %v", got, err)
		}
	})
	t.Run("one of two galleries fails", func(t *testing.T) {
		s := newStation(t, ownGalleries)
		s.enrol(1, openClass)
		const second = `{"category":"visa","nationalities":["EC"]}`
		s.enrol(2, second)
		s.pass()
		s.abis.Change(func(a *abistest.ABIS) {
			a.Fault = func(op string, n int, w http.ResponseWriter, _ *http.Request) bool {
				if op == "identify" && n == 2 {
					w.WriteHeader(http.StatusBadRequest)
					return true
				}
				return false
			}
		})
		q := query{exchange: "x", reach: map[string]bool{openClass: true, second: true}, prints: []print{{position: 2, template: s.pop.Reference(1, 2)}}}
		if r, err := s.a.search(s.ctx, q); err == nil || len(r.Candidates) != 0 {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// Whom the ABIS refuses is compared here, and whoever should leave and cannot holds searches back.
func TestABISRefusals(t *testing.T) {
	s := newStation(t, ownGalleries)
	subject := s.enrol(1, openClass)
	refuse := func(op string, status int) {
		s.abis.Change(func(a *abistest.ABIS) {
			a.Fault = func(o string, _ int, w http.ResponseWriter, _ *http.Request) bool {
				if o == op {
					w.WriteHeader(status)
				}
				return o == op
			}
		})
	}
	refuse("createEncounter", http.StatusBadRequest)
	s.pass()
	if p := s.row(subject); p.Refused != http.StatusBadRequest || p.Due == 0 || s.abis.Count("createEncounter") != 1 {
		t.Errorf("%+v", p)
	}
	s.pass() // not at once again
	if n := s.abis.Count("createEncounter"); n != 1 {
		t.Errorf("%d attempts", n)
	}
	s.finds(1, subject)
	s.start()
	refuse("", 0)
	s.pass()
	if p := s.row(subject); p.Refused != 0 || p.Due != 0 {
		t.Errorf("%+v", p)
	}
	refuse("updateEncounterGalleries", http.StatusServiceUnavailable)
	s.guard(subject, "minor")
	s.pass()
	if n := s.abis.Count("updateEncounterGalleries"); n != 4 {
		t.Errorf("%d attempts", n)
	}
	s.enrol(2, openClass)
	s.waits(2, errProtecting)
	refuse("updateEncounter", http.StatusServiceUnavailable) // the way round it
	s.pass()
	s.waits(2, errProtecting)
	refuse("", 0)
	s.pass()
	s.finds(1)
}

// While people are enrolled all the time and many are refused, those behind them and those who are to be protected have their turn.
func TestABISNobodyIsStarved(t *testing.T) {
	s := newStation(t, ownGalleries)
	refused := map[string]bool{}
	for i := range abisPage + 2 {
		refused[s.row(s.enrol(uint64(i), openClass)).Person] = true
	}
	s.abis.Change(func(a *abistest.ABIS) {
		a.Fault = func(op string, _ int, w http.ResponseWriter, r *http.Request) bool {
			parts := strings.Split(r.URL.Path, "/")
			yes := op == "createEncounter" && refused[parts[3]]
			if yes {
				w.WriteHeader(http.StatusBadRequest)
			}
			return yes
		}
	})
	for range abisPage {
		s.pass() // until all the refused have been tried: a few at a time
	}
	last := s.enrol(1000, openClass)
	wake(s.a.wake)
	s.pass()
	if p := s.row(last); p.Due != 0 {
		t.Errorf("still due behind those refused: %+v", p)
	}
	if n := s.abis.Count("createEncounter"); n != abisPage+3 {
		t.Errorf("%d calls, want one for each", n)
	}
}

// A crash between the registry's commit, the call and its confirmation neither loses nor doubles anything.
func TestABISCrashes(t *testing.T) {
	type crash struct{}
	for _, at := range []string{"abis tell", "abis told"} {
		for _, what := range []string{"enrolment", "protection", "protection taken back", "erasure"} {
			t.Run(what+" at "+at, func(t *testing.T) {
				s := newStation(t, ownGalleries)
				subject := s.enrol(1, openClass)
				if what != "enrolment" {
					s.pass()
				}
				person := s.row(subject).Person
				switch what {
				case "erasure":
					s.must(s.store.EraseSubject(s.ctx, subject))
				case "protection", "protection taken back":
					s.guard(subject, "minor")
				}
				var once sync.Once
				s.step = func(x string) {
					if x == at {
						once.Do(func() { panic(crash{}) })
					}
				}
				func() {
					defer func() {
						if recover() == nil {
							t.Error("nothing crashed")
						}
					}()
					page := []registry.ABISPerson{s.row(subject)}
					_ = s.a.tell(s.ctx, page[0])
				}()
				if what == "protection taken back" {
					s.guard(subject)
				}
				s.start()
				if what == "protection" || what == "erasure" {
					s.enrol(2, openClass)
					s.waits(2, errProtecting)
				}
				s.pass()
				want, err := s.a.cfg.Galleries.ofKey(map[string]string{"protection": minorClass, "erasure": ""}[what])
				s.must(err)
				if what == "enrolment" || what == "protection taken back" {
					want, _ = s.a.cfg.Galleries.ofKey(openClass)
				}
				e, there := s.abis.Encounter(person)
				if there != (want != "") || there && !slices.Equal(e.Galleries, []string{want}) {
					t.Errorf("the ABIS holds %v of the person, want %q", e.Galleries, want)
				}
				var due []registry.ABISPerson
				s.must(s.store.View(s.ctx, func(v *registry.View) (err error) { due, err = v.ABISDue(false, 0, 0); return err }))
				if len(due) != 0 {
					t.Errorf("still due: %+v", due)
				}
			})
		}
	}
}

// Another ABIS, or other galleries, put everything in doubt: everybody is told anew, and is found all the time.
func TestABISMoves(t *testing.T) {
	s := newStation(t, ownGalleries)
	subject := s.enrol(1, openClass)
	s.pass()
	s.cfg.ABIS.Galleries.Prefix = "other-"
	s.start()
	s.finds(1, subject)
	s.pass()
	if p := s.row(subject); !strings.HasPrefix(p.Held, "other-") || p.Due != 0 || len(s.abis.In(p.Held)) != 1 || len(s.abis.People()) != 1 {
		t.Errorf("%+v, the ABIS holds %v", p, s.abis.People())
	}
	s.finds(1, subject)
}

// What the ABIS has lost or misplaced behind the node's back is found and put right; strangers are left alone.
func TestABISContentIsCompared(t *testing.T) {
	s := newStation(t, ownGalleries)
	lost, misplaced, right := s.enrol(1, openClass), s.enrol(2, openClass), s.enrol(3, openClass)
	s.pass()
	g := s.row(right).Held
	s.abis.Remove(s.row(lost).Person)
	s.abis.Place(s.row(misplaced).Person, g, "elsewhere", s.a.cfg.Galleries.Prefix+"x")
	s.abis.Place("stranger", g)
	s.must(s.store.Tx(s.ctx, func(tx *registry.Tx) error { return tx.DoubtABIS(right) })) // due already: not counted as missing
	missing, strangers, err := s.a.compareContent(s.ctx)
	if err != nil || missing != 1 || strangers != 1 {
		t.Errorf("%d missing, %d strangers, %v", missing, strangers, err)
	}
	s.pass()
	for _, subject := range []string{lost, right} {
		if e, ok := s.abis.Encounter(s.row(subject).Person); !ok || !slices.Equal(e.Galleries, []string{g}) {
			t.Errorf("%+v", e.Galleries)
		}
	}
	if _, ok := s.abis.Encounter("stranger"); !ok {
		t.Error("the stranger is gone")
	}
}

// The token's file is read at every call, and refused when others can read it.
func TestABISToken(t *testing.T) {
	s := newStation(t, ownGalleries)
	var seen []string
	s.abis.Change(func(a *abistest.ABIS) {
		a.Fault = func(_ string, _ int, _ http.ResponseWriter, r *http.Request) bool {
			seen = append(seen, r.Header.Get("Authorization"))
			return false
		}
	})
	s.enrol(1, openClass)
	s.pass()
	path := filepath.Join(s.cfg.Dir, "token")
	s.must(os.WriteFile(path, []byte("renewed"), 0o600))
	s.enrol(2, openClass)
	s.pass()
	if !slices.Equal(seen, []string{"Bearer secret", "Bearer renewed"}) {
		t.Errorf("%q", seen)
	}
	s.must(os.Chmod(path, 0o644))
	if _, err := readToken(s.cfg, "token"); err == nil || !strings.Contains(err.Error(), "chmod 600") || strings.Contains(err.Error(), "renewed") {
		t.Errorf("%v", err)
	}
}
