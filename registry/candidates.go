package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
)

// FingerScore is one compared pair of fingers behind a candidate. Score is -10 log10(FMR), 0 or more.
type FingerScore struct {
	Probe     uint8   `json:"probe"`     // finger position of the probe's sample
	Reference uint8   `json:"reference"` // of the record's sample
	Score     float64 `json:"score"`
}

// Candidate is one entry of an exchange's candidate list. All but Rank is sealed under the exchange's key.
type Candidate struct {
	Rank    int           `json:"rank"` // 1: the closest
	Subject string        `json:"subject"`
	Score   float64       `json:"score"` // fused, -10 log10(FMR)
	Fingers []FingerScore `json:"fingers"`
}

// maxCandidates bounds a candidate list.
const maxCandidates = 1000

func candidateName(rank int) string { return "candidate/" + strconv.Itoa(rank) }

// PutCandidates stores the candidate list of an exchange, ranks 1, 2, .. in order. The same list again does nothing,
// another fails with ErrConflict; after the exchange's data ended it fails with ErrNotFound.
func (t *Tx) PutCandidates(exchange string, candidates []Candidate) error {
	const a = "put candidates"
	if len(candidates) > maxCandidates {
		return failed(a, invalid("%d candidates, at most %d", len(candidates), maxCandidates))
	}
	for i, c := range candidates {
		if c.Rank != i+1 {
			return failed(a, invalid("candidate %d has rank %d", i+1, c.Rank))
		}
	}
	slot, key, err := t.dataKey(exchangeKey(exchange))
	if err != nil {
		return failed(a, err)
	}
	have, err := t.Candidates(exchange)
	if err != nil {
		return failed(a, err)
	}
	if len(have) > 0 {
		return failed(a, sameJSON(have, candidates))
	}
	for _, c := range candidates {
		_, err := t.exec(a, "INSERT INTO candidates (exchange, rank, subject_index) VALUES (?, ?, ?)", exchange, c.Rank, t.subjectIndex(c.Subject))
		if err != nil {
			return err
		}
		data, err := json.Marshal(c)
		if err != nil {
			return failed(a, invalid("candidate %d is not JSON", c.Rank))
		}
		if err := t.sealWith(slot, key, exchangeKey(exchange), candidateName(c.Rank), data); err != nil {
			return failed(a, err)
		}
	}
	return nil
}

// sameJSON is nil when both have the same JSON form, else ErrConflict.
func sameJSON(a, b any) error {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	if errA != nil || errB != nil || !bytes.Equal(x, y) {
		return ErrConflict
	}
	return nil
}

// Candidates reads the candidate list of an exchange by rank; empty once the exchange's data ended.
func (v *View) Candidates(exchange string) ([]Candidate, error) {
	const a = "list candidates"
	ranks, err := list(v, a, func(row scanner) (rank int, err error) {
		err = row.Scan(&rank)
		return rank, err
	}, "SELECT rank FROM candidates WHERE exchange = ? ORDER BY rank", exchange)
	if err != nil || len(ranks) == 0 {
		return nil, err
	}
	out := make([]Candidate, len(ranks))
	for i, rank := range ranks {
		if err := v.unsealJSON(exchangeKey(exchange), candidateName(rank), &out[i]); err != nil {
			return nil, failed(a, err)
		}
	}
	return out, nil
}

// ExchangesWithCandidate lists the exchanges whose candidate list holds a subject, in no particular order.
func (v *View) ExchangesWithCandidate(subject string) ([]string, error) {
	return list(v, "list exchanges with candidate", func(row scanner) (id string, err error) {
		err = row.Scan(&id)
		return id, err
	}, "SELECT DISTINCT exchange FROM candidates WHERE subject_index = ? ORDER BY exchange", v.subjectIndex(subject))
}

// PutCandidates is Tx.PutCandidates in a transaction of its own.
func (s *Store) PutCandidates(ctx context.Context, exchange string, candidates []Candidate) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.PutCandidates(exchange, candidates) })
}

// Candidates is View.Candidates.
func (s *Store) Candidates(ctx context.Context, exchange string) ([]Candidate, error) {
	return read(ctx, s, func(v *View) ([]Candidate, error) { return v.Candidates(exchange) })
}

// ExchangesWithCandidate is View.ExchangesWithCandidate.
func (s *Store) ExchangesWithCandidate(ctx context.Context, subject string) ([]string, error) {
	return read(ctx, s, func(v *View) ([]string, error) { return v.ExchangesWithCandidate(subject) })
}
