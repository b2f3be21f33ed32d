package cbeff

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"convenio/formats/sc37"
)

// The closed lists of the schema.
var (
	types    = set("Scent DNA Face Finger Foot HandGeometry Vein Iris Retina Voice Gait Keystroke LipMovement SignatureSign Palm BackOfHand Wrist")
	subtypes = set("Left Right Thumb IndexFinger MiddleFinger RingFinger LittleFinger")
	veins    = set("LeftVein RightVein Palm BackOfHand Wrist Reserved1 Reserved2")
	levels   = set("Raw Intermediate Processed")
	purposes = set("Verify Identify Enroll EnrollVerify EnrollIdentify Audit")
	uuid     = regexp.MustCompile(`^[a-fA-F0-9]{8}-([a-fA-F0-9]{4}-){3}[a-fA-F0-9]{12}$`)
	dateTime = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-](0\d|1[0-3]):[0-5]\d)?$`)
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// Marshal writes the record as an XML document that is valid against MOSIP's schema. What the schema forbids is refused
// with sc37.ErrWrite, naming path and element.
func (b *BIR) Marshal() ([]byte, error) {
	w := writer{}
	w.out.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	w.bir(b, `BIR xmlns="`+Namespace+`"`, 0)
	if w.err != nil {
		return nil, fmt.Errorf("marshal CBEFF XML: %w", w.err)
	}
	return w.out.Bytes(), nil
}

// writer writes elements in the order of the schema.
type writer struct {
	out  bytes.Buffer
	path []string
	err  error
}

func (w *writer) fail(format string, a ...any) {
	if w.err == nil {
		w.err = fmt.Errorf("%w: %s: %s", sc37.ErrWrite, strings.Join(w.path, "/"), fmt.Sprintf(format, a...))
	}
}

func (w *writer) indent() { w.out.WriteString(strings.Repeat("  ", len(w.path))) }

// element writes an element around what f writes; open may carry attributes.
func (w *writer) element(open string, f func()) {
	name, _, _ := strings.Cut(open, " ")
	w.indent()
	w.out.WriteString("<" + open + ">\n")
	w.path = append(w.path, name)
	f()
	w.path = w.path[:len(w.path)-1]
	w.indent()
	w.out.WriteString("</" + name + ">\n")
}

// text writes an element with text, nothing where it is empty.
func (w *writer) text(name, s string) {
	if s != "" {
		w.always(name, "", s)
	}
}

func (w *writer) always(name, attributes, s string) {
	w.indent()
	w.out.WriteString("<" + name + attributes + ">")
	if err := xml.EscapeText(&w.out, []byte(s)); err != nil {
		w.fail("%s: %v", name, err)
	}
	w.out.WriteString("</" + name + ">\n")
}

func (w *writer) base64(name string, b []byte) {
	if len(b) > 0 {
		w.text(name, base64.StdEncoding.EncodeToString(b))
	}
}

func (w *writer) uuid(name, s string) {
	if s != "" && !uuid.MatchString(s) {
		w.fail("%s: not a UUID", name)
	}
	w.text(name, s)
}

func (w *writer) date(name, s string) {
	if s != "" {
		m := dateTime.FindStringSubmatch(s)
		if m == nil {
			w.fail("%s: not a date and time as 2026-01-31T23:59:59Z", name)
		} else if t, err := time.Parse("2006-01-02T15:04:05", m[1]); err != nil || t.Year() == 0 {
			w.fail("%s: no such date and time", name)
		}
	}
	w.text(name, s)
}

func (w *writer) word(name, s string, list map[string]bool) {
	if s != "" && !list[s] {
		w.fail("%s: %q is not in the schema", name, s)
	}
	w.text(name, s)
}

func (w *writer) id(name string, id *RegistryID) {
	if id != nil {
		w.element(name, func() {
			w.always("Organization", "", id.Organization)
			w.always("Type", "", id.Type)
		})
	}
}

func (w *writer) version(name string, v *Version) {
	if v != nil {
		w.element(name, func() {
			w.text("Major", strconv.FormatUint(uint64(v.Major), 10))
			w.text("Minor", strconv.FormatUint(uint64(v.Minor), 10))
		})
	}
}

func (w *writer) bir(b *BIR, open string, depth int) {
	if depth >= MaxDepth {
		w.fail("records nested more than %d deep", MaxDepth)
		return
	}
	w.element(open, func() {
		w.version("Version", b.Version)
		w.version("CBEFFVersion", b.CBEFFVersion)
		w.element("BIRInfo", func() { w.info(&b.Info) })
		if b.BDBInfo != nil {
			w.element("BDBInfo", func() { w.bdbInfo(b.BDBInfo) })
		}
		if b.SBFormat != nil {
			w.element("SBInfo", func() { w.id("Format", b.SBFormat) })
		}
		for i := range b.Children {
			w.bir(&b.Children[i], "BIR", depth+1)
		}
		w.base64("BDB", b.BDB)
		w.base64("SB", b.SB)
		if len(b.Others) > 0 {
			w.element("others", func() { w.others(b.Others) })
		}
	})
}

func (w *writer) info(i *Info) {
	w.text("Creator", i.Creator)
	w.uuid("Index", i.Index)
	w.base64("Payload", i.Payload)
	w.text("Integrity", strconv.FormatBool(i.Integrity))
	w.date("CreationDate", i.CreationDate)
	w.date("NotValidBefore", i.NotValidBefore)
	w.date("NotValidAfter", i.NotValidAfter)
}

func (w *writer) bdbInfo(i *BDBInfo) {
	w.base64("ChallengeResponse", i.ChallengeResponse)
	w.uuid("Index", i.Index)
	w.id("Format", i.Format)
	if i.Encryption != nil {
		w.text("Encryption", strconv.FormatBool(*i.Encryption))
	}
	w.date("CreationDate", i.CreationDate)
	w.date("NotValidBefore", i.NotValidBefore)
	w.date("NotValidAfter", i.NotValidAfter)
	w.words("Type", i.Types, types)
	// the subtypes are all of the one list or all of the other
	if len(i.Subtypes) > 0 && veins[i.Subtypes[0]] {
		w.words("Subtype", i.Subtypes, veins)
	} else {
		w.words("Subtype", i.Subtypes, subtypes)
	}
	w.word("Level", i.Level, levels)
	w.id("Product", i.Product)
	w.id("CaptureDevice", i.CaptureDevice)
	w.id("FeatureExtractionAlgorithm", i.FeatureExtraction)
	w.id("ComparisonAlgorithm", i.Comparison)
	w.id("CompressionAlgorithm", i.Compression)
	w.word("Purpose", i.Purpose, purposes)
	if q := i.Quality; q != nil {
		w.element("Quality", func() { w.quality(q) })
	}
}

func (w *writer) quality(q *Quality) {
	w.id("Algorithm", &q.Algorithm)
	switch {
	case q.Failed != "":
		w.text("QualityCalculationFailed", q.Failed)
	case q.Score > 100:
		w.fail("Score: %d is over 100", q.Score)
	default:
		w.text("Score", strconv.Itoa(int(q.Score)))
	}
}

func (w *writer) words(name string, words []string, list map[string]bool) {
	for _, s := range words {
		if !list[s] {
			w.fail("%s: %q is not in the schema", name, s)
		}
	}
	w.text(name, strings.Join(words, " "))
}

func (w *writer) others(entries []Entry) {
	for _, e := range entries {
		if e.Key == "" {
			w.fail("entry: without a key")
		}
		var key bytes.Buffer
		if err := xml.EscapeText(&key, []byte(e.Key)); err != nil {
			w.fail("entry: %v", err)
		}
		w.always("entry", ` key="`+key.String()+`"`, e.Value)
	}
}
