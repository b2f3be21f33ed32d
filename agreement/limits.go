package agreement

// Limits on what Parse takes in. An agreement beyond a limit is refused with a
// problem that names the limit. They bound the time and the memory of Parse
// whatever the input.
const (
	MaxFiles       = 500            // files of a folder
	MaxFileBytes   = 1 << 20        // bytes of one file
	MaxBundleBytes = 8 << 20        // bytes of the whole bundle
	MaxLineBytes   = 4000           // bytes of one line
	MaxMarks       = 60_000         // line ends and YAML signs (:,-[]{}) of one file
	MaxAllMarks    = 1_000_000      // and of the whole folder
	MaxDepth       = 16             // YAML nesting
	MaxRules       = 10_000         // rules, those compiled from terms included
	MaxListed      = 1000           // entries of each list of agreement.yaml
	MaxProblems    = 100            // problems listed in one error
	MaxChecks      = 50_000_000     // evaluations of one rule spent on finding permits that cannot take effect
	MaxSetItems    = 64             // nationalities, and safeguards, of a request's person or record
	MaxWordBytes   = 200            // bytes of one word of a request
	MaxSignature   = 16 << 10       // bytes of a signature or notice file
	maxQuotaLimit  = 1_000_000_000  // a quota's limit
	maxDuration    = 100 * 365 * 24 // hours; the longest deadline
)

// bounds are the limits that tests set lower.
type bounds struct{ rules, checks int }
