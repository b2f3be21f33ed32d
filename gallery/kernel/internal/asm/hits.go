package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// probe is what both forms of hits are called with.
type probe struct{ out, record, words, dirs, n, limit, turn reg.Register }

func loadProbe(name string) probe {
	TEXT(name, NOSPLIT, "func(out *uint32, record, words *uint64, dirs *uint8, n int, limit, turn uint64)")
	Pragma("noescape")
	load := func(p string) reg.Register { return Load(Param(p), GP64()) }
	return probe{load("out"), load("record"), load("words"), load("dirs"), load("n"), load("limit"), load("turn")}
}

// step moves on to the probe's next minutia, or ends.
func (p probe) step() {
	ADDQ(operand.U8(4), p.out)
	ADDQ(operand.U8(8), p.words)
	INCQ(p.dirs)
	DECQ(p.n)
	JNZ(operand.LabelRef("next"))
	VZEROUPPER()
	RET()
}

// hits512 keeps the record's 32 words in four registers.
func hits512() {
	p := loadProbe("hitsAVX512")
	var w [4]reg.VecVirtual
	for i := range w {
		w[i] = ZMM()
		VMOVDQU64(operand.Mem{Base: p.record, Disp: i * 64}, w[i])
	}
	dirs, limit, turn := YMM(), ZMM(), YMM()
	VMOVDQU(operand.Mem{Base: p.record, Disp: dirsAt * 8}, dirs)
	VPBROADCASTQ(p.limit, limit)
	VPBROADCASTB(p.turn.(reg.GPVirtual).As32(), turn)
	Label("next")
	q := ZMM()
	VPBROADCASTQ(operand.Mem{Base: p.words}, q)
	var m [4]reg.OpmaskVirtual
	for i := range w {
		v := ZMM()
		VPXORQ(w[i], q, v)
		VPOPCNTQ(v, v)
		m[i] = K()
		VPCMPUQ(operand.U8(2), limit, v, m[i]) // v <= limit
	}
	KUNPCKBW(m[0], m[1], m[0])
	KUNPCKBW(m[2], m[3], m[2])
	KUNPCKWD(m[0], m[2], m[0])
	d := YMM()
	VPBROADCASTB(operand.Mem{Base: p.dirs}, d)
	VPSUBB(d, dirs, d)
	VPABSB(d, d)
	near := K()
	VPCMPUB(operand.U8(2), turn, d, near)
	KANDD(near, m[0], m[0])
	r := GP32()
	KMOVD(m[0], r)
	MOVL(r, operand.Mem{Base: p.out})
	p.step()
}

// hits2 goes over the record's words in eight parts.
func hits2() {
	p := loadProbe("hitsAVX2")
	k := loadNibbles()
	zero, dirs, limit, turn := YMM(), YMM(), YMM(), YMM()
	VPXOR(zero, zero, zero)
	VMOVDQU(operand.Mem{Base: p.record, Disp: dirsAt * 8}, dirs)
	INCQ(p.limit)
	x := XMM()
	MOVQ(p.limit, x)
	VPBROADCASTQ(x, limit) // limit+1
	MOVQ(p.turn, x)
	VPBROADCASTB(x, turn)
	Label("next")
	q := YMM()
	VPBROADCASTQ(operand.Mem{Base: p.words}, q)
	mask := GP32()
	XORL(mask, mask)
	for i := range minutiae / 4 {
		v := YMM()
		VPXOR(operand.Mem{Base: p.record, Disp: i * 32}, q, v)
		k.count(v)
		VPSADBW(zero, v, v)
		VPCMPGTQ(v, limit, v) // limit+1 > v
		part := GP32()
		VMOVMSKPD(v, part)
		if i > 0 {
			SHLL(operand.U8(i*4), part)
		}
		ORL(part, mask)
	}
	d, least := YMM(), YMM()
	VPBROADCASTB(operand.Mem{Base: p.dirs}, d)
	VPSUBB(d, dirs, d)
	VPABSB(d, d)
	VPMINUB(turn, d, least)
	VPCMPEQB(least, d, d)
	near := GP32()
	VPMOVMSKB(d, near)
	ANDL(near, mask)
	MOVL(mask, operand.Mem{Base: p.out})
	p.step()
}
