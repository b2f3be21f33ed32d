package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"convenio/api"
	"convenio/exchange"
	"convenio/finger"
	"convenio/node"
)

// scene is one thing that happens. It returns what came of it and the articles that decided, or an
// error that says how it did not end as it must.
type scene struct {
	name string
	play func(*play, context.Context) (outcome string, articles []string, err error)
}

// play is what the scenes share.
type play struct {
	*stage
	cast  *cast
	rogue *rogue
	// noHit is the answer of a true no hit, to hold another against.
	noHit api.Exchange
	own   *ownPrints
}

// scenes lists the acts in order: quota and suspension come last, for they close doors.
func scenes() []scene {
	return []scene{
		{"hit, confirmed by an examiner, facts disclosed", (*play).hitToDisclosure},
		{"no hit, and the probe is gone", (*play).noHitAndGone},
		{"claimant is never asked about where they fled", (*play).claimantNotAsked},
		{"protected person at the partner: no hit", (*play).protectedNoHit},
		{"purpose not in the agreement, at home", (*play).purposeAtHome},
		{"the same by a tampered requester, at the partner", (*play).purposeAtPartner},
		{"probe of too poor quality", (*play).poorQuality},
		{"a search that its sender's ledger does not show", (*play).notInLedger},
		{"message under another text of the agreement", (*play).anotherText},
		{"a message is stolen and sent again", (*play).replay},
		{"quota used up", (*play).quota},
		{"the same by a tampered requester, beyond quota", (*play).quotaAtPartner},
		{"agreement suspended by one party", (*play).suspension},
	}
}

func (p *play) borderSearch(fingers []api.FingerImage) api.SearchRequest {
	return api.SearchRequest{
		Purpose: "border-examination", Ground: "person-present", Case: "demo-case",
		Person: &api.Person{Nationalities: &[]string{"VE"}}, Fingers: fingers,
	}
}

func key(name string) string { return "demo-" + name }

func (p *play) hitToDisclosure(ctx context.Context) (string, []string, error) {
	fingers, err := p.cast.prints(p.cast.known, 50)
	if err != nil {
		return "", nil, err
	}
	x, pairs, err := p.searchAndConfirm(ctx, key("hit"), fingers)
	if err != nil {
		return "", nil, err
	}
	hit := slices.Clone(x.Articles)
	want := []string{"date-of-birth", "family-name", "given-names", "nationality", "travel-document-number"}
	if x, err = p.co.disclose(ctx, x.Id, append(slices.Clone(want), "photograph", "address")...); err != nil {
		return "", nil, err
	}
	if err := p.us.release(ctx, x.Id); err != nil {
		return "", nil, err
	}
	if x, err = p.co.follow(ctx, x.Id); err != nil {
		return "", nil, err
	}
	if x.Disclosed == nil {
		return "", nil, fmt.Errorf("nothing was disclosed: %s", x.State)
	}
	got := slices.Sorted(maps.Keys(*x.Disclosed))
	if !slices.Equal(got, want) {
		return "", nil, fmt.Errorf("disclosed %v, the agreement allows %v", got, want)
	}
	if err := p.isRecordOf(p.cast.known, "US", *x.Disclosed); err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("hit on %d fingers; %d fields disclosed, %d withheld", pairs, len(got), len(*x.Withheld)), append(hit, fieldArticles(x)...), nil
}

// searchAndConfirm searches from Colombia, has the United States' examiner confirm, and checks that
// the officer learns of a hit and of nothing else.
func (p *play) searchAndConfirm(ctx context.Context, key string, fingers []api.FingerImage) (api.Exchange, int, error) {
	x, err := p.co.search(ctx, key, p.borderSearch(fingers))
	if err != nil {
		return x, 0, err
	}
	if x.State != string(exchange.AskSent) {
		return x, 0, fmt.Errorf("the search was not sent: %s %v", x.State, x.Articles)
	}
	found, err := p.us.candidate(ctx, p.co, x.Id)
	if err != nil {
		return x, 0, err
	}
	if !found {
		return x, 0, errors.New("no candidate: the person was missed")
	}
	pairs, err := p.us.confirm(ctx, x.Id)
	if err != nil {
		return x, 0, err
	}
	if x, err = p.co.follow(ctx, x.Id); err != nil {
		return x, 0, err
	}
	if x.State != string(exchange.AskHit) || x.Reference == nil {
		return x, 0, fmt.Errorf("the answer is %s, not a hit", x.State)
	}
	if x.Disclosed != nil {
		return x, 0, errors.New("a search alone brought facts about the person")
	}
	return x, pairs, nil
}

func fieldArticles(x api.Exchange) []string {
	set := map[string]bool{}
	for _, f := range *x.Disclosed {
		for _, a := range f.Articles {
			set[a] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// isRecordOf checks that what came is the record of the right person.
func (p *play) isRecordOf(who person, at string, got map[string]api.DisclosedField) error {
	for _, r := range p.cast.records {
		if r.who.id == who.id && r.at == at {
			if got["family-name"].Value != r.identity.family || got["travel-document-number"].Value != r.identity.document {
				return errors.New("the facts are of another person")
			}
			return nil
		}
	}
	return errors.New("the person has no record there")
}

func (p *play) noHitAndGone(ctx context.Context) (string, []string, error) {
	fingers, err := p.cast.prints(p.cast.stranger, 50)
	if err != nil {
		return "", nil, err
	}
	x, err := p.searchNoHit(ctx, key("no-hit"), fingers)
	if err != nil {
		return "", nil, err
	}
	p.noHit = x
	var index int64
	err = eventually(ctx, func() error {
		there, err := p.us.evidence(ctx, x.Id)
		if err != nil {
			return err
		}
		home, err := p.co.evidence(ctx, x.Id)
		if err != nil {
			return err
		}
		erased, ok := entry(there, "erase", "erase:probe:")
		index = erased.Index
		if !ok || there.Held.ProbeKeys != 0 || there.Held.MessageBodies != 0 || home.Held.MessageBodies != 0 {
			return fmt.Errorf("the partner still holds %d probe keys and %d message bodies, the asker %d message bodies",
				there.Held.ProbeKeys, there.Held.MessageBodies, home.Held.MessageBodies)
		}
		return nil
	})
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("no hit; probe's key destroyed, US ledger entry #%d", index), x.Articles, nil
}

func (p *play) searchNoHit(ctx context.Context, key string, fingers []api.FingerImage) (api.Exchange, error) {
	x, err := p.co.search(ctx, key, p.borderSearch(fingers))
	if err != nil {
		return x, err
	}
	if x, err = p.co.follow(ctx, x.Id); err != nil {
		return x, err
	}
	if x.State != string(exchange.AskNoHit) || x.Erasure == nil {
		return x, fmt.Errorf("the answer is %s %v, not a no hit with the probe's erasure", x.State, x.Articles)
	}
	return x, nil
}

// claimantNotAsked: a United States officer meets someone who says that Colombia persecutes them.
func (p *play) claimantNotAsked(ctx context.Context) (string, []string, error) {
	fingers, err := p.cast.prints(p.cast.claimant, 50)
	if err != nil {
		return "", nil, err
	}
	req := p.borderSearch(fingers)
	against := "co"
	req.Person = &api.Person{Nationalities: &[]string{"VE"}, Safeguards: &[]api.Safeguard{{Kind: "asylum-claim", Against: &against}}}
	x, err := p.us.search(ctx, key("claimant"), req)
	if err != nil {
		return "", nil, err
	}
	if x.State != string(exchange.AskRefused) {
		return "", nil, fmt.Errorf("the search was not refused at home: %s", x.State)
	}
	// Nothing may have left: the own ledger shows no send, and the partner knows of no such exchange.
	e, err := p.us.evidence(ctx, x.Id)
	if err != nil {
		return "", nil, err
	}
	if _, sent := entry(e, "send", ""); sent {
		return "", nil, errors.New("a message left for the country they fled")
	}
	var f *api.Failure
	if _, err := p.co.evidence(ctx, x.Id); !errors.As(err, &f) || f.Code != "not-found" {
		return "", nil, fmt.Errorf("the country they fled knows of the exchange: %v", err) //nolint:errorlint // err may be nil: it answered
	}
	return "refused at home; nothing left the node", x.Articles, nil
}

// protectedNoHit: the person is in the United States' records, and claims asylum from Colombia.
func (p *play) protectedNoHit(ctx context.Context) (string, []string, error) {
	fingers, err := p.cast.prints(p.cast.protected, 50)
	if err != nil {
		return "", nil, err
	}
	x, err := p.searchNoHit(ctx, key("protected"), fingers)
	if err != nil {
		return "", nil, err
	}
	if !reflect.DeepEqual(faceless(x), faceless(p.noHit)) {
		return "", nil, errors.New("the answer can be told from a true no hit")
	}
	e, err := p.us.evidence(ctx, x.Id)
	if err != nil {
		return "", nil, err
	}
	search, ok := entry(e, "search", "search:")
	if !ok {
		return "", nil, errors.New("the overseer does not see the search")
	}
	var scope struct {
		Excluded map[string][]string `json:"excluded"`
		Out      int                 `json:"out"`
	}
	if err := json.Unmarshal(search.Body, &scope); err != nil {
		return "", nil, err
	}
	var by []string
	for class, articles := range scope.Excluded {
		if strings.Contains(class, "asylum-claim") && strings.Contains(class, `"co"`) {
			by = articles
		}
	}
	if by == nil {
		return "", nil, errors.New("the overseer does not see that protected records were out of reach")
	}
	return fmt.Sprintf("no hit, as any other; overseer sees %d people out of reach", scope.Out), by, nil
}

// faceless is an answer without what differs in any two answers: id and times.
func faceless(x api.Exchange) api.Exchange {
	x.Id, x.Created, x.Updated, x.Erasure, x.Fingers = "", time.Time{}, time.Time{}, nil, nil
	return x
}

func (p *play) purposeAtHome(ctx context.Context) (string, []string, error) {
	fingers, err := p.cast.prints(p.cast.other, 50)
	if err != nil {
		return "", nil, err
	}
	req := p.borderSearch(fingers)
	req.Purpose = "labour-inspection"
	x, err := p.co.search(ctx, key("purpose"), req)
	if err != nil {
		return "", nil, err
	}
	if x.State != string(exchange.AskRefused) {
		return "", nil, fmt.Errorf("the search was not refused at home: %s", x.State)
	}
	return "refused at home", x.Articles, nil
}

func (p *play) asker(purpose, ground string) exchange.Asker {
	return exchange.Asker{Purpose: purpose, Ground: ground, Case: "case-of-nobody", Authority: p.co.authority, Role: officer, Officer: "officer-of-nobody"}
}

// refusedBy sends a rogue search and expects the partner's signed refusal with a code.
func (p *play) refusedBy(ctx context.Context, code exchange.Code, text exchange.Digest, asker exchange.Asker) (string, []string, error) {
	fingers, err := p.cast.prints(p.cast.other, 50)
	if err != nil {
		return "", nil, err
	}
	r, err := p.rogue.search(ctx, text, asker, fingers)
	if err != nil {
		return "", nil, err
	}
	if r.Outcome == exchange.Accepted {
		return "", nil, errors.New("the partner accepted it")
	}
	if r.Refusal.Code != code {
		return "", nil, fmt.Errorf("refused for another reason: %s", r.Refusal.Code)
	}
	var articles []string
	if r.Refusal.Article != "" {
		articles = []string{r.Refusal.Article}
	}
	return "refused by the partner: " + string(code), articles, nil
}

func (p *play) purposeAtPartner(ctx context.Context) (string, []string, error) {
	return p.refusedBy(ctx, exchange.CodeDenied, p.rogue.text, p.asker("labour-inspection", "person-present"))
}

func (p *play) notInLedger(ctx context.Context) (string, []string, error) {
	return p.refusedBy(ctx, exchange.CodeNotInLedger, p.rogue.text, p.asker("border-examination", "person-present"))
}

// anotherText: one word of the agreement was changed, and the message names the changed text.
func (p *play) anotherText(ctx context.Context) (string, []string, error) {
	changed := strings.Replace(string(p.text.Bundle()), "one examiner", "no examiner", 1)
	if changed == string(p.text.Bundle()) {
		changed += "\n"
	}
	return p.refusedBy(ctx, exchange.CodeWrongAgreement, exchange.DigestOf([]byte(changed)), p.asker("border-examination", "person-present"))
}

func (p *play) poorQuality(ctx context.Context) (string, []string, error) {
	fingers, err := p.cast.poorPrints(p.cast.other, finger.Position(2), finger.Position(7))
	if err != nil {
		return "", nil, err
	}
	x, err := p.co.search(ctx, key("poor"), p.borderSearch(fingers))
	if err != nil {
		return "", nil, err
	}
	if x.State != string(exchange.AskRefused) || x.Fingers == nil {
		return "", nil, fmt.Errorf("the search was not refused at home: %s", x.State)
	}
	var why []string
	for _, f := range *x.Fingers {
		if f.Usable || f.Reasons == nil || len(*f.Reasons) == 0 {
			return "", nil, fmt.Errorf("%s: no reason was given", f.Position)
		}
		why = append(why, f.Position+": "+(*f.Reasons)[0].En)
	}
	return "refused at home; " + strings.Join(why, "; "), x.Articles, nil
}

// replay: the partner is down when a search is sent; a thief copies the waiting message out of the
// asker's outbox, lets the real one arrive, and sends the copy again.
func (p *play) replay(ctx context.Context) (string, []string, error) {
	if err := p.stop(p.us); err != nil {
		return "", nil, err
	}
	fingers, err := p.cast.prints(p.cast.other, 50)
	if err != nil {
		return "", nil, err
	}
	x, err := p.co.search(ctx, key("replay"), p.borderSearch(fingers))
	if err != nil {
		return "", nil, err
	}
	if err := p.stop(p.co); err != nil {
		return "", nil, err
	}
	stolen, err := p.rogue.steal(ctx, p.co.dir)
	if err != nil {
		return "", nil, err
	}
	for _, s := range []*side{p.us, p.co} {
		if err := s.start(ctx, p.opt.Binary); err != nil {
			return "", nil, err
		}
	}
	if x, err = p.co.follow(ctx, x.Id); err != nil {
		return "", nil, err
	}
	if err := p.us.closes(ctx, x.Id); err != nil {
		return "", nil, err
	}
	before, err := p.us.status(ctx)
	if err != nil {
		return "", nil, err
	}
	d, err := p.rogue.post(ctx, stolen)
	if err != nil {
		return "", nil, err
	}
	after, err := p.us.status(ctx)
	if err != nil {
		return "", nil, err
	}
	if !d.Duplicate || after.Ledger.Size != before.Ledger.Size {
		return "", nil, errors.New("the copy did something")
	}
	return fmt.Sprintf("delivered once after a restart (%s); the copy got the old receipt, nothing happened", x.State), nil, nil
}

func (p *play) missingSearch(fingers []api.FingerImage) api.SearchRequest {
	req := p.borderSearch(fingers)
	req.Purpose, req.Ground = "missing-persons", "missing-report"
	return req
}

// quota: three searches for missing people a day, and no fourth.
func (p *play) quota(ctx context.Context) (string, []string, error) {
	var x api.Exchange
	for i, who := range p.cast.missing {
		fingers, err := p.cast.prints(who, 50, who.fingers[0])
		if err != nil {
			return "", nil, err
		}
		if x, err = p.co.search(ctx, key(fmt.Sprintf("quota-%d", i)), p.missingSearch(fingers)); err != nil {
			return "", nil, err
		}
		last := i == len(p.cast.missing)-1
		if refused := x.State == string(exchange.AskRefused); refused != last {
			return "", nil, fmt.Errorf("search %d of %d: %s %v", i+1, len(p.cast.missing), x.State, x.Articles)
		}
		if last {
			break
		}
		if x, err = p.co.follow(ctx, x.Id); err != nil {
			return "", nil, err
		}
		if x.State != string(exchange.AskNoHit) {
			return "", nil, fmt.Errorf("search %d of %d: %s", i+1, len(p.cast.missing), x.State)
		}
	}
	return fmt.Sprintf("%d searches answered, the next refused at home", len(p.cast.missing)-1), x.Articles, nil
}

func (p *play) quotaAtPartner(ctx context.Context) (string, []string, error) {
	return p.refusedBy(ctx, exchange.CodeDenied, p.rogue.text, p.asker("missing-persons", "missing-report"))
}

// suspension: Colombia suspends; both sides stop at once; then it resumes.
func (p *play) suspension(ctx context.Context) (string, []string, error) {
	if err := p.notice(ctx, "suspend", 1); err != nil {
		return "", nil, err
	}
	if err := p.waitState(ctx, p.us, "suspended"); err != nil {
		return "", nil, err
	}
	fingers, err := p.cast.prints(p.cast.other, 50)
	if err != nil {
		return "", nil, err
	}
	x, err := p.us.search(ctx, key("suspended"), p.borderSearch(fingers))
	if err != nil {
		return "", nil, err
	}
	if x.State != string(exchange.AskRefused) {
		return "", nil, fmt.Errorf("the partner still asks: %s", x.State)
	}
	if _, _, err := p.refusedBy(ctx, exchange.CodeDenied, p.rogue.text, p.asker("border-examination", "person-present")); err != nil {
		return "", nil, fmt.Errorf("a tampered requester: %w", err)
	}
	if err := p.notice(ctx, "resume", 2); err != nil {
		return "", nil, err
	}
	if err := p.waitState(ctx, p.us, "in-force"); err != nil {
		return "", nil, err
	}
	return "refused on both sides; resumed", x.Articles, nil
}

func (p *play) notice(ctx context.Context, kind string, sequence int) error {
	raw, err := node.SignNotice(p.co.dir, kind, "demonstration", sequence, time.Now(), nil)
	if err != nil {
		return err
	}
	return p.co.giveNotice(ctx, raw)
}

func (p *play) waitState(ctx context.Context, x *side, want string) error {
	return eventually(ctx, func() error {
		s, err := x.status(ctx)
		if err == nil && s.Agreement.State != want {
			err = fmt.Errorf("%s: the agreement is %s, not %s", x.id, s.Agreement.State, want)
		}
		return err
	})
}
