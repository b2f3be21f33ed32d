// Command asm writes the assembly of package kernel; run it by go generate there.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const lanes, sumWords, minutiae, dirsAt = 8, 8, 32, 32

func main() {
	writeTable()
	distances512()
	distances2()
	hits512()
	hits2()
	Generate()
}

// distances512 streams groups of eight aggregates, word by word, so that no sum goes across a register.
func distances512() {
	TEXT("distancesAVX512", NOSPLIT, "func(out *uint16, groups, query *uint64, n int)")
	Pragma("noescape")
	out, groups, query, n := Load(Param("out"), GP64()), Load(Param("groups"), GP64()), Load(Param("query"), GP64()), Load(Param("n"), GP64())
	var q [sumWords]reg.VecVirtual
	for i := range q {
		q[i] = ZMM()
		VPBROADCASTQ(operand.Mem{Base: query, Disp: i * 8}, q[i])
	}
	Label("next")
	var acc [2]reg.VecVirtual
	for i := range q {
		v := ZMM()
		VPXORQ(operand.Mem{Base: groups, Disp: i * 64}, q[i], v)
		VPOPCNTQ(v, v)
		if i < 2 {
			acc[i] = v
		} else {
			VPADDQ(v, acc[i%2], acc[i%2])
		}
	}
	VPADDQ(acc[1], acc[0], acc[0])
	x := XMM()
	VPMOVQW(acc[0], x)
	VMOVDQU(x, operand.Mem{Base: out})
	ADDQ(operand.U32(lanes*sumWords*8), groups)
	ADDQ(operand.U32(lanes*2), out)
	DECQ(n)
	JNZ(operand.LabelRef("next"))
	VZEROUPPER()
	RET()
}

// nibbles is what counting bits by looking up half bytes needs (Mula, Kurz, Lemire 2018).
type nibbles struct{ table, low reg.VecVirtual }

// loadNibbles loads them; the table itself is written once.
func loadNibbles() nibbles {
	k := nibbles{YMM(), YMM()}
	VMOVDQU(nibbleTable, k.table)
	mask := GP64()
	MOVQ(operand.U64(0x0f0f0f0f0f0f0f0f), mask)
	x := XMM()
	MOVQ(mask, x)
	VPBROADCASTQ(x, k.low)
	return k
}

var nibbleTable operand.Mem

func writeTable() {
	nibbleTable = GLOBL("nibbles", RODATA|NOPTR)
	for i, v := range []uint64{0x0302020102010100, 0x0403030203020201, 0x0302020102010100, 0x0403030203020201} {
		DATA(i*8, operand.U64(v))
	}
}

// count leaves in v the bits of each byte of v.
func (k nibbles) count(v reg.VecVirtual) {
	high := YMM()
	VPSRLQ(operand.U8(4), v, high)
	VPAND(k.low, high, high)
	VPAND(k.low, v, v)
	VPSHUFB(v, k.table, v)
	VPSHUFB(high, k.table, high)
	VPADDB(high, v, v)
}

func distances2() {
	TEXT("distancesAVX2", NOSPLIT, "func(out *uint16, groups, query *uint64, n int)")
	Pragma("noescape")
	out, groups, query, n := Load(Param("out"), GP64()), Load(Param("groups"), GP64()), Load(Param("query"), GP64()), Load(Param("n"), GP64())
	k := loadNibbles()
	zero := YMM()
	VPXOR(zero, zero, zero)
	Label("next")
	for half := range 2 {
		acc := YMM()
		for i := range sumWords {
			q, v := YMM(), YMM()
			VPBROADCASTQ(operand.Mem{Base: query, Disp: i * 8}, q)
			VPXOR(operand.Mem{Base: groups, Disp: i*64 + half*32}, q, v)
			k.count(v)
			if i == 0 {
				acc = v
			} else {
				VPADDB(v, acc, acc) // at most 64 a byte
			}
		}
		VPSADBW(zero, acc, acc)
		upper := XMM()
		VEXTRACTI128(operand.U8(1), acc, upper)
		VPEXTRW(operand.U8(0), acc.AsX(), operand.Mem{Base: out, Disp: half * 8})
		VPEXTRW(operand.U8(4), acc.AsX(), operand.Mem{Base: out, Disp: half*8 + 2})
		VPEXTRW(operand.U8(0), upper, operand.Mem{Base: out, Disp: half*8 + 4})
		VPEXTRW(operand.U8(4), upper, operand.Mem{Base: out, Disp: half*8 + 6})
	}
	ADDQ(operand.U32(lanes*sumWords*8), groups)
	ADDQ(operand.U32(lanes*2), out)
	DECQ(n)
	JNZ(operand.LabelRef("next"))
	VZEROUPPER()
	RET()
}
