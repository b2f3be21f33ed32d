package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// process is one node: the same binary, started as `convenio node --config …`.
type process struct {
	cmd    *exec.Cmd
	log    *os.File
	exited chan error
}

// readyWithin is how long a node may take from its start to its first answer.
const readyWithin = time.Minute

func startNode(binary, config string) (*process, error) {
	log, err := os.OpenFile(filepath.Join(filepath.Dir(config), "node.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(binary, "node", "--config", config) //nolint:noctx // it is stopped in order, by stop
	cmd.Stdout, cmd.Stderr = log, log
	// Its own process group: an interrupt at the terminal reaches the demo, which stops the nodes in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start node: %w", err), log.Close())
	}
	p := &process{cmd: cmd, log: log, exited: make(chan error, 1)}
	go func() { p.exited <- cmd.Wait(); log.Close() }()
	return p, nil
}

// waitReady returns when the node answers, or says what its log says.
func (p *process) waitReady(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for {
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", addr)
		if err == nil {
			conn.Close()
			if p.running() {
				return nil
			}
		}
		select {
		case err := <-p.exited:
			p.exited <- err
			return fmt.Errorf("the node stopped before it was ready: %s", p.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("the node was not ready after %v: %s", readyWithin, p.lastWords())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// running says whether the process has not ended: who answers at its address may be somebody else.
func (p *process) running() bool {
	select {
	case err := <-p.exited:
		p.exited <- err
		return false
	default:
		return true
	}
}

func (p *process) lastWords() string {
	b, err := os.ReadFile(p.log.Name())
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " / ")
}

// stop asks the node to end, and ends it if it does not.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case err := <-p.exited:
		if err != nil {
			return fmt.Errorf("the node did not end well: %w: %s", err, p.lastWords())
		}
		return nil
	case <-time.After(10 * time.Second):
		return errors.Join(errors.New("the node did not stop when asked"), p.cmd.Process.Kill())
	}
}

// maxRSS is the most memory that the ended process held, in bytes (Linux reports KiB).
func (p *process) maxRSS() int64 {
	if p.cmd.ProcessState == nil {
		return 0
	}
	u, ok := p.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(u.Maxrss) * 1024 //nolint:unconvert // 32 bits on some platforms
}

// ownRSS is the most memory that this process has held, in bytes.
func ownRSS() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return int64(u.Maxrss) * 1024 //nolint:unconvert // 32 bits on some platforms
}
