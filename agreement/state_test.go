package agreement

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestNoticeIsSigned(t *testing.T) {
	a := minimal(t)
	keys := map[string]ed25519.PublicKey{"aa": public(partyKey('a')), "bb": public(partyKey('b'))}
	n := Notice{Agreement: a.Digest(), Party: "aa", Kind: Suspend, From: at, Reason: "Elections", Sequence: 1}
	s, err := SignNotice(n, partyKey('a'))
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseNotice(s.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, back); diff != "" {
		t.Fatal(diff)
	}
	if err := back.Verify(keys); err != nil {
		t.Fatal(err)
	}
	elsewhere := back
	elsewhere.From = back.From.In(time.FixedZone("COT", -5*3600))
	if err := elsewhere.Verify(keys); err != nil {
		t.Errorf("the same instant in another zone: %v", err)
	}
	for name, change := range map[string]func(*SignedNotice){
		"kind":      func(s *SignedNotice) { s.Kind = Resume },
		"party":     func(s *SignedNotice) { s.Party = "bb" },
		"from":      func(s *SignedNotice) { s.From = s.From.Add(time.Hour) },
		"reason":    func(s *SignedNotice) { s.Reason = "" },
		"sequence":  func(s *SignedNotice) { s.Sequence = 2 },
		"agreement": func(s *SignedNotice) { s.Agreement[0] ^= 1 },
		"key":       func(s *SignedNotice) { s.Key = "" },
		"signature": func(s *SignedNotice) { s.Sig = "" },
	} {
		bad := back
		change(&bad)
		if err := bad.Verify(keys); !errors.Is(err, ErrBadSig) && !errors.Is(err, ErrUnknownKey) {
			t.Errorf("%s changed: %v", name, err)
		}
	}
	for name, change := range map[string]func(*Notice){
		"no kind":         func(n *Notice) { n.Kind = "pause" },
		"no time":         func(n *Notice) { n.From = time.Time{} },
		"half a second":   func(n *Notice) { n.From = n.From.Add(time.Millisecond) },
		"no number":       func(n *Notice) { n.Sequence = 0 },
		"no agreement":    func(n *Notice) { n.Agreement = Digest{} },
		"two-line reason": func(n *Notice) { n.Reason = "a\nb" },
		"no party":        func(n *Notice) { n.Party = "" },
	} {
		bad := n
		change(&bad)
		if _, err := SignNotice(bad, partyKey('a')); err == nil {
			t.Errorf("%s was signed", name)
		}
	}
}

func TestFold(t *testing.T) {
	a := minimal(t)
	n := func(party, kind string, seq, hours int) Notice {
		return Notice{Agreement: a.Digest(), Party: party, Kind: kind, From: at.Add(time.Duration(hours) * time.Hour), Sequence: seq}
	}
	tests := []struct {
		name    string
		notices []Notice
		want    State
		bad     bool
	}{
		{"nothing said", nil, State{}, false},
		{"one suspends", []Notice{n("aa", Suspend, 1, 0)}, State{Suspended: Suspension{Whole: true}, By: []string{"aa"}}, false},
		{"not yet", []Notice{n("aa", Suspend, 1, 1)}, State{}, false},
		{"it resumes", []Notice{n("aa", Suspend, 1, -2), n("aa", Resume, 2, -1)}, State{}, false},
		{"received in the other order", []Notice{n("aa", Resume, 2, -1), n("aa", Suspend, 1, -2)}, State{}, false},
		{"it resumes tomorrow", []Notice{n("aa", Suspend, 1, -2), n("aa", Resume, 2, 24)}, State{Suspended: Suspension{Whole: true}, By: []string{"aa"}}, false},
		{"the other cannot resume for it", []Notice{n("aa", Suspend, 1, -2), n("bb", Resume, 1, -1)}, State{Suspended: Suspension{Whole: true}, By: []string{"aa"}}, false},
		{"both suspend, one resumes", []Notice{n("aa", Suspend, 1, -4), n("bb", Suspend, 1, -3), n("aa", Resume, 2, -2)}, State{Suspended: Suspension{Whole: true}, By: []string{"bb"}}, false},
		{"both suspend", []Notice{n("bb", Suspend, 1, -3), n("aa", Suspend, 1, -4)}, State{Suspended: Suspension{Whole: true}, By: []string{"aa", "bb"}}, false},
		{"a notice received twice", []Notice{n("aa", Suspend, 1, 0), n("aa", Suspend, 1, 0)}, State{Suspended: Suspension{Whole: true}, By: []string{"aa"}}, false},
		{"terminated", []Notice{n("bb", Terminate, 1, 0)}, State{Suspended: Suspension{Whole: true}, Terminated: true}, false},
		{"terminated for good", []Notice{n("bb", Terminate, 1, -2), n("bb", Resume, 2, -1)}, State{Suspended: Suspension{Whole: true}, Terminated: true}, false},
		{"termination announced", []Notice{n("bb", Terminate, 1, 24*90)}, State{}, false},
		{"suspended after a resumption still to come", []Notice{n("aa", Suspend, 1, -9), n("aa", Resume, 2, -1), n("aa", Suspend, 3, -3)}, State{Suspended: Suspension{Whole: true}, By: []string{"aa"}}, false},
		{"a gap", []Notice{n("aa", Suspend, 1, -2), n("aa", Resume, 3, -1)}, State{Suspended: Suspension{Whole: true}}, true},
		{"begins at two", []Notice{n("aa", Resume, 2, -1)}, State{Suspended: Suspension{Whole: true}}, true},
		{"two of one number", []Notice{n("aa", Suspend, 1, -2), n("aa", Resume, 1, -1)}, State{Suspended: Suspension{Whole: true}}, true},
		{"a stranger", []Notice{n("cc", Resume, 1, -1)}, State{Suspended: Suspension{Whole: true}}, true},
		{"another agreement", []Notice{{Agreement: Digest{1}, Party: "aa", Kind: Resume, From: at, Sequence: 1}}, State{Suspended: Suspension{Whole: true}}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Fold(a, tt.notices, at)
			if (err != nil) != tt.bad {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The order in which notices arrive, and how often, makes no difference.
func TestFoldKnowsNoOrder(t *testing.T) {
	a := minimal(t)
	rapid.Check(t, func(t *rapid.T) {
		var notices []Notice
		for _, p := range []string{"aa", "bb"} {
			for i := range rapid.IntRange(0, 4).Draw(t, "n") {
				notices = append(notices, Notice{
					Agreement: a.Digest(), Party: p, Sequence: i + 1, Kind: rapid.SampledFrom([]string{Suspend, Resume, Suspend, Resume, Terminate}).Draw(t, "kind"),
					From: at.Add(time.Duration(rapid.IntRange(-5, 5).Draw(t, "hours")) * time.Hour),
				})
			}
		}
		want, err := Fold(a, notices, at)
		if err != nil {
			t.Fatal(err)
		}
		shuffled := rapid.Permutation(append(slices.Clone(notices), notices...)).Draw(t, "order")
		got, err := Fold(a, shuffled, at)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}
