package registry

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestClassKey(t *testing.T) {
	a := Class{Category: "migrant", Nationalities: []string{"BBB", "AAA", "BBB"}, Safeguards: []Safeguard{{"minor", ""}, {"asylum", "BBB"}, {"asylum", "AAA"}, {"minor", ""}}}
	const want = `{"category":"migrant","nationalities":["AAA","BBB"],"safeguards":[{"kind":"asylum","against":"AAA"},{"kind":"asylum","against":"BBB"},{"kind":"minor"}]}`
	if a.Key() != want {
		t.Errorf("key %s", a.Key())
	}
	if a.Nationalities[0] != "BBB" {
		t.Error("Key changed its receiver")
	}
	back, err := ParseClass(want)
	must(t, err)
	if back.Key() != want {
		t.Errorf("parsed %v", back)
	}
}

func TestParseClassRefuses(t *testing.T) {
	for name, key := range map[string]string{
		"empty":          ``,
		"not JSON":       `migrant`,
		"unknown field":  `{"category":"migrant","name":"x"}`,
		"order":          `{"category":"migrant","nationalities":["B","A"]}`,
		"spaces":         `{"category": "migrant"}`,
		"more after it":  `{"category":"migrant"} `,
		"no category":    `{"category":""}`,
		"odd character":  `{"category":"a b"}`,
		"too long":       `{"category":"` + strings.Repeat("a", 65) + `"}`,
		"birth year":     `{"category":"migrant","birthYear":-1}`,
		"empty in lists": `{"category":"migrant","nationalities":[""]}`,
	} {
		if c, err := ParseClass(key); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v, %v", name, c, err)
		}
	}
}

func FuzzParseClass(f *testing.F) {
	f.Add(Class{Category: "migrant", Nationalities: []string{"AAA", "BBB"}, Safeguards: []Safeguard{{"asylum", "AAA"}}, BirthYear: 2001}.Key())
	f.Add(Class{Category: "case"}.Key())
	f.Fuzz(func(t *testing.T, key string) {
		if c, err := ParseClass(key); err == nil && c.Key() != key {
			t.Fatalf("%q parses but reads %q", key, c.Key())
		}
	})
}

func TestClassKeyRoundTrip(t *testing.T) {
	name := rapid.StringMatching(`[A-Za-z0-9_.:/-]{1,8}`)
	rapid.Check(t, func(t *rapid.T) {
		c := Class{Category: name.Draw(t, "category"), Nationalities: rapid.SliceOfN(name, 0, 4).Draw(t, "nationalities"), BirthYear: rapid.IntRange(0, 9999).Draw(t, "year")}
		for range rapid.IntRange(0, 3).Draw(t, "n") {
			c.Safeguards = append(c.Safeguards, Safeguard{name.Draw(t, "kind"), rapid.SampledFrom([]string{"", "AAA", "B"}).Draw(t, "against")})
		}
		back, err := ParseClass(c.Key())
		if err != nil || back.Key() != c.Key() {
			t.Fatalf("%v: %v, %v", c, back, err)
		}
	})
}

func aSubject() NewSubject {
	return NewSubject{
		Class:       Class{Category: "migrant", Nationalities: []string{"AAA"}},
		Fields:      map[string]string{"family-name": "Ejemplo", "given-names": "Ana", "date-of-birth": "1990-01-02"},
		Samples:     []Sample{{Position: 7, Quality: 60, Image: []byte("image 7"), Template: []byte("template 7")}, {Position: 2, Quality: 80, Template: []byte("template 2")}},
		Idempotency: "enrolment 1",
	}
}

func TestSubjectLife(t *testing.T) {
	s, c := fresh(t)
	id, repeated, err := s.AddSubject(ctx, aSubject())
	must(t, err)
	if repeated || len(id) != 32 {
		t.Fatalf("id %q, repeated %v", id, repeated)
	}
	again, repeated, err := s.AddSubject(ctx, aSubject())
	must(t, err)
	if again != id || !repeated {
		t.Errorf("enrolled again as %q", again)
	}
	got, err := s.Subject(ctx, id)
	must(t, err)
	if want := (Subject{ID: id, Class: aSubject().Class, Created: c.now()}); !reflect.DeepEqual(got, want) {
		t.Errorf("subject %v, want %v", got, want)
	}
	fields, err := s.Fields(ctx, id)
	must(t, err)
	if d := cmp.Diff(aSubject().Fields, fields); d != "" {
		t.Error(d)
	}
	samples, err := s.Samples(ctx, id)
	must(t, err)
	if len(samples) != 2 || samples[0].Position != 2 || string(samples[1].Image) != "image 7" || string(samples[0].Template) != "template 2" || samples[1].Quality != 60 {
		t.Errorf("samples %v", samples)
	}
	must(t, s.SetFields(ctx, id, map[string]string{"family-name": "Muestra"}))
	fields, err = s.Fields(ctx, id)
	must(t, err)
	if len(fields) != 1 || fields["family-name"] != "Muestra" {
		t.Errorf("rectified fields %v", fields)
	}

	c.add(time.Hour)
	must(t, s.EraseSubject(ctx, id))
	must(t, s.EraseSubject(ctx, id))
	got, err = s.Subject(ctx, id)
	must(t, err)
	if !got.Erased.Equal(c.now()) || got.Class.Category != "" {
		t.Errorf("erased subject %v", got)
	}
	_, errFields := s.Fields(ctx, id)
	_, errClass := s.SetSafeguards(ctx, id, nil)
	for name, err := range map[string]error{"fields": errFields, "class": errClass, "set fields": s.SetFields(ctx, id, nil)} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s of an erased subject: %v", name, err)
		}
	}
	if samples, err := s.Samples(ctx, id); err != nil || len(samples) != 0 {
		t.Errorf("samples of an erased subject: %v, %v", samples, err)
	}
	if again, repeated, err := s.AddSubject(ctx, aSubject()); err != nil || again != id || !repeated {
		t.Errorf("the repeated enrolment of an erased subject: %q, %v, %v", again, repeated, err)
	}
	if err := s.EraseSubject(ctx, "nobody"); !errors.Is(err, ErrNotFound) {
		t.Errorf("erase nobody: %v", err)
	}
	must(t, s.CheckDeep(ctx))
}

func TestAddSubjectRefuses(t *testing.T) {
	s, _ := fresh(t)
	for name, change := range map[string]func(*NewSubject){
		"no category":      func(n *NewSubject) { n.Class.Category = "" },
		"too many samples": func(n *NewSubject) { n.Samples = make([]Sample, 65) },
		"no template":      func(n *NewSubject) { n.Samples[0].Template = nil },
	} {
		n := aSubject()
		change(&n)
		if _, _, err := s.AddSubject(ctx, n); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if classes, err := s.Classes(ctx); err != nil || len(classes) != 0 {
		t.Errorf("classes %v, %v", classes, err)
	}
}

func TestClassesAndTemplates(t *testing.T) {
	s, _ := fresh(t)
	var ids []string
	for i := range 2*templatePage + 10 {
		n := NewSubject{Class: Class{Category: "migrant"}, Samples: []Sample{{Position: 1, Template: fmt.Append(nil, "t1 of ", i)}, {Position: 2, Template: fmt.Append(nil, "t2 of ", i)}}}
		id, _, err := s.AddSubject(ctx, n)
		must(t, err)
		ids = append(ids, id)
	}
	class, err := s.SetSafeguards(ctx, ids[3], []Safeguard{{"minor", ""}, {"asylum", "AAA"}})
	must(t, err)
	must(t, s.EraseSubject(ctx, ids[4]))
	classes, err := s.Classes(ctx)
	must(t, err)
	want := []ClassCount{{class, 1}, {Class{Category: "migrant"}, len(ids) - 2}}
	if d := cmp.Diff(want, classes); d != "" {
		t.Error(d)
	}
	i, n := 0, 0
	must(t, s.EachTemplate(ctx, func(r TemplateRow) error {
		if i == 4 {
			i++
		}
		n++
		wantClass := Class{Category: "migrant"}
		if i == 3 {
			wantClass = class
		}
		if r.Subject != ids[i] || r.Class != wantClass.Key() || string(r.Template) != fmt.Sprintf("t%d of %d", r.Position, i) {
			return fmt.Errorf("row %v at subject %d", r, i)
		}
		if r.Position == 2 {
			i++
		}
		return nil
	}))
	if n != 2*(len(ids)-1) {
		t.Errorf("%d templates", n)
	}
	stop := errors.New("enough")
	if err := s.EachTemplate(ctx, func(TemplateRow) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped with %v", err)
	}
}
