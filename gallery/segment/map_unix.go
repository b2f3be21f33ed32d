//go:build unix

package segment

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps a whole file for reading.
func mapFile(f *os.File) (data []byte, free func() error, err error) {
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if info.Size() == 0 {
		return nil, func() error { return nil }, nil
	}
	data, err = unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, err
	}
	return data, func() error { return unix.Munmap(data) }, nil
}

// memory is zeroed memory outside the heap: the collector neither scans it nor lets twice as much of it pile up.
func memory(size int) (data []byte, free func() error, err error) {
	data, err = unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, nil, err
	}
	return data, func() error { return unix.Munmap(data) }, nil
}

// willNeed has the system fetch a part of a mapping, without waiting: many parts come faster together than one by one.
func willNeed(data []byte, from, to int) {
	from -= from % os.Getpagesize()
	if from < to && to <= len(data) {
		_ = unix.Madvise(data[from:to], unix.MADV_WILLNEED) // advice
	}
}
