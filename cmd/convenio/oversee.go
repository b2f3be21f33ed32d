package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"convenio/api"
	"convenio/exchange"
	"convenio/ledger"
	"convenio/ledger/audit"
)

func auditCmd(io stdio) *cobra.Command {
	var cards, profiles []string
	c := &cobra.Command{
		Use:   "audit LEDGER LEDGER",
		Short: "Prove from two ledgers that nothing is missing, or name the first entry that is",
		Long: `Reads the ledgers of both parties, each from a folder or from its node (https URL, with the profile
of an auditor there), verifies each by itself, and holds each against what the other saw of it. No
personal data is needed, and from folders none is read; with a profile, the node also hands over
what its entries commit to, which is checked and forgotten.

The cards say whose ledger is whose; give them in the order of the ledgers. Exit code 0: they agree.
2: they do not, or one is damaged.`,
		Example: `  convenio audit co/ledger us/ledger --card co/card.json --card us/card.json
  convenio audit https://127.0.0.1:7444 us/ledger --card co/card.json --card us/card.json --as auditor-co.profile`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(cards) != 2 {
				return hint(errors.New("two cards are needed"), "give --card once for each ledger, in the same order")
			}
			if err := differentParties(cards); err != nil {
				return err
			}
			r, err := auditSettled(cmd.Context(), args, cards, profiles)
			if err != nil {
				return err
			}
			if asJSON(cmd) {
				if err := io.json(r); err != nil {
					return err
				}
			} else {
				io.printf("%s", r.Text())
			}
			if !r.Agree {
				return &exitError{2}
			}
			return nil
		},
	}
	c.Flags().StringArrayVar(&cards, "card", nil, "card of the party whose ledger it is, in the same order (required, twice)")
	c.Flags().StringArrayVar(&profiles, "as", nil, "auditor's profile for a ledger given by URL, once for each")
	jsonFlag(c)
	required(c, "card")
	return c
}

// differentParties refuses two cards of one party: a ledger held against itself proves nothing.
func differentParties(cards []string) error {
	keys, err := partyKeys(cards)
	if err != nil {
		return hint(err, "give the card.json of each party, whole and unchanged")
	}
	if len(keys) != len(cards) {
		return hint(errors.New("both cards are of one party"), "give the card of each party, in the order of the ledgers")
	}
	return nil
}

// auditTries bounds how often ledgers that still grow are read anew.
const auditTries = 8

// auditSettled audits two ledgers. A node at work publishes its checkpoint a moment after it has shown
// a newer one to its partner; so where they do not agree, both are read again until neither grows.
func auditSettled(ctx context.Context, where, cards, profiles []string) (audit.Report, error) {
	var before [2]uint64
	for try := 1; ; try++ {
		var in [2]audit.Input
		var sizes [2]uint64
		for i := range in {
			var err error
			if in[i], err = readLedger(ctx, where[i], cards[i], profiles); err != nil {
				return audit.Report{}, err
			}
			if in[i].Book != nil {
				sizes[i] = in[i].Book.Size()
			}
		}
		r := audit.Run(in[0], in[1], audit.Options{Now: time.Now(), NoApproval: true})
		if r.Agree || try == auditTries || (try > 1 && sizes == before) {
			return r, nil
		}
		before = sizes
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(300 * time.Millisecond):
		}
	}
}

// readLedger loads one ledger. Damage is not an error here: it is what the audit is about.
func readLedger(ctx context.Context, where, card string, profiles []string) (audit.Input, error) {
	b, err := os.ReadFile(card)
	if err != nil {
		return audit.Input{}, err
	}
	c, err := exchange.ParseCard(b)
	if err != nil {
		return audit.Input{}, fmt.Errorf("%s: %w", card, err)
	}
	v, err := c.LedgerVerifier()
	if err != nil {
		return audit.Input{}, fmt.Errorf("%s: %w", card, err)
	}
	in := audit.Input{Party: string(c.Party)}
	source := ledger.DirSource(where)
	if strings.HasPrefix(where, "https://") {
		p, err := profileFor(where, profiles)
		if err != nil {
			return in, err
		}
		base, err := url.Parse(strings.TrimSuffix(where, "/") + "/v1/ledger/")
		if err != nil {
			return in, err
		}
		source = ledger.HTTPSource(base, p.HTTPClient())
		if in.Openings, err = openings(ctx, p); err != nil {
			return in, err
		}
	} else if _, err := os.Stat(where); err != nil {
		return in, hint(err, "give the folder of a ledger, such as co/ledger, or the URL of its node")
	}
	in.Book, in.LoadError = ledger.Load(ctx, source, v, v.Name())
	var damage *ledger.LoadError
	if in.LoadError != nil && !errors.As(in.LoadError, &damage) {
		return in, fmt.Errorf("read %s: %w", where, in.LoadError)
	}
	return in, nil
}

func profileFor(node string, files []string) (api.Profile, error) {
	for _, f := range files {
		p, err := api.LoadProfile(f)
		if err != nil {
			return p, hint(err, "give --as FILE, the profile of an auditor there")
		}
		if strings.TrimSuffix(p.Node, "/") == strings.TrimSuffix(node, "/") {
			return p, nil
		}
	}
	return api.Profile{}, hint(fmt.Errorf("no profile for %s", node), "give --as FILE, the profile of an auditor there")
}

// openings fetches what stands behind the commitments of a node's ledger, for its own overseer.
func openings(ctx context.Context, p api.Profile) (map[string]ledger.Opening, error) {
	client, err := p.Client()
	if err != nil {
		return nil, err
	}
	out := map[string]ledger.Opening{}
	for from := int64(0); ; {
		r, err := client.ListOpeningsWithResponse(ctx, &api.ListOpeningsParams{From: &from})
		if err != nil {
			return nil, unreachable(err)
		}
		if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
			return nil, err
		}
		if len(*r.JSON200) == 0 {
			return out, nil
		}
		for _, e := range *r.JSON200 {
			from = e.Index + 1
			if len(e.Body) == 0 {
				continue // its time is over: the commitment stays, the opening is gone
			}
			o := ledger.Opening{Body: json.RawMessage(e.Body)}
			copy(o.Salt[:], e.Salt)
			out[e.Id] = o
		}
	}
}

func evidenceCmd(io stdio) *cobra.Command {
	var as string
	c := &cobra.Command{
		Use:   "evidence EXCHANGE",
		Short: "Show an auditor what a node can prove of one exchange",
		Long: `Prints the ledger entries of an exchange with what stands behind their commitments, and what the
node still holds: for a finished search, no probe. This is where an overseer sees that records were
out of reach of a search, and by which article; the asking party cannot.`,
		Example: "  convenio evidence 8c1f... --as auditor.profile",
		Args:    exchangeID,
		RunE: atNode(io, &as, func(cmd *cobra.Command, args []string, client *api.ClientWithResponses) error {
			r, err := client.GetEvidenceWithResponse(cmd.Context(), args[0])
			if err != nil {
				return unreachable(err)
			}
			if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
				return err
			}
			if asJSON(cmd) {
				return io.json(r.JSON200)
			}
			e := r.JSON200
			io.printf("exchange  %s, %s\nheld      %d probe keys, %d message bodies, %d received fields\n",
				e.Exchange, e.State, e.Held.ProbeKeys, e.Held.MessageBodies, e.Held.ReceivedFields)
			for _, j := range e.Entries {
				io.printf("#%-5d %-10s %s\n", j.Index, j.Kind, j.Body)
			}
			return nil
		}),
	}
	asFlag(c, &as)
	jsonFlag(c)
	return c
}
