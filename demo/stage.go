package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"convenio/agreement"
	"convenio/api"
	"convenio/examples/agreements"
	"convenio/exchange"
	"convenio/internal/loopback"
	"convenio/node"
)

// side is one party: its folder, its running process and its people's workstations.
type side struct {
	id        exchange.PartyID
	dir       string
	card      exchange.Card
	process   *process
	profiles  map[string]string // role: profile file
	desk      map[string]*api.ClientWithResponses
	authority string
}

// stage is the two parties and the agreement between them.
type stage struct {
	opt       Options
	dir       string
	temporary bool
	text      *agreement.Agreement
	co, us    *side
	peak      int64
}

// Roles that the demo's people have at each node.
const (
	officer  = "migration-officer"
	examiner = "examiner"
	approver = "approver"
	auditor  = "auditor"
	operator = "operator"
)

// setUp makes both folders, introduces the parties to each other, has both sign the agreement, and
// gives people their profiles: all that two ministries would do, in one go.
func setUp(ctx context.Context, opt Options) (*stage, error) {
	s := &stage{opt: opt, dir: opt.Dir}
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "convenio-demo-")
		if err != nil {
			return nil, err
		}
		s.dir, s.temporary = dir, true
	}
	ports, err := loopback.FreePorts(4)
	if err != nil {
		return s, err
	}
	if s.co, err = newSide(s.dir, "CO", exchange.Text{ES: "República de Colombia (nodo ficticio)", EN: "Republic of Colombia (fictional node)"}, ports[0], ports[1], "co-migration"); err != nil {
		return s, err
	}
	if s.us, err = newSide(s.dir, "US", exchange.Text{ES: "Estados Unidos de América (nodo ficticio)", EN: "United States of America (fictional node)"}, ports[2], ports[3], "us-border"); err != nil {
		return s, err
	}
	if err := errors.Join(introduce(s.co, s.us), introduce(s.us, s.co)); err != nil {
		return s, err
	}
	if err := s.sign(); err != nil {
		return s, err
	}
	for _, x := range []*side{s.co, s.us} {
		if err := x.equip(ctx); err != nil {
			return s, err
		}
		if err := x.start(ctx, opt.Binary); err != nil {
			return s, err
		}
	}
	return s, nil
}

func newSide(root string, id exchange.PartyID, name exchange.Text, exchangeAddr, apiAddr, authority string) (*side, error) {
	dir := filepath.Join(root, strings.ToLower(string(id)))
	card, err := node.Create(dir, node.NewFolder{Party: id, Name: name, Exchange: exchangeAddr, API: apiAddr}, time.Now())
	if err != nil {
		return nil, err
	}
	return &side{id: id, dir: dir, card: card, authority: authority, profiles: map[string]string{}, desk: map[string]*api.ClientWithResponses{}}, nil
}

func introduce(to, whom *side) error {
	raw, err := whom.card.Bytes()
	if err != nil {
		return err
	}
	_, err = node.AddPartner(to.dir, raw, whom.card.Fingerprint())
	return err
}

// sign has both parties sign the exact bytes of the shipped, fictional agreement.
func (s *stage) sign() error {
	files, err := agreements.Files(agreements.CoUsDemo)
	if err != nil {
		return err
	}
	if s.text, err = agreement.Parse(files); err != nil {
		return err
	}
	var signatures [][]byte
	for _, x := range []*side{s.co, s.us} {
		keys, err := node.KeysOf(x.dir)
		if err != nil {
			return err
		}
		sig, err := agreement.Sign(s.text.Bundle(), x.word(), keys.Party, time.Now())
		if err != nil {
			return err
		}
		signatures = append(signatures, sig.Marshal())
	}
	for _, x := range []*side{s.co, s.us} {
		if _, err := node.InstallAgreement(x.dir, s.text.Bundle(), signatures); err != nil {
			return err
		}
	}
	return nil
}

// word is the party as agreements write it.
func (x *side) word() string { return strings.ToLower(string(x.id)) }

// equip makes a profile for each of the side's people.
func (x *side) equip(ctx context.Context) error {
	dir := filepath.Join(x.dir, "profiles")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, role := range []string{officer, examiner, approver, auditor, operator} {
		p, err := node.NewToken(ctx, x.dir, role+" of the demo", role, x.authority)
		if err != nil {
			return err
		}
		x.profiles[role] = filepath.Join(dir, role+".profile")
		if err := p.Save(x.profiles[role]); err != nil {
			return err
		}
		if x.desk[role], err = p.Client(); err != nil {
			return err
		}
	}
	return nil
}

func (x *side) start(ctx context.Context, binary string) error {
	p, err := startNode(binary, node.ConfigOf(x.dir))
	if err != nil {
		return err
	}
	x.process = p
	cfg, err := node.LoadConfig(node.ConfigOf(x.dir))
	if err != nil {
		return err
	}
	if err := p.waitReady(ctx, cfg.API.Listen); err != nil {
		return fmt.Errorf("%s: %w", x.id, err)
	}
	return nil
}

func (s *stage) stop(x *side) error {
	if x == nil || x.process == nil {
		return nil
	}
	p := x.process
	x.process = nil
	err := p.stop()
	s.peak = max(s.peak, p.maxRSS())
	return err
}

// tearDown stops both nodes; a temporary folder goes with them.
func (s *stage) tearDown() error {
	err := errors.Join(s.stop(s.co), s.stop(s.us))
	if s.temporary {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	return err
}
