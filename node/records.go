package node

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"convenio/agreement"
	"convenio/api"
	"convenio/gallery"
	"convenio/registry"
)

// openGallery fills the gallery from the registry, which is the only durable truth.
func (n *Node) openGallery(ctx context.Context) error {
	if n.cfg.ABIS != nil {
		return n.openABIS(ctx)
	}
	if err := n.leaveABIS(ctx); err != nil {
		return err
	}
	if n.cfg.Gallery == galleryOnDisk {
		return n.openDiskGallery(ctx)
	}
	people := &ownGallery{Gallery: gallery.New(), shown: map[string]bool{}}
	n.people = people
	var batch []gallery.Reference
	add := func() error {
		err := people.Add(batch...)
		batch = batch[:0]
		return err
	}
	err := n.store.EachTemplate(ctx, func(row registry.TemplateRow) error {
		r, err := referenceOf(row)
		if err != nil {
			return err
		}
		people.shown[row.Subject] = true
		batch = append(batch, r)
		if len(batch) < 4096 {
			return nil
		}
		return add()
	})
	if err == nil {
		err = add()
	}
	if err != nil {
		return fmt.Errorf("load gallery: %w", err)
	}
	return nil
}

// minEnrolQuality is the least quality of a reference finger: what is worse would be a burden on
// everyone searched against it.
const minEnrolQuality = 10

// enrol takes a person into the country's own records.
func (n *Node) enrol(ctx context.Context, key string, e api.Enrolment) (api.Enrolled, error) {
	if err := n.checkEnrolment(e); err != nil {
		return api.Enrolled{}, err
	}
	prints, err := n.readPrints(ctx, e.Fingers)
	if err != nil {
		return api.Enrolled{}, err
	}
	out := api.Enrolled{Fingers: reports(prints, minEnrolQuality)}
	good, _ := worth(prints, minEnrolQuality)
	if len(good) == 0 {
		p := fail(http.StatusUnprocessableEntity, "quality", "no finger is good enough to enrol", "", "capture the fingers again")
		p.Fingers = &out.Fingers
		return out, p
	}
	s := registry.NewSubject{Class: classOf(e), Fields: e.Fields, Idempotency: key}
	for _, p := range good {
		t, err := p.template.MarshalBinary()
		if err != nil {
			return out, fmt.Errorf("encode template: %w", err)
		}
		s.Samples = append(s.Samples, registry.Sample{Position: uint8(p.position), Quality: uint8(p.quality()), Image: p.png, Template: t})
	}
	n.opt.Before("enrol")
	err = n.store.Tx(ctx, func(tx *registry.Tx) error {
		id, repeated, err := tx.AddSubject(s)
		out.Subject = id
		if err != nil || repeated {
			return err
		}
		return n.plan(tx, enrolAct(id, s.Class, len(s.Samples)))
	})
	if err != nil {
		return out, err
	}
	if err := n.flush(ctx, ""); err != nil {
		return out, err
	}
	return out, n.people.enrolled(ctx, out.Subject, s.Class.Key(), good)
}

// stateCode is how a state is written: a word that looks like one and is none must not leave a claim of
// protection without effect.
var stateCode = regexp.MustCompile(`^[A-Za-z]{2}$`)

// checkEnrolment refuses words that the agreement does not list: a safeguard with a misspelt name
// must not look like protection.
func (n *Node) checkEnrolment(e api.Enrolment) error {
	if !slices.ContainsFunc(n.law.Categories, func(c agreement.Named) bool { return c.ID == e.Category }) {
		return n.unlisted("category", e.Category, n.law.Categories)
	}
	for name := range e.Fields {
		if _, ok := n.law.Field(name); !ok {
			return fail(http.StatusUnprocessableEntity, "words", "the agreement lists no such field", name, "convenio agreement show lists the fields")
		}
	}
	if e.Safeguards != nil {
		return n.checkSafeguards(*e.Safeguards)
	}
	return nil
}

func (n *Node) checkSafeguards(list []api.Safeguard) error {
	for _, s := range list {
		if !slices.ContainsFunc(n.law.Safeguards, func(k agreement.Named) bool { return k.ID == s.Kind }) {
			return n.unlisted("safeguard", s.Kind, n.law.Safeguards)
		}
		if s.Against != nil && *s.Against != "" && !stateCode.MatchString(*s.Against) {
			return fail(http.StatusUnprocessableEntity, "words", "this is not a state", *s.Against, "use the two letters of the state that the person says persecutes them, such as co; leave it out if it may be any")
		}
	}
	return nil
}

func (n *Node) unlisted(what, word string, listed []agreement.Named) error {
	var ids []string
	for _, l := range listed {
		ids = append(ids, l.ID)
	}
	return fail(http.StatusUnprocessableEntity, "words", "the agreement lists no such "+what, word, "use one of "+strings.Join(ids, ", "))
}

func classOf(e api.Enrolment) registry.Class {
	c := registry.Class{Category: e.Category}
	for _, nat := range e.Nationalities {
		c.Nationalities = append(c.Nationalities, strings.ToUpper(nat))
	}
	if e.Safeguards != nil {
		c.Safeguards = registrySafeguards(*e.Safeguards)
	}
	return c
}

func registrySafeguards(list []api.Safeguard) []registry.Safeguard {
	var out []registry.Safeguard
	for _, s := range safeguardsOf(list) {
		out = append(out, registry.Safeguard{Kind: s.Kind, Against: s.Against})
	}
	return out
}

// protect replaces a person's safeguards. The journal holds the change before a search can see the
// person in the new light.
func (n *Node) protect(ctx context.Context, subject string, list []api.Safeguard) error {
	if err := n.checkSafeguards(list); err != nil {
		return err
	}
	if follows, err := n.store.FollowsOSIA(ctx, subject); err != nil {
		return err
	} else if follows {
		return fail(http.StatusConflict, "follows-osia", "the record follows an encounter of a national system", subject,
			"have the national system change the encounter's data or status; to put it out of reach at once and for good, erase the record")
	}
	var class registry.Class
	err := n.store.Tx(ctx, func(tx *registry.Tx) (err error) {
		if class, err = tx.SetSafeguards(subject, registrySafeguards(list)); err != nil {
			return err
		}
		return n.plan(tx, changeAct(subject, class))
	})
	if err != nil {
		return err
	}
	// The gallery first: from here on nobody can reach a newly protected person, whatever else happens.
	if err := n.people.moved(ctx, subject, class.Key()); err != nil {
		return err
	}
	return n.flush(ctx, "")
}

// eraseSubject ends a record: its key is destroyed, with the ledger's word, and nobody finds it any more.
func (n *Node) eraseSubject(ctx context.Context, subject string) error {
	if _, err := n.store.Subject(ctx, subject); err != nil {
		return err
	}
	err := n.store.Tx(ctx, func(tx *registry.Tx) error {
		if err := n.plan(tx, eraseAct(subject)); err != nil {
			return err
		}
		return tx.EraseSubject(subject)
	})
	if err != nil {
		return err
	}
	return errors.Join(n.osiaRecords.gone(ctx, n.people, subject), n.flush(ctx, ""), n.scrub(ctx))
}
