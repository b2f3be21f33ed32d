package exchange

import "fmt"

// SuspendPayload carries a notice that suspends or resumes the agreement. The notice is signed by the party key in a
// form of the agreement's own; the receiver checks that signature, not only the node's.
type SuspendPayload struct {
	Notice []byte `json:"notice"`
}

const maxNoticeBytes = 64 << 10

// Check says what is wrong with the payload.
func (p SuspendPayload) Check() error {
	if len(p.Notice) == 0 || len(p.Notice) > maxNoticeBytes {
		return fmt.Errorf("notice has %d bytes, 1 to %d are allowed", len(p.Notice), maxNoticeBytes)
	}
	return nil
}

// Bytes returns the payload's only encoding, or what is wrong with it.
func (p SuspendPayload) Bytes() ([]byte, error) { return encodePayload("suspend", p) }

// ParseSuspend reads the payload of a suspend or a resume strictly.
func ParseSuspend(b []byte) (SuspendPayload, error) {
	return parsePayload[SuspendPayload]("suspend", b)
}
