// Package trial measures identification: it builds a gallery of synthetic people on disk, searches captures of people who
// are in it and of people who are not, and says how often the search is wrong, which stage loses whom, and how fast it is.
package trial
