// Package osia serves OSIA's ABIS interface (OSIA 7.1, interface version 1.6.0): a national system enrols encounters,
// searches and verifies through it, with this project's fingerprint engine. Package osia/abis is the interface itself.
//
// Start with [New], give [Service.Handler] to a server and run [Service.Run] beside it: Run carries out what was asked with
// a callback and sends the results. What is kept is in the registry, sealed with a key for each encounter, apart from the
// people that a partner's searches reach: nothing enrolled here is ever seen by a partner.
//
// Only single fingers are compared. Other modalities and images of several fingers are kept and given back. Addresses from
// outside are never fetched: images come by value, and results go only to origins that the configuration names.
package osia
