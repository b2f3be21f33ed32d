// Package cbeff reads and writes biometric information records in XML (ISO/IEC 19785-3, patron format 11) as the identity
// system MOSIP uses them: a BIR that holds one BIR for each finger, iris or face, each with a biometric data block (a
// finger image record, say) in base64.
//
//	doc, err := cbeff.Parse(data)
//	for _, b := range doc.Leaves() { ... b.Position() ... fir.Parse(b.BDB) ... }
//	doc.Oddities                  // what was odd and passed over
//	out, err := doc.BIR.Marshal() // strict: valid against MOSIP's schema
//
// Reading is tolerant: both base64 alphabets, with and without padding; a missing or other namespace; elements that are not
// in the schema; broken blocks beside good ones. Writing is strict.
//
// The package is pure and bounded: no entities or external references are resolved, nesting, the number of records and the
// size of the input are limited (MaxDepth, MaxRecords, MaxBytes).
package cbeff
