package exchange

import (
	"errors"
	"fmt"
)

// Asker says on whose behalf and why a message is sent, in codes of the agreement: never a name.
type Asker struct {
	Purpose   string `json:"purpose"`   // out of the agreement's closed list
	Ground    string `json:"ground"`    // the legal basis, as the agreement lists it
	Case      string `json:"case"`      // the asker's case reference, opaque to the partner
	Authority string `json:"authority"` // the agency that asks
	Role      string `json:"role"`      // the officer's role, as the agreement lists it
	Officer   string `json:"officer"`   // the officer's code, opaque to the partner
}

func (a Asker) check() error {
	return errors.Join(
		checkCode("purpose", a.Purpose), checkCode("ground", a.Ground), checkCode("case", a.Case),
		checkCode("authority", a.Authority), checkCode("role", a.Role), checkCode("officer", a.Officer))
}

// payload is what every payload type offers: its own validation.
type payload interface{ Check() error }

func encodePayload(what string, p payload) ([]byte, error) {
	if err := p.Check(); err != nil {
		return nil, fmt.Errorf("%s payload: %w", what, err)
	}
	b, err := encode(p)
	if err != nil {
		return nil, fmt.Errorf("%s payload: %w", what, err)
	}
	return b, nil
}

// parsePayload reads a payload strictly; its errors are *Refusal with CodeMalformed.
func parsePayload[P payload](what string, b []byte) (P, error) {
	var p, none P
	if err := decodeStrict(what+" payload", b, MaxPayload, &p); err != nil {
		return none, refuse(CodeMalformed, "%v", err)
	}
	if err := p.Check(); err != nil {
		return none, refuse(CodeMalformed, "%s payload: %v", what, err)
	}
	return p, nil
}
