//go:build !unix

package segment

import (
	"io"
	"os"
)

// mapFile reads the whole file: there is no mapping here.
func mapFile(f *os.File) (data []byte, free func() error, err error) {
	data, err = io.ReadAll(f)
	return data, func() error { return nil }, err
}

// lock keeps nobody away here.
func lock(path string) (*os.File, error) { return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) }
