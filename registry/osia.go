package registry

import (
	"context"
	"errors"
	"time"
)

// OSIAEncounter is one encounter that a national system keeps here through OSIA. Head, Body and Templates are sealed under
// the encounter's own key; an encounter that moves to another person keeps it.
type OSIAEncounter struct {
	ID                string // 128 random bits in hexadecimal, made by PutOSIAEncounter
	Person, Encounter string // as the national system names them; stored as one keyed digest
	Head              []byte // what is needed to find it, with both names in it
	Body              []byte // its biometric data; nil leaves what is stored
	Templates         []byte // what was extracted; nil leaves what is stored
}

// Names of an encounter's sealed data, and of a task's.
const (
	osiaHead      = "head"
	osiaBody      = "body"
	osiaTemplates = "templates"
	osiaTask      = "task"
)

func encounterKey(id string) KeyRef { return KeyRef{ForEncounter, id} }

func (s *Store) osiaName(person, encounter string) []byte {
	return s.master.blind("osia", string(binding(person, encounter)))
}

// PutOSIAEncounter adds an encounter (ID "") or changes one, and returns its id. ErrConflict when another encounter has its
// names, ErrNotFound when the one to be changed has ended.
func (t *Tx) PutOSIAEncounter(e OSIAEncounter) (string, error) {
	const a = "put OSIA encounter"
	name := t.s.osiaName(e.Person, e.Encounter)
	if e.ID == "" {
		e.ID = randomID()
		if _, err := t.exec(a, "INSERT INTO osia_encounters (id, name_index, created) VALUES (?, ?, ?)", e.ID, name, toMillis(t.now)); err != nil {
			return "", err
		}
	} else {
		n, err := t.exec(a, "UPDATE osia_encounters SET name_index = ? WHERE id = ? AND ended = 0", name, e.ID)
		if err == nil && n == 0 {
			err = failed(a, ErrNotFound)
		}
		if err != nil {
			return "", err
		}
	}
	for _, d := range []struct {
		name string
		data []byte
	}{{osiaHead, e.Head}, {osiaBody, e.Body}, {osiaTemplates, e.Templates}} {
		if d.data == nil {
			continue
		}
		if err := t.seal(encounterKey(e.ID), d.name, d.data, time.Time{}); err != nil {
			return "", failed(a, err)
		}
	}
	return e.ID, nil
}

// EndOSIAEncounter destroys an encounter's key and with it everything that was kept of it.
func (t *Tx) EndOSIAEncounter(id string) error { return t.DestroyKey(encounterKey(id)) }

// OSIABody returns an encounter's biometric data. ErrNotFound when it has ended.
func (s *Store) OSIABody(ctx context.Context, id string) ([]byte, error) {
	return read(ctx, s, func(v *View) ([]byte, error) { return v.unseal(encounterKey(id), osiaBody) })
}

// EachOSIAEncounter gives head and templates of every encounter to f in the order they came, without Body, and stops at f's
// first error. It reads in pages.
func (s *Store) EachOSIAEncounter(ctx context.Context, f func(OSIAEncounter) error) error {
	for last := int64(0); ; {
		var page []OSIAEncounter
		err := s.View(ctx, func(v *View) (err error) {
			page, last, err = v.osiaAfter(last)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, e := range page {
			if err := f(e); err != nil {
				return err
			}
		}
	}
}

func (v *View) osiaAfter(last int64) ([]OSIAEncounter, int64, error) {
	page, err := list(v, "list OSIA encounters", func(row scanner) (e OSIAEncounter, err error) {
		err = row.Scan(&last, &e.ID)
		return e, err
	}, "SELECT seq, id FROM osia_encounters WHERE seq > ? AND ended = 0 ORDER BY seq LIMIT ?", last, templatePage)
	if err != nil {
		return nil, last, err
	}
	for i := range page {
		e := &page[i]
		if e.Head, err = v.unseal(encounterKey(e.ID), osiaHead); err != nil {
			return nil, last, err
		}
		if e.Templates, err = v.unseal(encounterKey(e.ID), osiaTemplates); err != nil && !errors.Is(err, ErrNotFound) {
			return nil, last, err
		}
	}
	return page, last, nil
}

// OSIATask is an asynchronous call: what was asked and, later, what is to be sent back.
type OSIATask struct {
	ID       string
	State    string // as OSIA names it: PENDING, RESPONSE_SCHEDULED, RESPONSE_RETRY, RESPONSE_ERROR, COMPLETED
	Priority int    // 0..9, higher first
	Attempts int    // of delivery
	Next     time.Time
	Expires  time.Time
	Data     []byte // sealed; nil leaves what is stored
}

func taskKey(id string) KeyRef { return KeyRef{ForTask, id} }

// PutOSIATask adds or changes a task.
func (t *Tx) PutOSIATask(k OSIATask) error {
	const a = "put OSIA task"
	if err := checkID("task id", k.ID); err != nil {
		return failed(a, err)
	}
	_, err := t.exec(a, `INSERT INTO osia_tasks (id, state, priority, attempts, next, expires) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts, next = excluded.next, expires = excluded.expires`,
		k.ID, k.State, k.Priority, k.Attempts, toMillis(k.Next), toMillis(k.Expires))
	if err != nil || k.Data == nil {
		return err
	}
	return failed(a, t.seal(taskKey(k.ID), osiaTask, k.Data, time.Time{}))
}

// EndOSIATask destroys what a task holds; it is known no more.
func (t *Tx) EndOSIATask(id string) error { return t.DestroyKey(taskKey(id)) }

// OSIATask returns a task with its data. ErrNotFound when it has ended.
func (s *Store) OSIATask(ctx context.Context, id string) (OSIATask, error) {
	return read(ctx, s, func(v *View) (OSIATask, error) {
		k, err := scanTask(v.row("SELECT "+taskColumns+" FROM osia_tasks WHERE id = ? AND ended = 0", id))
		if err != nil {
			return k, failed("read OSIA task", err)
		}
		k.Data, err = v.unseal(taskKey(id), osiaTask)
		return k, err
	})
}

// OSIATasks lists the tasks that have not ended, in the order they came, without their data.
func (s *Store) OSIATasks(ctx context.Context) ([]OSIATask, error) {
	return read(ctx, s, func(v *View) ([]OSIATask, error) {
		return list(v, "list OSIA tasks", scanTask, "SELECT "+taskColumns+" FROM osia_tasks WHERE ended = 0 ORDER BY seq")
	})
}

const taskColumns = "id, state, priority, attempts, next, expires"

func scanTask(row scanner) (k OSIATask, err error) {
	var next, expires int64
	err = row.Scan(&k.ID, &k.State, &k.Priority, &k.Attempts, &next, &expires)
	k.Next, k.Expires = fromMillis(next), fromMillis(expires)
	return k, err
}
