package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"convenio/demo"
)

// TestDemo plays the demonstration as people do, through the program, whose nodes are processes of
// their own, and holds it to its report.
func TestDemo(t *testing.T) {
	t.Parallel()
	r := playDemo(t, "--people", "8", "--json")
	if len(r.Scenes) < 13 {
		t.Errorf("%d scenes were played, at least 13 are to be", len(r.Scenes))
	}
	if r.Enrolled["CO"] < 8 || r.Enrolled["US"] < 8 {
		t.Errorf("enrolled %v, at least 8 on each side are to be", r.Enrolled)
	}
	if !r.Fictional || r.Agreement.ID != "co-us-demo" || len(r.Agreement.Digest) != 64 || r.Agreement.Notice == "" {
		t.Errorf("the report does not say which agreement, and that it is fictional: %+v", r.Agreement)
	}
}

// TestDemoOnRealPrints enrols the first impression of ten fingers and searches with the second ones.
func TestDemoOnRealPrints(t *testing.T) {
	t.Parallel()
	set := filepath.Join(dataDir(t), "fingerprints", "fvc2002_db1_b")
	if _, err := os.Stat(set); err != nil {
		t.Skip("no real fingerprints here: set CONVENIO_DATA to a folder that holds fingerprints/fvc2002_db1_b")
	}
	r := playDemo(t, "--people", "8", "--enrol", set, "--json")
	own := r.Scenes[0]
	found, of, ok := strings.Cut(strings.TrimSuffix(own.Outcome, " second impressions found their person"), " of ")
	if !ok || found != of || found != "10" {
		t.Errorf("%s: %q", own.Name, own.Outcome)
	}
}

// playDemo runs the program's demo, which must end with code 0, and checks what every report must say.
func playDemo(t *testing.T, args ...string) demo.Report {
	t.Helper()
	var out, said bytes.Buffer
	cmd := program(t, append([]string{"demo"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &said
	ended := cmd.Run()
	if strings.Contains(said.String(), "panic") {
		t.Fatalf("it panicked: %s", said.String())
	}
	var r demo.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("the report cannot be read: %v; %v: %s", err, ended, said.String())
	}
	for _, s := range r.Scenes {
		if !s.OK {
			t.Errorf("scene %q: %s; %s", s.Name, s.Outcome, s.Why)
		}
	}
	agree, differ := 0, 0
	for _, a := range r.Audit {
		if !a.OK {
			t.Errorf("audit %q: agree %v, first %q; %s", a.Name, a.Agree, a.First, a.Why)
		}
		if a.Agree {
			agree++
		} else if a.First != "" {
			differ++
		}
	}
	if agree == 0 || differ == 0 {
		t.Errorf("one audit must find the ledgers whole, one must find the removed entry: %+v", r.Audit)
	}
	for _, party := range []string{"CO", "US"} {
		if r.Nodes[party] != Version() {
			t.Errorf("node %s runs program %q, the demo %q", party, r.Nodes[party], Version())
		}
	}
	if ended != nil || !r.OK {
		t.Errorf("exit code %s (0 is success), report ok: %v", strconv.Itoa(cmd.ProcessState.ExitCode()), r.OK)
	}
	return r
}

// program is the binary under test, as a command of this system.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("convenio")
	if err != nil {
		t.Fatal(err)
	}
	return exec.CommandContext(t.Context(), path, args...)
}

// dataDir is where real fingerprints lie: CONVENIO_DATA, or shared/data beside the project.
func dataDir(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("CONVENIO_DATA"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "shared", "data")
}
