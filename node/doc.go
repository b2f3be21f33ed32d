// Package node puts the parts together into one party's installation: it holds the folder, keys,
// registry, gallery and ledger, serves the officers' interface (package api) and the partner
// (package exchange), and carries each exchange from step to step.
//
// Every step is the same small dance, so that a node may be killed at any instant:
//
//  1. what is about to happen is written to the journal and to the ledger (journal.go);
//  2. it happens;
//  3. the exchange moves to its next state, together with the messages and entries that follow,
//     in one transaction of the registry.
//
// A step that was cut short is taken again from the start: the journal gives back the entry it
// already holds, so that nothing is decided, logged or sent twice. Start reading at node.go, then
// ask.go (the asking side) and answer.go (the answering side).
package node
