// Package content says what any file of the field holds: it recognises the format by its first bytes, opens it with the
// package that reads it, and shows the result in one form whatever the format was: records with their fields, images with
// size, resolution, compression and quality, minutiae templates, oddities.
//
//	f, err := content.Open(data)
//	fmt.Println(f.Title)
//	for i := range f.Images { pic, err := f.Images[i].Decode() ... } // gray, whatever the codec
//
// A format is one line in the table of kinds (kinds.go); an image codec is one in the table of codecs (codecs.go). Records
// may hold records of other formats (a CBEFF document holds finger image records): they are opened too, to a depth of
// MaxDepth.
//
// The package is pure and bounded by the packages that it calls; images are decoded only when asked for.
package content
