// Package eval measures how well comparison scores tell mated from non-mated pairs of prints: the protocol and figures
// of the Fingerprint Verification Competitions (Maio, Maltoni, Cappelli, Wayman, Jain: FVC2000, PAMI 24(3), 2002) and of
// ISO/IEC 19795-1:2021, with confidence intervals.
//
// Start with Run, which compares every unordered pair of a set of samples, then Rates on what it returns. Everything is
// values in, values out: reading images and writing reports is the caller's.
package eval
