package code

import (
	"flag"
	"fmt"
	"hash/crc32"
	"math/bits"
	"os"
	"reflect"
	"testing"

	"convenio/finger"
	"convenio/synth"
)

var update = flag.Bool("update", false, "rewrite testdata/codes.golden: codes made before will not compare")

// A prepared template and the template itself give the same code, as many minutiae as asked for.
func TestEncodeAlike(t *testing.T) {
	pop := synth.NewPopulation(2)
	for i := range uint64(20) {
		tpl := pop.Reference(i, finger.Position(i%11))
		for _, most := range []int{MaxReference, MaxProbe, 5} {
			a, b := EncodeTemplate(tpl, most), Encode(finger.Prepare(tpl), most)
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("person %d: the codes differ", i)
			}
			if len(a.Minutiae) != min(most, len(tpl.Minutiae)) {
				t.Errorf("person %d: %d minutiae", i, len(a.Minutiae))
			}
		}
	}
}

// Codes are kept on disk: they may not change unseen, on any platform.
func TestCodesGolden(t *testing.T) {
	pop := synth.NewPopulation(3)
	var got string
	for i := range uint64(6) {
		c := EncodeTemplate(pop.Reference(i, finger.RightIndex), MaxReference)
		got += fmt.Sprintf("%d %016x %08x\n", len(c.Minutiae), c.Sum[0], crc32.ChecksumIEEE(fmt.Append(nil, c)))
	}
	const path = "testdata/codes.golden"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("codes are\n%swanted\n%s%v", got, want, err)
	}
}

func TestEncodeLittle(t *testing.T) {
	if c := Encode(new(finger.Prepared), MaxReference); len(c.Minutiae) != 0 || c.Sum != [SumWords]uint64{} {
		t.Errorf("%v", c)
	}
}

// The aggregate is the majority of the minutiae's parities, worked out here one by one.
func TestAggregate(t *testing.T) {
	pop := synth.NewPopulation(4)
	for n := range 33 {
		c := EncodeTemplate(pop.Reference(uint64(n), finger.LeftThumb), n)
		var want [SumWords]uint64
		for b, p := range parities {
			sum := 0
			for _, m := range c.Minutiae {
				v := 0
				for _, k := range p.bit {
					v ^= int(m.Word >> k & 1)
				}
				if int8(m.Dir-p.half*8) >= 0 {
					v ^= 1
				}
				sum += 2*v - 1
			}
			if sum > 0 || sum == 0 && b&1 == 1 {
				want[b/64] |= 1 << (b % 64)
			}
		}
		if got := aggregate(c.Minutiae); got != want {
			t.Fatalf("%d minutiae: another aggregate", n)
		}
	}
}

// Captures of one finger are nearer than strangers, by aggregate and by words.
func TestMatesAreNearer(t *testing.T) {
	pop := synth.NewPopulation(5)
	const n = 60
	var mates, strangers, nearMates, nearStrangers int
	for i := range uint64(n) {
		a := EncodeTemplate(pop.Reference(i, finger.RightIndex), MaxReference)
		b := EncodeTemplate(pop.Probe(i, finger.RightIndex, 0), MaxReference)
		c := EncodeTemplate(pop.Probe(i+n, finger.RightIndex, 0), MaxReference)
		mates += Distance(&a.Sum, &b.Sum)
		strangers += Distance(&a.Sum, &c.Sum)
		nearMates += near(a, b)
		nearStrangers += near(a, c)
	}
	t.Logf("mean distance: mates %d, strangers %d; near words: %d, %d", mates/n, strangers/n, nearMates/n, nearStrangers/n)
	if mates/n > strangers/n-15 || nearMates*2 < nearStrangers*3 {
		t.Error("mates are hardly nearer than strangers")
	}
}

// near counts the minutiae of a with one in b whose word is near and whose direction is not far.
func near(a, b Code) (n int) {
	for _, x := range a.Minutiae {
		for _, y := range b.Minutiae {
			if d := int8(x.Dir - y.Dir); bits.OnesCount64(x.Word^y.Word) <= 8 && max(d, -d) <= 48 {
				n++
				break
			}
		}
	}
	return n
}

func BenchmarkEncode(b *testing.B) {
	t := synth.NewPopulation(1).Reference(1, finger.RightIndex)
	for b.Loop() {
		EncodeTemplate(t, MaxReference)
	}
}
