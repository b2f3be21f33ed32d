// Package reach says which encounters that a national system keeps through OSIA are within reach of a partner's searches,
// and as what: the category, nationalities and safeguards of the record by the words of the agreement, and the facts that
// may be disclosed after a hit.
//
// The default is out of reach. A gallery that is not mapped, a nationality that is not there or is no state's code, a
// protection in words that the agreement does not have, a state of persecution that cannot be read: each keeps the encounter
// out. What is known of a person in any encounter counts in all of them, so that nobody is found by an older encounter that
// lacks the protection.
//
// [Rules] are written in a node's configuration; [Rules.Compile] holds them against the agreement; [Mapping.Records] applies
// them to one person.
package reach
