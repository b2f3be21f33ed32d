package exchange

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// drawn reads the steps of a machine out of the specification: rows of the table under its heading.
func drawn(t *testing.T, heading string) []Step {
	t.Helper()
	b, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(b), "\n### "+heading+"\n")
	if !ok {
		t.Fatalf("docs/protocol.md has no section %q", heading)
	}
	text, _, _ = strings.Cut(text, "\n#")
	row := regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| ([^|]+) \\|$")
	cell := regexp.MustCompile("`([a-z-]+)` → `([a-z-]+)`")
	var out []Step
	for _, m := range row.FindAllStringSubmatch(text, -1) {
		for _, c := range cell.FindAllStringSubmatch(m[2], -1) {
			out = append(out, Step{State(m[1]), Event(c[1]), State(c[2])})
		}
	}
	return out
}

// Every pair of state and event does what docs/protocol.md says, and every pair it does not name is refused.
func TestMachines(t *testing.T) {
	for heading, m := range map[string]Machine{"Asking side": Asking(), "Answering side": Answering()} {
		t.Run(m.Name, func(t *testing.T) {
			want := map[[2]string]State{}
			for _, s := range drawn(t, heading) {
				want[[2]string{string(s.From), string(s.On)}] = s.To
			}
			got := map[[2]string]State{}
			for _, s := range m.States() {
				for _, e := range m.Events() {
					to, err := m.Next(s, e)
					if err == nil {
						got[[2]string{string(s), string(e)}] = to
					} else if to != s {
						t.Errorf("%s on %s is refused, yet leads to %s", s, e, to)
					}
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("specification (-) and code (+) differ:\n%s", d)
			}
			if len(got) != len(m.Steps) {
				t.Errorf("%d steps, %d pairs: a pair has two rows", len(m.Steps), len(got))
			}
			checkReach(t, m)
		})
	}
}

// checkReach wants every state to be reachable from new, nothing to lead back to it, and an end within reach of each.
func checkReach(t *testing.T, m Machine) {
	t.Helper()
	reach := func(from State) map[State]bool {
		seen, todo := map[State]bool{from: true}, []State{from}
		for len(todo) > 0 {
			s := todo[0]
			todo = todo[1:]
			for _, step := range m.Steps {
				if step.From == s && !seen[step.To] {
					seen[step.To], todo = true, append(todo, step.To)
				}
			}
		}
		return seen
	}
	fromNew := reach(StateNew)
	for _, s := range m.States() {
		if !fromNew[s] {
			t.Errorf("%s cannot be reached", s)
		}
		ends := false
		for r := range reach(s) {
			ends = ends || m.Final(r)
			if r == StateNew && s != StateNew {
				t.Errorf("%s leads back to new", s)
			}
		}
		if !ends {
			t.Errorf("%s never ends", s)
		}
	}
}

func TestMachineEnds(t *testing.T) {
	final := func(m Machine) []State {
		var out []State
		for _, s := range m.States() {
			if m.Final(s) {
				out = append(out, s)
			}
		}
		slices.Sort(out)
		return out
	}
	if got := final(Asking()); !slices.Equal(got, []State{AskAnswerRefused, AskExpired, AskNoHit, AskRefused, AskRejected}) {
		t.Errorf("asking ends in %v", got)
	}
	if got := final(Answering()); !slices.Equal(got, []State{AnsClosed, AnsRefusedAtDoor}) {
		t.Errorf("answering ends in %v", got)
	}
}

// What must never happen, whatever the tables say: nothing is disclosed without a hit, and nothing answers twice.
func TestMachinesNever(t *testing.T) {
	m := Asking()
	for _, s := range []State{StateNew, AskSent, AskAcknowledged, AskNoHit, AskAnswerRefused, AskRefused, AskRejected, AskUndelivered, AskExpired} {
		for _, e := range []Event{EvAskDisclosure, EvDisclosureReleased, EvDisclosureRefused} {
			if to, err := m.Next(s, e); err == nil {
				t.Errorf("asking side: %s on %s leads to %s", s, e, to)
			}
		}
	}
	m = Answering()
	for _, s := range []State{StateNew, AnsReceived, AnsSearching, AnsAwaitingExaminer, AnsAnsweredNoHit, AnsAnsweredRefused, AnsClosed, AnsRefusedAtDoor} {
		if to, err := m.Next(s, EvRelease); err == nil {
			t.Errorf("answering side: %s releases and leads to %s", s, to)
		}
	}
	for _, s := range []State{AnsAnsweredNoHit, AnsAnsweredHit, AnsAnsweredRefused, AnsReleased, AnsClosed} {
		for _, e := range []Event{EvSearch, EvNoCandidate, EvCandidate, EvHit, EvConfirm, EvReject, EvRefuseAnswer, EvReceive} {
			if to, err := m.Next(s, e); err == nil {
				t.Errorf("answering side: answered, yet %s on %s leads to %s", s, e, to)
			}
		}
	}
}

func TestStateText(t *testing.T) {
	for _, m := range []Machine{Asking(), Answering()} {
		for _, s := range m.States() {
			text, ok := stateText(s)
			if !ok {
				t.Errorf("%s has no words", s)
				continue
			}
			if err := text.check(string(s), 100); err != nil {
				t.Error(err)
			}
			if s.Text("es") != text.ES || s.Text("en") != text.EN {
				t.Errorf("%s is given the wrong words", s)
			}
		}
	}
	if State("x").Text("es") != "x" {
		t.Error("an unknown state is given words")
	}
}
