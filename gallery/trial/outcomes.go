package trial

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// outcomes is an open file of them.
type outcomes struct{ f *os.File }

// openOutcomes opens a file of outcomes, which it makes if there is none, and reads what it holds. A last line that was cut
// off is dropped: its batch is searched again.
func openOutcomes(path string, want head) (*outcomes, []outcome, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, err
	}
	done, keep, err := readOutcomes(f, want)
	if err == nil {
		err = f.Truncate(keep)
	}
	if err == nil {
		_, err = f.Seek(keep, io.SeekStart)
	}
	if err == nil && keep == 0 {
		var b []byte
		if b, err = json.Marshal(want); err == nil {
			_, err = f.Write(append(b, '\n'))
		}
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return &outcomes{f}, done, nil
}

// readOutcomes returns the outcomes of whole lines and how many bytes those take.
func readOutcomes(r io.Reader, want head) (done []outcome, keep int64, err error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, 0, err
	}
	for n := 0; ; n++ {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			return done, keep, nil
		}
		line := b[:end]
		if b = b[end+1:]; n == 0 {
			var is head
			if err := json.Unmarshal(line, &is); err != nil || is != want {
				return nil, 0, fmt.Errorf("%w: it is of %+v, wanted %+v", errOutcomes, is, want)
			}
		} else {
			var o outcome
			if err := json.Unmarshal(line, &o); err != nil || o.Probe != len(done) {
				return nil, 0, fmt.Errorf("%w: line %d is no outcome of probe %d", errOutcomes, n+1, len(done))
			}
			done = append(done, o)
		}
		keep += int64(end) + 1
	}
}

func (o *outcomes) append(some []outcome) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	for i := range some {
		if err := e.Encode(&some[i]); err != nil {
			return err
		}
	}
	_, err := o.f.Write(text.Bytes())
	return err
}

// Close closes the file.
func (o *outcomes) Close() error { return o.f.Close() }
