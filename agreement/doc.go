// Package agreement reads an international agreement written as a folder of
// YAML articles, and executes it: the text that two parties sign is the text
// that decides.
//
// Start with [Parse], which takes the files of the folder and either returns an
// [Agreement] or a [*Problems] that names each fault with its file, line,
// article and remedy. Then:
//
//   - [Agreement.Decide] answers a [Request] with a [Decision] that names the
//     articles that decided. Every rule is evaluated by Cedar
//     (github.com/cedar-policy/cedar-go): what no rule permits is denied, a
//     forbid beats every permit, and a rule that fails to evaluate denies.
//   - [Agreement.SearchTerms], [Agreement.DisclosureTerms],
//     [Agreement.RetentionTerms] and [Agreement.Quotas] give the typed terms
//     (threshold, deadlines, quotas), each with the article it comes from.
//   - [Agreement.Bundle] is the exact text that is signed, one file that opens in
//     any text editor; [Agreement.Digest] is its SHA-256. [Sign] and
//     [VerifySignatures] bind the parties to these bytes; [Notice] and [Fold]
//     carry suspension, resumption and termination.
//   - [Agreement.Render] sets the words and the machine terms side by side.
//
// The package is pure: values in, values out. It reads no file, no clock and no
// random source, and an Agreement is safe for concurrent use.
package agreement
