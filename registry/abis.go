package registry

import (
	"context"
	"errors"
)

// ABISPerson is what a national ABIS has been told of a subject. The registry makes and marks these rows by itself, in the
// transaction that enrols, reclasses or erases the subject.
type ABISPerson struct {
	Seq     int64
	Subject string
	Class   string // Class.Key of the subject now; "" when erased
	Person  string // how the ABIS knows the subject: 128 random bits in hexadecimal, used for nothing else
	Held    string // gallery that the ABIS confirmed last; "": none
	Telling bool   // a call to the ABIS is under way, or its outcome is unknown
	Told    string // with that call's gallery; "": to be out
	Due     int    // changes since the ABIS was last known to be right; 0: it is right
	Refused int    // status with which the ABIS refused the last call; 0: it did not
}

// In says whether the subject may be in a gallery of the ABIS, for all that is known.
func (p ABISPerson) In(gallery string) bool {
	return gallery != "" && (p.Held == gallery || p.Telling && p.Told == gallery)
}

const metaABIS = "abis"

// FollowABIS has the registry keep ABISPerson rows from now on, one for everybody who has none. key says of what they tell:
// which ABIS, and which galleries stand for which classes. With another key than before all that was known is in doubt, and
// everybody is due.
func (t *Tx) FollowABIS(key []byte) error {
	const a = "follow ABIS"
	have, err := t.Meta(metaABIS)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if err == nil && string(have) != string(key) {
		if _, err := t.exec(a, `UPDATE abis_people SET due = due + 1, refused = 0,
			told = CASE WHEN told IS NULL THEN held ELSE told END`); err != nil {
			return err
		}
	}
	if err := t.SetMeta(metaABIS, key); err != nil {
		return err
	}
	_, err = t.exec(a, `INSERT INTO abis_people (subject, person) SELECT s.id, lower(hex(randomblob(16))) FROM subjects s
		WHERE s.class_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM abis_people p WHERE p.subject = s.id) ORDER BY s.seq`)
	return err
}

// LeaveABIS ends what FollowABIS began and returns how many people the ABIS may still hold. Their rows stay.
func (t *Tx) LeaveABIS() (left int, err error) {
	const a = "leave ABIS"
	if _, err := t.exec(a, "DELETE FROM meta WHERE name = ?", metaABIS); err != nil {
		return 0, err
	}
	err = t.get(a, "SELECT count(*) FROM abis_people WHERE held <> '' OR told IS NOT NULL", nil, &left)
	return left, err
}

const selectABIS = `SELECT a.seq, a.subject, coalesce(c.class, ''), a.person, a.held, a.told IS NOT NULL, coalesce(a.told, ''), a.due, a.refused
	FROM abis_people a JOIN subjects s ON s.id = a.subject LEFT JOIN classes c ON c.id = s.class_id `

func scanABIS(row scanner) (p ABISPerson, err error) {
	err = row.Scan(&p.Seq, &p.Subject, &p.Class, &p.Person, &p.Held, &p.Telling, &p.Told, &p.Due, &p.Refused)
	return p, err
}

// ABISPerson reads what the ABIS has been told of a subject.
func (v *View) ABISPerson(subject string) (ABISPerson, error) {
	p, err := scanABIS(v.row(selectABIS+"WHERE a.subject = ?", subject))
	return p, failed("read ABIS person", err)
}

// ABISNamed finds a subject by the name that the ABIS has for it.
func (v *View) ABISNamed(person string) (ABISPerson, error) {
	p, err := scanABIS(v.row(selectABIS+"WHERE a.person = ?", person))
	return p, failed("find ABIS person", err)
}

// ABISDue lists people of whom the ABIS has to be told, after a row's Seq, in order of enrolment: all, or those alone whom it
// may hold already.
func (v *View) ABISDue(there bool, after int64, limit int) ([]ABISPerson, error) {
	where := "WHERE a.due > 0 AND a.seq > ? ORDER BY a.seq LIMIT ?"
	if there {
		where = "WHERE a.due > 0 AND (a.held <> '' OR a.told IS NOT NULL) AND a.seq > ? ORDER BY a.seq LIMIT ?"
	}
	return list(v, "list ABIS people due", scanABIS, selectABIS+where, after, limitOf(limit))
}

// ABISPeople lists everybody of whom the ABIS was or is to be told, after a row's Seq.
func (v *View) ABISPeople(after int64, limit int) ([]ABISPerson, error) {
	return list(v, "list ABIS people", scanABIS, selectABIS+"WHERE a.seq > ? ORDER BY a.seq LIMIT ?", after, limitOf(limit))
}

// ABISHolds says whether the ABIS has confirmed anybody in a gallery, or may have somebody there.
func (v *View) ABISHolds(gallery string) (yes bool, err error) {
	err = v.get("look into ABIS gallery", `SELECT EXISTS (SELECT 1 FROM abis_people WHERE held = ?)
		OR EXISTS (SELECT 1 FROM abis_people WHERE due > 0 AND told = ?)`, []any{gallery, gallery}, &yes)
	return yes, err
}

// ABISGalleries lists the galleries in which the ABIS has confirmed somebody.
func (v *View) ABISGalleries() ([]string, error) {
	return list(v, "list ABIS galleries", func(row scanner) (g string, err error) {
		err = row.Scan(&g)
		return g, err
	}, "SELECT DISTINCT held FROM abis_people WHERE held <> '' ORDER BY held")
}

// ABISCount counts the rows.
type ABISCount struct {
	People  int // rows
	Held    int // of whom the ABIS holds what it should
	Due     int // of whom it has to be told
	There   int // among them, whom it may hold, not as it should
	Refused int // among them, whom it refused
}

// ABISCount counts.
func (v *View) ABISCount() (c ABISCount, err error) {
	err = v.get("count ABIS people", `SELECT count(*), count(*) FILTER (WHERE due = 0 AND held <> ''), count(*) FILTER (WHERE due > 0),
		count(*) FILTER (WHERE due > 0 AND (held <> '' OR told IS NOT NULL)), count(*) FILTER (WHERE due > 0 AND refused > 0)
		FROM abis_people`, nil, &c.People, &c.Held, &c.Due, &c.There, &c.Refused)
	return c, err
}

// TellABIS notes, before the call, what the ABIS is about to be told: that the subject is in a gallery alone, or, with "",
// in none. A call whose outcome is never known leaves this note.
func (t *Tx) TellABIS(subject, gallery string) error {
	_, err := t.exec("note call to ABIS", "UPDATE abis_people SET told = ? WHERE subject = ?", gallery, subject)
	return err
}

// ABISConfirmed notes that the ABIS holds the subject in a gallery alone, or nowhere (""), which is right as of the change
// due. A change that came meanwhile stays due. The row of an erased subject that is nowhere is gone.
func (t *Tx) ABISConfirmed(subject, gallery string, due int) error {
	const a = "note answer of ABIS"
	if gallery == "" {
		n, err := t.exec(a, `DELETE FROM abis_people WHERE subject = ? AND due = ?
			AND (SELECT class_id FROM subjects WHERE id = abis_people.subject) IS NULL`, subject, due)
		if err != nil || n > 0 {
			return err
		}
	}
	_, err := t.exec(a, `UPDATE abis_people SET held = ?, told = NULL, refused = 0, due = CASE WHEN due = ? THEN 0 ELSE due END
		WHERE subject = ?`, gallery, due, subject)
	return err
}

// ABISRefused notes that the ABIS refused a call for the subject, with which status.
func (t *Tx) ABISRefused(subject string, status int) error {
	_, err := t.exec("note refusal of ABIS", "UPDATE abis_people SET refused = ? WHERE subject = ?", status, subject)
	return err
}

// DoubtABIS makes a subject due because the ABIS was found not to hold it as it should. Where it may be stays noted.
func (t *Tx) DoubtABIS(subject string) error {
	_, err := t.exec("doubt ABIS", `UPDATE abis_people SET due = due + 1, refused = 0, told = CASE WHEN told IS NULL THEN held ELSE told END
		WHERE subject = ?`, subject)
	return err
}

// ABISTask is one search that an ABIS carries out and answers later.
type ABISTask struct {
	ID       string   // our name for it
	Exchange string   // that it is for
	Token    [32]byte // SHA-256 of what the ABIS proves itself with when it answers
	Task     string   // the ABIS's name for it; "" before it gave one
}

// PutABISTask adds or replaces a task.
func (t *Tx) PutABISTask(k ABISTask) error {
	const a = "put ABIS task"
	if err := errors.Join(checkID("task id", k.ID), checkID("exchange id", k.Exchange)); err != nil {
		return failed(a, err)
	}
	_, err := t.exec(a, `INSERT INTO abis_tasks (id, exchange, token, task) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET exchange = excluded.exchange, token = excluded.token, task = excluded.task`, k.ID, k.Exchange, k.Token[:], k.Task)
	return err
}

// EndABISTask forgets a task.
func (t *Tx) EndABISTask(id string) error {
	_, err := t.exec("end ABIS task", "DELETE FROM abis_tasks WHERE id = ?", id)
	return err
}

// ABISTasks lists all tasks.
func (v *View) ABISTasks() ([]ABISTask, error) {
	return list(v, "list ABIS tasks", func(row scanner) (k ABISTask, err error) {
		var token []byte
		err = row.Scan(&k.ID, &k.Exchange, &token, &k.Task)
		copy(k.Token[:], token)
		return k, err
	}, "SELECT id, exchange, token, task FROM abis_tasks ORDER BY id")
}

// Templates reads the templates of some subjects, in the order given, and passes over those who are erased or unknown.
func (v *View) Templates(subjects ...string) (out []TemplateRow, err error) {
	for _, id := range subjects {
		s, err := v.subject(id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		rows, err := v.templatesOf([]subjectRow{s})
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// Templates is View.Templates.
func (s *Store) Templates(ctx context.Context, subjects ...string) ([]TemplateRow, error) {
	return read(ctx, s, func(v *View) ([]TemplateRow, error) { return v.Templates(subjects...) })
}
