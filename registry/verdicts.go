package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Verdict is an examiner's word on one candidate.
type Verdict struct {
	Exchange string
	Rank     int
	Examiner string
	Verdict  string
	Reason   string    // sealed under the exchange's key; "" once that is destroyed
	At       time.Time // set by PutVerdict
}

func (d Verdict) reasonName() string { return fmt.Sprintf("verdict/%d/%q", d.Rank, d.Examiner) }

// PutVerdict stores an examiner's verdict, once: the same again does nothing, another fails with ErrConflict. It fails
// with ErrNotFound when the exchange has no candidate of that rank.
func (t *Tx) PutVerdict(d Verdict) error {
	const a = "put verdict"
	if err := errors.Join(checkID("examiner", d.Examiner), checkID("verdict", d.Verdict)); err != nil {
		return failed(a, err)
	}
	var one int
	if err := t.get(a, "SELECT 1 FROM candidates WHERE exchange = ? AND rank = ?", []any{d.Exchange, d.Rank}, &one); err != nil {
		return err
	}
	n, err := t.exec(a, "INSERT INTO verdicts (exchange, rank, examiner, verdict, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		d.Exchange, d.Rank, d.Examiner, d.Verdict, toMillis(t.now))
	if err != nil {
		return err
	}
	return failed(a, t.giveReason(n > 0, d.Exchange, d.reasonName(), d.Reason, func() (bool, error) {
		have, err := t.Verdicts(d.Exchange)
		return slices.ContainsFunc(have, func(h Verdict) bool { h.At = d.At; return h == d }), err
	}))
}

// giveReason seals the reason of a word that is new; one that was given before must be the same.
func (t *Tx) giveReason(isNew bool, exchange, name, reason string, same func() (bool, error)) error {
	if isNew {
		return t.seal(exchangeKey(exchange), name, []byte(reason), time.Time{})
	}
	ok, err := same()
	if err == nil && !ok {
		err = ErrConflict
	}
	return err
}

// Verdicts lists the verdicts of an exchange by rank, then time.
func (v *View) Verdicts(exchange string) ([]Verdict, error) {
	out, err := list(v, "list verdicts", func(row scanner) (d Verdict, err error) {
		var at int64
		err = row.Scan(&d.Exchange, &d.Rank, &d.Examiner, &d.Verdict, &at)
		d.At = fromMillis(at)
		return d, err
	}, "SELECT exchange, rank, examiner, verdict, at FROM verdicts WHERE exchange = ? ORDER BY rank, at, examiner", exchange)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Reason, err = v.reason(exchange, out[i].reasonName()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// reason is "" when it is destroyed.
func (v *View) reason(exchange, name string) (string, error) {
	data, err := v.unseal(exchangeKey(exchange), name)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return string(data), err
}

// Approval is a second person's decision on one step of an exchange.
type Approval struct {
	Exchange string
	What     string // what is approved, for example a tier of disclosure
	Approver string
	Decision string
	Reason   string    // sealed under the exchange's key; "" once that is destroyed
	At       time.Time // set by PutApproval
}

func (p Approval) reasonName() string { return fmt.Sprintf("approval/%q/%q", p.What, p.Approver) }

// PutApproval stores an approver's decision, once: the same again does nothing, another fails with ErrConflict. It fails
// with ErrNotFound when there is no such exchange or its data ended.
func (t *Tx) PutApproval(p Approval) error {
	const a = "put approval"
	if err := errors.Join(checkID("approver", p.Approver), checkID("subject of approval", p.What), checkID("decision", p.Decision)); err != nil {
		return failed(a, err)
	}
	if _, _, err := t.dataKey(exchangeKey(p.Exchange)); err != nil {
		return failed(a, err)
	}
	n, err := t.exec(a, "INSERT INTO approvals (exchange, subject, approver, decision, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		p.Exchange, p.What, p.Approver, p.Decision, toMillis(t.now))
	if err != nil {
		return err
	}
	return failed(a, t.giveReason(n > 0, p.Exchange, p.reasonName(), p.Reason, func() (bool, error) {
		have, err := t.Approvals(p.Exchange)
		return slices.ContainsFunc(have, func(h Approval) bool { h.At = p.At; return h == p }), err
	}))
}

// Approvals lists the approvals of an exchange by time.
func (v *View) Approvals(exchange string) ([]Approval, error) {
	out, err := list(v, "list approvals", func(row scanner) (p Approval, err error) {
		var at int64
		err = row.Scan(&p.Exchange, &p.What, &p.Approver, &p.Decision, &at)
		p.At = fromMillis(at)
		return p, err
	}, "SELECT exchange, subject, approver, decision, at FROM approvals WHERE exchange = ? ORDER BY at, subject, approver", exchange)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Reason, err = v.reason(exchange, out[i].reasonName()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// PutVerdict is Tx.PutVerdict in a transaction of its own.
func (s *Store) PutVerdict(ctx context.Context, d Verdict) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.PutVerdict(d) })
}

// Verdicts is View.Verdicts.
func (s *Store) Verdicts(ctx context.Context, exchange string) ([]Verdict, error) {
	return read(ctx, s, func(v *View) ([]Verdict, error) { return v.Verdicts(exchange) })
}

// PutApproval is Tx.PutApproval in a transaction of its own.
func (s *Store) PutApproval(ctx context.Context, p Approval) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.PutApproval(p) })
}

// Approvals is View.Approvals.
func (s *Store) Approvals(ctx context.Context, exchange string) ([]Approval, error) {
	return read(ctx, s, func(v *View) ([]Approval, error) { return v.Approvals(exchange) })
}
