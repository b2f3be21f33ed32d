// Package arch holds the shape of the project by tests alone: nothing imports
// it and it exports nothing.
//
// What it holds, and where to look when one of its tests fails:
//
//   - table_test.go: the one table of packages. What each may import of ours,
//     whether it is pure, whether it may serve, dial or speak SQL, and which
//     library belongs to which package. A new package begins with its line here.
//   - imports_test.go: the arrows and the libraries, held against the table.
//   - reach_test.go: pure packages touch no disk, no network, no clock and no
//     global random source; only the packages named dial out.
//   - comments_test.go: each package begins with a comment a newcomer can start from.
//   - map_test.go: ARCHITECTURE.md draws the same table for people.
//   - docs_test.go: the two READMEs say the same, links lead somewhere, and
//     every file, package and test that a page names exists.
//   - glossary_test.go: each term stands in Spanish and in English.
//   - paths_test.go: no tracked file names a path of somebody's machine.
//
// Each rule is a function from values to findings, and each is shown a planted
// fault beside its own test: a check that cannot fail is not kept.
package arch
