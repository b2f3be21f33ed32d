package inti_test

import (
	"fmt"
	"time"

	"convenio/formats/inti"
)

// The answer to a search: no hit.
func ExampleMessage_Write() {
	answer := inti.Message{
		Kind: inti.SRE, Date: time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC),
		Control: "20260000000002B", Reference: "20260000000001A",
		Destination: inti.Organization{Name: "Instituto A", Country: "MEX"},
		Origin:      inti.Organization{Name: "INTERPOL", Country: "XPO"},
		Result:      &inti.Result{Hit: false, Search: inti.NPS},
	}
	document, err := answer.Write()
	if err != nil {
		fmt.Println(err)
		return
	}
	back, err := inti.Read(document, inti.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(back.Kind, "answers", back.Reference, "hit:", back.Result.Hit)

	answer.Reference = ""
	_, err = answer.Write()
	fmt.Println(err)
	// Output:
	// SRE answers 20260000000001A hit: false
	// int-i: TransactionControlReferenceIdentification: not valid to write: an answer names the TCN that it answers
}

// A document of the 2008 edition is refused by name.
func ExampleRead() {
	_, err := inti.Read([]byte(`<itl:NISTBiometricInformationExchangePackage xmlns:itl="http://biometrics.nist.gov/standard/2-2008"/>`), inti.Limits{})
	fmt.Println(err)
	// Output:
	// int-i: byte 0: an element of another edition: element NISTBiometricInformationExchangePackage is of ANSI/NIST-ITL 2-2008 (http://biometrics.nist.gov/standard/2-2008); INT-I v6 has the edition of 2011
}
