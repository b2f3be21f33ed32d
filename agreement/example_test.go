package agreement_test

import (
	"fmt"
	"time"

	"convenio/agreement"
	agreements "convenio/examples/agreements"
)

// A search is asked of the shipped, fictional agreement, first as it is, then for
// a person who alleges persecution by the party that would be asked.
func ExampleAgreement_Decide() {
	files, err := agreements.Files(agreements.CoUsDemo)
	if err != nil {
		panic(err)
	}
	a, err := agreement.Parse(files)
	if err != nil {
		panic(err)
	}
	r := agreement.Request{
		Act: agreement.ActSearch, Side: agreement.SideAsking, From: "us", To: "co",
		Authority: "us-border", Role: "migration-officer", Purpose: "border-examination",
		Ground: "person-present", CasePresent: true, Person: agreement.UnknownPerson(),
		Fingers: 4, MinQuality: 55, Now: time.Date(2026, 3, 4, 15, 30, 0, 0, time.UTC),
		Used: map[string]int{},
	}
	for _, q := range a.QuotasFor(r.Act, r.Purpose, r.From) {
		r.Used[q.ID] = 12
	}
	d := a.Decide(r)
	fmt.Println(d.Outcome, d.Articles, d.Obligations.EraseProbeWithin, d.Obligations.Quotas)

	r.Person.Safeguards = []agreement.Safeguard{{Kind: "asylum-claim", Against: "co"}}
	d = a.Decide(r)
	fmt.Println(d.Outcome, d.Articles, d.Reasons[0].Text.In("en"))
	// Output:
	// permit [5] 1m0s [border-day]
	// deny [8] The person alleges persecution by the answering Party, which is never asked about them.
}
