package ledger

import "fmt"

// Damage says what is wrong with a ledger.
type Damage string

// Kinds of damage.
const (
	Missing       Damage = "missing"    // an entry that the ledger commits to is not there
	Altered       Damage = "altered"    // an entry is not what the ledger commits to
	Invalid       Damage = "invalid"    // the ledger commits to bytes that are no valid entry
	TileDamaged   Damage = "tile"       // the entries hold; a file of hashes beside them does not
	BadCheckpoint Damage = "checkpoint" // there is no checkpoint signed by the ledger's key
)

// LoadError names the first entry of a ledger that is missing or altered.
type LoadError struct {
	Index   uint64 // the first entry concerned
	Through uint64 // the last entry that it may be; equal to Index when the evidence names one entry
	What    Damage
	Detail  string
	Err     error // the cause below, if any
}

func (e *LoadError) Error() string {
	where := fmt.Sprintf("entry #%d", e.Index)
	if e.Through != e.Index {
		where = fmt.Sprintf("entries #%d to #%d", e.Index, e.Through)
	}
	s := fmt.Sprintf("ledger is damaged at %s (%s): %s", where, e.What, e.Detail)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *LoadError) Unwrap() error { return e.Err }
