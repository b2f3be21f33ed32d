//go:build unix

package kernel

import "syscall"

// cpuNanos is the processor time that the process has used: what a benchmark on a busy machine can be held to.
func cpuNanos() int64 {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return r.Utime.Nano() + r.Stime.Nano()
}
