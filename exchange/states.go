package exchange

import "fmt"

// State is where an exchange stands on one side.
type State string

// Event is what may happen to an exchange.
type Event string

// Step is one row of a state machine: in From, On leads to To.
type Step struct {
	From State
	On   Event
	To   State
}

// Machine is a state machine as a table; docs/protocol.md draws both. A pair that has no row is an error: the event is
// refused and nothing changes.
type Machine struct {
	Name  string
	Steps []Step
}

// StateNew is where every exchange begins, on both sides.
const StateNew State = "new"

// Next returns the state that the event leads to.
func (m Machine) Next(s State, e Event) (State, error) {
	for _, step := range m.Steps {
		if step.From == s && step.On == e {
			return step.To, nil
		}
	}
	return s, fmt.Errorf("%s side: %s cannot happen in state %s", m.Name, e, s)
}

// States lists the machine's states in the order in which the table first names them.
func (m Machine) States() []State {
	var out []State
	seen := map[State]bool{}
	for _, step := range m.Steps {
		for _, s := range []State{step.From, step.To} {
			if !seen[s] {
				seen[s], out = true, append(out, s)
			}
		}
	}
	return out
}

// Events lists the machine's events in the order in which the table first names them.
func (m Machine) Events() []Event {
	var out []Event
	seen := map[Event]bool{}
	for _, step := range m.Steps {
		if !seen[step.On] {
			seen[step.On], out = true, append(out, step.On)
		}
	}
	return out
}

// Final says whether no event leads from the state to another.
func (m Machine) Final(s State) bool {
	for _, step := range m.Steps {
		if step.From == s && step.To != s {
			return false
		}
	}
	return true
}
