package node_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"convenio/node"
)

// The test binary is also a node: with nodeEnv set it runs the node of that folder, and kills itself
// (nothing is flushed, nothing is closed) at the step that killEnv names.
const (
	nodeEnv = "CONVENIO_TEST_NODE"
	killEnv = "CONVENIO_TEST_KILL" // steps as step:occurrence, such as deliver:2, apart by commas; empty: never
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(nodeEnv); dir != "" {
		if err := runNode(dir, os.Getenv(killEnv)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	// These tests wait more than they work: for disks, for the answers' grid, for processes to start.
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f != nil && f.Value.String() == f.DefValue {
		_ = f.Value.Set("5")
	}
	os.Exit(m.Run())
}

// runNode runs the node of a folder until it is told to end, or until it reaches the step where it dies.
func runNode(dir, kill string) error {
	cfg, err := node.LoadConfig(node.ConfigOf(dir))
	if err != nil {
		return err
	}
	before, err := killer(kill)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	n, err := node.Open(ctx, cfg, node.Options{
		Before: before, Retry: often, Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return err
	}
	return errors.Join(n.Run(ctx), n.Close())
}

// often is a schedule for tests: a partner that is being restarted is met again soon.
func often(int) time.Duration { return 150 * time.Millisecond }

// notUnderRace skips a test that is about processes, disks or bytes: the race detector makes it many times
// slower, and the tests that remain take the same code through every step.
func notUnderRace(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("not under the race detector: it is about what is durable, not about goroutines")
	}
}

// killer is a Before hook that ends the process at whichever of the planned steps it comes to first.
func killer(plan string) (func(string), error) {
	if plan == "" {
		return nil, nil
	}
	planned := strings.Split(plan, ",")
	for _, p := range planned {
		_, occurrence, _ := strings.Cut(p, ":")
		if _, err := strconv.Atoi(occurrence); err != nil {
			return nil, fmt.Errorf("%s: %w", killEnv, err)
		}
	}
	var mu sync.Mutex
	met := map[string]int{}
	return func(step string) {
		mu.Lock()
		defer mu.Unlock()
		met[step]++
		if at := fmt.Sprintf("%s:%d", step, met[step]); slices.Contains(planned, at) {
			fmt.Fprintln(os.Stderr, killedMark, at)
			die()
		}
	}, nil
}

const killedMark = "test kills the node at"

// die ends the process as a power cut would: nobody gets a chance to tidy up.
func die() {
	if p, err := os.FindProcess(os.Getpid()); err == nil {
		_ = p.Kill()
	}
	select {}
}

// lookahead is how many planned deaths a process knows of at a time. The workers of a node run beside each
// other, so that a step may come before the one that was planned ahead of it; with one death at a time it would
// pass unseen, and the plan would wait for it in vain.
const lookahead = maxUnmet + 2

// process is a party's node as a process of its own, started again whenever it dies, each time with
// the next steps at which it is to die.
type process struct {
	p *party

	mu    sync.Mutex
	plan  []string // what is still to come
	heard int      // how much of log was searched for deaths
	cmd   *exec.Cmd
	gone  chan struct{} // closed when cmd has ended
	log   bytes.Buffer
	ended bool
	done  chan struct{}
}

// spawn starts the party's node as a process. The first entries of plan are the steps at which it dies.
func (p *party) spawn(plan ...string) *process {
	p.t.Helper()
	r := &process{p: p, plan: plan, done: make(chan struct{})}
	r.mu.Lock()
	err := r.launch()
	r.mu.Unlock()
	must(p.t, err)
	go r.supervise()
	p.t.Cleanup(r.stop)
	p.waitListening()
	return r
}

// launch starts the process with the next steps of the plan. The lock is held.
func (r *process) launch() error {
	r.struck()
	next := strings.Join(r.plan[:min(lookahead, len(r.plan))], ",")
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), nodeEnv+"="+r.p.dir, killEnv+"="+next)
	cmd.Stderr = &lockedWriter{mu: &r.mu, w: &r.log}
	if err := cmd.Start(); err != nil {
		return err
	}
	gone := make(chan struct{})
	r.cmd, r.gone = cmd, gone
	go func() {
		_ = cmd.Wait()
		close(gone)
	}()
	return nil
}

func (r *process) supervise() {
	defer close(r.done)
	for {
		r.mu.Lock()
		gone := r.gone
		r.mu.Unlock()
		<-gone
		r.mu.Lock()
		if r.ended {
			r.mu.Unlock()
			return
		}
		err := r.launch()
		r.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// next gives a running process more steps at which to die; it is started again to learn of them.
func (r *process) next(plan ...string) {
	r.p.t.Helper()
	r.mu.Lock()
	r.plan = append(r.plan, plan...)
	cmd, gone := r.cmd, r.gone
	r.mu.Unlock()
	_ = cmd.Process.Kill()
	<-gone
	r.p.waitListening()
}

// struck takes the deaths that the ended process reported off the plan. The lock is held.
func (r *process) struck() {
	for line := range strings.Lines(string(r.log.Bytes()[r.heard:])) {
		step, died := strings.CutPrefix(line, killedMark)
		if i := slices.Index(r.plan, strings.TrimSpace(step)); died && i >= 0 {
			r.plan = slices.Delete(r.plan, i, i+1)
		}
	}
	r.heard = r.log.Len()
}

// kill ends the process at once, wherever it is; it is started again.
func (r *process) kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = r.cmd.Process.Kill()
}

// stop ends the process for good, gently.
func (r *process) stop() {
	r.mu.Lock()
	if r.ended {
		r.mu.Unlock()
		return
	}
	r.ended = true
	cmd, gone := r.cmd, r.gone
	r.mu.Unlock()
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-gone:
	case <-time.After(testPatience):
		_ = cmd.Process.Kill()
		<-gone
		r.p.t.Errorf("%s did not end within %v of being told to", r.p.dir, testPatience)
	}
	<-r.done
	if r.p.t.Failed() {
		r.p.t.Logf("the node in %s said:\n%s", r.p.dir, r.said())
	}
}

// pending lists the steps of the plan at which the process has not died.
func (r *process) pending() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.plan)
}

// drop gives up what is left of the plan.
func (r *process) drop() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	left := r.plan
	r.plan = nil
	return left
}

func (r *process) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.String()
}

func (r *process) deaths() int { return strings.Count(r.said(), killedMark) }

type lockedWriter struct {
	mu *sync.Mutex
	w  *bytes.Buffer
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// waitListening waits until the party's officers can reach its node.
func (p *party) waitListening() {
	p.t.Helper()
	cfg, err := node.LoadConfig(node.ConfigOf(p.dir))
	must(p.t, err)
	waitUntil(p.t, "the node to listen", func() bool {
		c, err := net.Dial("tcp", cfg.API.Listen)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}
