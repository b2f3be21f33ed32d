package registry

import (
	"context"
	"errors"
	"time"
)

const bodyName = "body"

// PutProbe seals the probe of an exchange (samples, templates, as the node marshals them) until the deadline, in place of
// any earlier one, whose deadline stays.
func (t *Tx) PutProbe(exchange string, data []byte, deadline time.Time) error {
	return failed("put probe", t.seal(KeyRef{ForProbe, exchange}, bodyName, data, deadline))
}

// Probe reads the probe of an exchange. ErrNotFound when there is none or it is destroyed.
func (v *View) Probe(exchange string) ([]byte, error) {
	data, err := v.unseal(KeyRef{ForProbe, exchange}, bodyName)
	return data, failed("read probe", err)
}

// DestroyProbe ends the probe of an exchange; doing so again does nothing.
func (t *Tx) DestroyProbe(exchange string) error { return t.DestroyKey(KeyRef{ForProbe, exchange}) }

// Disclosure is what a partner disclosed to us after a confirmed hit.
type Disclosure struct {
	ID       string
	Exchange string
	Received time.Time // set by PutDisclosure
	Deadline time.Time
	Ended    time.Time // when its data were destroyed
	Data     []byte    // sealed; nil once ended
}

// PutDisclosure stores a received disclosure. Repeated with the same ID it stores nothing and returns the stored one and true.
func (t *Tx) PutDisclosure(d Disclosure) (stored Disclosure, repeated bool, err error) {
	const a = "put disclosure"
	if err := checkID("disclosure id", d.ID); err != nil {
		return Disclosure{}, false, failed(a, err)
	}
	have, err := t.Disclosure(d.ID)
	if !errors.Is(err, ErrNotFound) {
		return have, err == nil, err
	}
	d.Received, d.Ended = t.now, time.Time{}
	_, err = t.exec(a, "INSERT INTO disclosures (id, exchange, received, deadline) VALUES (?, ?, ?, ?)",
		d.ID, d.Exchange, toMillis(d.Received), toMillis(d.Deadline))
	if err != nil {
		return Disclosure{}, false, err
	}
	return d, false, failed(a, t.seal(KeyRef{ForDisclosure, d.ID}, bodyName, d.Data, d.Deadline))
}

// Disclosure reads one disclosure.
func (v *View) Disclosure(id string) (Disclosure, error) {
	d, err := scanDisclosure(v.row(selectDisclosure+" WHERE id = ?", id))
	if err != nil {
		return Disclosure{}, failed("read disclosure", err)
	}
	return d, v.openDisclosure(&d)
}

// Disclosures lists what an exchange brought, by time of receipt.
func (v *View) Disclosures(exchange string) ([]Disclosure, error) {
	out, err := list(v, "list disclosures", scanDisclosure, selectDisclosure+" WHERE exchange = ? ORDER BY received, id", exchange)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if err := v.openDisclosure(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const selectDisclosure = "SELECT id, exchange, received, deadline, ended FROM disclosures"

func scanDisclosure(row scanner) (d Disclosure, err error) {
	var received, deadline, ended int64
	err = row.Scan(&d.ID, &d.Exchange, &received, &deadline, &ended)
	d.Received, d.Deadline, d.Ended = fromMillis(received), fromMillis(deadline), fromMillis(ended)
	return d, err
}

func (v *View) openDisclosure(d *Disclosure) (err error) {
	if d.Ended.IsZero() {
		d.Data, err = v.unseal(KeyRef{ForDisclosure, d.ID}, bodyName)
	}
	return err
}

// PutProbe is Tx.PutProbe in a transaction of its own.
func (s *Store) PutProbe(ctx context.Context, exchange string, data []byte, deadline time.Time) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.PutProbe(exchange, data, deadline) })
}

// Probe is View.Probe.
func (s *Store) Probe(ctx context.Context, exchange string) ([]byte, error) {
	return read(ctx, s, func(v *View) ([]byte, error) { return v.Probe(exchange) })
}

// DestroyProbe is Tx.DestroyProbe, and returns when the probe is in no file any more; see Store.DestroyKey.
func (s *Store) DestroyProbe(ctx context.Context, exchange string) error {
	return s.DestroyKey(ctx, KeyRef{ForProbe, exchange})
}

// PutDisclosure is Tx.PutDisclosure in a transaction of its own.
func (s *Store) PutDisclosure(ctx context.Context, d Disclosure) (stored Disclosure, repeated bool, err error) {
	err = s.Tx(ctx, func(tx *Tx) (err error) {
		stored, repeated, err = tx.PutDisclosure(d)
		return err
	})
	return stored, repeated, err
}

// Disclosure is View.Disclosure.
func (s *Store) Disclosure(ctx context.Context, id string) (Disclosure, error) {
	return read(ctx, s, func(v *View) (Disclosure, error) { return v.Disclosure(id) })
}

// Disclosures is View.Disclosures.
func (s *Store) Disclosures(ctx context.Context, exchange string) ([]Disclosure, error) {
	return read(ctx, s, func(v *View) ([]Disclosure, error) { return v.Disclosures(exchange) })
}
