package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"convenio/internal/loopback"
)

// TestMain lets the test binary act as the program: in scripts, and for the nodes that the demo starts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"convenio": main})
}

// TestScripts runs the program as people type it. Each script has a folder, a set of free ports and
// a home of its own; a panic anywhere fails it.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:             "testdata/script",
		ContinueOnError: true,
		Setup: func(e *testscript.Env) error {
			for _, name := range []string{"CO_EXCHANGE", "CO_API", "US_EXCHANGE", "US_API"} {
				addr, err := freePort()
				if err != nil {
					return err
				}
				e.Setenv(name, addr)
			}
			example, err := filepath.Abs("../../examples/agreements/co-us-demo")
			e.Setenv("EXAMPLE", example)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"answers": cmdAnswers, "until": cmdUntil, "take": cmdTake, "refuses": cmdRefuses, "picture": cmdPicture, "edit": cmdEdit, "spoil": cmdSpoil,
		},
	})
}

// freePort is an address on loopback that nobody listens on now.
func freePort() (string, error) {
	addrs, err := loopback.FreePorts(1)
	if err != nil {
		return "", err
	}
	return addrs[0], nil
}

// patience is how long a script waits for what must come.
const patience = 40 * time.Second

// cmdAnswers waits until somebody listens: answers ADDRESS.
func cmdAnswers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: answers ADDRESS")
	}
	ts.Check(waitListening(args[0]))
}

func waitListening(addr string) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			return c.Close()
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("nobody listens on %s: %w", addr, err)
		}
	}
}

// cmdUntil repeats a command until its output matches: until REGEXP COMMAND...
func cmdUntil(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until REGEXP COMMAND...")
	}
	re := compile(ts, args[0])
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		err := ts.Exec(args[1], args[2:]...)
		if err == nil && re.MatchString(ts.ReadFile("stdout")) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%q was not to be seen within %v: %v", args[0], patience, err)
		}
	}
}

// cmdTake puts what the last command printed into the environment: take NAME REGEXP, the first group.
func cmdTake(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: take NAME REGEXP")
	}
	m := compile(ts, args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(m) != 2 {
		ts.Fatalf("%q is not in what was printed", args[1])
	}
	ts.Setenv(args[0], m[1])
}

// cmdRefuses runs a command that must end with exit code 1, nothing on standard output, and on
// standard error all of what is listed before "--", and no panic: refuses TEXT... -- COMMAND...
func cmdRefuses(ts *testscript.TestScript, neg bool, args []string) {
	var want []string
	for len(args) > 0 && args[0] != "--" {
		want, args = append(want, args[0]), args[1:]
	}
	if neg || len(want) == 0 || len(args) < 2 {
		ts.Fatalf("usage: refuses TEXT... -- COMMAND...")
	}
	// What is not refused might run for good: a node does.
	err := ts.Exec("timeout", append([]string{"30"}, args[1:]...)...)
	if err == nil || err.Error() != "exit status 1" {
		ts.Fatalf("%v: exit code 1 was expected, not %v", args[1:], err)
	}
	said := ts.ReadFile("stderr")
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("a refused command printed a result: %q", out)
	}
	if strings.Contains(said, "panic") || strings.Contains(said, "goroutine ") {
		ts.Fatalf("it panicked: %s", said)
	}
	for _, w := range append(want, "convenio: error: ") {
		if !strings.Contains(said, w) {
			ts.Fatalf("standard error does not say %q", w)
		}
	}
}

// cmdEdit replaces text in a file, all of it: edit FILE OLD NEW. \n in them is a line's end.
func cmdEdit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	lines := strings.NewReplacer(`\n`, "\n")
	before := ts.ReadFile(args[0])
	after := strings.ReplaceAll(before, lines.Replace(args[1]), lines.Replace(args[2]))
	if before == after {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(after), 0o600))
}

// cmdSpoil changes one bit in the middle of a file; an empty one becomes a byte: spoil FILE.
func cmdSpoil(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: spoil FILE")
	}
	b := []byte(ts.ReadFile(args[0]))
	if len(b) == 0 {
		b = []byte{0}
	}
	b[len(b)/2] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}

func compile(ts *testscript.TestScript, expr string) *regexp.Regexp {
	re, err := regexp.Compile("(?m)" + expr)
	ts.Check(err)
	return re
}
