package agreement

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"
)

// PartyKey is a public key of a party and the time in which it signs for it.
type PartyKey struct {
	Key     ed25519.PublicKey
	From    time.Time // valid from this instant; zero: always was
	Until   time.Time // until just before this instant; zero: no end
	Revoked time.Time // signatures from this instant on do not hold; zero: not revoked
}

// at says why the key does not sign at a moment, or "".
func (k *PartyKey) at(t time.Time) string {
	day := func(x time.Time) string { return x.UTC().Format(time.RFC3339) }
	switch {
	case !k.Revoked.IsZero() && !t.Before(k.Revoked):
		return "its key was revoked at " + day(k.Revoked)
	case t.Before(k.From):
		return "its key is not valid before " + day(k.From)
	case !k.Until.IsZero() && !t.Before(k.Until):
		return "its key was valid until " + day(k.Until)
	}
	return ""
}

// VerifySignaturesAt is [VerifySignatures] where a party has had several keys over
// time: each signature must be by a key of its party that was valid, and not
// revoked, at the time that it states.
func VerifySignaturesAt(bundle []byte, sigs []Signature, keys map[string][]PartyKey) (*Agreement, error) {
	chosen := map[string]ed25519.PublicKey{}
	for i := range sigs {
		s := &sigs[i]
		key, err := KeyAt(keys[s.Party], s.Key, s.Signed)
		switch {
		case err == nil:
			chosen[s.Party] = key
		case errors.Is(err, ErrBadSig):
			return nil, fmt.Errorf("verify agreement: signature of %s of %s: %w", s.Party, s.Signed.UTC().Format(time.RFC3339), err)
		case chosen[s.Party] == nil && len(keys[s.Party]) > 0:
			chosen[s.Party] = keys[s.Party][0].Key // VerifySignatures says that it is another
		}
	}
	return VerifySignatures(bundle, sigs, chosen)
}

// Overlaps finds versions of one agreement that are in force on the same day: a
// request of that day would have two texts. The problems name the later one.
func Overlaps(list []*Agreement) []Problem {
	var out []Problem
	for i, a := range list {
		for _, b := range list[i+1:] {
			if a.ID != b.ID || a.digest == b.digest {
				continue
			}
			from, until := a.From, a.Until
			if b.From.After(from) {
				from = b.From
			}
			if until.IsZero() || (!b.Until.IsZero() && b.Until.Before(until)) {
				until = b.Until
			}
			if until.IsZero() || from.Before(until) {
				later := b
				if a.From.After(b.From) {
					later = a
				}
				out = append(out, Problem{HeaderFile, later.forceLine, later.EntryIntoForce,
					fmt.Sprintf("versions %s and %s of %s are both in force on %s", a.Version, b.Version, a.ID, from.Format(time.DateOnly)),
					"let the earlier end on the day on which the later begins"})
			}
		}
	}
	return out
}

// ClockDoubt says which entry into force or end lies within skew of a moment, so
// that two clocks that differ by as much could decide under different rules; nil
// when there is none. Both sides decide, and the stricter stands: what one clock
// still or already refuses does not happen.
func (a *Agreement) ClockDoubt(now time.Time, skew time.Duration) *Problem {
	near := func(t time.Time) bool { return !t.IsZero() && now.Sub(t).Abs() <= skew }
	doubt := func(file string, line int, article, what string, t time.Time) *Problem {
		return &Problem{file, line, article, fmt.Sprintf("%s at %s is within %s of the clock", what, t.Format(time.RFC3339), skew), "wait until both clocks are past it"}
	}
	switch {
	case near(a.From):
		return doubt(HeaderFile, a.forceLine, a.EntryIntoForce, "the entry into force", a.From)
	case near(a.Until):
		return doubt(HeaderFile, a.forceLine, a.EntryIntoForce, "the end", a.Until)
	}
	for _, s := range a.spans {
		x, _ := a.Article(s.article)
		if near(s.from) {
			return doubt(x.File, s.line, s.article, "the article's entry into force", s.from)
		}
		if near(s.until) {
			return doubt(x.File, s.line, s.article, "the article's end", s.until)
		}
	}
	return nil
}
