package agreement

// decideCase is one request under the shipped agreement, and the articles that
// must decide it. A name says what happens; articles say why.
type decideCase struct {
	name     string
	from     func() Request // what is permitted as it stands
	change   func(r *Request)
	outcome  Outcome
	articles []string
}

func for_(purpose, authority, role, ground string) func() Request {
	return func() Request {
		r := borderSearch()
		r.Purpose, r.Authority, r.Role, r.Ground = purpose, authority, role, ground
		r.Used = map[string]int{"visa-day": 0, "protection-day": 0, "return-day": 0, "missing-day": 0, "crime-day": 0, "border-day": 0}
		return r
	}
}

var (
	visaSearch       = for_("visa-application", "us-consular", "consular-officer", "application-on-file")
	protectionSearch = for_("identity-of-protection-applicant", "us-protection", "protection-officer", "person-present")
	returnSearch     = for_("return-documentation", "us-border", "migration-officer", "return-decision")
	missingSearch    = for_("missing-persons", "us-border", "case-officer", "missing-report")
	crimeSearch      = for_("serious-crime-investigation", "us-investigation", "investigator", "judicial-order")
)

// reachOf asks whether a record of a category takes part in a search.
func reachOf(search func() Request, category string) func() Request {
	return func() Request {
		r := search()
		r.Act, r.Side, r.Person = ActReach, SideAnswering, UnknownPerson()
		r.Record = Record{Category: category, Nationalities: []string{"VEN"}}
		return r
	}
}

// discloseOf asks for a field of a record after one examiner has confirmed.
func discloseOf(search func() Request, category, field string) func() Request {
	return func() Request {
		r := reachOf(search, category)()
		r.Act, r.Field, r.Examiners, r.Used = ActDisclose, field, 1, map[string]int{"data-day": 0}
		return r
	}
}

func asIs(*Request) {}

// person and record put a safeguard or nationality on the one or the other.
func person(kind, against string) func(*Request) {
	return func(r *Request) { r.Person.Safeguards = []Safeguard{{Kind: kind, Against: against}} }
}

func record(kind, against string) func(*Request) {
	return func(r *Request) { r.Record.Safeguards = []Safeguard{{Kind: kind, Against: against}} }
}

func both(nationality string) func(*Request) {
	return func(r *Request) {
		r.Person.Nationalities, r.Record.Nationalities = []string{nationality}, []string{"VE", nationality}
	}
}

// turned swaps the parties: Colombia asks the United States.
func turned(r *Request) {
	r.From, r.To = r.To, r.From
	r.Authority = map[string]string{
		"us-border": "co-migration", "us-consular": "co-consular", "us-protection": "co-protection", "us-investigation": "co-investigation",
	}[r.Authority]
}

var decideCases = []decideCase{
	// Who may ask: articles 1, 3, 4, 5.
	{"border officer asks about a person present", borderSearch, asIs, Permit, []string{"5"}},
	{"Colombia asks likewise", borderSearch, turned, Permit, []string{"5"}},
	{"the answering side decides alike, knowing nothing of the person", borderSearch, func(r *Request) { r.Side, r.Person = SideAnswering, UnknownPerson() }, Permit, []string{"5"}},
	{"consular officer asks about a visa applicant", visaSearch, asIs, Permit, []string{"5"}},
	{"protection officer asks about an applicant present", protectionSearch, asIs, Permit, []string{"5"}},
	{"protection officer asks on an application on file", protectionSearch, func(r *Request) { r.Ground = "application-on-file" }, Permit, []string{"5"}},
	{"officer documents a final return", returnSearch, asIs, Permit, []string{"5"}},
	{"case officer looks for a missing person", missingSearch, asIs, Permit, []string{"5"}},
	{"consular officer looks for a missing person", missingSearch, func(r *Request) { r.Authority, r.Role = "us-consular", "consular-officer" }, Permit, []string{"5"}},
	{"the person's nationality is not known", borderSearch, func(r *Request) { r.Person.Nationalities = nil }, Permit, []string{"5"}},
	{"an unlisted purpose", borderSearch, func(r *Request) { r.Purpose = "labour-inspection" }, Deny, []string{"23"}},
	{"no purpose", borderSearch, func(r *Request) { r.Purpose = "" }, Deny, []string{"23"}},
	{"an unlisted act", borderSearch, func(r *Request) { r.Act = "export" }, Deny, []string{"23"}},
	{"an authority asks for another's purpose", visaSearch, func(r *Request) { r.Authority = "us-border" }, Deny, []string{"23"}},
	{"an authority of the other party", borderSearch, func(r *Request) { r.Authority = "co-migration" }, Deny, []string{"23"}},
	{"an unlisted authority", borderSearch, func(r *Request) { r.Authority = "us-tax" }, Deny, []string{"23"}},
	{"an unlisted party asks", borderSearch, func(r *Request) { r.From = "ve" }, Deny, []string{"23"}},
	{"an unlisted party is asked", borderSearch, func(r *Request) { r.To = "ve" }, Deny, []string{"23"}},
	{"a party asks itself", borderSearch, func(r *Request) { r.To = r.From }, Deny, []string{"23"}},
	{"the wrong role", borderSearch, func(r *Request) { r.Role = "investigator" }, Deny, []string{"23"}},
	{"an unlisted role", missingSearch, func(r *Request) { r.Role = "volunteer" }, Deny, []string{"23"}},
	{"the wrong ground", borderSearch, func(r *Request) { r.Ground = "missing-report" }, Deny, []string{"23"}},
	{"no ground", borderSearch, func(r *Request) { r.Ground = "" }, Deny, []string{"23"}},
	{"a return without a final decision", returnSearch, func(r *Request) { r.Ground = "person-present" }, Deny, []string{"23"}},
	{"no case file", borderSearch, func(r *Request) { r.CasePresent = false }, Deny, []string{"4"}},
	{"data asked without a case file", borderDisclose, func(r *Request) { r.CasePresent = false }, Deny, []string{"4"}},
	// Serious crime is kept apart: article 6.
	{"investigator asks by order of a court", crimeSearch, asIs, Permit, []string{"6"}},
	{"investigator without an order", crimeSearch, func(r *Request) { r.Ground = "person-present" }, Deny, []string{"23"}},
	{"investigator under a border purpose", crimeSearch, func(r *Request) { r.Purpose = "border-examination" }, Deny, []string{"23"}},
	{"a criminal query reaches criminal records", reachOf(crimeSearch, "investigation"), asIs, Permit, []string{"6"}},
	{"a criminal query reaches no visa", reachOf(crimeSearch, "visa"), asIs, Deny, []string{"6"}},
	{"a criminal query reaches no missing person", reachOf(crimeSearch, "missing-person"), asIs, Deny, []string{"6"}},
	{"a criminal query reaches no claim for protection", reachOf(crimeSearch, "protection-claim"), asIs, Deny, []string{"6", "8"}},
	{"a border query reaches no criminal record", reachOf(borderSearch, "investigation"), asIs, Deny, []string{"6"}},
	{"identity after a criminal hit, two examiners", discloseOf(crimeSearch, "investigation", "family-name"), func(r *Request) { r.Examiners = 2 }, Permit, []string{"6"}},
	{"identity after a criminal hit, one examiner", discloseOf(crimeSearch, "investigation", "family-name"), asIs, Deny, []string{"14"}},
	{"a photograph after a criminal hit", discloseOf(crimeSearch, "investigation", "photograph"), func(r *Request) { r.Examiners, r.Approved = 2, true }, Deny, []string{"23"}},
	// Persons covered, own nationals: articles 7 and 10.
	{"a national of the asking party", borderSearch, both("US"), Deny, []string{"7"}},
	{"nationality by its three-letter code, in lower case", borderSearch, both(" usa"), Deny, []string{"7"}},
	{"the asking party's own missing national", missingSearch, both("US"), Permit, []string{"5"}},
	{"record of a national of the asking party", borderReach, both("US"), SilentSuppress, []string{"7"}},
	{"record of a missing national of the asking party", reachOf(missingSearch, "missing-person"), both("US"), Permit, []string{"11"}},
	{"a national of the answering party", borderSearch, both("CO"), Deny, []string{"10"}},
	{"a national of both", borderSearch, func(r *Request) { r.Person.Nationalities = []string{"CO", "US"} }, Deny, []string{"7", "10"}},
	{"record of a national of the answering party, second nationality", borderReach, both("COL"), SilentSuppress, []string{"10"}},
	{"record of a missing national of the answering party", reachOf(missingSearch, "missing-person"), both("CO"), SilentSuppress, []string{"10"}},
	{"data of a national of the answering party", borderDisclose, both("CO"), SilentSuppress, []string{"10"}},
	{"Colombia asks about a national of the United States", func() Request { r := borderSearch(); turned(&r); return r }, both("US"), Deny, []string{"10"}},
	// Persecution: article 8.
	{"the party accused of persecution is never asked", borderSearch, person("asylum-claim", "co"), Deny, []string{"8"}},
	{"nor when the claim names no party", borderSearch, person("asylum-claim", ""), Deny, []string{"8"}},
	{"an applicant who fled the asking party", protectionSearch, person("asylum-claim", "us"), Permit, []string{"5"}},
	{"the accused party is not asked for the identity either", protectionSearch, person("asylum-claim", "co"), Deny, []string{"8"}},
	{"nor for a missing person", missingSearch, person("asylum-claim", "co"), Deny, []string{"8"}},
	{"no return is documented while a claim is pending", returnSearch, person("asylum-claim", "us"), Deny, []string{"8"}},
	{"record with a claim against the asking party", borderReach, record("asylum-claim", "us"), SilentSuppress, []string{"8"}},
	{"record with a claim that names no party", borderReach, record("asylum-claim", ""), SilentSuppress, []string{"8"}},
	{"record with a claim against the answering party itself", borderReach, record("asylum-claim", "co"), Permit, []string{"11"}},
	{"claim record out of reach of the accused in every purpose", reachOf(protectionSearch, "protection-claim"), record("asylum-claim", "us"), SilentSuppress, []string{"8"}},
	{"claim record in a protection query", reachOf(protectionSearch, "protection-claim"), asIs, Permit, []string{"11"}},
	{"claim record in a border query", reachOf(borderSearch, "protection-claim"), asIs, Deny, []string{"8"}},
	{"data of a claim record in a border case", discloseOf(borderSearch, "protection-claim", "family-name"), asIs, Deny, []string{"8"}},
	{"data with a claim against the asking party", borderDisclose, record("asylum-claim", "us"), SilentSuppress, []string{"8"}},
	// Safeguards: article 9.
	{"a child of thirteen", borderSearch, func(r *Request) { r.Person.AgeYears = 13 }, Deny, []string{"9"}},
	{"a newborn", borderSearch, func(r *Request) { r.Person.AgeYears = 0 }, Deny, []string{"9"}},
	{"a person of fourteen", borderSearch, func(r *Request) { r.Person.AgeYears = 14 }, Permit, []string{"5"}},
	{"record of a child", borderReach, record("minor", ""), SilentSuppress, []string{"9"}},
	{"record of a victim", borderReach, record("victim", ""), SilentSuppress, []string{"9"}},
	{"a contested record", borderReach, record("contested", ""), SilentSuppress, []string{"9"}},
	{"a restricted record", borderReach, record("restricted", ""), SilentSuppress, []string{"9"}},
	{"data of a contested record", borderDisclose, record("contested", ""), SilentSuppress, []string{"9"}},
	{"data of a record restricted since the hit", borderDisclose, record("restricted", ""), SilentSuppress, []string{"9"}},
	{"a safeguard that the agreement does not know", borderReach, record("witness", ""), Deny, []string{"23"}},
	{"a person with a safeguard that it does not know", borderSearch, person("witness", ""), Deny, []string{"23"}},
	{"record with a claim against a third state", borderReach, record("asylum-claim", "VE"), Permit, []string{"11"}},
	{"an applicant who fled a third state", protectionSearch, person("asylum-claim", "ve"), Permit, []string{"5"}},
	{"a claim against the asking party by its nationality code", borderReach, record("asylum-claim", "usa"), SilentSuppress, []string{"8"}},
	{"a claim against a word that means no state", borderReach, record("asylum-claim", "the government"), Deny, []string{"23"}},
	{"a nationality that is no code", borderReach, both("Colombian"), Deny, []string{"23"}},
	{"a missing child stays out of reach", reachOf(missingSearch, "missing-person"), record("minor", ""), SilentSuppress, []string{"9"}},
	{"a child who claims asylum: both articles", borderReach, func(r *Request) {
		r.Record.Safeguards = []Safeguard{{Kind: "minor"}, {Kind: "asylum-claim", Against: "us"}}
	}, SilentSuppress, []string{"8", "9"}},
	// Records that take part: article 11.
	{"an encounter in a border query", borderReach, asIs, Permit, []string{"11"}},
	{"a return in a visa query", reachOf(visaSearch, "return"), asIs, Permit, []string{"11"}},
	{"a return in a protection query", reachOf(protectionSearch, "return"), asIs, Deny, []string{"23"}},
	{"a missing person in a border query", reachOf(borderSearch, "missing-person"), asIs, Deny, []string{"23"}},
	{"a missing person in a search for missing persons", reachOf(missingSearch, "missing-person"), asIs, Permit, []string{"11"}},
	{"a category that is not listed", reachOf(borderSearch, "tax"), asIs, Deny, []string{"23"}},
	{"reach does not look at authority, role or ground", borderReach, func(r *Request) { r.Authority, r.Role, r.Ground = "", "", "" }, Permit, []string{"11"}},
	// Form and quality: article 12.
	{"one finger at the border", borderSearch, func(r *Request) { r.Fingers = 1 }, Permit, []string{"5"}},
	{"one finger of a visa applicant", visaSearch, func(r *Request) { r.Fingers = 1 }, Deny, []string{"12"}},
	{"one finger of a missing person", missingSearch, func(r *Request) { r.Fingers = 1 }, Permit, []string{"5"}},
	{"no finger at all", missingSearch, func(r *Request) { r.Fingers = 0 }, Deny, []string{"12"}},
	{"quality 29", borderSearch, func(r *Request) { r.MinQuality = 29 }, Deny, []string{"12"}},
	{"quality 30", borderSearch, func(r *Request) { r.MinQuality = 30 }, Permit, []string{"5"}},
	// Disclosure: articles 14 and 16.
	{"the family name after a hit", borderDisclose, asIs, Permit, []string{"16"}},
	{"no examiner has confirmed", borderDisclose, func(r *Request) { r.Examiners = 0 }, Deny, []string{"14"}},
	{"the document number with approval", discloseOf(borderSearch, "visa", "travel-document-number"), func(r *Request) { r.Approved = true }, Permit, []string{"16"}},
	{"the document number without approval", discloseOf(borderSearch, "visa", "travel-document-number"), asIs, Deny, []string{"16"}},
	{"the photograph of a missing person", discloseOf(missingSearch, "missing-person", "photograph"), func(r *Request) { r.Approved = true }, Permit, []string{"16"}},
	{"the photograph at the border", discloseOf(borderSearch, "visa", "photograph"), func(r *Request) { r.Approved = true }, Deny, []string{"23"}},
	{"the status for a visa", discloseOf(visaSearch, "visa", "immigration-status"), func(r *Request) { r.Approved = true }, Permit, []string{"16"}},
	{"the status of an applicant for protection", discloseOf(protectionSearch, "visa", "immigration-status"), func(r *Request) { r.Approved = true }, Deny, []string{"23"}},
	{"the identity of an applicant for protection", discloseOf(protectionSearch, "protection-claim", "nationality"), asIs, Permit, []string{"16"}},
	{"the protection file, even with approval", discloseOf(protectionSearch, "protection-claim", "protection-file"), func(r *Request) { r.Approved = true }, Deny, []string{"16"}},
	{"fingerprint images", discloseOf(borderSearch, "visa", "fingerprint-images"), func(r *Request) { r.Approved = true }, Deny, []string{"16"}},
	{"a field that is not listed", discloseOf(borderSearch, "visa", "religion"), func(r *Request) { r.Approved = true }, Deny, []string{"23"}},
	{"data asked by an authority without competence", borderDisclose, func(r *Request) { r.Authority = "us-consular" }, Deny, []string{"23"}},
	// Quotas: article 17.
	{"the last border query of the day", borderSearch, used("border-day", 399), Permit, []string{"5"}},
	{"one border query too many", borderSearch, used("border-day", 400), Deny, []string{"17"}},
	{"one visa query too many", visaSearch, used("visa-day", 100), Deny, []string{"17"}},
	{"one protection query too many", protectionSearch, used("protection-day", 100), Deny, []string{"17"}},
	{"one return query too many", returnSearch, used("return-day", 50), Deny, []string{"17"}},
	{"the third missing person of the day", missingSearch, used("missing-day", 2), Permit, []string{"5"}},
	{"the fourth missing person of the day", missingSearch, used("missing-day", 3), Deny, []string{"17"}},
	{"one criminal query too many", crimeSearch, used("crime-day", 5), Deny, []string{"17"}},
	{"one datum too many", borderDisclose, used("data-day", 500), Deny, []string{"17"}},
	{"the count is missing", borderSearch, func(r *Request) { r.Used = nil }, Deny, []string{"17"}},
	{"the count of another quota is missing", borderSearch, func(r *Request) { r.Used = map[string]int{"border-day": 0} }, Permit, []string{"5"}},
	// The basis of what leaves Colombia: article 18c.
	{"data of Colombia after the list was changed", borderDisclose, listed("removed"), Deny, []string{"18c"}},
	{"data of Colombia while the list is under review", borderDisclose, listed("in-review"), Refer, []string{"18c"}},
	{"a query to Colombia whatever the list says", borderSearch, listed("removed"), Permit, []string{"5"}},
	{"a query of Colombia after the list was changed", borderSearch, func(r *Request) { turned(r); listed("removed")(r) }, Deny, []string{"18c"}},
	{"a query of Colombia while the list is under review", borderSearch, func(r *Request) { turned(r); listed("in-review")(r) }, Refer, []string{"18c"}},
	// Suspension and entry into force: articles 22 and 24.
	{"search while suspended", borderSearch, func(r *Request) { r.Suspended.Whole = true }, Deny, []string{"22"}},
	{"reach while suspended", borderReach, func(r *Request) { r.Suspended.Whole = true }, Deny, []string{"22"}},
	{"disclosure while suspended", borderDisclose, func(r *Request) { r.Suspended.Whole = true }, Deny, []string{"22"}},
	{"the second before entry into force", borderSearch, func(r *Request) { r.Now = demoFrom.Add(-1) }, Deny, []string{"24"}},
	{"the first instant in force", borderSearch, func(r *Request) { r.Now = demoFrom }, Permit, []string{"5"}},
	{"the first instant after expiry", borderReach, func(r *Request) { r.Now = demoFrom.AddDate(20, 0, 0) }, Deny, []string{"24"}},
	{"suspended and about a child and without a case", borderSearch, func(r *Request) { r.Suspended.Whole, r.CasePresent, r.Person.AgeYears = true, false, 3 }, Deny, []string{"4", "9", "22"}},
	// Nonsense from outside.
	{"a side that is none", borderSearch, func(r *Request) { r.Side = "both" }, Deny, []string{"23"}},
	{"no time", borderSearch, func(r *Request) { *r = Request{Act: r.Act, Side: r.Side} }, Deny, []string{"23"}},
	{"a word without end", borderSearch, func(r *Request) { r.Role = string(make([]byte, MaxWordBytes+1)) }, Deny, []string{"23"}},
	{"more nationalities than there are", borderSearch, func(r *Request) { r.Person.Nationalities = make([]string, MaxSetItems+1) }, Deny, []string{"23"}},
}

func used(quota string, n int) func(*Request) {
	return func(r *Request) { r.Used[quota] = n }
}

// listed says whether the recipient is on the list of adequate countries.
func listed(word string) func(*Request) {
	return func(r *Request) { r.Facts = map[string]any{"adequacy-list": word} }
}
