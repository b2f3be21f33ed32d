package cbeff

import (
	"encoding/xml"
	"math"
	"strings"

	"convenio/formats/sc37"
)

func (p *parser) bir(start xml.StartElement, b *BIR) {
	if p.records++; p.records > MaxRecords {
		p.fail(sc37.ErrMalformed, "more than %d records", MaxRecords)
		return
	}
	if len(p.path) >= MaxDepth {
		p.fail(sc37.ErrMalformed, "records nested more than %d deep", MaxDepth)
		return
	}
	hasInfo, broken := false, false
	p.children(start, func(t xml.StartElement) {
		switch t.Name.Local {
		case "Version":
			b.Version = p.version(t)
		case "CBEFFVersion":
			b.CBEFFVersion = p.version(t)
		case "BIRInfo":
			hasInfo = true
			p.info(t, &b.Info)
		case "BDBInfo":
			b.BDBInfo = p.bdbInfo(t)
		case "SBInfo":
			p.children(t, func(t xml.StartElement) {
				if t.Name.Local == "Format" {
					b.SBFormat = p.registryID(t)
				} else {
					p.unknown(t)
				}
			})
		case "BIR":
			var child BIR
			p.bir(t, &child)
			b.Children = append(b.Children, child)
		case "BDB":
			b.BDB = p.base64(t)
			broken = len(b.BDB) == 0
		case "SB":
			b.SB = p.base64(t)
		case "others", "Others":
			p.others(t, b)
		default:
			p.unknown(t)
		}
	}, func() {
		if !hasInfo {
			p.oddity("BIRInfo", "missing")
		}
		if b.BDBInfo != nil && len(b.BDB) == 0 && !broken && len(b.Children) == 0 {
			p.oddity("BDB", "missing in a record that describes one")
		}
	})
}

func (p *parser) version(start xml.StartElement) *Version {
	v := &Version{}
	p.children(start, func(t xml.StartElement) {
		switch t.Name.Local {
		case "Major":
			v.Major = uint32(p.number(t, math.MaxUint32))
		case "Minor":
			v.Minor = uint32(p.number(t, math.MaxUint32))
		default:
			p.unknown(t)
		}
	})
	return v
}

func (p *parser) info(start xml.StartElement, i *Info) {
	hasIntegrity := false
	p.children(start, func(t xml.StartElement) {
		switch t.Name.Local {
		case "Creator":
			i.Creator = p.text(t)
		case "Index":
			i.Index = p.text(t)
		case "Payload":
			i.Payload = p.base64(t)
		case "Integrity":
			hasIntegrity = true
			i.Integrity = p.boolean(t)
		case "CreationDate":
			i.CreationDate = p.text(t)
		case "NotValidBefore":
			i.NotValidBefore = p.text(t)
		case "NotValidAfter":
			i.NotValidAfter = p.text(t)
		default:
			p.unknown(t)
		}
	}, func() {
		if !hasIntegrity {
			p.oddity("Integrity", "missing")
		}
	})
}

func (p *parser) bdbInfo(start xml.StartElement) *BDBInfo {
	i := &BDBInfo{}
	texts := map[string]*string{"Index": &i.Index, "CreationDate": &i.CreationDate, "NotValidBefore": &i.NotValidBefore,
		"NotValidAfter": &i.NotValidAfter, "Level": &i.Level, "Purpose": &i.Purpose}
	ids := map[string]**RegistryID{"Format": &i.Format, "Product": &i.Product, "CaptureDevice": &i.CaptureDevice,
		"FeatureExtractionAlgorithm": &i.FeatureExtraction, "ComparisonAlgorithm": &i.Comparison, "CompressionAlgorithm": &i.Compression}
	p.children(start, func(t xml.StartElement) {
		name := t.Name.Local
		switch {
		case texts[name] != nil:
			*texts[name] = p.text(t)
		case ids[name] != nil:
			*ids[name] = p.registryID(t)
		case name == "ChallengeResponse":
			i.ChallengeResponse = p.base64(t)
		case name == "Encryption":
			v := p.boolean(t)
			i.Encryption = &v
		case name == "Type":
			i.Types = append(i.Types, strings.Fields(p.text(t))...)
		case name == "Subtype":
			i.Subtypes = append(i.Subtypes, strings.Fields(p.text(t))...)
		case name == "Quality":
			i.Quality = p.quality(t)
		default:
			p.unknown(t)
		}
	}, func() { p.checkWords(i) })
	return i
}

// checkWords reports what is in no list of the schema.
func (p *parser) checkWords(i *BDBInfo) {
	for _, s := range i.Types {
		if !types[s] {
			p.oddity("Type", "%.40q is not in the schema", s)
		}
	}
	for _, s := range i.Subtypes {
		if !subtypes[s] && !veins[s] {
			p.oddity("Subtype", "%.40q is not in the schema", s)
		}
	}
	if i.Level != "" && !levels[i.Level] {
		p.oddity("Level", "%.40q is not in the schema", i.Level)
	}
	if i.Purpose != "" && !purposes[i.Purpose] {
		p.oddity("Purpose", "%.40q is not in the schema", i.Purpose)
	}
}

func (p *parser) registryID(start xml.StartElement) *RegistryID {
	id := &RegistryID{}
	p.children(start, func(t xml.StartElement) {
		switch t.Name.Local {
		case "Organization":
			id.Organization = p.text(t)
		case "Type":
			id.Type = p.text(t)
		default:
			p.unknown(t)
		}
	})
	return id
}

func (p *parser) quality(start xml.StartElement) *Quality {
	q := &Quality{}
	p.children(start, func(t xml.StartElement) {
		switch t.Name.Local {
		case "Algorithm":
			if id := p.registryID(t); id != nil {
				q.Algorithm = *id
			}
		case "Score":
			q.Score = uint8(p.number(t, 100))
		case "QualityCalculationFailed":
			q.Failed = p.text(t)
		default:
			p.unknown(t)
		}
	})
	return q
}

func (p *parser) others(start xml.StartElement, b *BIR) {
	p.children(start, func(t xml.StartElement) {
		if t.Name.Local != "entry" {
			p.unknown(t)
			return
		}
		e := Entry{}
		for _, a := range t.Attr {
			if a.Name.Local == "key" {
				e.Key = a.Value
			}
		}
		if e.Key == "" {
			p.oddity("entry", "without a key")
		}
		e.Value = p.text(t)
		b.Others = append(b.Others, e)
	})
}
