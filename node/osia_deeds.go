package node

import (
	"errors"

	"convenio/ledger"
	"convenio/registry"
)

// do carries out one deed in the transaction of the encounter's change. A record that was erased for itself meanwhile stays so.
func (f *osiaRecords) do(tx *registry.Tx, d *deed) error {
	if d.had.Subject != "" {
		s, err := tx.Subject(d.had.Subject)
		if err != nil {
			return err
		}
		if d.had.Erased = !s.Erased.IsZero(); d.had.Erased && d.encounter != nil {
			d.want = nil
			return nil
		}
	}
	if d.had.Subject != "" && (d.want == nil || d.renewed) {
		if err := f.end(tx, d); err != nil {
			return err
		}
	}
	switch {
	case d.want == nil:
		return nil
	case d.had.Subject == "" || d.renewed:
		return f.begin(tx, d)
	}
	return f.change(tx, d)
}

func (f *osiaRecords) begin(tx *registry.Tx, d *deed) (err error) {
	w := d.want
	if d.subject, _, err = tx.AddSubject(registry.NewSubject{Class: w.class, Fields: w.fields, Samples: w.samples}); err != nil {
		return err
	}
	if err := f.join(tx, d); err != nil {
		return err
	}
	return f.n.plan(tx, enrolAct(d.subject, w.class, len(w.samples)))
}

func (f *osiaRecords) change(tx *registry.Tx, d *deed) error {
	w := d.want
	d.subject = d.had.Subject
	if _, err := tx.SetClass(d.subject, w.class); err != nil {
		return err
	}
	if err := tx.SetFields(d.subject, w.fields); err != nil {
		return err
	}
	if err := f.join(tx, d); err != nil {
		return err
	}
	return f.n.plan(tx, changeAct(d.subject, w.class))
}

func (f *osiaRecords) join(tx *registry.Tx, d *deed) error {
	return tx.PutOSIARecord(registry.OSIARecord{Encounter: d.encounter.ID, Subject: d.subject, Prints: d.want.prints, Facts: d.want.facts})
}

func (f *osiaRecords) end(tx *registry.Tx, d *deed) error {
	if d.had.Erased {
		if d.encounter == nil && f.mapping != nil {
			return tx.DropOSIARecord(d.had.Encounter)
		}
		return nil
	}
	d.ended = d.had.Subject
	if err := f.n.plan(tx, eraseAct(d.ended)); err != nil {
		return err
	}
	return errors.Join(tx.EraseSubject(d.ended), tx.DropOSIARecord(d.had.Encounter))
}

// The ledger's words about a record, whoever made it.

func enrolAct(subject string, class registry.Class, fingers int) act {
	return act{id: "enrol:" + subject, kind: ledger.KindEnrol, body: map[string]any{"subject": subject, "class": class, "fingers": fingers}}
}

func changeAct(subject string, class registry.Class) act {
	return act{id: "change:" + string(newID()), kind: ledger.KindChange, body: map[string]any{"subject": subject, "class": class}}
}

func eraseAct(subject string) act {
	return act{id: "erase:subject:" + subject, kind: ledger.KindErase, body: map[string]any{"what": "subject", "subject": subject}}
}
