// Package abis is OSIA's ABIS interface as code: abis.yaml describes it, and the types, the server's skeleton and the client
// are generated from that description (make generate). Package osia answers it.
package abis

import _ "embed"

// Description is abis.yaml.
//
//go:embed abis.yaml
var Description []byte
