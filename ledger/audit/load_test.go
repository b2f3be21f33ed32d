package audit_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"convenio/ledger"
	"convenio/ledger/audit"
	"convenio/ledger/ledgertest"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"
)

// onDisk writes both ledgers of a story and returns how to read them.
type onDisk struct {
	dirs      [2]string
	signers   [2]note.Signer
	verifiers [2]note.Verifier
}

func write(t *testing.T, s *story) *onDisk {
	t.Helper()
	d := &onDisk{}
	for i, p := range []*party{s.us, s.co} {
		var err error
		if d.signers[i], d.verifiers[i], err = ledgertest.Keys("ledger.example.org/" + p.name); err != nil {
			t.Fatal(err)
		}
		d.dirs[i] = filepath.Join(t.TempDir(), p.name)
		if err := ledger.Write(t.Context(), d.dirs[i], d.signers[i], p.entries); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func (d *onDisk) audit(t *testing.T) audit.Report {
	t.Helper()
	var in [2]audit.Input
	for i, name := range []string{"US", "CO"} {
		b, err := ledger.Load(t.Context(), ledger.DirSource(d.dirs[i]), d.verifiers[i], d.verifiers[i].Name())
		in[i] = audit.Input{Party: name, Book: b, LoadError: err}
	}
	return audit.Run(in[0], in[1], audit.Options{})
}

// TestFromFolders is the whole way of an overseer: two folders, two keys, one report.
func TestFromFolders(t *testing.T) {
	s := play(t, 6)
	k := s.co.indexOf(t, ledger.KindReceive, "search", 1)
	m := s.co.entries[k].Message.String()[:8]
	cases := map[string]struct {
		tamper func(d *onDisk) error
		first  []string // words of the first finding; none if the ledgers agree
	}{
		"untouched": {func(d *onDisk) error { return nil }, nil},
		"entry cut from the disk": {func(d *onDisk) error { return ledgertest.DropEntry(d.dirs[1], uint64(k)) },
			[]string{fmt.Sprintf("CO entry #%d, the receipt of search message %s..", k, m), "which CO acknowledged to US at",
				"is missing: the tile commits to an entry that the bundle does not hold"}},
		"entry removed and all signed anew": {func(d *onDisk) error {
			if err := os.RemoveAll(d.dirs[1]); err != nil {
				return err
			}
			return ledger.Write(t.Context(), d.dirs[1], d.signers[1], slices.Delete(slices.Clone(s.co.entries), k, k+1))
		}, []string{fmt.Sprintf("CO entry #%d, the receipt of search message %s..", k, m), "which CO acknowledged to US at",
			"is missing: another entry stands there (decide"}},
		"entry replaced and all signed anew": {func(d *onDisk) error {
			es := slices.Clone(s.co.entries)
			es[k].Message = digest("another message")
			if err := os.RemoveAll(d.dirs[1]); err != nil {
				return err
			}
			return ledger.Write(t.Context(), d.dirs[1], d.signers[1], es)
		}, []string{fmt.Sprintf("CO entry #%d, the receipt of search message %s..", k, m), "another entry stands there (receive"}},
		"signed by another key": {func(d *onDisk) error {
			s2, _, err := ledgertest.Keys(d.signers[1].Name())
			if err != nil {
				return err
			}
			if err := os.RemoveAll(d.dirs[1]); err != nil {
				return err
			}
			return ledger.Write(t.Context(), d.dirs[1], s2, s.co.entries)
		}, []string{"CO's ledger has no checkpoint signed by its key"}},
		"folder gone": {func(d *onDisk) error { return os.RemoveAll(d.dirs[1]) }, []string{"CO"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := write(t, s)
			if err := c.tamper(d); err != nil {
				t.Fatal(err)
			}
			r := d.audit(t)
			if r.Agree != (c.first == nil) {
				t.Fatal(r.Text())
			}
			for _, w := range c.first {
				if !strings.Contains(r.First.Text, w) {
					t.Errorf("%q is not in %q", w, r.First.Text)
				}
			}
			if strings.HasPrefix(name, "entry removed") && !strings.Contains(r.Text(), "NOT COMPLETE. First: CO entry #") {
				t.Error(r.Text())
			}
		})
	}
}

// TestAnyHonestStoryAgrees draws stories; TestAnyTampering draws what is done to one, and asks that it never goes unseen
// where the partner saw the entry, and that the first entry touched lies between what is vouched for and what is named.
func TestAnyHonestStoryAgrees(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := drawStory(rt, t).inputs()
		if r := audit.Run(a, b, audit.Options{}); !r.Agree {
			rt.Fatal(r.Text())
		}
	})
}

func drawStory(rt *rapid.T, t *testing.T) *story {
	s := newStory(t)
	for i := range rapid.IntRange(1, 8).Draw(rt, "exchanges") {
		from, to := s.us, s.co
		if rapid.Bool().Draw(rt, "theirs") {
			from, to = to, from
		}
		x := fmt.Sprintf("x%d", i)
		if rapid.IntRange(0, 4).Draw(rt, "refused") == 0 {
			s.refused(from, to, x, "search")
		} else {
			s.search(from, to, x, rapid.Bool().Draw(rt, "hit"))
		}
	}
	return s
}

func TestAnyTampering(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := drawStory(rt, t)
		es, first := slices.Clone(s.co.entries), len(s.co.entries)
		for range rapid.IntRange(1, 5).Draw(rt, "acts") {
			if len(es) == 0 {
				break
			}
			i := rapid.IntRange(0, len(es)-1).Draw(rt, "at")
			j := rapid.IntRange(0, len(es)-1).Draw(rt, "with")
			switch rapid.SampledFrom([]string{"remove", "swap", "insert", "cut", "alter"}).Draw(rt, "act") {
			case "remove":
				es = slices.Delete(es, i, i+1)
			case "swap":
				es[i], es[j] = es[j], es[i]
			case "insert":
				es = slices.Insert(es, i, ledger.Entry{ID: "put-in", At: epoch, Kind: ledger.KindEnrol})
			case "cut":
				es = es[:i]
			case "alter":
				es[i].At = es[i].At.Add(time.Millisecond)
			}
		}
		for i, e := range s.co.entries {
			if i >= len(es) || es[i].ID != e.ID || es[i].At != e.At {
				first = i
				break
			}
		}
		a, b := s.inputs()
		b.Book = book(t, "co", es)
		r := audit.Run(a, b, audit.Options{})
		_ = r.Text()
		if uint64(first) >= lastSeen(s.us) {
			return
		}
		if r.Agree {
			rt.Fatalf("CO differs from #%d on, US saw %d, and the report agrees", first, lastSeen(s.us))
		}
		covered := slices.ContainsFunc(r.Findings, func(f audit.Finding) bool {
			return f.Party == "CO" && f.Vouched <= uint64(first) && uint64(first) <= f.Through
		})
		if !covered {
			rt.Fatalf("CO differs from #%d on, first finding is #%d..%d\n%s", first, r.First.Index, r.First.Through, r.Text())
		}
	})
}

// TestHostileLedgers feeds entries that no honest node writes; the audit must end, whatever it says.
func TestHostileLedgers(t *testing.T) {
	kinds := []ledger.Kind{ledger.KindGenesis, ledger.KindDecide, ledger.KindSend, ledger.KindDelivered, ledger.KindRejected,
		ledger.KindReceive, ledger.KindRefuse, ledger.KindSearch, ledger.KindResult, ledger.KindVerdict, ledger.KindErase}
	rapid.Check(t, func(rt *rapid.T) {
		draw := func() *ledger.Book {
			b := &ledger.Book{Checkpoint: ledger.Checkpoint{Size: rapid.Uint64().Draw(rt, "claimed")}}
			for range rapid.IntRange(0, 30).Draw(rt, "entries") {
				e := ledger.Entry{ID: rapid.SampledFrom([]string{"a", "b", "c", ""}).Draw(rt, "id"),
					At:       epoch.Add(time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(rt, "at"))),
					Kind:     rapid.SampledFrom(kinds).Draw(rt, "kind"),
					Exchange: rapid.SampledFrom([]string{"", "x", "y"}).Draw(rt, "exchange"),
					Message:  digest(rapid.SampledFrom([]string{"m", "n"}).Draw(rt, "message"))}
				if e.Kind.AboutMessage() {
					e.Transaction = rapid.SampledFrom([]string{"search", "answer", "disclosure"}).Draw(rt, "transaction")
				}
				if rapid.Bool().Draw(rt, "peer") {
					index := rapid.SampledFrom([]uint64{0, 1, 2, 5, 29, 31, ledger.MaxPeerSize - 1}).Draw(rt, "index")
					e.Peer = &ledger.Peer{Index: index, Size: index + 1, Root: digest("root")}
				}
				b.Entries = append(b.Entries, e)
				b.Leaves = append(b.Leaves, digest(rapid.SampledFrom([]string{"1", "2"}).Draw(rt, "leaf")))
			}
			return b
		}
		a, b := audit.Input{Party: "US", Book: draw()}, audit.Input{Party: "CO", Book: draw()}
		if rapid.Bool().Draw(rt, "damaged") {
			b.LoadError = &ledger.LoadError{Index: rapid.Uint64Max(40).Draw(rt, "from"), Through: 40, What: ledger.Missing}
		}
		r := audit.Run(a, b, audit.Options{})
		if r.Agree != (len(r.Findings) == 0) || len(r.Parties) != 2 || r.Text() == "" {
			rt.Fatal("the report contradicts itself")
		}
	})
}
