package agreement

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Period is a length of calendar time. Exactly one unit is set, or none.
type Period struct {
	Years  int           `json:"years,omitempty"`
	Months int           `json:"months,omitempty"`
	Days   int           `json:"days,omitempty"`
	Clock  time.Duration `json:"clock,omitempty"` // nanoseconds
}

// After returns t plus the period, in t's location.
func (p Period) After(t time.Time) time.Time {
	return t.AddDate(p.Years, p.Months, p.Days).Add(p.Clock)
}

// IsZero reports whether no period is set.
func (p Period) IsZero() bool { return p == Period{} }

// String gives the period as it is written in an agreement, "3 years".
func (p Period) String() string {
	switch {
	case p.Years > 0:
		return plural(p.Years, "year")
	case p.Months > 0:
		return plural(p.Months, "month")
	case p.Days > 0:
		return plural(p.Days, "day")
	}
	return formatClock(p.Clock)
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}

// formatClock gives a duration in its largest whole unit of s, min and h.
func formatClock(d time.Duration) string {
	switch {
	case d >= time.Hour && d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	case d >= time.Minute && d%time.Minute == 0:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	}
	return strconv.Itoa(int(d/time.Second)) + " s"
}

// quantity splits "60 s" into its number and unit.
func quantity(s string) (num, unit string, err error) {
	num, unit, ok := strings.Cut(s, " ")
	if !ok || num == "" || unit == "" || strings.HasPrefix(unit, " ") {
		return "", "", fmt.Errorf("%q has no unit", s)
	}
	return num, unit, nil
}

// wholeNumber reads 0 to limit written in plain digits.
func wholeNumber(s string, limit int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > limit || strconv.Itoa(n) != s {
		return 0, fmt.Errorf("%q is not a whole number from 0 to %d", s, limit)
	}
	return n, nil
}

// parsePeriod reads "60 s", "15 min", "24 h", "90 days", "6 months", "3 years"; at
// least one second, at most a hundred years.
func parsePeriod(s string) (Period, error) {
	num, unit, err := quantity(s)
	if err != nil {
		return Period{}, err
	}
	n, err := wholeNumber(num, maxDuration*3600)
	if err != nil {
		return Period{}, err
	}
	if n == 0 {
		return Period{}, fmt.Errorf("%q is no time at all", s)
	}
	var p Period
	var inHours int
	switch unit {
	case "s":
		p.Clock, inHours = time.Duration(n)*time.Second, n/3600
	case "min":
		p.Clock, inHours = time.Duration(min(n, maxDuration*60))*time.Minute, n/60
	case "h":
		p.Clock, inHours = time.Duration(min(n, maxDuration))*time.Hour, n
	case "day", "days":
		p.Days, inHours = n, n*24
	case "month", "months":
		p.Months, inHours = n, n*24*30
	case "year", "years":
		p.Years, inHours = n, n*24*365
	default:
		return Period{}, fmt.Errorf("%q is not a unit of time", unit)
	}
	if inHours > maxDuration {
		return Period{}, fmt.Errorf("%q is over a hundred years", s)
	}
	return p, nil
}

// parseDeadline reads a period that a clock can count: s, min, h or days of 24 h.
func parseDeadline(s string) (time.Duration, error) {
	p, err := parsePeriod(s)
	if err != nil {
		return 0, err
	}
	if p.Months > 0 || p.Years > 0 {
		return 0, fmt.Errorf("%q is not a unit of a deadline", s)
	}
	return p.Clock + time.Duration(p.Days)*24*time.Hour, nil
}

// parseRate reads a percentage above 0 and up to 100, "0.1 %", as a fraction.
func parseRate(s string) (float64, error) {
	num, unit, err := quantity(s)
	if err != nil {
		return 0, err
	}
	if unit != "%" {
		return 0, fmt.Errorf("%q is not a unit of a rate", unit)
	}
	if strings.Trim(num, "0123456789.") != "" || len(num) > 20 {
		return 0, fmt.Errorf("%q is not a plain decimal number", num)
	}
	f, err := strconv.ParseFloat(num, 64)
	if err != nil || f <= 0 || f > 100 {
		return 0, fmt.Errorf("%q is not above 0 %% and up to 100 %%", s)
	}
	return f / 100, nil
}

// parseCount reads a whole number of the named unit, singular or plural: "2 fingers".
func parseCount(unit string, limit int) func(string) (int, error) {
	return func(s string) (int, error) {
		num, got, err := quantity(s)
		if err != nil {
			return 0, err
		}
		if got != unit && got != unit+"s" {
			return 0, fmt.Errorf("%q is not %ss", got, unit)
		}
		return wholeNumber(num, limit)
	}
}

// parseQuality reads a score out of a hundred: "40 of 100".
func parseQuality(s string) (int, error) {
	num, unit, err := quantity(s)
	if err != nil {
		return 0, err
	}
	if unit != "of 100" {
		return 0, fmt.Errorf("%q is not a quality scale", unit)
	}
	return wholeNumber(num, 100)
}

// Window is the span in which a quota counts: a UTC calendar day, month or year.
type Window string

// The windows.
const (
	PerDay   Window = "day"
	PerMonth Window = "month"
	PerYear  Window = "year"
)

// Start returns the beginning of the window that holds t, in UTC.
func (w Window) Start(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	switch w {
	case PerMonth:
		d = 1
	case PerYear:
		m, d = time.January, 1
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// End returns the instant at which the window that holds t is over.
func (w Window) End(t time.Time) time.Time {
	s := w.Start(t)
	switch w {
	case PerMonth:
		return s.AddDate(0, 1, 0)
	case PerYear:
		return s.AddDate(1, 0, 0)
	}
	return s.AddDate(0, 0, 1)
}

// quotaUnits names what a quota of each act counts.
var quotaUnits = map[string]string{"searches": ActSearch, "search": ActSearch, "disclosures": ActDisclose, "disclosure": ActDisclose,
	"queries": "", "query": "", "supplies": "", "supply": "", "acts": "", "act": "", // of acts that the quota names
}

// parseQuota reads "3 searches per day" or "20 disclosures per month".
func parseQuota(s string) (act string, limit int, w Window, err error) {
	f := strings.Split(s, " ")
	if len(f) != 4 || f[2] != "per" {
		return "", 0, "", fmt.Errorf("%q is not a count, a unit and a window", s)
	}
	if limit, err = wholeNumber(f[0], maxQuotaLimit); err != nil {
		return "", 0, "", err
	}
	act, ok := quotaUnits[f[1]]
	w = Window(f[3])
	if !ok || (w != PerDay && w != PerMonth && w != PerYear) {
		return "", 0, "", fmt.Errorf("%q does not count searches, disclosures, queries or supplies per day, month or year", s)
	}
	return act, limit, w, nil
}
