package synth_test

import (
	"fmt"

	"convenio/finger"
	"convenio/synth"
)

// Two captures of one finger, compared.
func Example() {
	f := synth.NewFingerAt(7, finger.RightIndex)
	var prepared [2]*finger.Prepared
	for i := range prepared {
		img, _ := f.Impression(synth.DefaultConditions(uint64(i)))
		t, err := finger.Extract(img, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		prepared[i] = finger.Prepare(t)
	}
	c := finger.NewComparer().Compare(prepared[0], prepared[1])
	fmt.Println("false match rate below 1e-5:", c.Score > finger.Threshold(1e-5))
	// Output:
	// false match rate below 1e-5: true
}
