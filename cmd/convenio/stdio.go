package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"convenio/api"
)

// stdio is where the program reads and writes. Results alone go to out.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

func (s stdio) json(v any) error {
	e := json.NewEncoder(s.out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func (s stdio) printf(format string, a ...any) { fmt.Fprintf(s.out, format, a...) }

// terminal says whether people are looking at the error stream, where progress is shown.
func (s stdio) terminal() bool {
	f, ok := s.err.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// progress shows a bar for work that may take over two seconds, on terminals only.
// The returned function is called once for each step done.
func (s stdio) progress(total int, what string) (step func(), done func()) {
	add, done := s.progressBy(total, what)
	return func() { add(1) }, done
}

// progressBy is progress in strides: the first function is called with how many steps were done.
func (s stdio) progressBy(total int, what string) (add func(steps int), done func()) {
	if !s.terminal() || total < 2 {
		return func(int) {}, func() {}
	}
	bar := progressbar.NewOptions(total,
		progressbar.OptionSetWriter(s.err),
		progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)
	return func(n int) { _ = bar.Add(n) }, func() { _ = bar.Finish() }
}

// Version is the module's version and, where the build knows it, the commit.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "devel"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && !strings.Contains(v, s.Value[:min(12, len(s.Value))]) {
			v += "+" + s.Value[:min(12, len(s.Value))]
		}
	}
	return v
}

func fingerLine(r api.FingerReport) string {
	s := fmt.Sprintf("%-13s quality %3d", r.Position, r.Quality)
	if !r.Usable {
		s += ", not usable"
	}
	if r.Reasons == nil {
		return s
	}
	for _, t := range *r.Reasons {
		s += "; " + t.En
	}
	return s
}

// write puts a result into a file, or to standard output for "-". It never writes over a file.
func (s stdio) write(path string, b []byte, mode os.FileMode) error {
	if path == "-" || path == "" {
		_, err := s.out.Write(b)
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return hint(err, "choose another name, or remove the file")
	}
	if _, err := f.Write(b); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// read takes a file's bytes, or standard input for "-".
func (s stdio) read(path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(io.LimitReader(s.in, 64<<20))
	}
	return os.ReadFile(path)
}
