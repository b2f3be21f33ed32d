package ansinist_test

import (
	"bytes"
	"runtime"
	"testing"

	"convenio/formats/ansinist"
)

// TestMemoryOfHostileFiles holds what a file of 1 MiB may cost: 64 MiB taken,
// all views included.
func TestMemoryOfHostileFiles(t *testing.T) {
	const size = 1 << 20
	head := "1.001:9\x1d1.002:0502\x1d1.003:"
	files := map[string][]byte{
		"fields":     append([]byte(head+"1\x1f0"), bytes.Repeat([]byte("\x1d1.1:"), size/5)...),
		"separators": append([]byte(head+"1\x1f0"), bytes.Repeat([]byte("\x1d"), size)...),
		"items":      append([]byte(head+"1\x1f1\x1e9\x1f1\x1c9.1:9\x1d9.4:S\x1d9.137:"), bytes.Repeat([]byte("\x1f"), size)...),
		"subfields":  append([]byte(head+"1\x1f1\x1e9\x1f1\x1c9.1:9\x1d9.4:S\x1d9.12:"), bytes.Repeat([]byte("\x1e"), size)...),
		"contents":   append([]byte(head), bytes.Repeat([]byte("\x1e2\x1f1"), size/4)...),
		"lengths":    append([]byte(head+"1\x1f9999"), bytes.Repeat([]byte("\x1c14.1:4294967295\x1d14.999:"), size/25)...),
		"records":    append(bytes.Repeat([]byte("1.1:5\x1d1.3:1\x1f1\x1c"), 1), bytes.Repeat([]byte("2.1:6\x1c"), size/6)...),
		"polygon":    append([]byte(head+"1\x1f1\x1e9\x1f1\x1c9.1:9\x1d9.4:S\x1d9.300:1\x1f1\x1f\x1f\x1f"), bytes.Repeat([]byte("1,1-"), size/4)...),
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			tx, err := ansinist.Read(append(data, 0x1C), ansinist.Limits{})
			runtime.ReadMemStats(&after)
			took := after.TotalAlloc - before.TotalAlloc
			if took > 64<<20 {
				t.Errorf("reading took %d MiB", took>>20)
			}
			if tx == nil {
				t.Fatalf("no transaction: %v", err)
			}
			for _, r := range tx.Records {
				runtime.ReadMemStats(&before)
				_, _ = r.Minutiae()
				runtime.ReadMemStats(&after)
				if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
					t.Errorf("the minutiae of Type-%d took %d MiB", r.Type, took>>20)
				}
				if r.Number > 3 {
					break
				}
			}
			t.Logf("%d records, %d oddities, %d MiB, %v", len(tx.Records), len(tx.Oddities), took>>20, err)
		})
	}
}
