// Package audit compares the two ledgers of an agreement: whether each is whole, and whether they tell one story.
//
// An overseer loads both ledgers (ledger.Load) and calls [Run]. What makes it work is that each ledger holds what the
// other was seen to hold: an entry about a message names the partner's entry and the partner's checkpoint of that
// moment. So a party that removes or changes an entry, rebuilds its ledger and signs it with its own key has a ledger
// that is perfect by itself, and the partner's ledger shows the first entry that is gone.
//
// The package is pure: it takes what was read and gives a [Report]; it opens nothing and asks no clock.
package audit

import (
	"time"

	"convenio/ledger"
)

// Input is one party's ledger as it was read.
type Input struct {
	Party     string                    // short name, for the report: "US"
	Book      *ledger.Book              // whole, or what could be read if LoadError is set; nil if nothing could
	LoadError error                     // what ledger.Load returned
	Openings  map[string]ledger.Opening // private bodies by entry ID, if the overseer was shown some
}

// Options bound what counts as late.
type Options struct {
	// Now is when the audit is made; the zero time stands for the latest entry of both ledgers.
	Now time.Time
	// Expiry is how long a message may wait for its receipt, and a step for the next; 0 stands for DefaultExpiry.
	Expiry time.Duration
	// Tolerance is how far a ledger's times may go back from one entry to a later one; 0 stands for DefaultTolerance.
	Tolerance time.Duration
	// Skew is how far the two parties' clocks may differ; 0 stands for DefaultSkew.
	Skew time.Duration
	// NoApproval says that the agreement lets an examiner's verdict release a disclosure without a second person.
	NoApproval bool
}

// Defaults of Options.
const (
	DefaultExpiry    = 24 * time.Hour
	DefaultTolerance = 2 * time.Second // entries of one moment may reach the log in another order
	DefaultSkew      = 5 * time.Minute
)

func (o Options) withDefaults(sides [2]*side) Options {
	if o.Expiry == 0 {
		o.Expiry = DefaultExpiry
	}
	if o.Tolerance == 0 {
		o.Tolerance = DefaultTolerance
	}
	if o.Skew == 0 {
		o.Skew = DefaultSkew
	}
	if o.Now.IsZero() {
		for _, s := range sides {
			if s.last.After(o.Now) {
				o.Now = s.last
			}
		}
	}
	return o
}

// run is one audit under way.
type run struct {
	opt    Options
	sides  [2]*side
	report *Report
}

// Run audits two ledgers. It never fails: whatever is wrong with a ledger is in the report.
func Run(a, b Input, opt Options) Report {
	sides := [2]*side{newSide(0, a), newSide(1, b)}
	r := &run{opt: opt.withDefaults(sides), sides: sides, report: &Report{}}
	for i, s := range sides {
		partner := sides[1-i]
		r.checkOwn(s)
		r.checkAgainst(s, partner)
	}
	for _, f := range r.report.Findings {
		if f.Code.class() == 0 {
			sides[f.side].lost = true
		}
	}
	for i, s := range sides {
		partner := sides[1-i]
		r.checkSends(s, partner)
		r.checkRefusals(s, partner)
		r.checkOrder(s, partner)
		r.checkOpenings(s)
		r.report.Parties = append(r.report.Parties, s.summary())
	}
	r.report.finish()
	return *r.report
}

// late reports whether something that began at t should have ended by now.
func (r *run) late(t time.Time) bool { return r.opt.Now.Sub(t) > r.opt.Expiry }
