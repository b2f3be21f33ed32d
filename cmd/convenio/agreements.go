package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"convenio/agreement"
	"convenio/agreement/paper"
	"convenio/examples/agreements"
	"convenio/exchange"
	"convenio/node"
)

func agreementCmd(io stdio) *cobra.Command {
	c := &cobra.Command{
		Use:   "agreement",
		Short: "Read, check, sign and install the agreement",
		Long: `The agreement is a folder of articles, each with its words and the machine terms that carry them
out. Where a command takes AGREEMENT, give a folder, a bundle file, or the name of a shipped
agreement: co-us-demo and region-demo (fictional), irpr and pcsc (real law, encoded; not official).`,
		Example: `  convenio agreement check my-agreement/
  convenio agreement show co-us-demo --lang es
  convenio agreement bundle co-us-demo -o agreement.txtar
  convenio agreement sign agreement.txtar --dir co -o co.signature.json
  convenio agreement install agreement.txtar --dir co --signature co.signature.json --signature us.signature.json`,
	}
	c.AddCommand(checkCmd(io), showCmd(io), digestCmd(io), bundleCmd(io), signCmd(io), verifyCmd(io), installCmd(io),
		decideCmd(io), explainDecisionCmd(io), vocabularyCmd(io), proveCmd(io), simulateCmd(io), diffCmd(io))
	return c
}

// loadAgreement reads a folder, a bundle, or a shipped example.
func loadAgreement(path string) (*agreement.Agreement, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		files, err := readFolder(path)
		if err != nil {
			return nil, err
		}
		return agreement.Parse(files)
	case err == nil:
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		a, err := agreement.ParseBundle(b)
		if err != nil {
			return nil, hint(fmt.Errorf("%s: %w", path, err), "give a folder of articles, or the file that 'convenio agreement bundle' wrote")
		}
		return a, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	files, err := agreements.Files(path)
	if err != nil {
		return nil, hint(fmt.Errorf("%s: no such folder or file, nor a shipped example", path), "the shipped example is called %s; others: %s", agreements.CoUsDemo, strings.Join(agreements.Names()[1:], ", "))
	}
	return agreement.Parse(files)
}

// readFolder reads the articles below dir; a link that leads out of it is refused.
func readFolder(dir string) (map[string][]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	files := map[string][]byte{}
	err = fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "tests" {
			return fs.SkipDir // cases and properties stand beside the agreement and are not part of it
		}
		if err != nil || d.IsDir() {
			return err
		}
		if ext := filepath.Ext(path); ext != ".yaml" && ext != ".yml" {
			return nil
		}
		files[path], err = root.ReadFile(path)
		return err
	})
	return files, err
}

func checkCmd(io stdio) *cobra.Command {
	var asJSON bool
	var checks int
	c := &cobra.Command{
		Use:   "check AGREEMENT...",
		Short: "Say everything that is wrong with an agreement, by file, line and article",
		Long: `Refuses what could not run or could not be signed, then says what may not have been meant: rules
that decide nothing, purposes nobody may use, fields nobody may see, articles without machine terms.
Ends with 1 where something is to be corrected. Given several versions of one agreement it also
says whether two of them are in force on one day.`,
		Example: "  convenio agreement check my-agreement/",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := loadAgreement(args[0])
			var p *agreement.Problems
			if errors.As(err, &p) && asJSON {
				if err := io.json(p.List); err != nil {
					return err
				}
				return &exitError{1}
			}
			if err != nil {
				return err
			}
			remarks := a.Lint(checks)
			versions := []*agreement.Agreement{a}
			for _, other := range args[1:] {
				b, err := loadAgreement(other)
				if err != nil {
					return err
				}
				versions, remarks = append(versions, b), append(remarks, b.Lint(checks)...)
			}
			for _, p := range agreement.Overlaps(versions) {
				remarks = append(remarks, agreement.Remark{Problem: p, Fault: true})
			}
			return reportRemarks(io, a, remarks, asJSON)
		},
	}
	c.Flags().IntVar(&checks, "bound", 2_000_000, "evaluations to spend on rules that decide nothing")
	c.Flags().BoolVar(&asJSON, "json", false, "print the problems as JSON")
	return c
}

func showCmd(io stdio) *cobra.Command {
	var lang, format, out string
	c := &cobra.Command{
		Use:   "show AGREEMENT",
		Short: "Print the articles with their machine terms beside them",
		Long: `Prints the agreement as text in one language, or as the PDF or the HTML page that people sign: every
language side by side, the machine terms below the words that they carry out, the digest of the
signed text on each page and room for the signatures. The same text gives the same PDF to the byte.`,
		Example: `  convenio agreement show co-us-demo --lang es | less
  convenio agreement show co-us-demo --format pdf -o co-us-demo.pdf
  convenio agreement show irpr --format html -o irpr.html`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := loadAgreement(args[0])
			if err != nil {
				return err
			}
			switch format {
			case "text":
				return io.write(out, []byte(a.Render(lang)), 0o644)
			case "html":
				b, err := a.HTML()
				if err != nil {
					return err
				}
				return io.write(out, b, 0o644)
			case "pdf":
				b, err := paper.PDF(a)
				if err != nil {
					return err
				}
				return io.write(out, b, 0o644)
			}
			return hint(fmt.Errorf("format %q", format), "write text, html or pdf")
		},
	}
	c.Flags().StringVar(&lang, "lang", "en", "language of the text, for instance es")
	c.Flags().StringVar(&format, "format", "text", "text, html or pdf")
	c.Flags().StringVarP(&out, "output", "o", "-", "file to write, - for standard output")
	return c
}

func digestCmd(io stdio) *cobra.Command {
	return &cobra.Command{
		Use:     "digest AGREEMENT",
		Short:   "Print the SHA-256 of the exact bytes that are signed",
		Example: "  convenio agreement digest agreement.txtar",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := loadAgreement(args[0])
			if err != nil {
				return err
			}
			io.printf("%s\n", a.Digest())
			return nil
		},
	}
}

func bundleCmd(io stdio) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:     "bundle AGREEMENT",
		Short:   "Write the one text that both parties sign",
		Example: "  convenio agreement bundle co-us-demo -o agreement.txtar",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := loadAgreement(args[0])
			if err != nil {
				return err
			}
			return io.write(out, a.Bundle(), 0o644)
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "-", "file to write, - for standard output")
	return c
}

func signCmd(io stdio) *cobra.Command {
	var dir, out string
	c := &cobra.Command{
		Use:   "sign AGREEMENT",
		Short: "Sign the agreement with a party's key",
		Long: `Signs the exact bytes of the agreement with the party key in DIR/keys. Both parties sign the same
bytes; a node runs under nothing else.`,
		Example: "  convenio agreement sign agreement.txtar --dir co -o co.signature.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := loadAgreement(args[0])
			if err != nil {
				return err
			}
			keys, err := node.KeysOf(dir)
			if err != nil {
				return hint(err, "give --dir the folder that 'convenio keys new' made")
			}
			if keys.Party == nil {
				return hint(fmt.Errorf("%s/keys holds no party.key", dir), "sign where the party key is kept, with --dir naming the folder there")
			}
			s, err := agreement.Sign(a.Bundle(), strings.ToLower(string(keys.ID)), keys.Party, time.Now())
			if err != nil {
				return err
			}
			return io.write(out, s.Marshal(), 0o644)
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "folder of the party's node (required)")
	c.Flags().StringVarP(&out, "output", "o", "-", "file to write, - for standard output")
	required(c, "dir")
	return c
}

func installCmd(io stdio) *cobra.Command {
	var dir string
	var sigs []string
	c := &cobra.Command{
		Use:   "install BUNDLE",
		Short: "Put the signed agreement into a node's folder",
		Long: `Puts the text and both signatures into the folder, if both are over exactly these bytes and by the
keys of the two installed cards. The node runs under this text and no other.`,
		Example: "  convenio agreement install agreement.txtar --dir co --signature co.signature.json --signature us.signature.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := loadAgreement(args[0])
			if err != nil {
				return err
			}
			var raw [][]byte
			for _, f := range sigs {
				b, err := os.ReadFile(f)
				if err != nil {
					return err
				}
				raw = append(raw, b)
			}
			if _, err := node.InstallAgreement(dir, a.Bundle(), raw); err != nil {
				return hint(err, "both parties sign the same bundle file, with the keys whose cards are installed")
			}
			io.printf("installed %s %s, digest %s\n", a.ID, a.Version, a.Digest())
			if a.Fictional {
				io.printf("%s\n", a.Notice.In("en"))
			}
			return nil
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "folder of the node (required)")
	c.Flags().StringArrayVar(&sigs, "signature", nil, "a party's signature file (required, one for each party)")
	required(c, "dir", "signature")
	return c
}

func noticeCmd(io stdio) *cobra.Command {
	c := &cobra.Command{
		Use:   "notice",
		Short: "Suspend, resume or terminate the agreement",
		Long: `A notice is signed with the party's key and takes effect at once: at this party's node when it is
given, at the partner's when it arrives. It needs nobody's consent. A suspension or a resumption is
of the whole agreement, or of the part that the words after --purpose, --authority and so on name.`,
		Example: `  convenio notice sign suspend --dir co --sequence 1 --reason "incident under review" -o suspend.json
  convenio notice sign suspend --dir co --sequence 1 --reason "audit" --purpose visa-application --asking us -o suspend.json
  convenio notice give suspend.json --as operator.profile`,
	}
	var dir, reason, out, as string
	var sequence int
	var of partFlags
	var by signerFlags
	sign := &cobra.Command{
		Use:       "sign {suspend|resume|terminate}",
		Short:     "Write and sign a notice",
		Example:   `  convenio notice sign suspend --dir co --sequence 1 --reason "incident under review" -o suspend.json`,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{agreement.Suspend, agreement.Resume, agreement.Terminate},
		RunE: func(_ *cobra.Command, args []string) error {
			raw, err := by.sign(dir, args[0], reason, sequence, of.get())
			if err != nil {
				return hint(err, "--dir is the folder that holds both the party's key and the installed agreement; an overseer gives --key and --agreement instead; --sequence counts from 1")
			}
			return io.write(out, raw, 0o644)
		},
	}
	fl := sign.Flags()
	fl.StringVar(&dir, "dir", "", "folder with the party's key and the agreement (required, or --overseer)")
	fl.StringVar(&reason, "reason", "", "why, for people (required)")
	fl.IntVar(&sequence, "sequence", 0, "1 for the party's first notice, then 2, 3 ... (required)")
	fl.StringVarP(&out, "output", "o", "-", "file to write, - for standard output")
	of.add(sign)
	by.add(sign)
	required(sign, "reason", "sequence")
	give := &cobra.Command{
		Use:   "give NOTICE",
		Short: "Put a signed notice into force at the node, which tells the partner",
		Long: `The node carries the notice out at once and sends it to the partner, again and again until the
partner has it. It takes an operator's profile; the party's key has done its work in 'notice sign'.`,
		Example: "  convenio notice give suspend.json --as operator.profile",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			raw, err := io.read(args[0])
			if err != nil {
				return err
			}
			return workstation{io: io, profile: as}.giveNotice(cmd.Context(), raw)
		},
	}
	asFlag(give, &as)
	c.AddCommand(sign, give)
	return c
}

func partyKeys(cards []string) (map[string]ed25519.PublicKey, error) {
	keys := map[string]ed25519.PublicKey{}
	for _, f := range cards {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		c, err := exchange.ParseCard(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		keys[strings.ToLower(string(c.Party))] = c.Keys.Party
	}
	return keys, nil
}
