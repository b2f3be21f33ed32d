package content

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// hostile are files of 1 MiB that are made to cost memory.
func hostile() map[string][]byte {
	const size = 1 << 20
	be := binary.BigEndian
	head := func(magic string, count int) []byte {
		b := append([]byte(magic), 0xff, 0xff, 0xff, 0xff)
		b = append(be.AppendUint16(b, uint16(count)), 0)
		if magic[:3] != "FMR" {
			b = append(b, 9)
		}
		return b
	}
	// each with the fewest bytes a representation can have, and as odd as it can be
	fmr2011 := append(make([]byte, 4+9+5+1), 99, 99, 0, 1, 0, 1, 99, 0, 0, 0, 0, 0x60, 0, 0, 0)
	fir2011 := append(make([]byte, 4+9+5+1), 99, 99, 9, 0, 0, 0, 0, 0, 0, 0, 0, 99, 99, 99, 0, 0, 0, 0, 0, 0, 0, 0)
	iir2011 := append(make([]byte, 4+9+5+1), make([]byte, 2+4+5+18+4)...)
	qualities := append(make([]byte, 4+9+5), 255)
	qualities = append(append(qualities, bytes.Repeat([]byte{200, 1, 2, 3, 4}, 255)...), fmr2011[19:]...)
	few := append(make([]byte, 4+9+5), 15)
	few = append(append(few, bytes.Repeat([]byte{200, 1, 2, 3, 4}, 15)...), fmr2011[19:]...)
	fewFIR := append(append(few[:4+9+5+1+75:4+9+5+1+75], 99, 99, 9), make([]byte, 19)...)
	areas := append(fmr2011[:len(fmr2011)-2:len(fmr2011)-2], 0xff, 0xfc)
	areas = append(areas, bytes.Repeat([]byte{0, 0, 0, 4}, 0xfffc/4)...)
	repeat := func(magic string, body []byte) []byte {
		n := min(size/len(body), 0xffff)
		be.PutUint32(body, uint32(len(body))) // a true length, so that the layout is recognised
		return append(head(magic, n), bytes.Repeat(body, n)...)
	}
	old := append([]byte("FMR\x00 20\x00\xff\xff\xff\xff\x00\x00\x00\x01\x00\x01\x00\x01\x00\x01\xff\x00"), bytes.Repeat([]byte{99, 0xff, 200, 0, 0, 0}, 255)...)
	return map[string][]byte{
		"fmr views":        repeat("FMR\x00030\x00", fmr2011),
		"fmr at the limit": repeat("FMR\x00030\x00", few),
		"fir at the limit": repeat("FIR\x00020\x00", fewFIR),
		"fmr qualities":    repeat("FMR\x00030\x00", qualities),
		"fmr areas":        repeat("FMR\x00030\x00", areas),
		"fmr old":          append(old, make([]byte, size)...),
		"fir images":       repeat("FIR\x00020\x00", fir2011),
		"fir old":          append([]byte("FIR\x00010\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\x1f\xff\x09\x00\x00\x00\x00\x00\x00\x00\x00\x63\x63\x00\x00"), bytes.Repeat([]byte{0, 0, 0, 15, 99, 255, 1, 200, 99, 0, 0, 0, 0, 9, 1}, size/15)...),
		"iir images":       repeat("IIR\x00020\x00", iir2011),
		"cbeff records":    []byte("<BIR>" + strings.Repeat("<BIR/>", 9000) + "</BIR>"),
		"cbeff unknown":    []byte("<BIR>" + strings.Repeat("<a/>", size/4) + "</BIR>"),
		"cbeff others":     []byte("<BIR><others>" + strings.Repeat("<entry/>", size/8) + "</others></BIR>"),
		"cbeff subtypes":   []byte("<BIR><BDBInfo><Subtype>" + strings.Repeat("x ", size/2) + "</Subtype></BDBInfo></BIR>"),
		"cbeff blocks":     []byte("<BIR>" + strings.Repeat("<BIR><BDB>RklSAA</BDB></BIR>", size/28) + "</BIR>"),
		"cbeff one":        []byte("<BIR><BDB>" + strings.Repeat("A", size) + "</BDB></BIR>"),
		"an2 fields":       append([]byte("1.001:9\x1d1.002:0502\x1d1.003:1\x1f0"), bytes.Repeat([]byte("\x1d1.1:"), size/5)...),
		"an2 records":      append([]byte("1.1:5\x1d1.3:1\x1f1\x1c"), bytes.Repeat([]byte("2.1:6\x1c"), size/6)...),
	}
}

// TestMemoryOfHostileFiles holds what a file of 1 MiB may cost: 64 MiB taken in all, much of it for a moment only.
func TestMemoryOfHostileFiles(t *testing.T) {
	for name, data := range hostile() {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f, err := Open(data)
			runtime.ReadMemStats(&after)
			took := after.TotalAlloc - before.TotalAlloc
			what := fmt.Sprint(err)
			if f != nil {
				what = fmt.Sprintf("%d records, %d images, %d templates, %d oddities", len(f.Records), len(f.Images), len(f.Templates), len(f.Oddities))
			}
			t.Logf("%d KiB took %.1f MiB: %.120s", len(data)>>10, float64(took)/(1<<20), what)
			if took > 64<<20 {
				t.Errorf("opening took %d MiB", took>>20)
			}
		})
	}
}
