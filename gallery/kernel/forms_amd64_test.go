package kernel

import "golang.org/x/sys/cpu"

func implementations() (all []implementation) {
	if hasAVX512() {
		all = append(all, implementation{"avx512", distances512, hits512})
	}
	if cpu.X86.HasAVX2 {
		all = append(all, implementation{"avx2", distances2, hits2})
	}
	return all
}
