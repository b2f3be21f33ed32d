package ansinist_test

import (
	"bytes"
	"testing"

	"convenio/formats/ansinist"
)

// seeds are transactions of our own writer, whole and damaged.
func seeds(t testing.TB) [][]byte {
	all := encoded(t, everyType(t))
	search := encoded(t, madeTransaction(t))
	return [][]byte{
		all, search, search[:len(search)/2], append(bytes.Clone(search), search...),
		bytes.ReplaceAll(all, []byte{0x1D}, []byte{0x1C}), bytes.ReplaceAll(all, []byte(".001:"), []byte(".001:9")),
		[]byte("1.01:60\x1d1.02:0201\x1d1.03:1_1^2_00\x1d1.15:2\x1f\x1fa\x1c2.01:9\x1c"),
		[]byte("1.001:60\x1d1.002:0502\x1d1.003:1\x1f2\x1e9\x1f01\x1e14\x1f01\x1c9.001:9\x1d9.004:S\x1d9.012:1\x1f12345678901\x1f1\x1fA\x1f2,3\x1d9.008:12345678\x1c14.001:8\x1d14.999:x"),
	}
}

// FuzzRead holds for every input: no panic, an error or all of it is in the
// records, what is carried is what was read, and what Encode accepts reads
// back the same.
func FuzzRead(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	limits := ansinist.Limits{MaxRecords: 300, MaxFields: 3_000, MaxOddities: 100}
	f.Fuzz(func(t *testing.T, data []byte) {
		tx, err := ansinist.Read(data, limits)
		if tx == nil {
			if err == nil {
				t.Fatal("neither a transaction nor an error")
			}
			return
		}
		carried, carryErr := tx.Carry()
		if carryErr != nil || err == nil && !bytes.Equal(carried, data) || !bytes.HasPrefix(data, carried) {
			t.Fatalf("carried %d of %d bytes (%v)", len(carried), len(data), carryErr)
		}
		look(tx)
		if written, encodeErr := tx.Encode(); encodeErr == nil {
			if !bytes.Equal(written, carried) {
				t.Fatal("Encode and Carry differ")
			}
			if _, err := ansinist.Read(written, limits); err != nil {
				t.Fatalf("what Encode accepted is refused: %v", err)
			}
		}
	})
}

// look runs every typed view and listing.
func look(tx *ansinist.Transaction) {
	_, _ = tx.Header()
	_, _ = ansinist.ReadSearch(tx)
	for _, r := range tx.Records {
		if img, ok := tx.Image(r); ok {
			_ = ansinist.WithoutComments(img.Data)
		}
		_, _ = tx.UserTexts(r)
		_, _ = r.FixedImage()
		_, _ = r.Signature()
		_, _ = r.Minutiae()
		_, _ = r.FrictionRidge()
		_, _ = r.Face()
		_, _ = r.Iris()
		for _, f := range r.Fields() {
			_, _ = ansinist.Describe(r.Type, f.Number)
			_, _ = tx.Text(f.Value)
		}
	}
	for _, o := range tx.Oddities {
		_ = o.String()
	}
}

// FuzzRebuild makes each record anew from the fields that were read: what
// Encode then accepts must give the same fields again.
func FuzzRebuild(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	limits := ansinist.Limits{MaxRecords: 100, MaxFields: 1_000, MaxOddities: 10}
	f.Fuzz(func(t *testing.T, data []byte) {
		tx, err := ansinist.Read(data, limits)
		if err != nil {
			return
		}
		anew := &ansinist.Transaction{}
		for _, r := range tx.Records {
			n := ansinist.NewRecord(r.Type)
			for _, field := range r.Fields() {
				n.Set(field.Number, field.Value)
			}
			anew.Records = append(anew.Records, n)
		}
		anew.Announce()
		written, err := anew.Encode()
		if err != nil {
			return
		}
		back, err := ansinist.Read(written, limits)
		if err != nil || len(back.Records) != len(anew.Records) {
			t.Fatalf("%v", err)
		}
		for i, r := range back.Records {
			for _, field := range anew.Records[i].Fields() {
				if got, ok := r.Field(field.Number); field.Number != 1 && (!ok || !bytes.Equal(got.Value, field.Value)) {
					t.Fatalf("record %d field %d: %q, want %q", i+1, field.Number, got.Value, field.Value)
				}
			}
		}
	})
}
