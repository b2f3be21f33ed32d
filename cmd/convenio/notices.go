package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"convenio/agreement"
	"convenio/api"
)

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
