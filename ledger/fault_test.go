package ledger_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"convenio/ledger"
	"convenio/ledger/ledgertest"

	"golang.org/x/mod/sumdb/note"
)

// The tests of this file run parts of themselves in child processes; TestMain tells which.
const roleEnv, dirEnv, keyEnv, fromEnv = "LEDGER_TEST_ROLE", "LEDGER_TEST_DIR", "LEDGER_TEST_KEY", "LEDGER_TEST_FROM"

func TestMain(m *testing.M) {
	switch os.Getenv(roleEnv) {
	case "":
		os.Exit(m.Run())
	case "crash":
		os.Exit(childAppends())
	case "full":
		os.Exit(childFullDisk())
	case "quiet":
		os.Exit(childQuiet())
	}
	os.Exit(3)
}

// newKey returns a key as text, for a child to use.
func newKey(t *testing.T) (skey string, v note.Verifier) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(nil, origin)
	if err != nil {
		t.Fatal(err)
	}
	v, err = note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return skey + "\n" + vkey, v
}

func child(t *testing.T, role, dir, key string, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, roleEnv+"="+role, dirEnv+"="+dir, keyEnv+"="+key)...)
	return cmd
}

func childOpen() (*ledger.Log, error) {
	skey, vkey, _ := strings.Cut(os.Getenv(keyEnv), "\n")
	s, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	return ledger.Open(context.Background(), ledger.Config{Dir: os.Getenv(dirEnv), Origin: origin, Signer: s, Verifier: v})
}

const crashWorkers = 4

// workerEntry is the n-th entry of a worker; its bytes do not depend on when it is made.
func workerEntry(w, n int) ledger.Entry {
	return ledger.Entry{ID: fmt.Sprintf("w%d/%d", w, n), At: epoch.Add(time.Duration(n) * time.Millisecond), Kind: ledger.KindEnrol}
}

// childAppends appends until it is killed and writes a line for each acknowledged entry.
func childAppends() int {
	l, err := childOpen()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if _, err := l.Append(context.Background(), ledger.Entry{ID: "genesis", At: epoch, Kind: ledger.KindGenesis}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var wg sync.WaitGroup
	for w, from := range strings.Split(os.Getenv(fromEnv), ",") {
		n, _ := strconv.Atoi(from)
		wg.Go(func() {
			for ; ; n++ {
				index, err := l.Append(context.Background(), workerEntry(w, n))
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				fmt.Fprintf(os.Stdout, "%d %d %d\n", w, n, index)
			}
		})
	}
	wg.Wait()
	return 0
}

// TestKill kills a process that appends, again and again, and asks each time: every acknowledged entry is there, none is
// there twice, and the log verifies. LEDGER_KILLS sets how often.
func TestKill(t *testing.T) {
	kills := 25
	if s := os.Getenv("LEDGER_KILLS"); s != "" {
		kills, _ = strconv.Atoi(s)
	}
	key, v := newKey(t)
	dir := t.TempDir()
	acked := map[string]uint64{}
	var next [crashWorkers]int
	for round := range kills {
		from := make([]string, crashWorkers)
		for w := range from {
			from[w] = strconv.Itoa(max(0, next[w]-3)) // the last ones again, and the one that was in doubt
		}
		runAndKill(t, child(t, "crash", dir, key, fromEnv+"="+strings.Join(from, ",")), func(w, n int, index uint64) {
			id := workerEntry(w, n).ID
			if was, ok := acked[id]; ok && was != index {
				t.Fatalf("round %d: %s was acknowledged at %d and at %d", round, id, was, index)
			}
			acked[id] = index
			next[w] = max(next[w], n+1)
		})
	}
	// A killed process may leave the published checkpoint behind the tree; Close waits for the rest.
	s := signerOf(t, key)
	l := open(t, dir, s, v)
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	b, err := ledger.Load(t.Context(), ledger.DirSource(dir), v, origin)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range b.Entries {
		if seen[e.ID] {
			t.Fatalf("%s stands twice", e.ID)
		}
		seen[e.ID] = true
	}
	for id, index := range acked {
		if index >= b.Size() || b.Entries[index].ID != id {
			t.Fatalf("%s was acknowledged at %d and is not there", id, index)
		}
	}
	t.Logf("%d kills, %d acknowledged entries, %d in the log", kills, len(acked), b.Size())
	if len(acked) < kills {
		t.Errorf("only %d entries were acknowledged", len(acked))
	}
}

func signerOf(t *testing.T, key string) note.Signer {
	t.Helper()
	skey, _, _ := strings.Cut(key, "\n")
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func runAndKill(t *testing.T, cmd *exec.Cmd, ack func(w, n int, index uint64)) {
	t.Helper()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewScanner(out)
	started := false
	for r.Scan() {
		if !started {
			started = true
			time.AfterFunc(time.Duration(rand.IntN(120))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		}
		var w, n int
		var index uint64
		if _, err := fmt.Sscanf(r.Text(), "%d %d %d", &w, &n, &index); err != nil {
			break // the line that the kill cut
		}
		ack(w, n, index)
	}
	_ = cmd.Wait()
	if !started || stderr.Len() > 0 {
		t.Fatalf("child did not append: %s", stderr.String())
	}
}

// childFullDisk appends until no file may grow any more, then is given room again.
func childFullDisk() int {
	fail := func(args ...any) int { fmt.Println(args...); return 1 }
	signal.Ignore(syscall.SIGXFSZ)
	l, err := childOpen()
	if err != nil {
		return fail(err)
	}
	if _, err := l.Append(context.Background(), entry(0)); err != nil {
		return fail(err)
	}
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return fail(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 6000, Max: was.Max}); err != nil {
		return fail(err)
	}
	n := 1
	for ; n < 100; n++ {
		if _, err = l.Append(context.Background(), entry(n)); err != nil {
			break
		}
	}
	if !errors.Is(err, ledger.ErrNotDurable) {
		return fail("append with no room:", err)
	}
	if _, err := l.Append(context.Background(), entry(n)); !errors.Is(err, ledger.ErrNotDurable) {
		return fail("append again with no room:", err)
	}
	if index, err := l.Append(context.Background(), entry(1)); err != nil || index != 1 {
		return fail("an acknowledged entry with no room:", index, err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return fail(err)
	}
	for i := n; i < n+60; i++ {
		if index, err := l.Append(context.Background(), entry(i)); err != nil || index != uint64(i) {
			return fail("append with room again:", index, err)
		}
	}
	if err := l.Close(context.Background()); err != nil {
		return fail(err)
	}
	fmt.Println("ok", n)
	return 0
}

func TestFullDisk(t *testing.T) {
	key, v := newKey(t)
	dir := t.TempDir()
	cmd := child(t, "full", dir, key)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s%s", err, out, stderr.String())
	}
	var n uint64
	if _, err := fmt.Sscanf(string(out), "ok %d", &n); err != nil {
		t.Fatalf("child says %s", out)
	}
	b, err := ledger.Load(t.Context(), ledger.DirSource(dir), v, origin)
	if err != nil || b.Size() != n+60 {
		t.Fatalf("size %d, want %d: %v", b.Size(), n+60, err)
	}
}

// childQuiet makes Tessera complain: the folder vanishes under it.
func childQuiet() int {
	l, err := childOpen()
	if err != nil {
		return 1
	}
	if _, err := l.Append(context.Background(), entry(0)); err != nil {
		return 1
	}
	if err := os.RemoveAll(os.Getenv(dirEnv)); err != nil {
		return 1
	}
	if _, err := l.Append(context.Background(), entry(1)); !errors.Is(err, ledger.ErrNotDurable) {
		fmt.Println("append without a folder:", err)
		return 1
	}
	time.Sleep(400 * time.Millisecond) // a few attempts to publish
	return 0
}

func TestQuietAndNoPanicWithoutFolder(t *testing.T) {
	key, _ := newKey(t)
	out, err := child(t, "quiet", filepath.Join(t.TempDir(), "ledger"), key).CombinedOutput()
	if err != nil || len(out) != 0 {
		t.Fatalf("%v: output %q", err, out)
	}
}

// TestDoneButReportedAsFailed: the write reaches the disk and the report of it does not. Asking again must find the entry.
func TestDoneButReportedAsFailed(t *testing.T) {
	s, v := keys(t, origin)
	dir := t.TempDir()
	l := open(t, dir, s, v)
	fill(t, l, 0, 260)
	l.ReportFailure(2)
	for i := 260; i < 262; i++ {
		if _, err := l.Append(t.Context(), entry(i)); !errors.Is(err, ledger.ErrNotDurable) {
			t.Fatalf("injected failure: %v", err)
		}
	}
	for i := 260; i < 270; i++ {
		if index := mustAppend(t, l, entry(i)); index != uint64(i) {
			t.Fatalf("entry %d is at %d", i, index)
		}
	}
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b, err := ledger.Load(t.Context(), ledger.DirSource(dir), v, origin); err != nil || b.Size() != 270 {
		t.Fatalf("load: %v", err)
	}
}

// TestCancelledAppend: the caller gives up; the entry may be there; asking again settles it.
func TestCancelledAppend(t *testing.T) {
	s, v := keys(t, origin)
	l := open(t, t.TempDir(), s, v)
	mustAppend(t, l, entry(0))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Append(ctx, entry(1)); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled append: %v", err)
	}
	if index := mustAppend(t, l, entry(1)); index != 1 || l.Size() != 2 {
		t.Fatalf("index %d, size %d", index, l.Size())
	}
}

// TestDropEntry makes sure that DropEntry is what the audit's demonstration takes it for.
func TestDropEntry(t *testing.T) {
	s, v := keys(t, origin)
	dir := filepath.Join(t.TempDir(), "l")
	if err := ledger.Write(t.Context(), dir, s, entries(20)); err != nil {
		t.Fatal(err)
	}
	if err := ledgertest.DropEntry(dir, 20); err == nil {
		t.Error("an entry that is not there was dropped")
	}
	if err := ledgertest.DropEntry(dir, 7); err != nil {
		t.Fatal(err)
	}
	b, err := ledger.Load(t.Context(), ledger.DirSource(dir), v, origin)
	var le *ledger.LoadError
	if !errors.As(err, &le) || le.Index != 7 || b.Has(7) || !b.Has(8) || b.Entries[8].ID != entry(8).ID {
		t.Fatalf("load: %v", err)
	}
}
