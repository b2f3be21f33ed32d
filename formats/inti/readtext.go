package inti

import "strings"

// descriptive reads Type-2.
func (d *decoder) descriptive(n *node) {
	if n == nil {
		return
	}
	if a := n.child("RecordActivity"); a != nil {
		capture := a.child("CaptureOrganization")
		d.m.Activity = &Activity{
			Recorded: d.date(a.child("RecordCreationDate")),
			At:       organization(capture), Address: address(capture.child("LocationAddress")),
		}
	}
	if s := n.child("RecordSubject"); s != nil {
		d.m.Subject = d.subject(s)
	}
	if o := n.child("RecordOffence"); o != nil {
		d.m.Offence = &Reason{o.get("OffenceDescriptionCode"), o.get("OffenceDescriptionText")}
	}
	if c := n.child("RecordCivil"); c != nil {
		d.m.Civil = &Reason{c.get("CivilDescriptionCode"), c.get("CivilDescriptionText")}
	}
	if r := n.child("RecordMetadata"); r != nil {
		d.m.Metadata = d.metadata(r)
	}
	d.response(n.child("TransactionResponseData"))
	d.m.Mode = n.get("TransactionMetadata/ResultDeterminationMode")
}

func (d *decoder) subject(n *node) *Subject {
	s := &Subject{
		Birth:      d.date(n.child("PersonBirthDate")),
		BirthPlace: address(n.child("PersonBirthLocation/LocationAddress")),
		Name:       personName(n.child("PersonName")), Sex: n.get("PersonSexCode"),
		Father: personName(n.child("PersonFather")), Mother: personName(n.child("PersonMother")),
		BirthFrom: d.date(n.child("PersonBirthDateRange/StartDate")), BirthTo: d.date(n.child("PersonBirthDateRange/EndDate")),
	}
	for _, c := range n.all("PersonCitizenshipISO3166Alpha3Code") {
		s.Citizenships = append(s.Citizenships, c.value())
	}
	for _, a := range n.child("PersonAliases").all("PersonName") {
		s.Aliases = append(s.Aliases, *personName(a))
	}
	return s
}

func personName(n *node) *Name {
	if n == nil {
		return nil
	}
	p := &Name{
		Prefix: n.get("PersonNamePrefixText"), Given: n.get("PersonGivenName"), Middle: n.get("PersonMiddleName"),
		Sur: n.get("PersonSurName"), Suffix: n.get("PersonNameSuffixText"), Maiden: n.get("PersonMaidenName"),
	}
	for _, e := range n.all("PersonExtendedName") {
		p.Extended = append(p.Extended, e.value())
	}
	return p
}

func address(n *node) *Address {
	if n == nil {
		return nil
	}
	s := n.child("StructuredAddress")
	return &Address{
		StreetNumber: s.get("LocationStreet/StreetNumberText"), Street: s.get("LocationStreet/StreetName"),
		City: s.get("LocationCityName"), County: s.get("LocationCountyName"), State: s.get("LocationStateName"),
		Country: s.get("LocationCountryISO3166Alpha3Code"), PostalCode: s.get("LocationPostalCode"),
		Full: strings.Join(strings.Fields(n.get("AddressFullText")), " "),
	}
}

func (d *decoder) metadata(n *node) *Metadata {
	misc := n.child("MiscellaneousIdentification")
	m := &Metadata{
		Interpol: misc.get("InterpolReferenceNumber"),
		Person:   countryNumber(misc.child("NationalPersonIdentifier")),
		Inquiry:  countryNumber(misc.child("NationalPersonInquiryIdentifier")),
		Case:     countryNumber(misc.child("NationalCaseIdentifier")),
		Business: countryNumber(misc.child("NationalBusinessReference")),
		Expires:  d.date(n.child("ExpirationDate")), Created: d.date(n.child("RecordCreationDate")), Updated: d.date(n.child("RecordLastUpdateDate")),
	}
	for i := range m.Other {
		other := misc.child("MiscellaneousIdentificationID" + string(rune('1'+i)))
		m.Other[i] = OtherID{other.get("MiscIDType"), other.get("IdentificationID")}
	}
	for _, c := range n.all("ContactInformation") {
		m.Contacts = append(m.Contacts, Contact{
			Telephone:    c.get("ContactTelephoneNumber/FullTelephoneNumber/TelephoneNumberFullID"),
			Organization: c.get("OrganizationName"), Person: c.get("PersonFullName"), Text: c.get("AdditionalContactInformationText"),
		})
	}
	return m
}

func countryNumber(n *node) *Number {
	if n == nil {
		return nil
	}
	return &Number{n.get("LocationCountryISO3166Alpha3Code"), n.get("IdentificationID")}
}

// response reads the answer of SRE and ERR.
func (d *decoder) response(n *node) {
	for _, e := range n.all("ErrorMessage") {
		d.m.Errors = append(d.m.Errors, ErrorMessage{e.get("ErrorCode"), e.get("ErrorFieldMnemonicCode"), e.get("ErrorMessageText")})
	}
	r := n.child("RespondentsList")
	if r == nil {
		return
	}
	code := r.child("TransactionSearchResultsCode")
	candidate := r.child("TransactionCandidate")
	d.m.Result = &Result{
		Hit: code.value() == "I", Candidate: d.number(candidate, "CandidateSequenceID/IdentificationID"),
		Total: d.number(r, "TransactionCandidatesTotalQuantity"), Search: Kind(r.get("TransactionCategoryCode")),
	}
	switch v := candidate.child("TransactionCandidateManualVerificationIndicator"); v.value() {
	case "true", "1":
		d.m.Result.Verified = true
	case "false", "0", "":
	default:
		d.odd(v, "value", "not true or false")
	}
	if v := code.value(); v != "I" && v != "N" {
		at := r
		if code != nil {
			at = code
		}
		d.odd(at, "value", "TransactionSearchResultsCode is neither I nor N")
	}
}
