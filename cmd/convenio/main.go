// Command convenio is the one binary of the project: a national node, the tools around it, and a
// demonstration of two nodes on one machine. It holds subcommands, flags and wiring; the logic is
// in the packages it calls.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"convenio/api"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], stdio{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}

// run is the whole program; tests call it too.
func run(ctx context.Context, args []string, io stdio) int {
	root := newRoot(io)
	began := false
	groupsRefuse(root)
	beforeEach(root, func() { began = true })
	root.SetArgs(args)
	c, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	var silent *exitError
	if errors.As(err, &silent) {
		return silent.code
	}
	if !began && !errors.As(err, new(*hinted)) { // what is wrong is the line that was typed
		err = hint(err, "see '%s --help'", c.CommandPath())
	}
	report(io, err)
	return 1
}

// groupsRefuse has a command that only groups others refuse what is none of them; alone it shows its help.
func groupsRefuse(c *cobra.Command) {
	for _, sub := range c.Commands() {
		groupsRefuse(sub)
	}
	if c.Runnable() || !c.HasParent() {
		return
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return hint(fmt.Errorf("unknown command %q for %q", args[0], c.CommandPath()), "see '%s --help'", c.CommandPath())
	}
}

// beforeEach has every command call f when its line has been understood and its work begins.
func beforeEach(c *cobra.Command, f func()) {
	for _, sub := range c.Commands() {
		beforeEach(sub, f)
	}
	if work := c.RunE; work != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			f()
			return work(c, args)
		}
	}
}

// exitError ends the program with a code after everything worth saying has been said.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exit %d", e.code) }

// report prints an error as what and where, then what to do.
func report(io stdio, err error) {
	var h *hinted
	var f *api.Failure
	switch {
	case errors.As(err, &h):
		fmt.Fprintf(io.err, "convenio: error: %v\n", err)
		fmt.Fprintf(io.err, "convenio: hint: %s\n", h.hint)
	case errors.As(err, &f):
		reportFailure(io, f)
	default:
		fmt.Fprintf(io.err, "convenio: error: %v\n", err)
	}
}

func reportFailure(io stdio, f *api.Failure) {
	fmt.Fprintf(io.err, "convenio: error: %s\n", f.Title)
	if f.Detail != nil && *f.Detail != "" {
		fmt.Fprintf(io.err, "convenio: where: %s\n", *f.Detail)
	}
	if f.Fingers != nil {
		for _, r := range *f.Fingers {
			fmt.Fprintf(io.err, "convenio: finger: %s\n", fingerLine(r))
		}
	}
	if f.Articles != nil {
		for _, a := range *f.Articles {
			fmt.Fprintf(io.err, "convenio: article: %s\n", a)
		}
	}
	if f.Hint != nil && *f.Hint != "" {
		fmt.Fprintf(io.err, "convenio: hint: %s\n", *f.Hint)
	}
}

// hinted is an error with a piece of advice.
type hinted struct {
	err  error
	hint string
}

func (h *hinted) Error() string { return h.err.Error() }
func (h *hinted) Unwrap() error { return h.err }

func hint(err error, format string, a ...any) error {
	if err == nil {
		return nil
	}
	return &hinted{err: err, hint: fmt.Sprintf(format, a...)}
}

// usage is the second half of every help: what can be given, and last a worked example.
const usage = `Usage:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} COMMAND{{range $group := .Groups}}

{{.Title}}{{range $.Commands}}{{if and (eq .GroupID $group.ID) .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if not .Groups}}

Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}

Example:
{{.Example}}
`

func newRoot(io stdio) *cobra.Command {
	root := &cobra.Command{
		Use:   "convenio",
		Short: "Two countries, one search, under a signed agreement",
		Long: `Convenio lets two countries search each other's fingerprint records under an agreement that both
have signed, and that is itself the program: what no article allows does not happen, a person
confirms every hit, exactly the permitted facts are disclosed, and an overseer proves it from the
two logs.`,
		Example: `  convenio demo                     see all of it on this machine, in a minute
  convenio demo --serve             and leave the two nodes running
  convenio keys new --help          how a party begins
  convenio search --help            how an officer searches`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       Version(),
	}
	root.SetUsageTemplate(usage)
	root.SetIn(io.in)
	root.SetOut(io.out)
	root.SetErr(io.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return hint(err, "see '%s --help'", c.CommandPath())
	})
	root.AddGroup(
		&cobra.Group{ID: "start", Title: "Start here:"},
		&cobra.Group{ID: "run", Title: "Run a node:"},
		&cobra.Group{ID: "work", Title: "Work with a node:"},
		&cobra.Group{ID: "oversee", Title: "Oversee:"},
		&cobra.Group{ID: "finger", Title: "Fingerprints:"},
		&cobra.Group{ID: "more", Title: "More:"},
	)
	root.SetHelpCommandGroupID("more")
	root.SetCompletionCommandGroupID("more")
	add := func(group string, cmds ...*cobra.Command) {
		for _, c := range cmds {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("start", demoCmd(io))
	add("run", keysCmd(io), partnerCmd(io), agreementCmd(io), tokenCmd(io), nodeCmd(io), osiaCmd(io), abisCmd(io))
	add("work", statusCmd(io), enrolCmd(io), searchCmd(io), exchangeCmd(io), adjudicateCmd(io), discloseCmd(io), noticeCmd(io))
	add("oversee", auditCmd(io), evidenceCmd(io), sampleCmd(io), statisticsCmd(io))
	add("finger", extractCmd(io), compareCmd(io), explainCmd(io), inspectCmd(io), convertCmd(io), synthCmd(io), evalCmd(io), benchCmd(io), galleryCmd(io))
	return root
}
