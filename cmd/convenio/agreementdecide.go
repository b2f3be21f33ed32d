package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"convenio/agreement"
)

func decideCmd(io stdio) *cobra.Command {
	var path, request, lang string
	var asJSON bool
	var skew time.Duration
	c := &cobra.Command{
		Use:   "decide",
		Short: "Say how an agreement decides a request, and by which articles",
		Long: `Decides a request written as JSON; docs/agreement.md describes its form, and 'convenio agreement
vocabulary' lists the words of an agreement. The outcome is permit, deny, silent-suppress or refer
(a person decides). A request that names no side is decided from both; the stronger answer stands.
Where an entry into force or an end is nearer to the request than --skew, so that two clocks could
decide under different rules, it is said.`,
		Example: "  convenio agreement decide --agreement co-us-demo --request request.json --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			a, q, err := askedOf(io, path, request)
			if err != nil {
				return err
			}
			o := a.Opine(q)
			doubt := a.ClockDoubt(q.Now, skew)
			if asJSON {
				return io.json(struct {
					agreement.Opinion
					ClockDoubt *agreement.Problem `json:"clock_doubt,omitempty"`
				}{o, doubt})
			}
			io.printf("%s, articles %s\n", o.Outcome, strings.Join(o.Articles, ", "))
			for _, w := range o.Reasons {
				for _, l := range languages(a, lang) {
					io.printf("  art. %s: %s\n", orElse(w.Cites, w.Article), w.Text.In(l))
				}
			}
			for _, e := range o.Errors {
				io.printf("  error: %s\n", e)
			}
			for _, d := range o.Obligations.Duties {
				io.printf("  duty, art. %s: %s\n", orElse(d.Cites, d.Article), d.Text.In(languages(a, lang)[0]))
			}
			if len(o.Missing) > 0 {
				io.printf("  not stated: %s\n", strings.Join(o.Missing, ", "))
			}
			if doubt != nil {
				io.printf("  clock: %s\n", doubt)
			}
			return nil
		},
	}
	requestFlags(c, &path, &request)
	skewFlag(c, &skew)
	c.Flags().StringVar(&lang, "lang", "", "print the reasons in this language alone")
	c.Flags().BoolVar(&asJSON, "json", false, "print the decision as JSON")
	return c
}

func requestFlags(c *cobra.Command, path, request *string) {
	c.Flags().StringVar(path, "agreement", "", "folder, bundle, or name of a shipped agreement (required)")
	c.Flags().StringVar(request, "request", "", "JSON file, - for standard input (required)")
	required(c, "agreement", "request")
}

// askedOf reads an agreement and a request in its words.
func askedOf(io stdio, path, request string) (*agreement.Agreement, agreement.Asked, error) {
	a, err := loadAgreement(path)
	if err != nil {
		return nil, agreement.Asked{}, err
	}
	b, err := io.read(request)
	if err != nil {
		return nil, agreement.Asked{}, err
	}
	q, err := a.ParseRequest(b, time.Now())
	if err != nil {
		return nil, q, hint(fmt.Errorf("%s: %w", request, err), "docs/agreement.md describes the request; 'convenio agreement vocabulary %s' lists its words", path)
	}
	return a, q, nil
}

// languages are the languages to print in: the one asked for, or all of the agreement's.
func languages(a *agreement.Agreement, lang string) []string {
	if slices.Contains(a.Languages, lang) {
		return []string{lang}
	}
	return a.Languages
}

func orElse(s, or string) string {
	if s == "" {
		return or
	}
	return s
}

func vocabularyCmd(io stdio) *cobra.Command {
	var lang string
	var asJSON bool
	c := &cobra.Command{
		Use:   "vocabulary AGREEMENT",
		Short: "List the words that a request under an agreement may use",
		Long: `Lists the acts, parties, authorities, purposes, fields and facts of an agreement: every attribute
of a request, what it means, and the values it takes.`,
		Example: "  convenio agreement vocabulary irpr --lang fr",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := loadAgreement(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return io.json(a.Vocabulary())
			}
			io.printf("%s", a.RenderVocabulary(languages(a, lang)[0]))
			return nil
		},
	}
	c.Flags().StringVar(&lang, "lang", "en", "language of the meanings")
	c.Flags().BoolVar(&asJSON, "json", false, "print the list as JSON")
	return c
}
