package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"convenio/api"
)

// workstation is a person's access to their own node.
type workstation struct {
	io      stdio
	profile string
}

func asFlag(c *cobra.Command, p *string) {
	c.Flags().StringVar(p, "as", os.Getenv("CONVENIO_PROFILE"), "profile of the person who works (or the environment variable CONVENIO_PROFILE)")
}

func (w workstation) client() (*api.ClientWithResponses, error) {
	if w.profile == "" {
		return nil, hint(fmt.Errorf("no profile"), "give --as FILE, the profile that your operator made with 'convenio token new'")
	}
	p, err := api.LoadProfile(w.profile)
	if err != nil {
		return nil, hint(err, "give --as FILE, the profile that your operator made with 'convenio token new'")
	}
	return p.Client()
}

// atNode makes a command out of what a person does at their own node: it opens the profile first.
func atNode(io stdio, as *string, do func(*cobra.Command, []string, *api.ClientWithResponses) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		client, err := workstation{io, *as}.client()
		if err != nil {
			return err
		}
		return do(cmd, args, client)
	}
}

func (w workstation) giveNotice(ctx context.Context, raw []byte) error {
	c, err := w.client()
	if err != nil {
		return err
	}
	r, err := c.PostNoticeWithResponse(ctx, api.PostNoticeJSONRequestBody{Notice: raw})
	if err != nil {
		return err
	}
	if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
		return err
	}
	w.io.printf("in force here; the partner is being told\n")
	return nil
}

func unreachable(err error) error {
	return hint(fmt.Errorf("reach the node: %w", err), "is the node running, and is the profile its own?")
}

func jsonFlag(c *cobra.Command) { c.Flags().Bool("json", false, "print JSON") }

func asJSON(c *cobra.Command) bool {
	v, err := c.Flags().GetBool("json")
	return err == nil && v
}

// fingerFlags reads --finger position=file, repeated.
type fingerFlags struct {
	list []string
	ppi  float32
}

func (f *fingerFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.list, "finger", nil, "POSITION=FILE, once for each finger, such as right-index=r2.png; or FILE alone, a record that says which fingers it shows (required)")
	ppiFlag(c, &f.ppi)
	required(c, "finger")
}

func (f *fingerFlags) read() ([]api.FingerImage, error) {
	var out []api.FingerImage
	for _, s := range f.list {
		pos, file, ok := strings.Cut(s, "=")
		if !ok {
			all, err := printsIn(s, f.ppi)
			if err != nil {
				return nil, err
			}
			out = append(out, all...)
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		img := api.FingerImage{Position: pos, Image: b}
		if f.ppi > 0 {
			img.Ppi = &f.ppi
		}
		out = append(out, img)
	}
	return out, nil
}

func enrolCmd(io stdio) *cobra.Command {
	var as, key, category string
	var nations, guards, fields []string
	var fingers fingerFlags
	c := &cobra.Command{
		Use:   "enrol",
		Short: "Enrol a person in our own records",
		Long: `Enrols a person at our own node. The category, safeguards and fields are words that the agreement
lists: they decide who may ever find the person, and what could ever be disclosed.`,
		Example: `  convenio enrol --as operator.profile --category border-encounter --nationality VE \
      --field family-name="Prueba Uno" --field given-names=Ana \
      --finger right-index=r2.png --finger left-index=l2.png`,
		Args: cobra.NoArgs,
		RunE: atNode(io, &as, func(cmd *cobra.Command, _ []string, client *api.ClientWithResponses) error {
			e := api.Enrolment{Category: category, Fields: map[string]string{}}
			var err error
			if e.Fingers, err = fingers.read(); err != nil {
				return err
			}
			for _, f := range fields {
				name, value, ok := strings.Cut(f, "=")
				if !ok {
					return hint(fmt.Errorf("--field %q", f), "write NAME=VALUE")
				}
				e.Fields[name] = value
			}
			list, err := safeguards(guards)
			if err != nil {
				return err
			}
			if len(list) > 0 {
				e.Safeguards = &list
			}
			if e.Nationalities, err = nationalities(nations); err != nil {
				return err
			}
			r, err := client.EnrolWithResponse(cmd.Context(), &api.EnrolParams{IdempotencyKey: orNew(key)}, e)
			if err != nil {
				return unreachable(err)
			}
			if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
				return err
			}
			if asJSON(cmd) {
				return io.json(r.JSON201)
			}
			io.printf("subject      %s\n", r.JSON201.Subject)
			for _, f := range r.JSON201.Fingers {
				io.printf("finger       %s\n", fingerLine(f))
			}
			return nil
		}),
	}
	asFlag(c, &as)
	jsonFlag(c)
	fingers.add(c)
	fl := c.Flags()
	fl.StringVar(&category, "category", "", "category of the record, as the agreement lists it (required)")
	fl.StringArrayVar(&nations, "nationality", nil, "nationality, repeated where there are several (required)")
	fl.StringArrayVar(&guards, "safeguard", nil, "KIND or KIND:PARTY, such as minor or asylum-claim:co")
	fl.StringArrayVar(&fields, "field", nil, "NAME=VALUE, a fact of the record")
	keyFlag(c, &key)
	required(c, "category", "nationality")
	return c
}

func keyFlag(c *cobra.Command, key *string) {
	c.Flags().StringVar(key, "key", "", "8 to 128 letters and digits: the same key never acts twice (random if not given)")
}

func orNew(key string) string {
	if key != "" {
		return key
	}
	b := make([]byte, 16)
	rand.Read(b)
	return hex.EncodeToString(b)
}

func searchCmd(io stdio) *cobra.Command {
	var as, key, purpose, ground, file string
	var nations, guards []string
	var age, wait int
	var fingers fingerFlags
	c := &cobra.Command{
		Use:   "search",
		Short: "Search a person's fingerprints at the partner",
		Long: `Searches at the partner, if the agreement allows it. What is known of the person (nationality, age,
claims of protection) is used to decide here and does not leave. The answer is hit or no hit, and
nothing else; a hit has been confirmed by an examiner of the partner.`,
		Example: `  convenio search --as ana.profile --purpose border-examination --ground person-present --case 2026-0117 \
      --nationality VE --finger right-index=r2.png --finger left-index=l2.png`,
		Args: cobra.NoArgs,
		RunE: atNode(io, &as, func(cmd *cobra.Command, _ []string, client *api.ClientWithResponses) error {
			req := api.SearchRequest{Purpose: purpose, Ground: ground, Case: file, Person: &api.Person{}}
			var err error
			if req.Fingers, err = fingers.read(); err != nil {
				return err
			}
			if nations, err = nationalities(nations); err != nil {
				return err
			}
			if len(nations) > 0 {
				req.Person.Nationalities = &nations
			}
			list, err := safeguards(guards)
			if err != nil {
				return err
			}
			if len(list) > 0 {
				req.Person.Safeguards = &list
			}
			if age >= 0 {
				req.Person.Age = &age
			}
			r, err := client.SearchWithResponse(cmd.Context(), &api.SearchParams{IdempotencyKey: orNew(key)}, req)
			if err != nil {
				return unreachable(err)
			}
			if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
				return err
			}
			return showExchange(cmd, io, client, r.JSON201.Id, wait)
		}),
	}
	asFlag(c, &as)
	jsonFlag(c)
	fingers.add(c)
	fl := c.Flags()
	fl.StringVar(&purpose, "purpose", "", "purpose, as the agreement lists it (required)")
	fl.StringVar(&ground, "ground", "", "legal ground, as the agreement lists it (required)")
	fl.StringVar(&file, "case", "", "case reference; it stays here (required)")
	fl.StringArrayVar(&nations, "nationality", nil, "nationality of the person, where known")
	fl.StringArrayVar(&guards, "safeguard", nil, "KIND or KIND:PARTY, such as asylum-claim:us")
	ageFlag(c, &age)
	keyFlag(c, &key)
	waitFlag(c, &wait)
	required(c, "purpose", "ground", "case")
	return c
}

// exchangeID is the argument of a command that takes one exchange.
func exchangeID(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return hint(fmt.Errorf("one exchange is needed, %d are given", len(args)), "give the id that 'convenio search' printed, or that the lists of examiner and approver show")
	}
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(args[0]) {
		return hint(fmt.Errorf("%q is not an exchange's id", args[0]), "copy the whole of it: 32 digits of 0-9 and a-f")
	}
	return nil
}

func exchangeCmd(io stdio) *cobra.Command {
	var as string
	var wait int
	c := &cobra.Command{
		Use:   "exchange EXCHANGE",
		Short: "Show an exchange, waiting for it to settle",
		Long: `Shows where an exchange stands, to the officer whose it is. It has settled when nobody's answer is
awaited any more; until then the command waits, at most as long as --wait says.`,
		Example: "  convenio exchange 8c1f... --as ana.profile --wait 60",
		Args:    exchangeID,
		RunE: atNode(io, &as, func(cmd *cobra.Command, args []string, client *api.ClientWithResponses) error {
			return showExchange(cmd, io, client, args[0], wait)
		}),
	}
	asFlag(c, &as)
	jsonFlag(c)
	waitFlag(c, &wait)
	return c
}

func showExchange(cmd *cobra.Command, io stdio, client *api.ClientWithResponses, id string, wait int) error {
	r, err := client.GetExchangeWithResponse(cmd.Context(), id, &api.GetExchangeParams{Wait: &wait})
	if err != nil {
		return unreachable(err)
	}
	if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
		return err
	}
	if asJSON(cmd) {
		return io.json(r.JSON200)
	}
	printExchange(io, *r.JSON200)
	return nil
}

// printExchange prints an exchange for people; disclosed values are what the officer asked to see.
func printExchange(io stdio, x api.Exchange) {
	io.printf("exchange     %s\nstate        %s\n", x.Id, x.State)
	if len(x.Articles) > 0 {
		io.printf("articles     %s\n", strings.Join(x.Articles, ", "))
	}
	if x.Reasons != nil {
		for _, t := range *x.Reasons {
			io.printf("             %s\n             %s\n", t.En, t.Es)
		}
	}
	if x.Fingers != nil {
		for _, f := range *x.Fingers {
			io.printf("finger       %s\n", fingerLine(f))
		}
	}
	if x.Reference != nil {
		io.printf("reference    %s\n", *x.Reference)
	}
	if x.Erasure != nil {
		io.printf("probe        erased at the partner, %s\n", x.Erasure.At.Format("2006-01-02 15:04:05 MST"))
	}
	if x.Error != nil {
		io.printf("note         %s\n", *x.Error)
	}
	if x.Disclosed != nil {
		for _, name := range slices.Sorted(maps.Keys(*x.Disclosed)) {
			f := (*x.Disclosed)[name]
			io.printf("disclosed    %-24s %s  (art. %s, keep until %s)\n", name, f.Value, strings.Join(f.Articles, ", "), f.KeepUntil.Format("2006-01-02"))
		}
	}
	if x.Withheld != nil {
		for _, name := range slices.Sorted(maps.Keys(*x.Withheld)) {
			io.printf("withheld     %-24s (art. %s)\n", name, strings.Join((*x.Withheld)[name], ", "))
		}
	}
	if !x.Settled {
		io.printf("hint         the partner has not answered yet: convenio exchange %s --wait 60\n", x.Id)
	}
}

func adjudicateCmd(io stdio) *cobra.Command {
	var as, out, reason string
	c := &cobra.Command{
		Use:   "adjudicate",
		Short: "Examine candidates: confirm or reject",
		Long: `A candidate is what the comparison found; a hit is what an examiner confirms. The examiner sees
the two prints and nothing of the person.`,
		Example: `  convenio adjudicate list --as examiner.profile
  convenio adjudicate show 8c1f... --as examiner.profile -o prints/
  convenio adjudicate confirm 8c1f... --as examiner.profile --reason "14 points agree, none against"`,
	}
	list := &cobra.Command{
		Use: "list", Short: "List candidates that wait", Args: cobra.NoArgs,
		Example: "  convenio adjudicate list --as examiner.profile",
		RunE: atNode(io, &as, func(cmd *cobra.Command, _ []string, client *api.ClientWithResponses) error {
			r, err := client.ListCandidatesWithResponse(cmd.Context())
			if err != nil {
				return unreachable(err)
			}
			if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
				return err
			}
			if asJSON(cmd) {
				return io.json(r.JSON200)
			}
			for _, x := range *r.JSON200 {
				io.printf("%s  from %s  %s  since %s  score %.0f\n", x.Exchange, x.Partner, x.Purpose, x.Received.Format("15:04:05"), x.Score)
			}
			return nil
		}),
	}
	jsonFlag(list)
	show := &cobra.Command{
		Use: "show EXCHANGE", Short: "Write both prints of every finger into a folder", Args: exchangeID,
		Example: "  convenio adjudicate show 8c1f... --as examiner.profile -o prints/",
		RunE: atNode(io, &as, func(cmd *cobra.Command, args []string, client *api.ClientWithResponses) error {
			r, err := client.GetCandidateWithResponse(cmd.Context(), args[0])
			if err != nil {
				return unreachable(err)
			}
			if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
				return err
			}
			return writePairs(io, out, r.JSON200.Pairs)
		}),
	}
	show.Flags().StringVarP(&out, "output", "o", "", "folder for the images (required)")
	required(show, "output")
	c.AddCommand(list, show)
	for _, v := range []struct{ verdict, short, saw string }{
		{"confirm", "Confirm: the prints are of the same finger", "14 points agree, none against"},
		{"reject", "Reject: they are not, or it is not certain", "the core differs; 3 points against"},
	} {
		x := &cobra.Command{
			Use: v.verdict + " EXCHANGE", Short: v.short, Args: exchangeID,
			Example: `  convenio adjudicate ` + v.verdict + ` 8c1f... --as examiner.profile --reason "` + v.saw + `"`,
			RunE: atNode(io, &as, func(cmd *cobra.Command, args []string, client *api.ClientWithResponses) error {
				r, err := client.GiveVerdictWithResponse(cmd.Context(), args[0], api.Verdict{Verdict: api.VerdictVerdict(v.verdict), Reason: reason})
				if err != nil {
					return unreachable(err)
				}
				if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
					return err
				}
				io.printf("recorded     %s\n", v.verdict)
				return nil
			}),
		}
		x.Flags().StringVar(&reason, "reason", "", "what you saw (required)")
		required(x, "reason")
		c.AddCommand(x)
	}
	for _, x := range c.Commands() {
		asFlag(x, &as)
	}
	return c
}

func writePairs(io stdio, dir string, pairs []api.FingerPair) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, p := range pairs {
		for name, b := range map[string][]byte{"probe": p.Probe, "reference": p.Reference} {
			if err := os.WriteFile(filepath.Join(dir, p.Position+"-"+name+".png"), b, 0o600); err != nil {
				return err
			}
		}
		io.printf("%-13s score %.0f: %s-probe.png, %s-reference.png\n", p.Position, p.Score, p.Position, p.Position)
	}
	return nil
}

func discloseCmd(io stdio) *cobra.Command {
	var as string
	var fields []string
	var wait int
	c := &cobra.Command{
		Use:   "disclose",
		Short: "Ask for the facts behind a hit, or release them",
		Long: `A hit says that the partner knows the person, and nothing else. An officer may then ask for facts,
field by field; the partner decides each under the agreement, and where an article wants it a second
person there, an approver, releases them.`,
		Example: `  convenio disclose ask 8c1f... --as ana.profile --fields family-name,given-names,date-of-birth
  convenio disclose list --as approver.profile
  convenio disclose release 8c1f... --as approver.profile --reason "needed for the examination"`,
	}
	ask := &cobra.Command{
		Use: "ask EXCHANGE", Short: "Ask the partner for fields behind a confirmed hit", Args: exchangeID,
		Example: "  convenio disclose ask 8c1f... --as ana.profile --fields family-name,given-names,date-of-birth",
		RunE: atNode(io, &as, func(cmd *cobra.Command, args []string, client *api.ClientWithResponses) error {
			r, err := client.RequestDisclosureWithResponse(cmd.Context(), args[0], api.RequestDisclosureJSONRequestBody{Fields: fields})
			if err != nil {
				return unreachable(err)
			}
			if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
				return err
			}
			return showExchange(cmd, io, client, args[0], wait)
		}),
	}
	ask.Flags().StringSliceVar(&fields, "fields", nil, "fields, as the agreement lists them (required)")
	required(ask, "fields")
	waitFlag(ask, &wait)
	jsonFlag(ask)
	list := &cobra.Command{
		Use: "list", Short: "List disclosures that wait for a second person", Args: cobra.NoArgs,
		Example: "  convenio disclose list --as approver.profile",
		RunE: atNode(io, &as, func(cmd *cobra.Command, _ []string, client *api.ClientWithResponses) error {
			r, err := client.ListApprovalsWithResponse(cmd.Context())
			if err != nil {
				return unreachable(err)
			}
			if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
				return err
			}
			if asJSON(cmd) {
				return io.json(r.JSON200)
			}
			for _, x := range *r.JSON200 {
				io.printf("%s  from %s  %s  %s\n", x.Exchange, x.Partner, x.Purpose, strings.Join(x.Fields, ", "))
			}
			return nil
		}),
	}
	jsonFlag(list)
	c.AddCommand(ask, list)
	for _, v := range []struct{ decision, short, why string }{
		{"release", "Release what the agreement allows", "needed for the examination"},
		{"refuse", "Refuse the disclosure", "the record is being corrected"},
	} {
		c.AddCommand(releaseCmd(io, &as, v.decision, v.short, v.why))
	}
	for _, x := range c.Commands() {
		asFlag(x, &as)
	}
	return c
}

// releaseCmd is the approver's decision on a disclosure: release or refuse.
func releaseCmd(io stdio, as *string, decision, short, why string) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: decision + " EXCHANGE", Short: short, Args: exchangeID,
		Example: `  convenio disclose ` + decision + ` 8c1f... --as approver.profile --reason "` + why + `"`,
		RunE: atNode(io, as, func(cmd *cobra.Command, args []string, client *api.ClientWithResponses) error {
			r, err := client.DecideApprovalWithResponse(cmd.Context(), args[0],
				api.DecideApprovalJSONRequestBody{Decision: api.DecideApprovalJSONBodyDecision(decision), Reason: reason})
			if err != nil {
				return unreachable(err)
			}
			if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
				return err
			}
			io.printf("recorded     %s\n", decision)
			return nil
		}),
	}
	c.Flags().StringVar(&reason, "reason", "", "why (required)")
	required(c, "reason")
	return c
}
