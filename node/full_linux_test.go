package node_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"convenio/api"
)

// smallDisk mounts a file system of a few MiB, or skips the test where that is not allowed.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

// filler takes all the room there is on a disk, at the first occurrence of one step of the node.
type filler struct {
	dir string
	mu  sync.Mutex
	at  string
	met bool
}

func (f *filler) before(step string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if step != f.at {
		return
	}
	f.at, f.met = "", true
	file, err := os.Create(filepath.Join(f.dir, "filler"))
	if err != nil {
		return
	}
	defer file.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = file.Write(block)
	}
}

func (f *filler) next(step string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at, f.met = step, false
}

// free makes room again, and says whether the disk was full at all.
func (f *filler) free(t *testing.T) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.met {
		t.Error("the disk never was full: the test proves nothing")
	}
	must(t, os.Remove(filepath.Join(f.dir, "filler")))
}

// TestDiskFull lets the disk run full at the worst moments: whoever asks is told, nothing is lost, and
// when there is room again the same request goes through, once.
func TestDiskFull(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	disk := smallDisk(t, "24m")
	p := newPair(t)
	dir := filepath.Join(disk, "US")
	copyTo(t, dir, p.us.dir)
	p.us.dir = dir
	change(t, filepath.Join(dir, "node.yaml"), func(b []byte) []byte { return append(b, "min_free_mib: 1\n"...) })
	full := &filler{dir: disk}
	p.us.opt.Before = full.before
	p.co.start()
	p.us.start()

	enrol := func() (string, error) {
		r, err := p.us.client("operator").EnrolWithResponse(t.Context(), &api.EnrolParams{IdempotencyKey: "full-enrol"},
			api.Enrolment{Category: "visa", Nationalities: []string{"VE"}, Fields: map[string]string{"family-name": "Prueba 1"}, Fingers: handOf(t, 1, 0, 2, 7)})
		if err := api.Check(r, problemOf(r), err); err != nil {
			return "", err
		}
		return r.JSON201.Subject, nil
	}
	for _, step := range []string{"enrol", "log"} {
		full.next(step)
		_, err := enrol()
		var f *api.Failure
		if !errors.As(err, &f) || f.Status != 507 || f.Code != "disk-full" {
			t.Errorf("at %s: %v", step, err)
		}
		full.free(t)
	}
	if _, err := enrol(); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if n := p.us.status().People; n != 1 {
		t.Errorf("%d people, want 1", n)
	}
	// While a search comes in, and while it is being answered.
	for _, step := range []string{"accept", "search", "result"} {
		full.next(step)
		x, err := p.co.search("full-"+step+"-xx", border(handOf(t, 1, 1, 2, 7)))
		must(t, err)
		waitUntil(t, "the disk to be full at "+step, func() bool {
			full.mu.Lock()
			defer full.mu.Unlock()
			return full.met
		})
		full.free(t)
		p.us.examine(x.Id, api.Confirm)
		p.co.reaches(x.Id, "hit")
	}
	p.co.quiet()
	p.us.quiet()
	must(t, p.co.stop())
	must(t, p.us.stop())
	p.audit(false)
}
