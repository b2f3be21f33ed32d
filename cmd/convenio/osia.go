package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"convenio/node"
	"convenio/osia"
)

func osiaCmd(io stdio) *cobra.Command {
	c := &cobra.Command{
		Use:   "osia",
		Short: "Let national systems use a node through OSIA's ABIS interface",
		Long: `A node whose node.yaml has a section osia serves OSIA's ABIS interface to the systems of its own
country. They come with bearer tokens of your authorization server; for a trial, or where there is
none, these commands make a key and tokens. docs/osia.md shows a whole session.`,
		Example: `  convenio osia keys --dir co
  convenio osia token --dir co --subject registry --scope abis.identify`,
	}
	c.AddCommand(osiaKeysCmd(io), osiaTokenCmd(io))
	return c
}

func osiaKeysCmd(io stdio) *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "keys",
		Short: "Make a key pair for bearer tokens",
		Long: `Makes an Ed25519 key pair in DIR/osia. The private key stays there, for 'convenio osia token'; the
public one is what osia.tokens.keys of node.yaml names.`,
		Example: `  convenio osia keys --dir co`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			public, err := node.NewOSIAKeys(dir)
			if err != nil {
				return hint(err, "keys are never made twice in one place: remove DIR/osia/tokens.* first, and every token ends")
			}
			io.printf("%s\n", public)
			return nil
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "folder of the node (required)")
	required(c, "dir")
	return c
}

func osiaTokenCmd(io stdio) *cobra.Command {
	var dir, subject, scope string
	var life time.Duration
	c := &cobra.Command{
		Use:   "token",
		Short: "Make a bearer token",
		Long: `Makes a token for one system with the scopes that it needs, and prints it. It cannot be taken back
before it ends: keep its life short.`,
		Example: `  convenio osia token --dir co --subject registry --scope "abis.encounter.write abis.identify" --life 8h`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			t, err := node.NewOSIAToken(dir, subject, strings.Fields(scope), time.Now(), life)
			if err != nil {
				return hint(err, "see 'convenio osia token --help'")
			}
			io.printf("%s\n", t)
			return nil
		},
	}
	fl := c.Flags()
	fl.StringVar(&dir, "dir", "", "folder of the node (required)")
	fl.StringVar(&subject, "subject", "", "which system it is for (required)")
	fl.StringVar(&scope, "scope", strings.Join(osia.Scopes(), " "), "what it may do, with spaces between")
	fl.DurationVar(&life, "life", time.Hour, "how long it is good")
	required(c, "dir", "subject")
	return c
}
