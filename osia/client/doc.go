// Package client speaks OSIA's ABIS interface to a national ABIS: it keeps people in its galleries and has it search them. New
// makes a Client; Put, Move and Delete change one person, Identify searches one gallery, Content lists one.
//
// Identify never searches ALL, and a result is either whole or an error. With a callback address a search is answered later:
// Client is an http.Handler for the ABIS's calls, each of which must come to an address with a secret that was made for one
// search. A callback that is lost is asked for again. What is under way is kept in Tasks, so that a search that is repeated
// after a restart takes up the task that the ABIS has and makes no second one.
//
// People are sent as a name, a gallery and pictures of fingers: no name that a person bears, and no fact about anybody, has a
// place in the calls that this package makes.
package client
