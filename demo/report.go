package demo

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Report is the whole outcome; it is what --json prints.
type Report struct {
	// Fictional says so: the agreement, the people and their fingers are made up.
	Fictional bool              `json:"fictional"`
	Seed      uint64            `json:"seed"`
	Agreement AgreementReport   `json:"agreement"`
	Nodes     map[string]string `json:"node_versions"`
	Enrolled  map[string]int    `json:"enrolled"`
	Scenes    []Scene           `json:"scenes"`
	Audit     []AuditReport     `json:"audit"`
	OK        bool              `json:"ok"`
	Millis    int64             `json:"millis"`
	// PeakBytes is the largest resident memory of any process, where the system tells.
	PeakBytes int64 `json:"peak_bytes,omitempty"`
	// Reach is how to reach the nodes left running by --serve.
	Reach map[string]Reach `json:"reach,omitempty"`
}

// AgreementReport names the text in force.
type AgreementReport struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	Digest  string `json:"digest"`
	Notice  string `json:"notice"`
}

// Scene is one thing that happens between the two nodes.
type Scene struct {
	Name    string `json:"name"`
	Outcome string `json:"outcome"`
	// Article is what decided: article numbers of the agreement, or, where a message did not get as
	// far as the agreement, the rule of the protocol.
	Article string `json:"article"`
	Millis  int64  `json:"millis"`
	// OK is false when the scene did not end as it must; Why says what was wrong.
	OK  bool   `json:"ok"`
	Why string `json:"why,omitempty"`
}

// AuditReport is one run of the audit over two ledgers.
type AuditReport struct {
	Name  string `json:"name"`
	Agree bool   `json:"agree"`
	// First names the first entry that is missing, where the ledgers do not agree.
	First   string `json:"first,omitempty"`
	Entries string `json:"entries"`
	// Alarms are messages refused at the door that their sender's ledger does not show.
	Alarms int    `json:"alarms"`
	Millis int64  `json:"millis"`
	OK     bool   `json:"ok"`
	Why    string `json:"why,omitempty"`
}

// Reach is how an officer's workstation reaches a node.
type Reach struct {
	API      string            `json:"api"`
	Exchange string            `json:"exchange"`
	Folder   string            `json:"folder"`
	Profiles map[string]string `json:"profiles"`
}

// printer writes the running account for people; with --json it is silent.
type printer struct {
	w     io.Writer
	quiet bool
}

func (p printer) line(format string, a ...any) {
	if !p.quiet {
		fmt.Fprintf(p.w, format+"\n", a...)
	}
}

func (p printer) scene(s Scene) {
	mark := "ok  "
	if !s.OK {
		mark = "FAIL"
	}
	p.line("  %s  %-50s %7s  %-10s %s", mark, s.Name, seconds(s.Millis), s.Article, s.Outcome)
	if s.Why != "" {
		p.line("        %s", s.Why)
	}
}

func seconds(millis int64) string {
	d := time.Duration(millis) * time.Millisecond
	return fmt.Sprintf("%.2f s", d.Seconds())
}

// articles names what decided: articles of the agreement, or the protocol, where a message did not
// get as far as the agreement.
func articles(list []string) string {
	if len(list) == 0 {
		return "protocol"
	}
	return "art. " + strings.Join(list, ", ")
}
