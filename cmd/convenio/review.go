package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"convenio/ledger/audit"
)

// span reads --from and --until, days in universal time.
type span struct{ from, until string }

func (s *span) add(c *cobra.Command) {
	c.Flags().StringVar(&s.from, "from", "", "first day, such as 2026-01-01, in universal time (required)")
	c.Flags().StringVar(&s.until, "until", "", "day before which it ends (required)")
	required(c, "from", "until")
}

func (s *span) get() (from, until time.Time, err error) {
	if from, err = time.Parse(time.DateOnly, s.from); err != nil {
		return from, until, hint(fmt.Errorf("--from %q is not a day", s.from), "write it as 2026-01-31")
	}
	if until, err = time.Parse(time.DateOnly, s.until); err != nil {
		return from, until, hint(fmt.Errorf("--until %q is not a day", s.until), "write it as 2026-01-31")
	}
	if !from.Before(until) {
		return from, until, hint(errors.New("the time ends before it begins"), "--until is the day after the last one")
	}
	return from, until, nil
}

// readTwo reads both ledgers; what is damaged is refused, since nothing follows from it.
func readTwo(ctx context.Context, where, cards, profiles []string) (in [2]audit.Input, err error) {
	if len(cards) != 2 {
		return in, hint(errors.New("two cards are needed"), "give --card once for each ledger, in the same order")
	}
	if err := differentParties(cards); err != nil {
		return in, err
	}
	for i := range in {
		if in[i], err = readWhole(ctx, where[i], cards[i], profiles); err != nil {
			return in, err
		}
	}
	return in, nil
}

func readWhole(ctx context.Context, where, card string, profiles []string) (audit.Input, error) {
	in, err := readLedger(ctx, where, card, profiles)
	if err == nil && in.LoadError != nil {
		err = hint(fmt.Errorf("the ledger of %s is not whole: %w", in.Party, in.LoadError), "audit it first")
	}
	return in, err
}

func sampleCmd(io stdio) *cobra.Command {
	var cards, profiles []string
	var when span
	var n int
	var nonce string
	c := &cobra.Command{
		Use:   "sample LEDGER OTHER",
		Short: "Draw exchanges at random for joint review, the same for both parties",
		Long: `Draws exchanges that began in a span of days from both ledgers. The draw follows from what the two
ledgers hold, so that neither party chooses it and anybody who has both can repeat it. Ledgers are
given as to 'convenio audit', which comes first.

Who closes its ledger last could still try entries until the draw pleases it. Against that each
overseer chooses a word before, and both give the words together, as --nonce, once both ledgers
are closed.`,
		Example: "  convenio sample co/ledger us/ledger --card co/card.json --card us/card.json --from 2026-01-01 --until 2026-04-01 --number 20",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			from, until, err := when.get()
			if err != nil {
				return err
			}
			in, err := readTwo(cmd.Context(), args, cards, profiles)
			if err != nil {
				return err
			}
			d, err := audit.Sample(in[0], in[1], from, until, n, nonce)
			if err != nil {
				return err
			}
			if asJSON(cmd) {
				return io.json(d)
			}
			io.printf("seed      %s\nexchanges %d of %d that began from %s until before %s\n", d.Seed, len(d.Exchanges), d.Of, when.from, when.until)
			for _, x := range d.Exchanges {
				io.printf("%s", x.Exchange)
				for _, party := range []string{in[0].Party, in[1].Party} {
					if list := x.Entries[party]; len(list) > 0 {
						io.printf("  %s #%d to #%d", party, list[0], list[len(list)-1])
					}
				}
				io.printf("\n")
			}
			return nil
		},
	}
	c.Flags().StringArrayVar(&cards, "card", nil, "card of the party whose ledger it is, in the same order (required, twice)")
	c.Flags().StringArrayVar(&profiles, "as", nil, "auditor's profile for a ledger given by URL, once for each")
	c.Flags().IntVar(&n, "number", 20, "how many exchanges to draw")
	c.Flags().StringVar(&nonce, "nonce", "", "words that the overseers chose before, joined")
	when.add(c)
	jsonFlag(c)
	required(c, "card")
	return c
}

func statisticsCmd(io stdio) *cobra.Command {
	var card string
	var profiles []string
	var when span
	c := &cobra.Command{
		Use:   "statistics LEDGER",
		Short: "Count the searches of a ledger by purpose, authority and outcome",
		Long: `Counts the exchanges that began in a span of days. A folder's entries say how many were asked,
answered and refused; purposes, authorities and articles stand behind them, and are counted where
the ledger is read from its node with an auditor's profile. Nothing about a person is printed.`,
		Example: "  convenio statistics https://127.0.0.1:7444 --card us/card.json --as auditor.profile --from 2026-01-01 --until 2027-01-01",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			from, until, err := when.get()
			if err != nil {
				return err
			}
			in, err := readWhole(cmd.Context(), args[0], card, profiles)
			if err != nil {
				return err
			}
			t := audit.Statistics(in, from, until)
			if asJSON(cmd) {
				return io.json(t)
			}
			printStatistics(io, t, when)
			return nil
		},
	}
	c.Flags().StringVar(&card, "card", "", "card of the party whose ledger it is (required)")
	c.Flags().StringArrayVar(&profiles, "as", nil, "auditor's profile for a ledger given by URL")
	when.add(c)
	jsonFlag(c)
	required(c, "card")
	return c
}

func printStatistics(io stdio, t audit.Tally, when span) {
	io.printf("%s, exchanges that began from %s until before %s\n", t.Party, when.from, when.until)
	io.printf("%-10s %-34s %-20s %-20s %8s\n", "side", "purpose", "authority", "outcome", "searches")
	for _, c := range t.Searches {
		purpose, authority := c.Purpose, c.Authority
		if purpose == "" {
			purpose, authority = "(not shown)", "(not shown)"
		}
		io.printf("%-10s %-34s %-20s %-20s %8d\n", c.Side, purpose, authority, c.Outcome, c.Searches)
	}
	for _, a := range sortedKeys(t.Refusals) {
		io.printf("refused by article %s: %d\n", a, t.Refusals[a])
	}
	io.printf("disclosures made: %d\n", t.Disclosures)
	for _, f := range sortedKeys(t.Fields) {
		io.printf("  fields %s: %d\n", f, t.Fields[f])
	}
}

func sortedKeys(m map[string]int) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
