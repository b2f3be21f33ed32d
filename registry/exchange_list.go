package registry

import (
	"context"
	"encoding/json"
)

// ExchangeFilter chooses exchanges; a zero field does not restrict.
type ExchangeFilter struct {
	Side      Side
	Partner   string
	States    []string
	Reference string
	Subject   string // answering side: hits on this record
	Before    string // exchange id: only older ones, for the next page
	Limit     int    // at most this many; 0: 10000
}

// Exchanges lists exchanges, the newest first.
func (v *View) Exchanges(f ExchangeFilter) ([]Exchange, error) {
	where, args := " WHERE 1 = 1", []any{}
	add := func(cond string, arg any) { where += " AND " + cond; args = append(args, arg) }
	if f.Side != "" {
		add("side = ?", f.Side)
	}
	if f.Partner != "" {
		add("partner = ?", f.Partner)
	}
	if len(f.States) > 0 {
		states, _ := json.Marshal(f.States)
		add("state IN (SELECT value FROM json_each(?))", string(states))
	}
	if f.Reference != "" {
		add("reference <> '' AND reference = ?", f.Reference)
	}
	if f.Subject != "" {
		add("subject_index = ?", v.subjectIndex(f.Subject))
	}
	if f.Before != "" {
		add("seq < (SELECT seq FROM exchanges WHERE id = ?)", f.Before)
	}
	args = append(args, limitOf(f.Limit))
	out, err := list(v, "list exchanges", scanExchange, selectExchange+where+" ORDER BY seq DESC LIMIT ?", args...)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if err := v.openPrivate(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Exchanges is View.Exchanges.
func (s *Store) Exchanges(ctx context.Context, f ExchangeFilter) ([]Exchange, error) {
	return read(ctx, s, func(v *View) ([]Exchange, error) { return v.Exchanges(f) })
}
