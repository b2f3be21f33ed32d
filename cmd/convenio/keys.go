package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"convenio/exchange"
	"convenio/node"
)

func keysCmd(io stdio) *cobra.Command {
	c := &cobra.Command{
		Use:   "keys",
		Short: "Make the keys and folder of a node",
		Example: `  convenio keys new --party CO --dir co \
      --name-es "República de Colombia" --name-en "Republic of Colombia" \
      --exchange 10.0.0.5:7443 --api 10.0.0.5:7444`,
	}
	c.AddCommand(keysNewCmd(io), keysShowCmd(io), keysOverseerCmd(io))
	return c
}

func keysNewCmd(io stdio) *cobra.Command {
	var f node.NewFolder
	var party, dir string
	c := &cobra.Command{
		Use:   "new",
		Short: "Make a node's folder: new keys, its card, its configuration",
		Long: `Makes the folder of one party's node. The keys are made on this machine and stay in DIR/keys;
DIR/card.json is the public half, to be given to the partner, who compares its fingerprint with you
in person or by voice before installing it.`,
		Example: `  convenio keys new --party CO --dir co --name-es "República de Colombia" --name-en "Republic of Colombia"`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f.Party = exchange.PartyID(party)
			if !f.Party.Valid() {
				return hint(fmt.Errorf("--party %q is not a party's id", party), "use two capital letters, such as CO")
			}
			if f.Name.ES == "" {
				f.Name.ES = party
			}
			if f.Name.EN == "" {
				f.Name.EN = party
			}
			card, err := node.Create(dir, f, time.Now())
			if err != nil {
				return hint(err, "choose a folder that does not exist yet, and addresses as host:port")
			}
			io.printf("folder       %s\ncard         %s\nfingerprint  %s\n", dir, filepath.Join(dir, "card.json"), card.Fingerprint())
			return nil
		},
	}
	fl := c.Flags()
	fl.StringVar(&party, "party", "", "the party's two letters, such as CO (required)")
	fl.StringVar(&dir, "dir", "", "folder to make (required)")
	fl.StringVar(&f.Name.ES, "name-es", "", "the party's name in Spanish")
	fl.StringVar(&f.Name.EN, "name-en", "", "the party's name in English")
	fl.StringVar(&f.Exchange, "exchange", "127.0.0.1:7443", "where the partner reaches the node, host:port")
	fl.StringVar(&f.API, "api", "127.0.0.1:7444", "where officers reach the node, host:port")
	fl.StringVar(&f.Endpoint, "endpoint", "", "URL of the node for the partner, if not https:// and --exchange")
	required(c, "party", "dir")
	return c
}

func keysShowCmd(io stdio) *cobra.Command {
	return &cobra.Command{
		Use:   "show CARD",
		Short: "Show a card and its fingerprint",
		Long: `Shows whose card it is and its fingerprint, to be compared with what the other party's operator
reads out, in person or by voice.`,
		Example: "  convenio keys show us/card.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			b, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			card, err := exchange.ParseCard(b)
			if err != nil {
				return hint(fmt.Errorf("%s: %w", args[0], err), "give the card.json of a node's folder, whole and unchanged")
			}
			io.printf("party        %s\nname         %s / %s\nendpoint     %s\nissued       %s\nparty key    %s\nfingerprint  %s\n",
				card.Party, card.Name.ES, card.Name.EN, card.Endpoint, card.Issued, base64.StdEncoding.EncodeToString(card.Keys.Party), card.Fingerprint())
			return nil
		},
	}
}

func partnerCmd(io stdio) *cobra.Command {
	c := &cobra.Command{
		Use:     "partner",
		Short:   "Install the partner's card",
		Example: "  convenio partner add --dir co us/card.json --fingerprint K3QM-7F2A-...",
	}
	var dir, fingerprint string
	add := &cobra.Command{
		Use:   "add CARD",
		Short: "Install the card of the partner's node",
		Long: `Installs the partner's card, if its fingerprint is the one that the partner's operator told you.
The fingerprint is what makes the link safe: get it from the person, not with the file.`,
		Example: "  convenio partner add --dir co us/card.json --fingerprint K3QM-7F2A-...",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			b, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			card, err := node.AddPartner(dir, b, fingerprint)
			if err != nil {
				return hint(err, "%s", partnerHint(dir))
			}
			io.printf("partner      %s at %s\n", card.Party, card.Endpoint)
			return nil
		},
	}
	add.Flags().StringVar(&dir, "dir", "", "folder of our node (required)")
	add.Flags().StringVar(&fingerprint, "fingerprint", "", "fingerprint that the partner's operator told you (required)")
	required(add, "dir", "fingerprint")
	c.AddCommand(add)
	return c
}

// partnerHint is what to do when a partner's card is not taken.
func partnerHint(dir string) string {
	if _, err := os.Stat(node.ConfigOf(dir)); err != nil {
		return "give --dir the folder that 'convenio keys new' made"
	}
	return "have the partner's operator send the card and read out its fingerprint again, by voice or in person; a folder takes one partner, once"
}

func tokenCmd(io stdio) *cobra.Command {
	c := &cobra.Command{
		Use:   "token",
		Short: "Give people access to their node",
		Long: `A token belongs to one person in one role: examiner, approver, auditor or operator, or a role of the
agreement, such as migration-officer, for officers. The node must not be running.`,
		Example: `  convenio token new --dir co --label "Ana Ruiz" --role migration-officer --authority co-migration -o ana.profile
  convenio token revoke --dir co --label "Ana Ruiz"`,
	}
	var dir, label, role, authority, reach, out string
	add := &cobra.Command{
		Use:   "new",
		Short: "Make a token and write the profile for its person's workstation",
		Long: `Makes a token for one person in one role. Examiner, approver, auditor and operator are roles of
every node; whoever searches has a role and an authority of the agreement, which decides what they
may ask. The node keeps a hash of the token only; the profile holds the token itself: give it to the
person, who keeps it where nobody else can read it. The node must not be running.`,
		Example: `  convenio token new --dir co --label "Ana Ruiz" --role migration-officer --authority co-migration -o ana.profile`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := os.Stat(out); err == nil {
				return fmt.Errorf("%s is there already: a profile replaces no file", out)
			}
			p, err := node.NewToken(cmd.Context(), dir, label, role, authority)
			if err != nil {
				return hint(err, "%s", tokenHint(dir))
			}
			if reach != "" {
				p.Node = strings.TrimSuffix(reach, "/")
			}
			if err := p.Save(out); err != nil {
				return errors.Join(err, node.RevokeToken(cmd.Context(), dir, label))
			}
			io.printf("profile      %s\n", out)
			return nil
		},
	}
	fl := add.Flags()
	fl.StringVar(&role, "role", "", "examiner, approver, auditor, operator, or a role of the agreement (required)")
	fl.StringVar(&authority, "authority", "", "the person's authority, as the agreement lists it (needed for a role of the agreement)")
	fl.StringVar(&reach, "url", "", "URL of the node for this person's workstation (https:// and api.listen of node.yaml, if not given)")
	fl.StringVarP(&out, "output", "o", "", "profile file to write (required)")
	revoke := &cobra.Command{
		Use:   "revoke",
		Short: "End a token",
		Long: `Ends the token of a label for good; what its person did stays in the ledger. The node must not be
running.`,
		Example: `  convenio token revoke --dir co --label "Ana Ruiz"`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := node.RevokeToken(cmd.Context(), dir, label); err != nil {
				return hint(err, "%s", tokenHint(dir))
			}
			io.printf("revoked      %s\n", label)
			return nil
		},
	}
	for _, x := range []*cobra.Command{add, revoke} {
		x.Flags().StringVar(&dir, "dir", "", "folder of the node (required)")
		x.Flags().StringVar(&label, "label", "", "whose token it is (required)")
		required(x, "dir", "label")
	}
	required(add, "role", "output")
	c.AddCommand(add, revoke)
	return c
}

// tokenHint is what to do when a token cannot be made or ended.
func tokenHint(dir string) string {
	if _, err := os.Stat(node.ConfigOf(dir)); err != nil {
		return "give --dir the folder that 'convenio keys new' made"
	}
	return "the node must be stopped, the agreement installed before its roles are given, and each label is used once"
}

// required marks flags without which a command says what is missing.
func required(c *cobra.Command, names ...string) {
	for _, n := range names {
		if err := c.MarkFlagRequired(n); err != nil {
			panic("convenio: no such flag: " + n)
		}
	}
}
