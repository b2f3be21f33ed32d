package main

import (
	"errors"
	"log/slog"

	"github.com/spf13/cobra"

	"convenio/node"
)

func nodeCmd(io stdio) *cobra.Command {
	var config string
	var verbose bool
	c := &cobra.Command{
		Use:   "node",
		Short: "Run a node",
		Long: `Runs the node of the folder in which node.yaml stands, until interrupted. What was acknowledged is
durable: the node may be killed at any moment and started again.`,
		Example: "  convenio node --config co/node.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			cfg, err := node.LoadConfig(config)
			if err != nil {
				return hint(err, "give --config the node.yaml that 'convenio keys new' made; docs/running-a-node.md explains each line of it")
			}
			level := slog.LevelInfo
			if verbose {
				level = slog.LevelDebug
			}
			log := slog.New(slog.NewTextHandler(io.err, &slog.HandlerOptions{Level: level}))
			n, err := node.Open(cmd.Context(), cfg, node.Options{Logger: log, Version: Version()})
			if err != nil {
				return hint(err, "docs/running-a-node.md says what to do, under 'When something is wrong'")
			}
			defer func() { err = errors.Join(err, n.Close()) }()
			return n.Run(cmd.Context())
		},
	}
	c.Flags().StringVar(&config, "config", "", "path of node.yaml (required)")
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "log more")
	required(c, "config")
	return c
}
