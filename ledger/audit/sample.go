package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"convenio/ledger"
)

// sampleDomain separates the seeds of samples from every other use of SHA-256 in the system.
const sampleDomain = "convenio-sample-v1\x00"

// MaxSample bounds a sample.
const MaxSample = 10_000

// Draw is a sample of exchanges for joint review.
type Draw struct {
	From      time.Time     `json:"from"`
	Until     time.Time     `json:"until"` // not included
	Seed      ledger.Digest `json:"seed"`
	Of        int           `json:"of"` // exchanges of that time, in either ledger
	Exchanges []Drawn       `json:"exchanges"`
}

// Drawn is one exchange of a sample, with its entries in each ledger that has any.
type Drawn struct {
	Exchange string              `json:"exchange"`
	Entries  map[string][]uint64 `json:"entries"` // by party
}

// Sample draws n exchanges that began from one instant until just before another, at random and yet the same for whoever
// draws from the same two ledgers. The seed is the SHA-256 of both ledgers' sizes and roots, of the span and of a nonce;
// the exchanges are put in the order of SHA-256(seed, exchange), and the first n are the sample. Exchanges that one
// ledger alone has, such as what was refused before it left, are drawn like the others.
//
// A root binds all that its party logged, so neither party chooses alone what is drawn. Who closes its ledger last could
// still add entries until the draw pleases it; against that the overseers agree on the nonce after both have closed, each
// giving a word that it chose before. Ledgers that could not be read whole are refused.
func Sample(a, b Input, from, until time.Time, n int, nonce string) (Draw, error) {
	d := Draw{From: from.UTC(), Until: until.UTC()}
	if n < 1 || n > MaxSample {
		return d, fmt.Errorf("draw sample: %d exchanges, 1 to %d are allowed", n, MaxSample)
	}
	if !from.Before(until) {
		return d, errors.New("draw sample: the time ends before it begins")
	}
	sides := []Input{a, b}
	slices.SortFunc(sides, func(x, y Input) int { return strings.Compare(x.Party, y.Party) })
	if a.Party == b.Party {
		return d, errors.New("draw sample: both ledgers are of one party")
	}
	h := sha256.New()
	h.Write([]byte(sampleDomain))
	began, entries := map[string]time.Time{}, map[string]map[string][]uint64{}
	for _, in := range sides {
		if in.LoadError != nil || in.Book == nil {
			return d, fmt.Errorf("draw sample: the ledger of %s is not whole: %w", in.Party, errors.Join(in.LoadError, errors.New("audit it first")))
		}
		root, err := in.Book.RootAt(in.Book.Size())
		if err != nil {
			return d, fmt.Errorf("draw sample: ledger of %s: %w", in.Party, err)
		}
		part(h, []byte(in.Party))
		h.Write(binary.BigEndian.AppendUint64(nil, in.Book.Size()))
		h.Write(root[:])
		for i, e := range newSide(0, in).all() {
			if e.Exchange == "" {
				continue
			}
			if t, ok := began[e.Exchange]; !ok || e.At.Before(t) {
				began[e.Exchange] = e.At
			}
			if entries[e.Exchange] == nil {
				entries[e.Exchange] = map[string][]uint64{}
			}
			entries[e.Exchange][in.Party] = append(entries[e.Exchange][in.Party], i)
		}
	}
	part(h, []byte(d.From.Format(time.RFC3339Nano)))
	part(h, []byte(d.Until.Format(time.RFC3339Nano)))
	part(h, []byte(nonce))
	d.Seed = ledger.Digest(h.Sum(nil))
	type ranked struct {
		exchange string
		rank     [32]byte
	}
	var all []ranked
	for x, t := range began {
		if !t.Before(from) && t.Before(until) {
			all = append(all, ranked{x, sha256.Sum256(append(d.Seed[:], x...))})
		}
	}
	slices.SortFunc(all, func(x, y ranked) int { return bytes.Compare(x.rank[:], y.rank[:]) })
	d.Of, d.Exchanges = len(all), []Drawn{}
	for _, x := range all[:min(n, len(all))] {
		d.Exchanges = append(d.Exchanges, Drawn{x.exchange, entries[x.exchange]})
	}
	return d, nil
}

// part writes a field behind its length, so that no two seeds have the same bytes.
func part(h interface{ Write([]byte) (int, error) }, b []byte) {
	_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b)))) // a hash does not fail
	_, _ = h.Write(b)
}
