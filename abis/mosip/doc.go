// Package mosip answers the ABIS messages of the identity system MOSIP (ABIS API specification 0.9): insert, identify,
// delete, ping, and the counts of pending jobs and references.
//
//	a := mosip.New(mosip.Options{Fetch: datashare})
//	answer := a.Handle(ctx, request)     // one JSON message in, one out
//	err := a.Serve(ctx, queue)           // one after the other, in the order of the queue
//
// MOSIP speaks to an ABIS over a message queue and hands biometrics over by a URL; both are behind interfaces (Queue,
// Fetcher) that the edge provides. A queue in process is here (NewQueue); a broker's client and the download, with its token
// and its decryption, are not.
//
// Compared are fingers alone: of what a reference URL gives, the finger image records. Everything is safe for concurrent
// use. Answers, errors included, name codes and never what is in a record.
package mosip
