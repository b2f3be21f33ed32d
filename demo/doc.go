// Package demo plays what may happen between two nodes, as an officer's workstation would see it: it
// starts two nodes as processes of the same binary, enrols synthetic people at them, plays each scene
// through the nodes' own interfaces, and audits the two ledgers at the end.
//
// Everything is made up: the agreement, the people, their fingers. Nothing is pretended: each scene
// goes the real way, and what the demo shows is what the nodes answered. Where a scene needs a
// dishonest partner, rogue.go is one, with the real keys of its party in its hands.
package demo
