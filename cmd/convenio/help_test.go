package main

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "rewrite testdata/help.golden")

// walk visits every command of the program.
func walk(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		if sub.Name() == "help" || sub.Name() == "completion" {
			continue // the library's own
		}
		walk(sub, visit)
	}
}

// TestHelp holds the help of every command to the project's form.
func TestHelp(t *testing.T) {
	root := newRoot(stdio{})
	walk(root, func(c *cobra.Command) {
		t.Run(strings.ReplaceAll(c.CommandPath(), " ", "_"), func(t *testing.T) {
			if c.Short == "" || strings.HasSuffix(c.Short, ".") || unicode.IsLower(rune(c.Short[0])) {
				t.Errorf("the short description is to begin with a capital and end without a period: %q", c.Short)
			}
			if len(c.Short) > 80 {
				t.Errorf("the short description is longer than 80 characters: %q", c.Short)
			}
			for line := range strings.Lines(c.Long) {
				if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 100 {
					t.Errorf("a line of the description has %d characters, more than 100: %q", n, line)
				}
			}
			if !strings.Contains(c.Example, c.CommandPath()) {
				t.Errorf("the help is to hold an example of %q: %q", c.CommandPath(), c.Example)
			}
			if !strings.HasSuffix(strings.TrimSpace(c.UsageString()), strings.TrimSpace(c.Example)) {
				t.Errorf("the help is to end with its example: %s", c.UsageString())
			}
		})
	})
}

var continued = regexp.MustCompile(`\s*\\\n\s*`)

// TestExamplesParse has the program understand the examples of its help: the commands and flags are
// there, the arguments are as many as needed, and nothing required is left out.
func TestExamplesParse(t *testing.T) {
	var lines []string
	walk(newRoot(stdio{}), func(c *cobra.Command) {
		lines = append(lines, strings.Split(continued.ReplaceAllString(c.Example, " "), "\n")...)
	})
	remark := regexp.MustCompile(`   .*$| \| .*$`)
	for _, line := range lines {
		line = remark.ReplaceAllString(strings.TrimSpace(line), "")
		t.Run(line, func(t *testing.T) {
			words := split(line)
			if words[0] != "convenio" {
				t.Fatalf("an example begins with the program's name")
			}
			for i, w := range words {
				words[i] = strings.ReplaceAll(w, "8c1f...", "8c1f0000000000000000000000000000")
			}
			root := newRoot(stdio{})
			root.InitDefaultHelpFlag()
			root.InitDefaultVersionFlag()
			c, rest, err := root.Find(words[1:])
			if err != nil {
				t.Fatal(err)
			}
			c.InitDefaultHelpFlag()
			if err := c.ParseFlags(rest); err != nil {
				t.Fatal(err)
			}
			if help, _ := c.Flags().GetBool("help"); help {
				return
			}
			if err := c.ValidateArgs(c.Flags().Args()); err != nil {
				t.Error(err)
			}
			if err := c.ValidateRequiredFlags(); err != nil {
				t.Error(err)
			}
		})
	}
	if len(lines) < 40 {
		t.Errorf("only %d examples were found", len(lines))
	}
}

// split cuts a line into words as a shell does, as far as examples need it.
func split(line string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	for _, r := range line + " " {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
		case quote == 0 && r == ' ':
			words = append(words, word.String())
			word.Reset()
		default:
			word.WriteRune(r)
		}
	}
	return words
}

// TestHelpGolden keeps the help of every command as it was last read and approved. After a change:
// go test ./cmd/convenio -run TestHelpGolden -update, and read the difference.
func TestHelpGolden(t *testing.T) {
	t.Setenv("CONVENIO_PROFILE", "")
	var all bytes.Buffer
	root := newRoot(stdio{})
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	root.InitDefaultVersionFlag()
	walk(root, func(c *cobra.Command) {
		all.WriteString("$ " + c.CommandPath() + " --help\n")
		c.SetOut(&all)
		c.InitDefaultHelpFlag()
		if err := c.Help(); err != nil {
			t.Fatal(err)
		}
		all.WriteString("\n")
	})
	const golden = "testdata/help.golden"
	if *update {
		if err := os.WriteFile(golden, all.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), all.String()); d != "" {
		t.Errorf("the help has changed (-approved +now); read it, then run with -update:\n%s", d)
	}
}
