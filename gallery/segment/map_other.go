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

// memory is zeroed memory.
func memory(size int) (data []byte, free func() error, err error) {
	return bytesOf(make([]uint64, (size+7)/8)), func() error { return nil }, nil
}

func willNeed([]byte, int, int) {}
