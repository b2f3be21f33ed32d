package audit

import (
	"fmt"
	"slices"
	"strings"

	"convenio/ledger"
)

// maxListed bounds each list in Text; the JSON report has them all.
const maxListed = 20

// Text returns the report for the terminal, ending in a newline.
func (r Report) Text() string {
	var b strings.Builder
	for _, p := range r.Parties {
		fmt.Fprintf(&b, "%s  %s: %d entries", p.Party, p.Origin, p.Size)
		if p.Read != p.Size {
			fmt.Fprintf(&b, " (%d could be read)", p.Read)
		}
		fmt.Fprintf(&b, ", root %s\n", shortDigest(p.Root))
		fmt.Fprintf(&b, "    %s\n", kinds(p.Kinds))
		for _, t := range keys(p.Transactions) {
			fmt.Fprintf(&b, "    %s: %s\n", t, kinds(p.Transactions[t]))
		}
		if p.Openings > 0 {
			fmt.Fprintf(&b, "    %d private bodies compared with their commitments\n", p.Openings)
		}
	}
	b.WriteByte('\n')
	if r.Agree {
		b.WriteString("COMPLETE: both ledgers are whole and agree with each other.\n")
	} else {
		fmt.Fprintf(&b, "NOT COMPLETE. First: %s\n", r.First.Text)
	}
	list(&b, "Findings", r.Findings)
	list(&b, "Alarms", r.Alarms)
	list(&b, "Pending", r.Pending)
	list(&b, "Notes", r.Notes)
	return b.String()
}

func list(b *strings.Builder, title string, findings []Finding) {
	if len(findings) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s (%d)\n", title, len(findings))
	for i, f := range findings {
		if i == maxListed {
			fmt.Fprintf(b, "  ... and %d more\n", len(findings)-i)
			return
		}
		fmt.Fprintf(b, "  [%s] %s\n", f.Code, f.Text)
	}
}

func kinds(counts map[ledger.Kind]int) string {
	var parts []string
	for _, k := range keys(counts) {
		parts = append(parts, fmt.Sprintf("%s %d", k, counts[k]))
	}
	return strings.Join(parts, ", ")
}

func keys[K ~string, V any](m map[K]V) []K {
	ks := make([]K, 0, len(m))
	for k := range m {
		ks = append(ks, k)
	}
	slices.Sort(ks)
	return ks
}
