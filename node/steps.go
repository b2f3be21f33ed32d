package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"convenio/agreement"
	"convenio/api"
	"convenio/exchange"
	"convenio/registry"
)

// askDetail is what the asking side keeps of an exchange beside its columns, sealed.
type askDetail struct {
	Search   exchange.ID         `json:"search,omitempty"`   // the search message
	Disclose exchange.ID         `json:"disclose,omitempty"` // the disclose message that is out
	Fields   []string            `json:"fields,omitempty"`   // that the officer asked for with it
	Asker    exchange.Asker      `json:"asker"`
	Articles []string            `json:"articles,omitempty"` // that decided last
	Reasons  []exchange.Text     `json:"reasons,omitempty"`
	Fingers  []api.FingerReport  `json:"fingers,omitempty"`
	Erasure  *exchange.Erasure   `json:"erasure,omitempty"`
	Withheld map[string][]string `json:"withheld,omitempty"` // field: articles
	Error    string              `json:"error,omitempty"`
	Code     string              `json:"code,omitempty"`
}

// answerDetail is what the answering side keeps of an exchange beside its columns, sealed.
type answerDetail struct {
	Search   exchange.ID    `json:"search"`             // the search message
	Disclose exchange.ID    `json:"disclose,omitempty"` // the disclose message being answered
	Asker    exchange.Asker `json:"asker"`
	Received time.Time      `json:"received"`
	Fingers  int            `json:"fingers,omitempty"` // usable ones of the probe
	Worst    int            `json:"worst,omitempty"`   // the lowest quality among them
	Fields   []string       `json:"fields,omitempty"`  // asked for
	Asked    time.Time      `json:"asked,omitzero"`
	Articles []string       `json:"articles,omitempty"`
	// Confirmed counts the examiners who confirmed the hit.
	Confirmed int `json:"confirmed,omitempty"`
}

func readDetail[D any](x registry.Exchange) (d D) {
	if len(x.Detail) > 0 {
		if err := json.Unmarshal(x.Detail, &d); err != nil {
			panic("node: own exchange detail: " + err.Error())
		}
	}
	return d
}

func changeDetail[D any](x *registry.Exchange, change func(*D)) {
	d := readDetail[D](*x)
	change(&d)
	x.Detail = mustJSON(d)
}

func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic("node: encode: " + err.Error())
	}
	return b
}

// step moves an exchange by an event, as the state machine of its side allows. An event that the
// state does not allow is a refusal: the message behind it comes out of order.
func (n *Node) step(tx *registry.Tx, id exchange.ID, event exchange.Event, change func(*registry.Exchange)) error {
	x, err := tx.Exchange(string(id))
	if err != nil {
		return err
	}
	machine := exchange.Asking()
	if x.Side == registry.Answering {
		machine = exchange.Answering()
	}
	to, err := machine.Next(exchange.State(x.State), event)
	if err != nil {
		return exchange.NewRefusal(exchange.CodeOutOfOrder, err.Error())
	}
	return tx.Advance(string(id), x.State, string(to), change)
}

// work takes every exchange that waits for the machine one step on, until ctx ends. It starts with
// what a stopped node left.
func (n *Node) work(ctx context.Context) error {
	if err := n.resumeVerdicts(ctx); err != nil && ctx.Err() == nil {
		n.opt.Logger.LogAttrs(ctx, slog.LevelError, "work", slog.Any("error", err))
	}
	for {
		waiting, err := n.store.Exchanges(ctx, registry.ExchangeFilter{
			Side:   registry.Answering,
			States: []string{string(exchange.AnsReceived), string(exchange.AnsSearching)},
		})
		if err != nil && ctx.Err() == nil {
			n.opt.Logger.LogAttrs(ctx, slog.LevelError, "work", slog.Any("error", err))
		}
		failed := false
		for i := len(waiting) - 1; i >= 0; i-- { // oldest first
			if err := n.answerSearch(ctx, exchange.ID(waiting[i].ID)); err != nil && ctx.Err() == nil {
				failed = true
				n.opt.Logger.LogAttrs(ctx, slog.LevelError, "search", slog.String("exchange", waiting[i].ID), slog.Any("error", err))
			}
		}
		rest := 2 * time.Second
		if len(waiting) > 0 && !failed {
			rest = time.Millisecond
		}
		if !n.pause(ctx, n.wakeWork, rest) {
			return ctx.Err()
		}
	}
}

// scrub overwrites what was destroyed. A reader in the way is met again at the next sweep.
func (n *Node) scrub(ctx context.Context) error {
	if err := n.store.Scrub(ctx); err != nil && !errors.Is(err, registry.ErrScrubPending) {
		return fmt.Errorf("overwrite destroyed data: %w", err)
	}
	return nil
}

// used counts the uses of the quotas that bind an act, at an instant.
func (n *Node) used(v *registry.View, actName, purpose, from string, at time.Time) (map[string]int, error) {
	used := map[string]int{}
	for _, q := range n.law.QuotasFor(actName, purpose, from) {
		c, err := v.Used(n.quotaKey(q, from), q.Per.Start(at))
		if err != nil {
			return nil, err
		}
		used[q.ID] = c
	}
	return used, nil
}

// usedBefore counts the uses without those at hand, which were counted when the message was accepted.
func (n *Node) usedBefore(v *registry.View, actName, purpose, from string, at time.Time, atHand int) (map[string]int, error) {
	used, err := n.used(v, actName, purpose, from, at)
	for id := range used {
		used[id] = max(used[id]-atHand, 0)
	}
	return used, err
}

// further is a count of uses with some more.
func further(used map[string]int, more int) map[string]int {
	out := make(map[string]int, len(used))
	for id, c := range used {
		out[id] = c + more
	}
	return out
}

// count counts one use in every quota that binds it, once however often it is called: a search by its
// exchange.
func (n *Node) count(tx *registry.Tx, actName, purpose, from string, at time.Time, use string) error {
	for _, q := range n.law.QuotasFor(actName, purpose, from) {
		if err := tx.CountUse(n.quotaKey(q, from), q.Per.Start(at), use); err != nil {
			return err
		}
	}
	return nil
}

// countFields counts each datum that a disclose asks for: that is what the agreement's quota of data counts.
func (n *Node) countFields(tx *registry.Tx, purpose, from string, at time.Time, msg exchange.ID, fields []string) error {
	for _, f := range fields {
		if err := n.count(tx, agreement.ActDisclose, purpose, from, at, string(msg)+":"+f); err != nil {
			return err
		}
	}
	return nil
}

// quotaKey keeps the parties' uses apart: each party's is counted on its own.
func (n *Node) quotaKey(q agreement.Quota, from string) string { return q.ID + "/" + from }

func reasonTexts(d agreement.Decision) []exchange.Text {
	var out []exchange.Text
	for _, r := range d.Reasons {
		out = append(out, exchange.Text{ES: r.Text.In("es"), EN: r.Text.In("en")})
	}
	return out
}
