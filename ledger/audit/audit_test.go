package audit_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"convenio/ledger"
	"convenio/ledger/audit"
)

func TestHonestLedgersAgree(t *testing.T) {
	a, b := play(t, 12).inputs()
	r := audit.Run(a, b, audit.Options{})
	if !r.Agree || r.First != nil || len(r.Alarms)+len(r.Pending)+len(r.Notes) != 0 {
		t.Fatal(r.Text())
	}
	if r.Parties[0].Kinds[ledger.KindGenesis] != 1 || r.Parties[1].Transactions["search"][ledger.KindReceive] == 0 {
		t.Fatalf("counts: %+v", r.Parties)
	}
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back audit.Report
	if err := json.Unmarshal(raw, &back); err != nil || !back.Agree {
		t.Fatal(err)
	}
}

// lastSeen is the largest size of its partner's ledger that p recorded.
func lastSeen(p *party) (size uint64) {
	for _, e := range p.entries {
		if e.Peer != nil {
			size = max(size, e.Peer.Size)
		}
	}
	return size
}

// TestEveryRemovalIsFound removes each entry of each ledger in turn, rebuilds the ledger and signs it as its operator can,
// and asks whether the report's first finding names the place. Only the entries after the last one that the partner saw
// can go unseen.
func TestEveryRemovalIsFound(t *testing.T) {
	for side := range 2 {
		s := play(t, 6)
		victim, other := s.us, s.co
		if side == 1 {
			victim, other = other, victim
		}
		seen := lastSeen(other)
		exact := 0
		for k := range victim.entries {
			a, b := s.inputs()
			in := [2]*audit.Input{&a, &b}[side]
			in.Book = book(t, victim.name, slices.Delete(slices.Clone(victim.entries), k, k+1))
			r := audit.Run(a, b, audit.Options{})
			if uint64(k) >= seen {
				continue
			}
			if r.Agree {
				t.Errorf("%s without entry #%d (%s): no finding", victim.name, k, victim.entries[k].Kind)
				continue
			}
			f := r.First
			if f.Party != victim.name || f.Index > uint64(k) || f.Through < uint64(k) {
				t.Errorf("%s without entry #%d (%s): first finding is %s #%d..%d: %s", victim.name, k, victim.entries[k].Kind,
					f.Party, f.Index, f.Through, f.Text)
			}
			if f.Through-f.Index > 8 {
				t.Errorf("%s without entry #%d: span #%d..%d is wide", victim.name, k, f.Index, f.Through)
			}
			if f.Index == f.Through {
				exact++
			}
		}
		t.Logf("%s: %d of %d removals named exactly, the rest within a span", victim.name, exact, seen)
	}
}

// TestEveryChangeIsFound changes the commitment of each entry and rebuilds the ledger.
func TestEveryChangeIsFound(t *testing.T) {
	s := play(t, 4)
	seenSize := lastSeen(s.co)
	for k := range s.us.entries {
		a, b := s.inputs()
		es := slices.Clone(s.us.entries)
		es[k].Commitment = digest("something else")
		a.Book = book(t, "us", es)
		r := audit.Run(a, b, audit.Options{})
		seen := uint64(k) < seenSize
		if r.Agree == seen {
			t.Errorf("US entry #%d changed: agree is %v", k, r.Agree)
		}
		if !r.Agree && (r.First.Party != "US" || r.First.Index > uint64(k) || r.First.Through < uint64(k)) {
			t.Errorf("US entry #%d changed: %s", k, r.First.Text)
		}
	}
}

func TestFindings(t *testing.T) {
	last := func(s *story) time.Time { return s.at }
	cases := map[string]struct {
		change func(t *testing.T, s *story, a, b *audit.Input)
		opt    func(s *story) audit.Options
		code   audit.Code
		party  string
		list   string   // findings by default; alarms, pending, notes
		words  []string // of the text
		agree  bool
	}{
		"acknowledged receipt removed and the ledger rebuilt": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				k := s.co.indexOf(t, ledger.KindReceive, "search", 1)
				b.Book = book(t, "co", slices.Delete(slices.Clone(s.co.entries), k, k+1))
			},
			code: audit.CodeMissing, party: "CO", words: []string{"the receipt of search message", "which CO acknowledged to US at 2026-03-01",
				"(US entry #", "is missing: another entry stands there", "recorded since fit no longer"},
		},
		"sent message removed": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				k := s.us.indexOf(t, ledger.KindSend, "disclose", 0)
				a.Book = book(t, "us", slices.Delete(slices.Clone(s.us.entries), k, k+1))
			},
			code: audit.CodeMissing, party: "US", words: []string{"the sending of disclose message", "which CO received with proof"},
		},
		"whole ledger begun again": {
			change: func(t *testing.T, s *story, a, b *audit.Input) { b.Book = book(t, "co", s.co.entries[:1]) },
			code:   audit.CodeTruncated, party: "CO", words: []string{"the first of them among #0 to #1", "CO's ledger ends at #0"},
		},
		"tail cut off": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				k := s.co.indexOf(t, ledger.KindReceive, "disclose", 0)
				b.Book = book(t, "co", s.co.entries[:k])
			},
			code: audit.CodeTruncated, party: "CO", words: []string{"the first of them among #8 to #9", "CO's ledger ends at #8",
				"gone that US can name, first #9, the receipt of disclose message"},
		},
		"two entries swapped": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				es := slices.Clone(s.us.entries)
				i, j := s.us.indexOf(t, ledger.KindSend, "search", 0), s.us.indexOf(t, ledger.KindSend, "search", 1)
				es[i], es[j] = es[j], es[i]
				a.Book = book(t, "us", es)
			},
			code: audit.CodeReordered, party: "US", words: []string{"out of its order"},
		},
		"entry put in": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				k := s.us.indexOf(t, ledger.KindSend, "search", 1)
				extra := ledger.Entry{ID: "extra", At: s.us.entries[k].At, Kind: ledger.KindEnrol}
				a.Book = book(t, "us", slices.Insert(slices.Clone(s.us.entries), k, extra))
			},
			code: audit.CodeInserted, party: "US", words: []string{"one entry is put in"},
		},
		"partner records a root that never was": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				es := slices.Clone(s.co.entries)
				k := s.co.indexOf(t, ledger.KindReceive, "search", 0)
				p := *es[k].Peer
				p.Root = digest("never")
				es[k].Peer = &p
				b.Book = book(t, "co", es)
			},
			// CO's own entry changed, and US saw CO's root after it.
			code: audit.CodeAltered, party: "CO", words: []string{"has another root at size"},
		},
		"no genesis": {
			change: func(t *testing.T, s *story, a, b *audit.Input) { a.Book = book(t, "us", s.us.entries[1:]) },
			code:   audit.CodeGenesis, party: "US", words: []string{"US entry #0", "begins the ledger; a genesis entry must"},
		},
		"search removed, which the partner never named": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				k := s.co.indexOf(t, ledger.KindSearch, "", 0)
				b.Book = book(t, "co", slices.Delete(slices.Clone(s.co.entries), k, k+1))
			},
			code: audit.CodeMissing, party: "CO", words: []string{"one entry of CO #3 to #6 is missing", "US saw the sending of answer message",
				"the order of steps tells more: CO entry #4 (result", "has no search before it"},
		},
		"private body replaced": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				a.Openings = map[string]ledger.Opening{s.us.entries[3].ID: {Body: json.RawMessage(`{}`)}}
			},
			code: audit.CodeOpening, party: "US", words: []string{"US entry #3"},
		},
		"message refused that its sender does not show": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				s.add(s.co, ledger.Entry{Kind: ledger.KindRefuse, Transaction: "search", Message: digest("stranger")})
				b.Book = book(t, "co", s.co.entries)
			},
			code: audit.CodeUnshown, party: "CO", list: "alarms", agree: true,
			words: []string{"refused at the door", "US's ledger does not show"},
		},
		"message without receipt": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				s.steps(s.us, "x-new", ledger.KindDecide)
				s.add(s.us, ledger.Entry{Kind: ledger.KindSend, Exchange: "x-new", Transaction: "search", Message: digest("new")})
				a.Book = book(t, "us", s.us.entries)
			},
			code: audit.CodePending, party: "US", list: "pending", agree: true, words: []string{"has no receipt"},
		},
		"message past its expiry": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				s.steps(s.us, "x-new", ledger.KindDecide)
				s.add(s.us, ledger.Entry{Kind: ledger.KindSend, Exchange: "x-new", Transaction: "search", Message: digest("new")})
				a.Book = book(t, "us", s.us.entries)
			},
			opt:  func(s *story) audit.Options { return audit.Options{Now: last(s).Add(time.Hour), Expiry: time.Minute} },
			code: audit.CodeUndelivered, party: "US", list: "pending", agree: true, words: []string{"has no receipt after 1m0s"},
		},
		"search without decision": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				s.message(s.us, s.co, "x-new", "search")
				*a, *b = s.inputs()
			},
			code: audit.CodeOrder, party: "US", words: []string{"has no decide before it"},
		},
		"gallery searched without a request": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				s.steps(s.co, "x-new", ledger.KindDecide, ledger.KindSearch, ledger.KindResult)
				*a, *b = s.inputs()
			},
			code: audit.CodeOrder, party: "CO", words: []string{"has no receive search before it"},
		},
		"probe not erased": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				s.steps(s.us, "x-new", ledger.KindDecide)
				s.message(s.us, s.co, "x-new", "search")
				s.steps(s.co, "x-new", ledger.KindDecide, ledger.KindSearch, ledger.KindResult)
				*a, *b = s.inputs()
			},
			opt:  func(s *story) audit.Options { return audit.Options{Now: last(s).Add(time.Hour), Expiry: time.Minute} },
			code: audit.CodeUnfinished, party: "CO", words: []string{"was not followed by erase"},
		},
		"answer before the result": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				s.steps(s.us, "x-new", ledger.KindDecide)
				s.message(s.us, s.co, "x-new", "search")
				s.steps(s.co, "x-new", ledger.KindDecide, ledger.KindSearch)
				s.message(s.co, s.us, "x-new", "answer")
				s.steps(s.co, "x-new", ledger.KindResult, ledger.KindErase)
				*a, *b = s.inputs()
			},
			code: audit.CodeOrder, party: "CO", words: []string{"send of answer", "has no result before it"},
		},
		"refused under the agreement": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				s.steps(s.us, "x-new", ledger.KindDecide)
				s.message(s.us, s.co, "x-new", "search")
				s.steps(s.co, "x-new", ledger.KindDecide)
				s.message(s.co, s.us, "x-new", "answer")
				*a, *b = s.inputs()
			},
			code: audit.CodeUnsearched, party: "CO", list: "notes", agree: true, words: []string{"without a search"},
		},
		"disclosure without approval": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				s.search(s.us, s.co, "x-new", false)
				s.steps(s.us, "x-new", ledger.KindVerdict, ledger.KindDecide)
				s.message(s.us, s.co, "x-new", "disclose")
				s.steps(s.co, "x-new", ledger.KindDecide)
				s.message(s.co, s.us, "x-new", "disclosure")
				*a, *b = s.inputs()
			},
			code: audit.CodeOrder, party: "CO", words: []string{"has no approve before it"},
		},
		"time goes back": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				s.at = s.at.Add(-time.Hour)
				s.steps(s.us, "", ledger.KindEnrol)
				*a, *b = s.inputs()
			},
			code: audit.CodeBackwards, party: "US", words: []string{"before entry #"},
		},
		"received before it was sent": {
			change: func(t *testing.T, s *story, a, b *audit.Input) {
				s.steps(s.us, "x-new", ledger.KindDecide)
				e := ledger.Entry{Kind: ledger.KindSend, Exchange: "x-new", Transaction: "search", Message: digest("new")}
				s.at = s.at.Add(time.Hour)
				sent := s.add(s.us, e)
				s.at = s.at.Add(-time.Hour)
				e.Kind, e.Peer = ledger.KindReceive, s.us.peer(t, sent)
				s.add(s.co, e)
				*a, *b = s.inputs()
			},
			code: audit.CodeClock, party: "CO", list: "alarms", agree: true, words: []string{"is dated 59m"},
		},
		"ledger that could not be read": {
			change: func(t *testing.T, s *story, a, b *audit.Input) { b.Book, b.LoadError = nil, errUnreachable },
			code:   audit.CodeDamaged, party: "CO", words: []string{"could not be read"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := play(t, 6)
			a, b := s.inputs()
			c.change(t, s, &a, &b)
			var opt audit.Options
			if c.opt != nil {
				opt = c.opt(s)
			}
			r := audit.Run(a, b, opt)
			if r.Agree != c.agree {
				t.Fatalf("agree is %v\n%s", r.Agree, r.Text())
			}
			list := map[string][]audit.Finding{"": r.Findings, "alarms": r.Alarms, "pending": r.Pending, "notes": r.Notes}[c.list]
			if len(list) == 0 {
				t.Fatalf("no finding\n%s", r.Text())
			}
			f := list[0]
			if f.Code != c.code || f.Party != c.party {
				t.Errorf("first is %s of %s, want %s of %s\n%s", f.Code, f.Party, c.code, c.party, r.Text())
			}
			for _, w := range c.words {
				if !strings.Contains(f.Text, w) {
					t.Errorf("%q is not in %q", w, f.Text)
				}
			}
		})
	}
}

var errUnreachable = errors.New("connection refused")
