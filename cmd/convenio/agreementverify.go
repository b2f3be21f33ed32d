package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"convenio/agreement"
	"convenio/exchange"
)

func verifyCmd(io stdio) *cobra.Command {
	var cards, sigs []string
	var keys string
	var skew time.Duration
	c := &cobra.Command{
		Use:   "verify AGREEMENT",
		Short: "Check that every party has signed exactly this text, with a valid key",
		Long: `The parties' keys come from their cards, from a file of keys, or from both. The file says when each
key was valid: a signature by a key that was revoked, not valid yet or no longer valid at the time
that it states does not hold. A key that the file lists is judged by the file, whatever a card says.
docs/agreement.md has the file's form. Where an entry into force or an end is nearer than --skew, so
that two clocks could decide under different rules, it is said.`,
		Example: `  convenio agreement verify agreement.txtar --card co/card.json --card us/card.json --signature co.signature.json --signature us.signature.json
  convenio agreement verify agreement.txtar --keys keys.json --signature co.signature.json --signature us.signature.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := loadAgreement(args[0])
			if err != nil {
				return err
			}
			known, err := keysOf(keys, cards)
			if err != nil {
				return err
			}
			list, err := signatures(sigs)
			if err != nil {
				return err
			}
			now := time.Now()
			if err := agreement.Ahead(list, now, skew); err != nil {
				return hint(err, "correct this computer's clock, or ask the party to sign again")
			}
			if _, err := agreement.VerifySignaturesAt(a.Bundle(), list, known); err != nil {
				return hint(err, "every party signs the same bundle file, with the key whose card is given, while that key is valid")
			}
			io.printf("signed by all parties: %s %s, digest %s\n", a.ID, a.Version, a.Digest())
			if p := a.ClockDoubt(now, skew); p != nil {
				io.printf("clock: %s\n", p)
			}
			return nil
		},
	}
	c.Flags().StringArrayVar(&cards, "card", nil, "a party's card")
	c.Flags().StringVar(&keys, "keys", "", "file of the parties' keys, with from, until and revoked")
	c.Flags().StringArrayVar(&sigs, "signature", nil, "a signature file (required, one for each party)")
	skewFlag(c, &skew)
	required(c, "signature")
	c.MarkFlagsOneRequired("card", "keys")
	return c
}

func skewFlag(c *cobra.Command, skew *time.Duration) {
	c.Flags().DurationVar(skew, "skew", exchange.DefaultMaxSkew, "how far two clocks may differ")
}

// keysOf gathers the parties' keys: those of the file, and of the cards what the file
// does not list.
func keysOf(file string, cards []string) (map[string][]agreement.PartyKey, error) {
	keys := map[string][]agreement.PartyKey{}
	if file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if keys, err = agreement.ParseKeys(b); err != nil {
			return nil, hint(fmt.Errorf("%s: %w", file, err), `write {"keys": [{"party": "co", "key": "...", "until": "2026-01-01T00:00:00Z"}]}; docs/agreement.md has every field`)
		}
	}
	listed := map[string]bool{}
	for _, list := range keys {
		for _, k := range list {
			listed[string(k.Key)] = true
		}
	}
	ofCards, err := partyKeys(cards)
	if err != nil {
		return nil, err
	}
	for party, k := range ofCards {
		if !listed[string(k)] {
			keys[party] = append(keys[party], agreement.PartyKey{Key: k})
		}
	}
	return keys, nil
}

func signatures(files []string) ([]agreement.Signature, error) {
	var list []agreement.Signature
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		s, err := agreement.ParseSignature(b)
		if err != nil {
			return nil, hint(fmt.Errorf("%s: %w", f, err), "give --signature the file that 'convenio agreement sign' wrote")
		}
		list = append(list, s)
	}
	return list, nil
}
