package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"convenio/capture"
	"convenio/formats/content"
	"convenio/formats/fmr"
	"convenio/formats/picture"
	"convenio/formats/wsq"
)

func inspectCmd(io stdio) *cobra.Command {
	var extract string
	c := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Say what a file holds: records, fields, images, minutiae, oddities",
		Long: `Recognises a file by its first bytes, not by its name, and shows what is in it: each record with its
fields, each image with size, resolution, compression and quality, minutiae records, and whatever
the file's own standard forbids. Values of fields may be about a person; they go to standard output
only.

--extract writes each image into a folder as it lies in the file and, decoded to gray, as PNG;
minutiae as records of ISO/IEC 19794-2:2011. It never writes over a file.`,
		Example: `  convenio inspect prints.fir
  convenio inspect prints.fir --json | jq .images
  convenio inspect prints.fir --extract prints/`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := io.read(args[0])
			if err != nil {
				return err
			}
			f, err := content.Open(data)
			if err != nil {
				return hint(fmt.Errorf("%s: %w", args[0], err), "known are %s", strings.Join(content.Kinds(), ", "))
			}
			var written []string
			if extract != "" {
				if written, err = extractAll(io, f, extract); err != nil {
					return err
				}
			}
			if asJSON(cmd) {
				return io.json(struct {
					Name string `json:"file"`
					*content.File
					Written []string `json:"written,omitempty"`
				}{args[0], f, written})
			}
			printContent(io, args[0], f)
			printList(io, "written", written)
			return nil
		},
	}
	c.Flags().StringVar(&extract, "extract", "", "folder to write the images and minutiae into")
	jsonFlag(c)
	return c
}

func printContent(io stdio, name string, f *content.File) {
	io.printf("%s: %s, %d bytes\n", name, f.Title, f.Bytes)
	for _, r := range f.Records {
		at := ""
		if r.Offset > 0 {
			at = fmt.Sprintf(" (byte %d)", r.Offset)
		}
		io.printf("\n%s%s\n", r.Name, at)
		for _, d := range r.Fields {
			label := fmt.Sprintf("%-30s", d.Name)
			if d.Number != "" || d.Mnemonic != "" {
				label = fmt.Sprintf("%-7s %-4s %-44s", d.Number, d.Mnemonic, d.Name)
			}
			io.printf("  %s %s\n", printable(label), printable(d.Value))
		}
	}
	var images, templates []string
	for i := range f.Images {
		images = append(images, imageLine(&f.Images[i]))
	}
	for _, t := range f.Templates {
		templates = append(templates, fmt.Sprintf("%-20s %d minutiae, %d x %d pixels, %d ppi%s", t.Name, t.Minutiae, t.Width, t.Height, t.PPI, qualityText(t.Quality)))
	}
	printList(io, "images", images)
	printList(io, "minutiae", templates)
	printList(io, "oddities", f.Oddities)
	printList(io, "notes", f.Notes)
}

func printList(io stdio, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	io.printf("\n%s\n", title)
	for _, s := range lines {
		io.printf("  %s\n", printable(s))
	}
}

// printable keeps a file's bytes from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '·'
		}
		return r
	}, s)
}

func imageLine(m *content.Image) string {
	size, ppi := "size not stated", "resolution not stated"
	if m.Width > 0 {
		size = fmt.Sprintf("%d x %d pixels", m.Width, m.Height)
	}
	switch {
	case m.PPIX > 0 && m.PPIX == m.PPIY:
		ppi = fmt.Sprintf("%.4g ppi", m.PPIX)
	case m.PPIX > 0:
		ppi = fmt.Sprintf("%.4g x %.4g ppi", m.PPIX, m.PPIY)
	}
	return fmt.Sprintf("%-20s %s, %s, %s, %s, %d bytes%s", m.Name, m.Kind, size, ppi, m.Codec, m.Size, qualityText(m.Quality))
}

func qualityText(q *int) string {
	if q == nil {
		return ""
	}
	return fmt.Sprintf(", quality %d", *q)
}

// extractAll writes what a file holds into a folder and returns the names of the files written.
func extractAll(io stdio, f *content.File, dir string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	var written []string
	put := func(name string, b []byte) error {
		path := filepath.Join(dir, name)
		if err := io.write(path, b, 0o600); err != nil {
			return err
		}
		written = append(written, path)
		return nil
	}
	for i := range f.Images {
		m := &f.Images[i]
		if len(m.Data) > 0 { // a segment of a larger image has none of its own
			if err := put(m.Name+"."+m.Ext(), m.Data); err != nil {
				return written, err
			}
		}
		if m.Ext() == "png" {
			continue
		}
		p, err := m.Decode()
		if err != nil {
			f.Notes = append(f.Notes, err.Error())
			continue
		}
		b, err := picture.EncodePNG(p.Gray, p.PPI)
		if err != nil {
			return written, fmt.Errorf("image %s: %w", m.Name, err)
		}
		if err := put(m.Name+".png", b); err != nil {
			return written, err
		}
	}
	for _, t := range f.Templates {
		b, err := (&fmr.Record{Format: fmr.ISO2011, Views: []fmr.View{t.View}}).Marshal()
		if err != nil {
			f.Notes = append(f.Notes, "minutiae "+t.Name+": "+err.Error())
			continue
		}
		if err := put(t.Name+".fmr", b); err != nil {
			return written, err
		}
	}
	return written, nil
}

func convertCmd(io stdio) *cobra.Command {
	var c capture.Conversion
	var position string
	cmd := &cobra.Command{
		Use:   "convert IN OUT",
		Short: "Write a file in another format",
		Long: `Writes what a file holds in the format that the name OUT ends in, or that --to names: images as
pictures (png, wsq, jpl: lossless JPEG), finger image records (fir), records in XML (cbeff) or an
ANSI/NIST-ITL search (an2); images and minutiae as finger minutiae records (fmr). Minutiae of an
image are extracted.

A format of one image makes one file for each image: OUT is then a folder, unless --finger chooses
one. It never writes over a file.`,
		Example: `  convenio convert r2.png r2.fmr --finger right-index
  convenio convert prints.fir prints/ --to png
  convenio convert prints.fir ask.an2 --origin AAMIG --destination BBMIG --control AA-2026-000123
  convenio convert prints.fir left.png --finger left-index`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := choose(&c, args[1], position); err != nil {
				return err
			}
			data, err := io.read(args[0])
			if err != nil {
				return err
			}
			out, err := capture.Convert(data, c)
			if err != nil {
				return hint(fmt.Errorf("%s: %w", args[0], err), "'convenio inspect %s' says what it holds", args[0])
			}
			return writeOutputs(io, out, args[1])
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&c.To, "to", "", "format, one of "+strings.Join(capture.Targets(), ", ")+"; else OUT's ending says it")
	fl.IntVar(&c.Edition, "edition", 2011, "of ISO/IEC 19794 to write fmr and fir in: 2005 or 2011")
	fl.StringVar(&position, "finger", "", "the finger to take of several, and the one that a picture is of, such as right-index")
	fl.Float64Var(&c.BitRate, "bit-rate", wsq.BitRateStandard, "of wsq, in bits a pixel: 0.75 is about 15:1, 2.25 about 5:1")
	fl.StringVar(&c.Origin, "origin", "", "of an2: the agency that asks, as the two have agreed (1.008)")
	fl.StringVar(&c.Destination, "destination", "", "of an2: the agency that is asked (1.007)")
	fl.StringVar(&c.Control, "control", "", "of an2: the transaction's number, unique at its origin (1.009)")
	ppiFlag(cmd, &c.PPI)
	return cmd
}

// choose completes a conversion from the name to write to and the finger that was named.
func choose(c *capture.Conversion, out, position string) error {
	if c.To == "" {
		if c.To = capture.TargetOf(filepath.Ext(out)); c.To == "" {
			return hint(fmt.Errorf("%s: no format ends like this", out), "name one with --to: %s", strings.Join(capture.Targets(), ", "))
		}
	}
	var err error
	c.At = time.Now()
	c.Position, err = positionOr(position)
	return err
}

func writeOutputs(io stdio, out []capture.Output, path string) error {
	info, err := os.Stat(path)
	folder := strings.HasSuffix(path, string(filepath.Separator)) || err == nil && info.IsDir()
	if len(out) > 1 && !folder {
		return hint(errors.New("there are several images"), "name a folder, such as prints/, or one of them with --finger")
	}
	for _, o := range out {
		for _, n := range o.Notes {
			fmt.Fprintf(io.err, "convenio: note: %s\n", n)
		}
		name := path
		if folder {
			if err := os.MkdirAll(path, 0o700); err != nil {
				return err
			}
			stem := o.Name
			if stem == "" {
				stem = "1"
			}
			name = filepath.Join(path, stem+"."+o.Ext)
		}
		if err := io.write(name, o.Data, 0o600); err != nil {
			return err
		}
		if name != "-" {
			io.printf("%s: %d bytes\n", name, len(o.Data))
		}
	}
	return nil
}
