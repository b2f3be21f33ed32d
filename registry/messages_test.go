package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestInboxLife(t *testing.T) {
	s, c := fresh(t)
	m := InboxMessage{Peer: "AAA", ID: "m1", Digest: [32]byte{1}, State: Accepted}
	_, repeated, err := s.PutInbox(ctx, m)
	must(t, err)
	if repeated {
		t.Error("a new message was taken as repeated")
	}
	c.add(time.Minute)
	receipt, err := s.SetReceipt(ctx, "AAA", "m1", []byte("receipt"))
	must(t, err)
	again, err := s.SetReceipt(ctx, "AAA", "m1", []byte("another"))
	must(t, err)
	if string(receipt) != "receipt" || string(again) != "receipt" {
		t.Errorf("receipts %s, %s", receipt, again)
	}
	got, repeated, err := s.PutInbox(ctx, m)
	must(t, err)
	want := m
	want.Received, want.Receipt = c.now().Add(-time.Minute), []byte("receipt")
	if d := cmp.Diff(want, got); d != "" || !repeated {
		t.Errorf("repeated %v: %s", repeated, d)
	}
}

func TestInboxRefuses(t *testing.T) {
	s, _ := fresh(t)
	put := func(m InboxMessage) error { _, _, err := s.PutInbox(ctx, m); return err }
	must(t, put(InboxMessage{Peer: "AAA", ID: "m1", Digest: [32]byte{1}, State: Accepted}))
	must(t, put(InboxMessage{Peer: "AAA", ID: "r1", Digest: [32]byte{3}, State: Refused, Receipt: []byte("no")}))
	must(t, put(InboxMessage{Peer: "BBB", ID: "m1", Digest: [32]byte{4}, State: Accepted}))
	_, errReceipt := s.SetReceipt(ctx, "AAA", "m1", nil)
	_, errNone := s.SetReceipt(ctx, "AAA", "m9", []byte("r"))
	for name, c := range map[string]struct{ err, want error }{
		"same id, other bytes":    {put(InboxMessage{Peer: "AAA", ID: "m1", Digest: [32]byte{2}, State: Accepted}), ErrConflict},
		"same bytes, other id":    {put(InboxMessage{Peer: "AAA", ID: "m2", Digest: [32]byte{1}, State: Accepted}), ErrConflict},
		"no id":                   {put(InboxMessage{Peer: "AAA", Digest: [32]byte{9}, State: Accepted}), ErrInvalid},
		"peer with a space":       {put(InboxMessage{Peer: "A B", ID: "m", Digest: [32]byte{9}, State: Accepted}), ErrInvalid},
		"no such state":           {put(InboxMessage{Peer: "AAA", ID: "m", Digest: [32]byte{9}, State: "x"}), ErrInvalid},
		"empty receipt":           {errReceipt, ErrInvalid},
		"receipt of unknown":      {errNone, ErrNotFound},
		"control character in id": {put(InboxMessage{Peer: "AAA", ID: "m\x00", Digest: [32]byte{9}, State: Accepted}), ErrInvalid},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if m, err := s.Inbox(ctx, "AAA", "r1"); err != nil || string(m.Receipt) != "no" {
		t.Errorf("refused message %v, %v", m, err)
	}
	must(t, s.CheckDeep(ctx))
}

func TestOutboxLife(t *testing.T) {
	s, c := fresh(t)
	m := OutboxMessage{ID: "o1", Exchange: "x1", Peer: "BBB", Entry: "e1", Expires: c.now().Add(time.Hour), Envelope: []byte("envelope")}
	_, repeated, err := s.PutOutbox(ctx, m)
	must(t, err)
	if repeated {
		t.Error("a new message was taken as repeated")
	}
	other := m
	other.Envelope = []byte("made again, other bytes")
	m.State, m.Next, m.Created = Pending, c.now(), c.now()
	got, repeated, err := s.PutOutbox(ctx, other)
	must(t, err)
	if d := cmp.Diff(m, got); d != "" || !repeated {
		t.Errorf("repeated %v: %s", repeated, d)
	}
	_, _, err = s.PutOutbox(ctx, OutboxMessage{ID: "o2", Peer: "BBB", Next: c.now().Add(time.Second), Expires: c.now().Add(time.Hour)})
	must(t, err)
	due := func() (ids []string) {
		l, err := s.Due(ctx, c.now(), 10)
		must(t, err)
		for _, m := range l {
			ids = append(ids, m.ID)
		}
		return ids
	}
	if got := fmt.Sprint(due()); got != "[o1]" {
		t.Errorf("due %s", got)
	}
	must(t, s.RetryOutbox(ctx, "o1", c.now().Add(2*time.Second)))
	if got := due(); got != nil {
		t.Errorf("due after an attempt %s", got)
	}
	c.add(2 * time.Second)
	if got := fmt.Sprint(due()); got != "[o2 o1]" {
		t.Errorf("due later %s", got)
	}
	for range 2 {
		must(t, s.FinishOutbox(ctx, "o1", Delivered, []byte("receipt")))
	}
	m.State, m.Attempts, m.Next, m.Receipt, m.Envelope = Delivered, 2, c.now(), []byte("receipt"), nil
	got, err = s.Outbox(ctx, "o1")
	must(t, err)
	if d := cmp.Diff(m, got); d != "" {
		t.Error(d)
	}
	if got, repeated, err := s.PutOutbox(ctx, other); err != nil || !repeated || got.State != Delivered || got.Envelope != nil {
		t.Errorf("a delivered message again: %v, %v, %v", got, repeated, err)
	}
	if l, err := s.OutboxOf(ctx, "x1"); err != nil || len(l) != 1 {
		t.Errorf("of the exchange: %v, %v", l, err)
	}
	_, _, errExpiry := s.PutOutbox(ctx, OutboxMessage{ID: "o3", Peer: "BBB"})
	for name, c := range map[string]struct{ err, want error }{
		"another end":       {s.FinishOutbox(ctx, "o1", Rejected, nil), ErrState},
		"retry a delivered": {s.RetryOutbox(ctx, "o1", c.now()), ErrState},
		"end as pending":    {s.FinishOutbox(ctx, "o2", Pending, nil), ErrInvalid},
		"unknown":           {s.FinishOutbox(ctx, "o9", Expired, nil), ErrNotFound},
		"retry unknown":     {s.RetryOutbox(ctx, "o9", c.now()), ErrNotFound},
		"no expiry":         {errExpiry, ErrInvalid},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
}

func TestJournal(t *testing.T) {
	s, _ := fresh(t)
	first := JournalEntry{ID: "e1", Exchange: "x1", Entry: []byte("entry 1"), Salt: [32]byte{5}, Body: json.RawMessage(`{"why":"art-4"}`)}
	second := JournalEntry{ID: "e2", Entry: []byte("entry 2"), Salt: [32]byte{6}}
	for _, j := range []JournalEntry{first, second} {
		_, repeated, err := s.JournalPut(ctx, j)
		must(t, err)
		if repeated {
			t.Error("a new entry was taken as repeated")
		}
	}
	got, repeated, err := s.JournalPut(ctx, JournalEntry{ID: "e1", Exchange: "x1", Entry: []byte("made again at another time"), Salt: [32]byte{9}})
	must(t, err)
	if d := cmp.Diff(first, got); d != "" || !repeated {
		t.Errorf("repeated %v: %s", repeated, d)
	}
	lists := func() string {
		t.Helper()
		pending, err := s.JournalPending(ctx, 0)
		must(t, err)
		of, err := s.JournalOf(ctx, "x1")
		must(t, err)
		from, err := s.JournalFrom(ctx, 4, 0)
		must(t, err)
		var out []string
		for _, l := range [][]JournalEntry{pending, of, from} {
			ids := ""
			for _, j := range l {
				ids += j.ID
			}
			out = append(out, ids)
		}
		return fmt.Sprint(out)
	}
	if got := lists(); got != "[e1e2 e1 ]" {
		t.Error(got)
	}
	must(t, s.JournalSetIndex(ctx, "e2", 4))
	must(t, s.JournalSetIndex(ctx, "e1", 5))
	must(t, s.JournalSetIndex(ctx, "e1", 5))
	if got := lists(); got != "[ e1 e2e1]" {
		t.Error(got)
	}
	_, _, errEmpty := s.JournalPut(ctx, JournalEntry{ID: "e3"})
	for name, c := range map[string]struct{ err, want error }{
		"another index":       {s.JournalSetIndex(ctx, "e1", 6), ErrConflict},
		"another's index":     {s.JournalSetIndex(ctx, "e2", 5), ErrConflict},
		"unknown":             {s.JournalSetIndex(ctx, "e9", 7), ErrNotFound},
		"index out of bounds": {s.JournalSetIndex(ctx, "e1", 1<<63), ErrInvalid},
		"no bytes":            {errEmpty, ErrInvalid},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	must(t, s.DestroyKey(ctx, OpeningKey("x1", "e1")))
	got, err = s.Journal(ctx, "e1")
	must(t, err)
	if got.Salt != ([32]byte{}) || got.Body != nil || !bytes.Equal(got.Entry, first.Entry) || got.Index != 5 || !got.Appended {
		t.Errorf("entry without its opening: %v", got)
	}
	if got, err := s.Journal(ctx, "e2"); err != nil || got.Salt != second.Salt {
		t.Errorf("the other's opening: %v, %v", got, err)
	}
}

func TestQuota(t *testing.T) {
	s, c := fresh(t)
	window := c.now().Truncate(24 * time.Hour)
	count := func(exchange string, start time.Time) error {
		return s.Tx(ctx, func(tx *Tx) error { return tx.CountUse("q1", start, exchange) })
	}
	for _, x := range []string{"x1", "x2", "x1"} {
		must(t, count(x, window))
	}
	must(t, count("x1", window.Add(24*time.Hour)))
	used := func(q string, start time.Time) int {
		n, err := s.Used(ctx, q, start)
		must(t, err)
		return n
	}
	if a, b, c := used("q1", window), used("q1", window.Add(24*time.Hour)), used("q2", window); a != 2 || b != 1 || c != 0 {
		t.Errorf("used %d, %d, %d", a, b, c)
	}
	if n, err := s.PruneUses(ctx, window.Add(time.Hour)); err != nil || n != 2 || used("q1", window) != 0 || used("q1", window.Add(24*time.Hour)) != 1 {
		t.Errorf("pruned %d, %v", n, err)
	}
	if err := count("", window); !errors.Is(err, ErrInvalid) {
		t.Errorf("no exchange: %v", err)
	}
}

func TestTokens(t *testing.T) {
	s, c := fresh(t)
	k := Token{Hash: HashToken("secret"), Label: "officer Ana", Role: "officer", Authority: "border"}
	must(t, s.AddToken(ctx, k))
	k.Created = c.now()
	got, err := s.TokenByHash(ctx, HashToken("secret"))
	must(t, err)
	if d := cmp.Diff(k, got); d != "" {
		t.Error(d)
	}
	for name, c := range map[string]struct{ err, want error }{
		"same token":  {s.AddToken(ctx, Token{Hash: k.Hash, Label: "other", Role: "r"}), ErrConflict},
		"same label":  {s.AddToken(ctx, Token{Hash: HashToken("b"), Label: k.Label, Role: "r"}), ErrConflict},
		"no role":     {s.AddToken(ctx, Token{Hash: HashToken("b"), Label: "b"}), ErrInvalid},
		"revoke none": {s.RevokeToken(ctx, "nobody"), ErrNotFound},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	must(t, s.RevokeToken(ctx, k.Label))
	k.Revoked = c.now()
	c.add(time.Hour)
	must(t, s.RevokeToken(ctx, k.Label))
	for _, secret := range []string{"secret", "unknown"} {
		if _, err := s.TokenByHash(ctx, HashToken(secret)); !errors.Is(err, ErrNotFound) {
			t.Errorf("token %q: %v", secret, err)
		}
	}
	all, err := s.Tokens(ctx)
	must(t, err)
	if d := cmp.Diff([]Token{k}, all); d != "" {
		t.Error(d)
	}
}

func TestNoticesAndPeers(t *testing.T) {
	s, c := fresh(t)
	n := Notice{Agreement: "ab", Party: "AAA", Sequence: 1, Kind: "suspend", Signed: []byte("signed")}
	must(t, s.PutNotice(ctx, n))
	must(t, s.PutNotice(ctx, n))
	n.Received = c.now()
	two := n
	two.Signed = []byte("another")
	if err := s.PutNotice(ctx, two); !errors.Is(err, ErrConflict) {
		t.Errorf("a second notice of one sequence: %v", err)
	}
	two.Sequence, two.Kind = 2, "resume"
	must(t, s.PutNotice(ctx, two))
	all, err := s.Notices(ctx, "ab")
	must(t, err)
	if d := cmp.Diff([]Notice{n, two}, all); d != "" {
		t.Error(d)
	}

	if _, err := s.PeerCheckpoint(ctx, "BBB"); !errors.Is(err, ErrNotFound) {
		t.Errorf("unseen peer: %v", err)
	}
	p := PeerCheckpoint{Peer: "BBB", Size: 10, Root: [32]byte{1}}
	must(t, s.SetPeerCheckpoint(ctx, p))
	must(t, s.SetPeerCheckpoint(ctx, PeerCheckpoint{Peer: "BBB", Size: 9, Root: [32]byte{7}}))
	if err := s.SetPeerCheckpoint(ctx, PeerCheckpoint{Peer: "BBB", Size: 10, Root: [32]byte{2}}); !errors.Is(err, ErrConflict) {
		t.Errorf("another root of the same size: %v", err)
	}
	p.Seen = c.now()
	if got, err := s.PeerCheckpoint(ctx, "BBB"); err != nil || got != p {
		t.Errorf("checkpoint %v, %v", got, err)
	}
	must(t, s.SetPeerCheckpoint(ctx, PeerCheckpoint{Peer: "BBB", Size: 11, Root: [32]byte{3}}))
	if got, err := s.PeerCheckpoint(ctx, "BBB"); err != nil || got.Size != 11 {
		t.Errorf("checkpoint %v, %v", got, err)
	}
}

func TestMeta(t *testing.T) {
	s, _ := fresh(t)
	must(t, s.ClaimMeta(ctx, MetaParty, []byte("AAA")))
	must(t, s.ClaimMeta(ctx, MetaParty, []byte("AAA")))
	if err := s.ClaimMeta(ctx, MetaParty, []byte("BBB")); !errors.Is(err, ErrConflict) {
		t.Errorf("another party's claim: %v", err)
	}
	must(t, s.SetMeta(ctx, MetaFolderVersion, []byte("1")))
	must(t, s.SetMeta(ctx, MetaFolderVersion, []byte("2")))
	if v, err := s.Meta(ctx, MetaFolderVersion); err != nil || string(v) != "2" {
		t.Errorf("%s, %v", v, err)
	}
}
