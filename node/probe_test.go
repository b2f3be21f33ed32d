package node_test

import (
	"bytes"
	"context"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"convenio/api"
)

// TestProbeIsGone follows the bytes of a probe through the answering node's folder: while an examiner
// looks it is there, sealed; after the answer neither it nor its key is in any file.
func TestProbeIsGone(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPair(t)
	// As processes: to read a database's file beside the program that has it open would break its locks.
	co, us := p.co.spawn(), p.us.spawn()
	p.us.enrol(1, "border-encounter", "VE")
	probe := handOf(t, 1, 1, 2, 7)
	plain := [][]byte{windows(probe[0].Image)[2], windows(probe[1].Image)[2]}

	for _, verdict := range []api.VerdictVerdict{api.Confirm, api.Reject} {
		t.Run(string(verdict), func(t *testing.T) {
			id := p.co.seek("gone-"+string(verdict), border(probe)).Id
			p.us.awaits(id)
			sealed, wrapped := vaultOf(t, p.us.dir, id)
			if !holds(t, p.us.dir, windows(sealed)...) || !holds(t, p.us.dir, wrapped) {
				t.Fatal("the sealed probe is not in the folder while an examiner looks: the test would prove nothing")
			}
			neverPlain(t, p, plain)
			p.us.examine(id, verdict)
			p.co.reaches(id, map[api.VerdictVerdict]string{api.Confirm: "hit", api.Reject: "no-hit"}[verdict])
			// What is destroyed is overwritten at once, or a moment later where a reader is in the way.
			waitUntil(t, "the sealed probe and its key to be in no file", func() bool {
				return !holds(t, p.us.dir, windows(sealed)...) && !holds(t, p.us.dir, wrapped)
			})
			if held := p.us.evidence(id).Held; held.ProbeKeys != 0 {
				t.Errorf("the evidence counts %d keys", held.ProbeKeys)
			}
			neverPlain(t, p, plain)
		})
	}
	id := p.noHitStory("gone-no-hit")
	if held := p.us.evidence(id).Held; held.ProbeKeys != 0 {
		t.Errorf("after a no hit the evidence counts %d keys", held.ProbeKeys)
	}
	p.co.quiet()
	p.us.quiet()
	// Nothing of the search stays in the asking node's outbox either.
	r, err := p.co.client("auditor").GetEvidenceWithResponse(t.Context(), id)
	must(t, api.Check(r, problemOf(r), err))
	if r.JSON200.Held.MessageBodies != 0 {
		t.Errorf("%d sealed messages are still in the asking node", r.JSON200.Held.MessageBodies)
	}
	co.stop()
	us.stop()
	neverPlain(t, p, plain)
}

func neverPlain(t *testing.T, p *pair, plain [][]byte) {
	t.Helper()
	for _, x := range []*party{p.co, p.us} {
		if holds(t, x.dir, plain...) {
			t.Errorf("a fingerprint image stands in the clear in %s", x.dir)
		}
	}
}

// vaultOf reads the sealed probe of an exchange and its wrapped key out of a node's database.
func vaultOf(t *testing.T, dir, exchange string) (sealed, wrapped []byte) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "registry.db")+"?mode=ro")
	must(t, err)
	defer db.Close()
	must(t, db.QueryRowContext(context.Background(), `SELECT v.data, s.wrapped FROM keys k JOIN vault v ON v.key_id = k.id JOIN key_slots s ON s.id = k.id
		WHERE k.purpose = 'probe' AND k.owner = ?`, exchange).Scan(&sealed, &wrapped))
	return sealed, wrapped
}

// windows are short pieces of data, far enough apart that a page that stayed behind would hold one.
func windows(data []byte) (out [][]byte) {
	for at := 0; at+48 <= len(data); at += 1000 {
		out = append(out, data[at:at+48])
	}
	return out
}

// holds says whether some file of a folder holds one of the pieces.
func holds(t *testing.T, dir string, pieces ...[]byte) (found bool) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || found {
			return ignoreGone(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return ignoreGone(err)
		}
		for _, p := range pieces {
			found = found || bytes.Contains(b, p)
		}
		return nil
	}))
	return found
}

// ignoreGone: the ledger replaces files while one looks.
func ignoreGone(err error) error {
	if os.IsNotExist(err) {
		return nil
	}
	return err
}
