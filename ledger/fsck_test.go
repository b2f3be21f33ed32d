package ledger_test

import (
	"testing"

	"convenio/ledger"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
)

// TestAnotherVerifierAgrees lets Tessera's own fsck recompute what Write makes.
func TestAnotherVerifierAgrees(t *testing.T) {
	s, v := keys(t, origin)
	hasher := func(bundle []byte) ([][]byte, error) {
		var b api.EntryBundle
		if err := b.UnmarshalText(bundle); err != nil {
			return nil, err
		}
		hashes := make([][]byte, len(b.Entries))
		for i, e := range b.Entries {
			hashes[i] = rfc6962.DefaultHasher.HashLeaf(e)
		}
		return hashes, nil
	}
	check := func(dir string) error {
		return fsck.New(origin, v, client.FileFetcher{Root: dir}, hasher, fsck.Opts{N: 4}).Check(t.Context())
	}
	for _, n := range []int{1, 256, 257, 66_000} {
		dir := t.TempDir()
		if err := ledger.Write(t.Context(), dir, s, entries(n)); err != nil {
			t.Fatal(err)
		}
		if err := check(dir); err != nil {
			t.Errorf("%d entries: %v", n, err)
		}
	}
}
