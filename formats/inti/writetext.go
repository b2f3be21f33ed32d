package inti

import "fmt"

// writeDetail writes what Type-2 holds, in the order of the schema.
func (m *Message) writeDetail(w *builder) {
	if a := m.Activity; a != nil {
		w.in("int-i:RecordActivity", func() {
			w.moment("biom:RecordCreationDate", a.Recorded)
			w.in("int-i:CaptureOrganization", func() {
				if a.At.ID != "" {
					w.id("nc:OrganizationIdentification", a.At.ID)
				}
				w.may("nc:OrganizationName", a.At.Name)
				a.Address.write(w)
			})
		})
	}
	if m.Subject != nil {
		w.in("int-i:RecordSubject", func() { m.Subject.write(w) })
	}
	m.Offence.write(w, "int-i:RecordOffence", "int-i:OffenceDescription")
	m.Civil.write(w, "int-i:RecordCivil", "int-i:CivilDescription")
	if m.Metadata != nil {
		w.in("int-i:RecordMetadata", func() { m.Metadata.write(w) })
	}
	if m.Result != nil || len(m.Errors) > 0 {
		w.in("int-i:TransactionResponseData", func() { m.writeResponse(w) })
	}
	if m.Mode != "" {
		w.in("int-i:TransactionMetadata", func() { w.put("int-i:ResultDeterminationMode", m.Mode) })
	}
}

func (r *Reason) write(w *builder, name, prefix string) {
	if r != nil {
		w.in(name, func() {
			w.may(prefix+"Code", r.Code)
			w.may(prefix+"Text", r.Text)
		})
	}
}

func (m *Message) writeResponse(w *builder) {
	for _, e := range m.Errors {
		w.in("int-i:ErrorMessage", func() {
			w.put("int-i:ErrorCode", e.Code)
			w.may("int-i:ErrorFieldMnemonicCode", e.Field)
			w.may("int-i:ErrorMessageText", e.Text)
		})
	}
	r := m.Result
	if r == nil {
		return
	}
	said, code := *r, "I"
	if !r.Hit {
		said.Candidate, said.Total, said.Verified, code = 0, 0, false, "N"
	}
	w.in("int-i:RespondentsList", func() {
		w.in("int-i:TransactionCandidate", func() {
			w.id("int-i:CandidateSequenceID", fmt.Sprint(said.Candidate))
			w.put("int-i:TransactionCandidateManualVerificationIndicator", fmt.Sprint(said.Verified))
		})
		w.number("int-i:TransactionCandidatesTotalQuantity", said.Total)
		w.put("int-i:TransactionCategoryCode", string(said.Search))
		w.put("int-i:TransactionSearchResultsCode", code)
	})
}

func (s *Subject) write(w *builder) {
	w.day("nc:PersonBirthDate", s.Birth)
	if s.BirthPlace != nil {
		w.in("nc:PersonBirthLocation", func() { s.BirthPlace.write(w) })
	}
	for _, c := range s.Citizenships {
		w.put("nc:PersonCitizenshipISO3166Alpha3Code", c)
	}
	s.Name.write(w, "int-i:PersonName")
	if len(s.Aliases) > 0 {
		w.in("int-i:PersonAliases", func() {
			for _, a := range s.Aliases {
				a.write(w, "int-i:PersonName")
			}
		})
	}
	if !s.BirthFrom.IsZero() || !s.BirthTo.IsZero() {
		w.in("int-i:PersonBirthDateRange", func() {
			w.day("nc:StartDate", s.BirthFrom)
			w.day("nc:EndDate", s.BirthTo)
		})
	}
	w.may("int-i:PersonSexCode", s.Sex)
	s.Father.write(w, "int-i:PersonFather")
	s.Mother.write(w, "int-i:PersonMother")
}

func (p *Name) write(w *builder, name string) {
	if p == nil {
		return
	}
	w.in(name, func() {
		w.may("nc:PersonNamePrefixText", p.Prefix)
		w.may("nc:PersonGivenName", p.Given)
		w.may("nc:PersonMiddleName", p.Middle)
		w.may("nc:PersonSurName", p.Sur)
		w.may("nc:PersonNameSuffixText", p.Suffix)
		w.may("nc:PersonMaidenName", p.Maiden)
		for _, e := range p.Extended {
			w.put("int-i:PersonExtendedName", e)
		}
	})
}

func (a *Address) write(w *builder) {
	if a == nil {
		return
	}
	parts := *a
	parts.Full = ""
	w.in("nc:LocationAddress", func() {
		if parts != (Address{}) {
			w.in("nc:StructuredAddress", func() {
				if a.StreetNumber != "" || a.Street != "" {
					w.in("nc:LocationStreet", func() {
						w.may("nc:StreetNumberText", a.StreetNumber)
						w.may("nc:StreetName", a.Street)
					})
				}
				w.may("nc:LocationCityName", a.City)
				w.may("nc:LocationCountyName", a.County)
				w.may("nc:LocationStateName", a.State)
				w.may("nc:LocationCountryISO3166Alpha3Code", a.Country)
				w.may("nc:LocationPostalCode", a.PostalCode)
			})
		}
		w.may("nc:AddressFullText", a.Full)
	})
}

func (m *Metadata) write(w *builder) {
	w.in("int-i:MiscellaneousIdentification", func() {
		w.may("int-i:InterpolReferenceNumber", m.Interpol)
		m.Person.write(w, "int-i:NationalPersonIdentifier")
		m.Inquiry.write(w, "int-i:NationalPersonInquiryIdentifier")
		m.Case.write(w, "int-i:NationalCaseIdentifier")
		m.Business.write(w, "int-i:NationalBusinessReference")
		for i, o := range m.Other {
			if o.ID != "" {
				w.in(fmt.Sprintf("int-i:MiscellaneousIdentificationID%d", i+1), func() {
					w.may("int-i:MiscIDType", o.Type)
					w.put("nc:IdentificationID", o.ID)
				})
			}
		}
	})
	for _, c := range m.Contacts {
		w.in("int-i:ContactInformation", func() {
			if c.Telephone != "" {
				w.in("nc:ContactTelephoneNumber", func() {
					w.in("nc:FullTelephoneNumber", func() { w.put("nc:TelephoneNumberFullID", c.Telephone) })
				})
			}
			w.may("nc:OrganizationName", c.Organization)
			w.may("nc:PersonFullName", c.Person)
			w.may("int-i:AdditionalContactInformationText", c.Text)
		})
	}
	w.day("nc:ExpirationDate", m.Expires)
	w.day("int-i:RecordCreationDate", m.Created)
	w.day("int-i:RecordLastUpdateDate", m.Updated)
}

func (n *Number) write(w *builder, name string) {
	if n != nil {
		w.in(name, func() {
			w.put("int-i:LocationCountryISO3166Alpha3Code", n.Country)
			w.put("nc:IdentificationID", n.ID)
		})
	}
}
