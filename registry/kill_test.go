package registry

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// killEnv makes the test binary the child of TestKill: it works on the database at this path until it is killed.
const killEnv = "CONVENIO_REGISTRY_KILL_PATH"

func TestMain(m *testing.M) {
	if path := os.Getenv(killEnv); path != "" {
		if err := killedChild(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
	}
	os.Exit(m.Run())
}

// killedChild does steps for ever and says each on standard output when it is acknowledged. A step is one exchange with
// all its rows, then its next state with the probe's end.
func killedChild(path string) error {
	s, err := Open(path, Options{MasterKey: testKey()})
	if err != nil {
		return err
	}
	run := fmt.Sprint(time.Now().UnixNano())
	for i := 0; ; i++ {
		id := fmt.Sprintf("x%s-%d", run, i)
		if err := s.Tx(ctx, func(tx *Tx) error { return firstStep(tx, id) }); err != nil {
			return err
		}
		fmt.Println("begun", id)
		err := s.Advance(ctx, id, "begun", "ended", func(e *Exchange) { e.Outcome = "no-hit" }, func(tx *Tx) error {
			return errors.Join(tx.FinishOutbox(id, Delivered, []byte("receipt")), tx.DestroyProbe(id))
		})
		if err != nil {
			return err
		}
		fmt.Println("ended", id)
	}
}

func firstStep(tx *Tx, id string) error {
	_, _, err1 := tx.AddExchange(Exchange{ID: id, Side: Asking, Partner: "AAA", State: "begun", Officer: id})
	_, _, err2 := tx.JournalPut(JournalEntry{ID: id, Exchange: id, Entry: []byte(id), Body: []byte(`"` + id + `"`)})
	_, _, err3 := tx.PutOutbox(OutboxMessage{ID: id, Exchange: id, Peer: "AAA", Entry: id, Expires: tx.Now().Add(time.Hour), Envelope: make([]byte, 5000)})
	return errors.Join(err1, err2, err3, tx.PutProbe(id, make([]byte, 20000), time.Time{}), tx.CountUse("q", time.Unix(1, 0), id))
}

// A process that is killed at a random moment, again and again, has lost nothing that it acknowledged and has left no
// half of a step. (The kill ends the process, not the machine: what a power cut does rests on synchronous=FULL.)
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	path := filepath.Join(t.TempDir(), "registry.db")
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	acked := map[string]string{} // exchange: state acknowledged
	for range 25 {
		lines := runAndKill(t, path, time.Duration(20+rng.IntN(120))*time.Millisecond)
		for _, l := range lines {
			state, id, _ := strings.Cut(l, " ")
			acked[id] = state
		}
		checkAfterKill(t, path, acked)
	}
	if len(acked) < 25 {
		t.Errorf("only %d exchanges were acknowledged in 25 runs: the test saw too little", len(acked))
	}
	t.Logf("%d exchanges in 25 kills", len(acked))
}

// runAndKill returns the whole lines that the child wrote before it was killed, the delay counted from the first.
func runAndKill(t *testing.T, path string, delay time.Duration) (lines []string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), killEnv+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	in := bufio.NewReader(out)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			break
		}
		if lines = append(lines, strings.TrimSpace(line)); len(lines) == 1 {
			time.AfterFunc(delay, func() { _ = child.Process.Kill() })
		}
	}
	if err := child.Wait(); err == nil || child.ProcessState.ExitCode() == 3 {
		t.Fatalf("the child ended by itself: %v", err)
	}
	return lines
}

func checkAfterKill(t *testing.T, path string, acked map[string]string) {
	t.Helper()
	s, err := Open(path, Options{MasterKey: testKey()})
	must(t, err)
	defer s.Close()
	must(t, s.CheckDeep(ctx))
	seen := map[string]bool{}
	must(t, s.View(ctx, func(v *View) error {
		all, err := v.Exchanges(ExchangeFilter{})
		if err != nil {
			return err
		}
		for _, e := range all {
			seen[e.ID] = true
			if acked[e.ID] == "ended" && e.State != "ended" {
				t.Errorf("%s: acknowledged as ended, is %s", e.ID, e.State)
			}
			if err := wholeStep(v, e); err != nil {
				t.Errorf("%s in state %s: %v", e.ID, e.State, err)
			}
		}
		used, err := v.Used("q", time.Unix(1, 0))
		if used != len(all) {
			t.Errorf("%d exchanges, %d counted", len(all), used)
		}
		return err
	}))
	for id := range acked {
		if !seen[id] {
			t.Errorf("%s was acknowledged and is lost", id)
		}
	}
}

// wholeStep checks that every row that belongs to the exchange's state is there, and none of another.
func wholeStep(v *View, e Exchange) error {
	j, err1 := v.Journal(e.ID)
	m, err2 := v.Outbox(e.ID)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	probe, err := v.Probe(e.ID)
	if string(j.Entry) != e.ID || string(j.Body) != `"`+e.ID+`"` || e.Officer != e.ID {
		return errors.New("the step's journal or detail is not whole")
	}
	switch e.State {
	case "begun":
		if err != nil || len(probe) != 20000 || m.State != Pending || len(m.Envelope) != 5000 || e.Outcome != "" {
			return fmt.Errorf("not whole: probe %d bytes, message %s, %v", len(probe), m.State, err) //nolint:errorlint // err may be nil
		}
	case "ended":
		if !errors.Is(err, ErrNotFound) || m.State != Delivered || string(m.Receipt) != "receipt" || e.Outcome != "no-hit" {
			return fmt.Errorf("not whole: probe %d bytes, message %s, %v", len(probe), m.State, err) //nolint:errorlint // err may be nil
		}
	}
	return nil
}
