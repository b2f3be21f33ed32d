package agreement

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/tools/txtar"
)

// bundleHeading opens every bundle; it is part of the signed bytes.
const bundleHeading = "convenio agreement bundle v1: %s %s\n" +
	"The files of the agreement follow, each after its name. These exact bytes are signed.\n\n"

// Bundle returns the one canonical text of the agreement: a txtar archive
// (golang.org/x/tools/txtar) of its files in the order of their names, which
// opens in any text editor. The parties sign exactly these bytes.
func (a *Agreement) Bundle() []byte { return slices.Clone(a.bundle) }

// Digest is the SHA-256 of the bundle.
func (a *Agreement) Digest() Digest { return a.digest }

// seal makes the bundle and refuses files that it would not give back exactly.
func (b *builder) seal(files map[string][]byte) {
	a := b.a
	ar := &txtar.Archive{Comment: fmt.Appendf(nil, bundleHeading, a.ID, a.Version)}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		ar.Files = append(ar.Files, txtar.File{Name: name, Data: files[name]})
	}
	a.bundle = txtar.Format(ar)
	a.digest = sha256.Sum256(a.bundle)
	back := txtar.Parse(a.bundle)
	if !bytes.Equal(back.Comment, ar.Comment) {
		b.fault(0, "let the version be one plain word", "the bundle's heading would not read back exactly")
	}
	for i, f := range ar.Files {
		if i >= len(back.Files) || back.Files[i].Name != f.Name || !bytes.Equal(back.Files[i].Data, f.Data) {
			b.file = f.Name
			b.fault(0, "remove the line that begins with \"-- \" and ends with \" --\"", "the file would not read back exactly from the bundle")
			return
		}
	}
	if len(back.Files) != len(ar.Files) {
		b.fault(0, "remove lines that begin with \"-- \" and end with \" --\"", "the bundle would not read back exactly")
	}
}

// ParseBundle reads a bundle and parses the agreement in it. Bytes that are not
// exactly what [Agreement.Bundle] gives are refused. The error is a [*Problems].
func ParseBundle(data []byte) (*Agreement, error) {
	refuse := func(what, do string) (*Agreement, error) {
		return nil, &Problems{List: []Problem{{What: what, Do: do}}}
	}
	if len(data) > MaxBundleBytes+MaxFiles*200 {
		return refuse(fmt.Sprintf("the bundle is over %d bytes", MaxBundleBytes), "give a smaller one")
	}
	files := map[string][]byte{}
	for _, f := range txtar.Parse(data).Files {
		if _, dup := files[f.Name]; dup {
			return refuse(fmt.Sprintf("the bundle holds %.100q twice", f.Name), "keep one")
		}
		if len(files) == MaxFiles {
			return refuse(fmt.Sprintf("the bundle holds more than %d files", MaxFiles), "merge articles")
		}
		files[f.Name] = f.Data
	}
	a, err := Parse(files)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(a.bundle, data) {
		return refuse("the bundle is not in its canonical form", "make it again with the program; do not edit a bundle by hand")
	}
	return a, nil
}
