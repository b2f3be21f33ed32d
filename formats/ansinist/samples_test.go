package ansinist_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"convenio/formats/ansinist"
	"convenio/formats/internal/formattest"

	"github.com/google/go-cmp/cmp"
)

// samples are the traditional files, by their name below itl-trad.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	root := filepath.Join(formattest.Standards(t, "samples/itl-trad"), "samples", "itl-trad")
	paths, err := filepath.Glob(filepath.Join(root, "*", "*"))
	if err != nil || len(paths) < 17 {
		t.Fatalf("%d sample files, want 17 at least (%v)", len(paths), err)
	}
	out := map[string][]byte{}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		name, _ := filepath.Rel(root, p)
		out[filepath.ToSlash(name)] = b
	}
	return out
}

func mustRead(t testing.TB, name string, data []byte) *ansinist.Transaction {
	t.Helper()
	tx, err := ansinist.Read(data, ansinist.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return tx
}

// summary is one line of the reading by an independent program.
type summary struct {
	File    string `json:"file"`
	Version string `json:"version"`
	TOT     string `json:"tot"`
	Date    string `json:"date"`
	DAI     string `json:"dai"`
	ORI     string `json:"ori"`
	TCN     string `json:"tcn"`
	TCR     string `json:"tcr"`
	NSR     string `json:"nsr"`
	NTR     string `json:"ntr"`
	GMT     string `json:"gmt"`
	CNT     [][]string
	Records []struct {
		Type   int `json:"type"`
		Offset int `json:"offset"`
		Len    int `json:"len"`
		IDC    any `json:"idc"`
		Fields []int
		HLL    any   `json:"hll"`
		VLL    any   `json:"vll"`
		FGP    []int `json:"fgp"`
		IMP    any   `json:"imp"`
		Image  *struct {
			Offset int    `json:"offset"`
			Len    int    `json:"len"`
			Sniff  string `json:"sniff"`
			Dims   []any  `json:"dims"`
			SHA256 string `json:"sha256"`
		} `json:"image"`
	} `json:"records"`
}

func lines(t testing.TB, path string, use func(line []byte)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		use(sc.Bytes())
	}
	if sc.Err() != nil {
		t.Fatal(sc.Err())
	}
}

// number makes a JSON number or the text of one comparable.
func number(v any) int {
	n, err := strconv.Atoi(strings.TrimSpace(fmt.Sprint(v)))
	if err != nil {
		return -1
	}
	return n
}

func TestSamplesAsReadElsewhere(t *testing.T) {
	files := samples(t)
	seen := 0
	lines(t, filepath.Join(formattest.Standards(t, "samples/itl-trad"), "expected", "itl_trad_summary.jsonl"), func(line []byte) {
		var want summary
		if err := json.Unmarshal(line, &want); err != nil {
			t.Fatal(err)
		}
		seen++
		t.Run(want.File, func(t *testing.T) { compareSummary(t, want, mustRead(t, want.File, files[want.File])) })
	})
	if seen < 17 {
		t.Errorf("%d files compared, want 17 at least", seen)
	}
}

func compareSummary(t *testing.T, want summary, tx *ansinist.Transaction) {
	head := tx.Records[0]
	for number, value := range map[int]string{
		2: want.Version, 4: want.TOT, 5: want.Date, 7: want.DAI, 8: want.ORI, 9: want.TCN, 10: want.TCR,
		11: want.NSR, 12: want.NTR, 14: want.GMT,
	} {
		if got := head.Text(number); got != value {
			t.Errorf("1.%03d is %q, want %q", number, got, value)
		}
	}
	cnt, _ := head.Field(3)
	if diff := cmp.Diff(want.CNT, cnt.Items()); diff != "" {
		t.Errorf("1.003: %s", diff)
	}
	if len(tx.Records)-1 != len(want.Records) {
		t.Fatalf("%d records after the first, want %d", len(tx.Records)-1, len(want.Records))
	}
	for i, w := range want.Records {
		r := tx.Records[i+1]
		idc, _ := r.IDC()
		if r.Type != w.Type || r.Offset != w.Offset || r.Length != w.Len || idc != number(w.IDC) {
			t.Errorf("record %d: type %d offset %d length %d IDC %d, want %d %d %d %v", r.Number, r.Type, r.Offset, r.Length, idc, w.Type, w.Offset, w.Len, w.IDC)
		}
		if w.Fields != nil {
			var got []int
			for _, f := range r.Fields() {
				got = append(got, f.Number)
			}
			if w.Type == 9 || len(got) == len(w.Fields) {
				sortInts(got)
				sortInts(w.Fields)
			}
			if diff := cmp.Diff(w.Fields, got); diff != "" {
				t.Errorf("record %d fields: %s", r.Number, diff)
			}
		}
		compareImage(t, tx, r, w.Image == nil, func(img ansinist.Image) {
			sum := sha256.Sum256(img.Data)
			if img.Offset != w.Image.Offset || len(img.Data) != w.Image.Len || hex.EncodeToString(sum[:]) != w.Image.SHA256 {
				t.Errorf("record %d: image at %d of %d bytes, want %d of %d, or another hash", r.Number, img.Offset, len(img.Data), w.Image.Offset, w.Image.Len)
			}
			if img.Width != number(w.HLL) || img.Height != number(w.VLL) {
				t.Errorf("record %d: %d x %d, want %v x %v", r.Number, img.Width, img.Height, w.HLL, w.VLL)
			}
			if w.FGP != nil {
				if diff := cmp.Diff(w.FGP, img.Positions); diff != "" {
					t.Errorf("record %d positions: %s", r.Number, diff)
				}
			}
			if len(w.Image.Dims) >= 2 && (string(img.Found.Format) != w.Image.Sniff || img.Found.Width != int(w.Image.Dims[0].(float64)) || img.Found.Height != int(w.Image.Dims[1].(float64))) {
				t.Errorf("record %d: the image's header gives %+v, want %s %v", r.Number, img.Found, w.Image.Sniff, w.Image.Dims)
			}
		})
	}
}

func compareImage(t *testing.T, tx *ansinist.Transaction, r *ansinist.Record, none bool, use func(ansinist.Image)) {
	img, ok := tx.Image(r)
	if ok == none {
		t.Errorf("record %d: image %v, want %v", r.Number, ok, !none)
		return
	}
	if ok {
		use(img)
	}
}

func sortInts(n []int) {
	for i := range n {
		for j := i; j > 0 && n[j] < n[j-1]; j-- {
			n[j], n[j-1] = n[j-1], n[j]
		}
	}
}

// Each line of the dumps reads "record.field.subfield.item [type.number]=value";
// images are given as the name of a file.
var dumpLine = regexp.MustCompile(`^(\d+)\.(\d+)\.(\d+)\.(\d+) \[(\d+)\.(\d+)\]=(.*)$`)

func TestSamplesAsDumpedByNBIS(t *testing.T) {
	dir := filepath.Join(formattest.Standards(t, "samples/itl-trad"), "expected", "an2k2txt")
	files, compared := samples(t), 0
	for name, data := range files {
		tx := mustRead(t, name, data)
		path := filepath.Join(dir, strings.ReplaceAll(name, "/", "_")+".txt")
		at, last := 0, ""
		lines(t, path, func(line []byte) {
			m := dumpLine.FindSubmatch(line)
			if m == nil {
				t.Errorf("%s: line %q is not understood", path, line)
				return
			}
			rec, field, sub, item := number(string(m[1])), number(string(m[2])), number(string(m[3])), number(string(m[4]))
			if rec > len(tx.Records) || field > len(tx.Records[rec-1].Fields()) {
				t.Errorf("%s: no record %d field %d", name, rec, field)
				return
			}
			r := tx.Records[rec-1]
			f := r.Fields()[field-1]
			if r.Type != number(string(m[5])) || f.Number != number(string(m[6])) {
				t.Errorf("%s: record %d field %d is %d.%d, want %s.%s", name, rec, field, r.Type, f.Number, m[5], m[6])
			}
			if bytes.HasPrefix(m[7], []byte("fld_")) {
				return
			}
			items := f.Items()
			if sub > len(items) || item > len(items[sub-1]) || items[sub-1][item-1] != strings.TrimRight(string(m[7]), "\x1c\x1d\x1e\x1f") {
				t.Errorf("%s: %d.%d.%d.%d is not as NBIS has it", name, rec, field, sub, item)
			}
			at++
			last = string(m[1])
		})
		if number(last) != len(tx.Records) {
			t.Errorf("%s: the dump ends at record %s, there are %d", name, last, len(tx.Records))
		}
		compared += at
	}
	if compared < 1_000 {
		t.Errorf("%d items compared; the dumps have more", compared)
	}
	t.Logf("%d items of %d files equal NBIS' reading", compared, len(files))
}

func TestSampleImages(t *testing.T) {
	files, rows := samples(t), 0
	lines(t, filepath.Join(formattest.Standards(t, "samples/itl-trad"), "expected", "itl_images.tsv"), func(line []byte) {
		cols := strings.Split(string(line), "\t")
		if cols[0] == "file" {
			return
		}
		rows++
		tx := mustRead(t, cols[0], files[cols[0]])
		r := tx.Records[number(cols[1])]
		img, ok := tx.Image(r)
		sum := sha256.Sum256(img.Data)
		if !ok || r.Type != number(cols[2]) || len(img.Data) != number(cols[6]) || hex.EncodeToString(sum[:]) != cols[7] {
			t.Errorf("%s record %d: the image's bytes are not as expected", cols[0], r.Number)
		}
	})
	if rows < 24 {
		t.Errorf("%d rows, want 24", rows)
	}
}

func TestSampleAnomaliesAreReported(t *testing.T) {
	files, rows := samples(t), 0
	lines(t, filepath.Join(formattest.Standards(t, "samples/itl-trad"), "expected", "itl_anomalies.tsv"), func(line []byte) {
		cols := strings.Split(string(line), "\t")
		if cols[0] == "file" {
			return
		}
		rows++
		tx := mustRead(t, cols[0], files[cols[0]])
		for _, o := range tx.Oddities {
			if o.Record == number(cols[1]) && string(o.Kind) == cols[2] && strings.Contains(o.Detail, cols[3]) && o.Field > 0 && o.Offset > 0 {
				return
			}
		}
		t.Errorf("%s record %s: %s (%s) is not reported; reported are %v", cols[0], cols[1], cols[2], cols[3], tx.Oddities)
	})
	if rows < 3 {
		t.Errorf("%d rows, want 3 at least", rows)
	}
}

func TestSamplesRoundTrip(t *testing.T) {
	for name, data := range samples(t) {
		tx := mustRead(t, name, data)
		carried, err := tx.Carry()
		if err != nil || !bytes.Equal(carried, data) {
			t.Errorf("%s: Carry gives other bytes (%v)", name, err)
		}
		written, err := tx.Encode()
		if err != nil || !bytes.Equal(written, data) {
			t.Errorf("%s: Encode gives other bytes (%v)", name, err)
		}
		rebuilt := &ansinist.Transaction{}
		for _, r := range tx.Records { // each record made anew from its fields
			n := ansinist.NewRecord(r.Type)
			for _, f := range r.Fields() {
				n.Set(f.Number, f.Value)
			}
			rebuilt.Records = append(rebuilt.Records, n)
		}
		built, err := rebuilt.Encode()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again := mustRead(t, name+" built anew", built)
		for i, r := range again.Records {
			for _, f := range r.Fields() {
				if g, _ := tx.Records[i].Field(f.Number); f.Number != 1 && !bytes.Equal(f.Value, g.Value) {
					t.Errorf("%s: field %d.%03d differs after writing anew", name, r.Type, f.Number)
				}
			}
		}
	}
}

// TestSamplesTyped runs the typed view of every record of every sample.
func TestSamplesTyped(t *testing.T) {
	counts := map[int]int{}
	for name, data := range samples(t) {
		tx := mustRead(t, name, data)
		if _, err := tx.Header(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, r := range tx.Records {
			var err error
			switch r.Type {
			case 3, 4:
				_, err = r.FixedImage()
			case 8:
				_, err = r.Signature()
			case 9:
				_, err = r.Minutiae()
			case 10:
				_, err = r.Face()
			case 13, 14, 15:
				_, err = r.FrictionRidge()
			case 17:
				_, err = r.Iris()
			default:
				continue
			}
			counts[r.Type]++
			if err != nil {
				t.Errorf("%s record %d: %v", name, r.Number, err)
			}
		}
	}
	for _, typ := range []int{3, 4, 8, 9, 10, 13, 14, 17} {
		if counts[typ] == 0 {
			t.Errorf("no sample has a Type-%d", typ)
		}
	}
}

func TestSampleMinutiae(t *testing.T) {
	files := samples(t)
	std, err := mustRead(t, "std", files["nist-2007-ref/type-9-13-std.an2"]).First(9).Minutiae()
	if err != nil {
		t.Fatal(err)
	}
	want := ansinist.LegacyMinutia{Index: 1, X: 2499, Y: 2578, Theta: 95, Type: "D", Neighbours: []ansinist.Neighbour{
		{Index: 48, Ridges: 1}, {Index: 3, Ridges: 2}, {Index: 7, Ridges: 6}, {Index: 29, Ridges: 2},
		{Index: 6, Ridges: 2}, {Index: 4, Ridges: 1}, {Index: 47, Ridges: 6}, {Index: 45, Ridges: 3},
	}}
	if diff := cmp.Diff(want, std.Legacy.Minutiae[0]); diff != "" {
		t.Error(diff)
	}
	if len(std.Legacy.Minutiae) != 48 || std.Legacy.Cores[0] != (ansinist.Point{X: 2047, Y: 2583}) || !std.Standard {
		t.Errorf("%d minutiae, cores %v", len(std.Legacy.Minutiae), std.Legacy.Cores)
	}
	m1, err := mustRead(t, "m1", files["nist-2007-ref/type-9-14-m1.an2"]).First(9).Minutiae()
	if err != nil {
		t.Fatal(err)
	}
	if m := m1.M1; len(m.Minutiae) != 48 || m.Minutiae[0] != (ansinist.M1Minutia{X: 432, Y: 368, Angle: 280, Quality: 100}) ||
		m.Cores[0] != (ansinist.M1Core{X: 328, Y: 319}) || m.Deltas[0].X != 432 || m.Position != 8 || m.Quality[0].Vendor != "000F" {
		t.Errorf("%+v", m)
	}
}
