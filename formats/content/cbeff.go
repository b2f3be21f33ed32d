package content

import (
	"fmt"
	"strings"

	"convenio/formats/cbeff"
)

func openCBEFF(data []byte, depth int) (*File, error) {
	doc, err := cbeff.Parse(data)
	if err != nil {
		return nil, err
	}
	f := &File{Title: "biometric information records in XML, ISO/IEC 19785-3", Oddities: oddities(doc.Oddities)}
	for i, b := range doc.Leaves() {
		rec := Record{Name: fmt.Sprintf("record %d: %s", i+1, b.Title()), Fields: bdbFields(b)}
		f.addRecord(rec)
		f.block(b, i, depth)
	}
	if len(f.Records) == 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("no record holds a data block (%d records)", len(doc.BIR.Children)))
	}
	return f, nil
}

func bdbFields(b *cbeff.BIR) []Field {
	out := []Field{field("data block", "%d bytes", len(b.BDB))}
	id := func(name string, id *cbeff.RegistryID) {
		if id != nil {
			out = append(out, field(name, "%s %s", id.Organization, id.Type))
		}
	}
	if i := b.BDBInfo; i != nil {
		id("format", i.Format)
		if i.Purpose != "" {
			out = append(out, field("purpose", "%s", i.Purpose))
		}
		if i.Level != "" {
			out = append(out, field("level", "%s", i.Level))
		}
		if i.CreationDate != "" {
			out = append(out, field("creation date", "%s", i.CreationDate))
		}
		if q := i.Quality; q != nil && q.Failed == "" {
			out = append(out, field("quality", "%d by %s %s", q.Score, q.Algorithm.Organization, q.Algorithm.Type))
		}
	}
	if len(b.SB) > 0 {
		out = append(out, field("security block", "%d bytes", len(b.SB)))
	}
	for _, e := range b.Others {
		out = append(out, field(e.Key, "%s", e.Value))
	}
	return out
}

// block opens a data block with what this package knows, and adds what it holds.
func (f *File) block(b *cbeff.BIR, i, depth int) {
	place := fmt.Sprintf("record %d", i+1)
	if depth+1 >= MaxDepth {
		f.Notes = append(f.Notes, place+": nested too deep to be opened")
		return
	}
	inner, err := open(b.BDB, depth+1)
	if err != nil {
		f.Oddities = append(f.Oddities, place+", data block: "+err.Error())
		return
	}
	f.add(inner, place+", "+inner.Kind, fmt.Sprintf("%d-", i+1))
	if pos, ok := b.Position(); ok {
		for _, m := range inner.Images {
			if len(m.Positions) == 1 && m.Positions[0] != int(pos) && m.Positions[0] != 0 {
				f.Oddities = append(f.Oddities, fmt.Sprintf("%s: described as position %d, its image says %d", place, pos, m.Positions[0]))
			}
		}
	}
}

// add takes over what a file within holds.
func (f *File) add(inner *File, place, prefix string) {
	for _, r := range inner.Records {
		r.Name = place + ": " + r.Name
		f.addRecord(r)
	}
	for _, m := range inner.Images {
		m.Name = prefix + m.Name
		f.addImage(m)
	}
	for _, t := range inner.Templates {
		t.Name = prefix + t.Name
		f.addTemplate(t)
	}
	for _, s := range inner.Oddities {
		f.Oddities = append(f.Oddities, place+": "+s)
	}
	for _, s := range inner.Notes {
		f.Notes = append(f.Notes, place+": "+strings.TrimSpace(s))
	}
}
