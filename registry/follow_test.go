package registry

import (
	"errors"
	"fmt"
	"testing"
)

// Whoever follows the registry sees everybody who is not erased, with class and samples, and a key that ends with them.
func TestFollow(t *testing.T) {
	s, _ := fresh(t)
	var ids []string
	for i := range 3 {
		n := NewSubject{Class: Class{Category: fmt.Sprint("c", i)}}
		for f := range i + 1 {
			n.Samples = append(n.Samples, Sample{Position: uint8(f + 1), Template: fmt.Appendf(nil, "template %d %d", i, f), Image: []byte("x")})
		}
		id, _, err := s.AddSubject(ctx, n)
		must(t, err)
		ids = append(ids, id)
	}
	key, err := s.SubjectKey(ctx, ids[1])
	must(t, err)
	sealed := key.Seal("codes", []byte("plain"))
	if _, err := key.Open("template/1", sealed); !errors.Is(err, ErrCorrupt) {
		t.Errorf("opened as another datum: %v", err)
	}
	other, err := s.SubjectKey(ctx, ids[2])
	must(t, err)
	if _, err := other.Open("codes", sealed); !errors.Is(err, ErrCorrupt) {
		t.Errorf("opened by another's key: %v", err)
	}
	rows, err := s.TemplatesOf(ctx, ids[1])
	must(t, err)
	if len(rows) != 2 || string(rows[1].Template) != "template 1 1" || rows[0].Class != (Class{Category: "c1"}).Key() {
		t.Errorf("%+v", rows)
	}
	must(t, s.EraseSubject(ctx, ids[0]))
	var seen []string
	must(t, s.EachSubject(ctx, func(r SubjectRow) error {
		seen = append(seen, fmt.Sprint(r.ID, r.Class, r.Samples))
		if r.ID == ids[1] {
			if plain, err := r.Key.Open("codes", sealed); err != nil || string(plain) != "plain" {
				t.Errorf("%q %v", plain, err)
			}
		}
		return nil
	}))
	want := []string{fmt.Sprint(ids[1], Class{Category: "c1"}.Key(), 2), fmt.Sprint(ids[2], Class{Category: "c2"}.Key(), 3)}
	if fmt.Sprint(seen) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", seen, want)
	}
	must(t, s.EraseSubject(ctx, ids[1]))
	for _, id := range []string{ids[1], "nobody"} {
		if _, err := s.SubjectKey(ctx, id); !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
		if _, err := s.TemplatesOf(ctx, id); !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
	}
	a, err := s.FollowerID(ctx)
	must(t, err)
	b, err := s.FollowerID(ctx)
	must(t, err)
	if a != b || len(a) != 32 {
		t.Error(a, b)
	}
}
