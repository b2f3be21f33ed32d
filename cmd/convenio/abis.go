package main

import (
	"strings"

	"github.com/spf13/cobra"

	"convenio/node"
)

func abisCmd(io stdio) *cobra.Command {
	c := &cobra.Command{
		Use:   "abis",
		Short: "Look after a node that searches a national ABIS",
		Long: `A node whose node.yaml has a section abis keeps its people in a national ABIS through OSIA's ABIS
interface, and has the partner's searches carried out there. The registry stays the truth; a running
node tells the ABIS of every change by itself. docs/osia.md says how to set it up.`,
		Example: `  convenio abis status --dir us
  convenio abis sync --dir us`,
	}
	c.AddCommand(abisStatusCmd(io), abisSyncCmd(io))
	return c
}

func abisStatusCmd(io stdio) *cobra.Command {
	var dir string
	var asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Say whom the ABIS holds, whom not yet, and what to do about it",
		Long: `Counts the people whom the ABIS holds as it should, and those of whom it has to be told; lists the
classes of record with their galleries; names what stands in the way. Of a running node it says what
the node wrote down last.`,
		Example: `  convenio abis status --dir us --json`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := node.ReadABISStatus(cmd.Context(), dir)
			if err != nil {
				return hint(err, "see docs/osia.md, 'A node on an existing ABIS'")
			}
			if asJSON {
				return io.json(s)
			}
			io.abisStatus(s)
			return nil
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "folder of the node (required)")
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	required(c, "dir")
	return c
}

func (s stdio) abisStatus(a node.ABISStatus) {
	state := "stopped"
	if a.Running {
		state = "running"
	}
	s.printf("%s, node %s, as of %s\n", a.Server, state, a.Time.Format("2006-01-02 15:04:05Z07:00"))
	s.printf("people    %d\n", a.People)
	s.printf("held      %d\n", a.Held)
	s.printf("due       %d, of whom %d may be in galleries that they have left, and %d were refused\n", a.Due, a.There, a.Refused)
	s.printf("searches  %d under way\n", a.Searches)
	for _, c := range a.Classes {
		gallery := c.Gallery
		if gallery == "" {
			gallery = "(no gallery)"
		}
		what := []string{c.Class.Category}
		what = append(what, c.Class.Nationalities...)
		for _, g := range c.Class.Safeguards {
			what = append(what, g.Kind+strings.TrimSuffix(":"+g.Against, ":"))
		}
		s.printf("%8d  %-32s %s\n", c.People, gallery, strings.Join(what, " "))
	}
	for _, x := range a.Advice {
		s.printf("! %s\n  %s\n", x.What, x.Do)
	}
}

func abisSyncCmd(io stdio) *cobra.Command {
	var dir string
	var asJSON bool
	c := &cobra.Command{
		Use:   "sync",
		Short: "Bring the ABIS to what the registry holds",
		Long: `Lists what the ABIS has in the node's galleries, holds it against the registry, and tells the ABIS
of everybody whom it does not hold as it should. Interrupted, it goes on where it was. Strangers in
the galleries are counted and left alone. The node must not be running. Exit code 1 while anybody is
left of whom the ABIS could not be told.`,
		Example: `  convenio abis sync --dir us`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var step func(int)
			finished, last := func() {}, 0
			out, err := node.SyncABIS(cmd.Context(), dir, node.Options{}, func(done, total int) {
				if step == nil {
					step, finished = io.progressBy(total, "told")
				}
				step(done - last)
				last = done
			})
			finished()
			if err != nil {
				return hint(err, "a running node tells the ABIS of every change by itself: stop it first; what was told stays told")
			}
			if asJSON {
				err = io.json(out)
			} else {
				io.printf("%d were missing or misplaced, %d strangers\n", out.Missing, out.Strangers)
				io.abisStatus(out.Status)
			}
			if err == nil && out.Status.Due > 0 {
				return &exitError{1}
			}
			return err
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "folder of the node (required)")
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	required(c, "dir")
	return c
}
