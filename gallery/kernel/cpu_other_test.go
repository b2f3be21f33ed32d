//go:build !unix

package kernel

func cpuNanos() int64 { return 0 }
