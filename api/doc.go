// Package api is the officers' interface of a node: its description (openapi.yaml), the server and
// client made from that description, and the profile a workstation keeps to reach its node.
//
// Nothing here is spoken between countries; see package exchange for that.
//
// After a change of openapi.yaml run `make generate`.
package api

import (
	_ "embed"
)

// Description is openapi.yaml, as a node serves it and checks each call against.
//
//go:embed openapi.yaml
var Description []byte
