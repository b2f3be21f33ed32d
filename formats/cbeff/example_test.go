package cbeff_test

import (
	"fmt"

	"convenio/formats/cbeff"
)

func ExampleParse() {
	doc, err := cbeff.Parse([]byte(`<BIR><BIR>
  <BDBInfo><Type>Finger</Type><Subtype>Left RingFinger</Subtype></BDBInfo>
  <BDB>RklSAA</BDB>
</BIR></BIR>`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, b := range doc.Leaves() {
		position, _ := b.Position()
		fmt.Printf("%s, position %d: %q\n", b.Title(), position, b.BDB)
	}
	for _, o := range doc.Oddities {
		fmt.Println(o)
	}
	// Output:
	// Finger, Left RingFinger, position 9: "FIR\x00"
	// BIR, namespace (byte 5): missing
	// BIR/BIR, BDB (byte 105): base64 without padding
	// BIR/BIR, BIRInfo (byte 112): missing
	// BIR, BIRInfo (byte 118): missing
}
