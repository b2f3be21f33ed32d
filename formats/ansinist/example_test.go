package ansinist_test

import (
	"fmt"
	"time"

	"convenio/formats/ansinist"
)

// A search is built from values and leaves as a file that other software reads.
func ExampleNewSearch() {
	pixels := make([]byte, 40*50) // 8-bit gray, row by row
	tx, err := ansinist.NewSearch(ansinist.Search{
		Type: "SRCH", At: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Destination: "BB", Origin: "AA", Control: "AA-1",
		Fingers: []ansinist.SearchFinger{{
			Position: 2, Width: 40, Height: 50, PPI: 500, Compression: "NONE", Data: pixels,
			Minutiae: []ansinist.M1Minutia{{X: 10, Y: 12, Angle: 90, Type: 1, Quality: 60}},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := tx.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(file), "bytes")

	_, err = ansinist.NewSearch(ansinist.Search{Type: "SRCH", Origin: "AA", Destination: "BB", Control: "AA-1", At: time.Unix(0, 0)})
	fmt.Println(err)
	// Output:
	// 2474 bytes
	// ansi/nist-itl: not valid to write: 1 to 99 fingers are needed
}

// What a file holds: records, fields by mnemonic and name, images, oddities.
func ExampleRead() {
	file := []byte("1.001:113\x1d1.002:0502\x1d1.003:1\x1f1\x1e14\x1f01\x1d1.004:TEST\x1d1.005:20260304\x1d1.007:BB\x1d1.008:AA\x1d1.009:1\x1d1.011:00.00\x1d1.012:00.00\x1c" +
		"14.001:147\x1d14.002:02\x1d14.003:0\x1d14.004:AA\x1d14.005:20260304\x1d14.006:2\x1d14.007:2\x1d14.008:2\x1d14.009:197\x1d14.010:197\x1d14.011:NONE\x1d14.012:8\x1d14.013:7\x1d14.999:abcd\x1c")
	tx, err := ansinist.Read(file, ansinist.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range tx.Records {
		fmt.Printf("record %d: Type-%d, %s, byte %d\n", r.Number, r.Type, ansinist.RecordName(r.Type), r.Offset)
		if img, ok := tx.Image(r); ok {
			fmt.Printf("  %s %dx%d, %.0f ppi, %s, position %v\n", img.Kind, img.Width, img.Height, img.PPIX, img.Compression, img.Positions)
		}
	}
	f, _ := tx.First(14).Field(13)
	name, _ := ansinist.Describe(14, f.Number)
	fmt.Printf("14.%03d %s (%s) = %s\n", f.Number, name.Mnemonic, name.Name, f.Text())
	for _, o := range tx.Oddities {
		fmt.Println(o)
	}
	// Output:
	// record 1: Type-1, Transaction information, byte 0
	// record 2: Type-14, Variable-resolution fingerprint image, byte 113
	//   friction ridge 2x2, 500 ppi, NONE, position [7]
	// 14.013 FGP (Friction ridge generalized position) = 7
	// record 2 (Type-14), field 14.002, byte 124: idc: 1.003 announces IDC 1, the record has 2
	// record 2 (Type-14), field 14.008, byte 187: scale-units: SLC=2 (pixels/cm): HPS=197 means about 500 ppi
}

// Reading is tolerant, writing is strict: Encode refuses what Carry gives back.
func ExampleTransaction_Encode() {
	file := []byte("1.001:99\x1d1.002:0502\x1d1.003:1\x1f0\x1d1.004:TEST\x1d1.005:20260304\x1d1.007:BB\x1d1.008:AA\x1d1.009:1\x1d1.011:00.00\x1d1.012:00.00\x1c")
	tx, err := ansinist.Read(file, ansinist.Limits{})
	fmt.Println(tx.Oddities, err)
	_, err = tx.Encode()
	fmt.Println(err)
	carried, err := tx.Carry()
	fmt.Println(string(carried) == string(file), err)
	tx.Records[0].SetText(6, "1") // a changed record is built anew, its LEN computed
	again, err := tx.Encode()
	fmt.Println(len(again), err)
	// Output:
	// [record 1 (Type-1), field 1.001, byte 0: length: LEN is 99, the record has 106 bytes] <nil>
	// ansi/nist-itl: record 1 (Type-1): not valid to write: reading found a fault of structure (length); change the record, or use Carry
	// true <nil>
	// 115 <nil>
}
