package main

import (
	"os"

	"github.com/spf13/cobra"

	"convenio/demo"
)

func demoCmd(io stdio) *cobra.Command {
	var o demo.Options
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run two nodes on this machine and play every scene of an exchange",
		Long: `Starts two nodes, Colombia and the United States, as two processes with a folder and keys each,
under a fictional agreement; enrols synthetic people as fingerprint images; and plays what may
happen between them, through the real path: hits, refusals, protection, tampering, suspension. At
the end it audits the two ledgers, and shows that the audit finds a removed entry.

Nothing in it is real but the program: the agreement, the people and their fingers are made up.
Exit code 0 only if every scene ended as it must.`,
		Example: `  convenio demo
  convenio demo --people 200 --fingers 4 --seed 9
  convenio demo --serve
  convenio demo --enrol prints/ --probe prints/101_2.png`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			binary, err := os.Executable()
			if err != nil {
				return err
			}
			o.Binary, o.Version, o.JSON = binary, Version(), asJSON(cmd)
			o.Out, o.Progress = io.out, io.progress
			printed := false
			print := func(r demo.Report) error {
				if !o.JSON || printed {
					return nil
				}
				printed = true
				return io.json(r)
			}
			o.Ready = func(r demo.Report) { _ = print(r) }
			r, err := demo.Run(cmd.Context(), o)
			if err != nil {
				return err
			}
			if err := print(r); err != nil {
				return err
			}
			if !r.OK {
				return &exitError{1}
			}
			return nil
		},
	}
	fl := c.Flags()
	fl.IntVar(&o.People, "people", 50, "synthetic people on each side")
	fl.IntVar(&o.Fingers, "fingers", 0, "fingers of each person, 1 to 10 (two to four, as it comes, if not given)")
	fl.Uint64Var(&o.Seed, "seed", 1, "the same seed plays with the same people")
	fl.StringVar(&o.Dir, "dir", "", "folder for the two nodes, kept afterwards (a temporary one if not given)")
	fl.BoolVar(&o.Serve, "serve", false, "leave both nodes running until interrupted, and say how to reach them")
	fl.StringVar(&o.Enrol, "enrol", "", "folder of your own images, named FINGER_IMPRESSION or listed in a CSV, instead of synthetic people")
	fl.StringVar(&o.Probe, "probe", "", "your own image to search with (with --enrol: a second impression)")
	fl.Float64Var(&o.PPI, "ppi", 0, "pixels per inch of your images where the files do not say (500 if not given)")
	jsonFlag(c)
	return c
}
