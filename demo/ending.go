package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"convenio/ledger"
	"convenio/ledger/audit"
	"convenio/ledger/ledgertest"
	"convenio/node"
)

// auditAll is what an overseer does with the two ledgers: as they are; with an entry removed from a
// copy of one; and with the copy rewritten and signed anew by its own operator.
func (p *play) auditAll(ctx context.Context, r *Report, out printer) error {
	out.line("")
	out.line("Audit of the two ledgers")
	if err := errors.Join(p.co.idle(ctx), p.us.idle(ctx)); err != nil {
		return err
	}
	us, err := p.load(ctx, p.us, node.LedgerOf(p.us.dir))
	if err != nil {
		return err
	}
	victim, err := toRemove(us)
	if err != nil {
		return err
	}
	cases := []struct {
		name    string
		agree   bool
		prepare func() (dir string, err error)
	}{
		{"as they are", true, func() (string, error) { return node.LedgerOf(p.us.dir), nil }},
		{"one entry removed from a copy of US's", false, func() (string, error) { return p.withoutEntry(victim) }},
		{"the copy rewritten and signed anew by US", false, func() (string, error) { return p.rewritten(ctx, us, victim) }},
	}
	for _, c := range cases {
		dir, err := c.prepare()
		if err != nil {
			return err
		}
		start := time.Now()
		rep, err := p.audit(ctx, node.LedgerOf(p.co.dir), dir)
		if err != nil {
			return err
		}
		a := judge(c.name, c.agree, rep, victim)
		a.Millis = time.Since(start).Milliseconds()
		r.Audit, r.OK = append(r.Audit, a), r.OK && a.OK
		out.audit(a)
	}
	return nil
}

// judge holds an audit's report against what it must say: agreement, or the entry that was removed.
func judge(name string, agree bool, rep audit.Report, victim uint64) AuditReport {
	a := AuditReport{Name: name, Agree: rep.Agree, Alarms: len(rep.Alarms), OK: rep.Agree == agree}
	var sizes []string
	for _, p := range rep.Parties {
		sizes = append(sizes, strconv.FormatUint(p.Size, 10))
	}
	a.Entries = strings.Join(sizes, " + ")
	if !a.OK {
		a.Why = fmt.Sprintf("agree is %v", rep.Agree)
	}
	if rep.First == nil {
		return a
	}
	a.First = rep.First.Text
	if !agree && (rep.First.Party != "US" || rep.First.Index > victim || rep.First.Through < victim) {
		a.OK, a.Why = false, fmt.Sprintf("another entry was named: US #%d was removed", victim)
	}
	return a
}

// audit runs `convenio audit` over two ledgers, as an overseer would.
func (p *play) audit(ctx context.Context, co, us string) (rep audit.Report, err error) {
	cmd := exec.CommandContext(ctx, p.opt.Binary, "audit", co, us, "--json", "--card", node.CardPath(p.co.dir), "--card", node.CardPath(p.us.dir))
	var told bytes.Buffer
	cmd.Stderr = &told
	b, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == auditDisagrees) {
		return rep, fmt.Errorf("convenio audit: %w: %s", err, told.String())
	}
	if err := json.Unmarshal(b, &rep); err != nil {
		return rep, fmt.Errorf("convenio audit: %w", err)
	}
	return rep, nil
}

// auditDisagrees is the exit code of `convenio audit` when the ledgers do not agree.
const auditDisagrees = 2

func (p *play) load(ctx context.Context, x *side, dir string) (*ledger.Book, error) {
	v, err := x.card.LedgerVerifier()
	if err != nil {
		return nil, err
	}
	return ledger.Load(ctx, ledger.DirSource(dir), v, v.Name())
}

// toRemove picks the entry that a guilty operator would like to be rid of: the first search of its
// gallery for the partner.
func toRemove(b *ledger.Book) (uint64, error) {
	for i, e := range b.Entries {
		if e.Kind == ledger.KindReceive && e.Transaction == "search" {
			return uint64(i), nil
		}
	}
	return 0, errors.New("the ledger holds no received search")
}

func (p *play) withoutEntry(index uint64) (string, error) {
	copied := filepath.Join(p.dir, "us-ledger-with-an-entry-removed")
	if err := ledgertest.Copy(copied, node.LedgerOf(p.us.dir)); err != nil {
		return "", err
	}
	return copied, ledgertest.DropEntry(copied, index)
}

func (p *play) rewritten(ctx context.Context, b *ledger.Book, index uint64) (string, error) {
	keys, err := node.KeysOf(p.us.dir)
	if err != nil {
		return "", err
	}
	signer, err := keys.LedgerSigner()
	if err != nil {
		return "", err
	}
	forged := filepath.Join(p.dir, "us-ledger-rewritten")
	return forged, ledger.Write(ctx, forged, signer, slices.Delete(slices.Clone(b.Entries), int(index), int(index)+1))
}

func (p printer) audit(a AuditReport) {
	mark, verdict := "ok  ", "they agree"
	if !a.OK {
		mark = "FAIL"
	}
	if !a.Agree {
		verdict = "they do not agree"
	}
	p.line("  %s  %-50s %7s  %s entries: %s", mark, a.Name, seconds(a.Millis), a.Entries, verdict)
	if a.First != "" {
		p.line("        %s", a.First)
	}
	if a.Agree && a.Alarms > 0 {
		p.line("        and %d messages under CO's keys were refused by US that CO's own ledger does not show: the tampered requester", a.Alarms)
	}
	if a.Why != "" {
		p.line("        %s", a.Why)
	}
}

func (s *stage) reach() map[string]Reach {
	out := map[string]Reach{}
	for _, x := range []*side{s.co, s.us} {
		cfg, err := node.LoadConfig(node.ConfigOf(x.dir))
		if err != nil {
			continue
		}
		out[string(x.id)] = Reach{API: "https://" + cfg.API.Listen, Exchange: x.card.Endpoint, Folder: x.dir, Profiles: x.profiles}
	}
	return out
}

// serve leaves the nodes running until ctx ends.
func (s *stage) serve(ctx context.Context, r *Report, out printer) {
	out.line("")
	out.line("Both nodes are running. Each person works with a profile:")
	for _, id := range []string{"CO", "US"} {
		x := r.Reach[id]
		out.line("  %s  officers %s, partner %s, folder %s", id, x.API, x.Exchange, x.Folder)
		for _, role := range []string{officer, examiner, approver, auditor, operator} {
			out.line("      %-18s --as %s", role, x.Profiles[role])
		}
	}
	out.line("Try:  convenio status --as %s", r.Reach["CO"].Profiles[operator])
	out.line("Stop with an interrupt (Ctrl-C).")
	if s.opt.Ready != nil {
		s.opt.Ready(*r)
	}
	<-ctx.Done()
}

func (p printer) ending(r Report) {
	p.line("")
	verdict := "Every scene ended as it must."
	if !r.OK {
		verdict = "NOT every scene ended as it must."
	}
	p.line("%s  %s in all, at most %d MiB in any process.", verdict, seconds(r.Millis), r.PeakBytes>>20)
}
