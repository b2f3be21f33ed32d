package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"convenio/agreement"
	"convenio/api"
	"convenio/node"
)

// signerFlags say who signs a notice where it is not the party of --dir.
type signerFlags struct{ overseer, key, text string }

func (f *signerFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.overseer, "overseer", "", "sign for this overseer of the agreement, with --key and --agreement in place of --dir")
	c.Flags().StringVar(&f.key, "key", "", "the overseer's key file")
	c.Flags().StringVar(&f.text, "agreement", "", "the agreement, for an overseer: a folder, a bundle, or a shipped one")
}

func (f *signerFlags) sign(dir, kind, reason string, sequence int, part *agreement.Part) ([]byte, error) {
	switch {
	case f.overseer == "" && dir == "":
		return nil, errors.New("who signs? neither --dir nor --overseer is given")
	case f.overseer == "":
		return node.SignNotice(dir, kind, reason, sequence, time.Now(), part)
	case dir != "" || f.key == "" || f.text == "":
		return nil, errors.New("an overseer signs with --key and --agreement, and without --dir")
	}
	a, err := loadAgreement(f.text)
	if err != nil {
		return nil, err
	}
	return node.SignOverseerNotice(a, f.overseer, f.key, kind, reason, sequence, time.Now(), part)
}

func keysOverseerCmd(io stdio) *cobra.Command {
	var id, out string
	c := &cobra.Command{
		Use:   "overseer",
		Short: "Make the key with which an overseer suspends for cause",
		Long: `Makes a key for an overseer that the agreement lists, in a new file that stays with the overseer,
and prints the entry that both parties put under keys: in their node.yaml. They compare it with the
overseer in person or by voice, as a card's fingerprint.`,
		Example: "  convenio keys overseer --id co-oversight -o oversight.key",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			public, err := node.NewOverseerKey(out)
			if err != nil {
				return hint(err, "choose a file that does not exist yet")
			}
			io.printf("overseer     %s\nkey file     %s\nnode.yaml    - {of: %s, key: %q}\n", id, out, id, base64.StdEncoding.EncodeToString(public))
			return nil
		},
	}
	c.Flags().StringVar(&id, "id", "", "the overseer, as the agreement lists it (required)")
	c.Flags().StringVarP(&out, "output", "o", "", "key file to write (required)")
	required(c, "id", "output")
	return c
}

// partFlags reads what a notice is of, in words of the agreement.
type partFlags struct{ part agreement.Part }

func (f *partFlags) add(c *cobra.Command) {
	fl := c.Flags()
	for _, x := range []struct {
		list       *[]string
		name, what string
	}{
		{&f.part.Acts, "act", "act"},
		{&f.part.Purposes, "purpose", "purpose"},
		{&f.part.Authorities, "authority", "authority that asks"},
		{&f.part.Asking, "asking", "party that asks"},
		{&f.part.Answering, "answering", "party that answers"},
		{&f.part.Parties, "party", "party on either side"},
		{&f.part.Categories, "category", "category of record"},
	} {
		fl.StringSliceVar(x.list, x.name, nil, "only this "+x.what+" (may be repeated)")
	}
}

// get is the part, or nil for the whole.
func (f *partFlags) get() *agreement.Part {
	if f.part.Empty() {
		return nil
	}
	return &f.part
}

// printSuspensions says what stands suspended, and by whom.
func printSuspensions(io stdio, list *[]api.Suspension) {
	if list == nil {
		return
	}
	for _, s := range *list {
		what := "the whole"
		if s.Part != nil {
			what = partLine(*s.Part)
		}
		if s.Except != nil {
			var but []string
			for _, e := range *s.Except {
				but = append(but, partLine(e))
			}
			what += ", except " + strings.Join(but, " / ")
		}
		io.printf("suspended   by %s since %s: %s (%s)\n", s.By, s.From.Format("2006-01-02 15:04:05 MST"), what, s.Reason)
	}
}

func partLine(p api.SuspendedPart) string {
	var out []string
	for _, x := range []struct {
		name string
		list *[]string
	}{
		{"act", p.Acts}, {"purpose", p.Purposes}, {"authority", p.Authorities}, {"asking", p.Asking},
		{"answering", p.Answering}, {"party", p.Parties}, {"category", p.Categories},
	} {
		if x.list != nil {
			out = append(out, fmt.Sprintf("%s %s", x.name, strings.Join(*x.list, " or ")))
		}
	}
	return strings.Join(out, ", ")
}
