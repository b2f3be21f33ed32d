package main

import (
	"time"

	"github.com/spf13/cobra"

	"convenio/api"
)

func statusCmd(io stdio) *cobra.Command {
	var as string
	c := &cobra.Command{
		Use:   "status",
		Short: "Show how the node, its agreement and its partner stand",
		Long: `Shows the agreement and whether it is in force, whether the partner is reached and what stands
between, how many entries the ledger has, and what waits for whom. The node asks the partner at its
start, once a minute, and with every message.`,
		Example: "  convenio status --as operator.profile",
		Args:    cobra.NoArgs,
		RunE: atNode(io, &as, func(cmd *cobra.Command, _ []string, client *api.ClientWithResponses) error {
			r, err := client.GetStatusWithResponse(cmd.Context())
			if err != nil {
				return unreachable(err)
			}
			if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
				return err
			}
			if asJSON(cmd) {
				return io.json(r.JSON200)
			}
			printStatus(io, *r.JSON200)
			return nil
		}),
	}
	asFlag(c, &as)
	jsonFlag(c)
	return c
}

func printStatus(io stdio, s api.Status) {
	io.printf("party       %s, program %s, clock %s\n", s.Party, s.Version, s.Time.Format("2006-01-02 15:04:05 MST"))
	fictional := ""
	if s.Agreement.Fictional {
		fictional = " (FICTIONAL)"
	}
	io.printf("agreement   %s %s%s, %s, digest %s\n", s.Agreement.Id, s.Agreement.Version, fictional, s.Agreement.State, s.Agreement.Digest[:16])
	if s.Agreement.Problem != nil {
		io.printf("            %s\n", *s.Agreement.Problem)
	}
	printSuspensions(io, s.Agreement.Suspensions)
	reach := "not reached"
	if s.Partner.Reachable {
		reach = "reached"
	}
	io.printf("partner     %s at %s, %s\n", s.Partner.Party, s.Partner.Endpoint, reach)
	if s.Partner.Problem != nil {
		io.printf("            %s\n", *s.Partner.Problem)
	}
	printSearching(io, s.Searching)
	if ms := s.Partner.ClockDifferenceMs; ms != nil {
		io.printf("            its clock and ours differ by %v\n", (time.Duration(*ms) * time.Millisecond).Abs().Round(time.Second))
	}
	io.printf("ledger      %s, %d entries\n", s.Ledger.Origin, s.Ledger.Size)
	io.printf("records     %d people\n", s.People)
	io.printf("waiting     %d messages to leave, %d for an examiner, %d for an approver\n", s.Waiting.Outbox, s.Waiting.Examiner, s.Waiting.Approver)
	if s.DiskFreeBytes != nil {
		io.printf("disk        %.1f GiB free\n", float64(*s.DiskFreeBytes)/(1<<30))
	}
}

// printSearching says that the partner's searches wait, if they do.
func printSearching(io stdio, s *api.Searching) {
	if s == nil || s.Ready {
		return
	}
	loaded := 0
	if s.Loaded != nil {
		loaded = *s.Loaded
	}
	io.printf("gallery     being loaded, %d people so far: the partner's searches wait\n", loaded)
	if s.Problem != nil {
		io.printf("            %s\n", *s.Problem)
	}
}
