package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"convenio/api"
	"convenio/capture"
	"convenio/exchange"
	"convenio/finger"
	"convenio/node"
	"convenio/registry"
)

// rogue is a tampered requester: whoever has taken over a party's node, with all its real keys. It
// speaks the protocol perfectly and leaves out what an honest node does first: asking the agreement,
// and writing its ledger.
type rogue struct {
	keys   *exchange.KeyRing
	to     exchange.Card
	client *exchange.Client
	text   exchange.Digest
}

func newRogue(from, to *side, text exchange.Digest) (*rogue, error) {
	keys, err := node.KeysOf(from.dir)
	if err != nil {
		return nil, err
	}
	client, err := exchange.NewClient(exchange.ClientConfig{Keys: keys})
	if err != nil {
		return nil, err
	}
	return &rogue{keys: keys, to: to.card, client: client, text: text}, nil
}

// search sends a search that no honest node of its party would send.
func (r *rogue) search(ctx context.Context, text exchange.Digest, asker exchange.Asker, fingers []api.FingerImage) (exchange.Receipt, error) {
	p := exchange.SearchPayload{Number: string(mustID()), Asker: asker}
	now := time.Now()
	file, err := searchFile(capture.SearchHeader{From: string(r.keys.ID), To: string(r.to.Party), Number: p.Number, At: now}, fingers)
	if err != nil {
		return exchange.Receipt{}, err
	}
	p.File = file
	raw, err := p.Bytes()
	if err != nil {
		return exchange.Receipt{}, err
	}
	envelope, _, err := exchange.Seal(r.keys, r.to, exchange.Header{
		Version: exchange.Version, ID: mustID(), Exchange: mustID(), Transaction: exchange.TxSearch,
		From: r.keys.ID, To: r.to.Party, Agreement: text, Created: exchange.At(now), Expires: exchange.At(now.Add(time.Hour)),
	}, raw)
	if err != nil {
		return exchange.Receipt{}, err
	}
	d, err := r.post(ctx, envelope)
	return d.Receipt, err
}

// post hands over an envelope with a made-up proof that its sender's ledger holds it.
func (r *rogue) post(ctx context.Context, envelope []byte) (exchange.Delivery, error) {
	forged := exchange.Logged{Entry: []byte("{}"), Proof: exchange.LogProof{Checkpoint: []byte("none")}}
	return r.client.Deliver(ctx, r.to, exchange.Message{Logged: forged, Envelope: envelope})
}

// steal reads the message that waits in a stopped node's outbox: what a thief does who has copied
// its disk and its keys.
func (r *rogue) steal(ctx context.Context, dir string) ([]byte, error) {
	store, err := registry.Open(node.RegistryOf(dir), registry.Options{MasterKey: r.keys.Rest})
	if err != nil {
		return nil, err
	}
	defer store.Close()
	due, err := store.Due(ctx, time.Now().Add(time.Hour), 0)
	if err != nil {
		return nil, err
	}
	for _, m := range due {
		if h, _, err := exchange.Inspect(m.Envelope, exchange.MaxEnvelope); err == nil && h.Transaction == exchange.TxSearch {
			return m.Envelope, nil
		}
	}
	return nil, fmt.Errorf("no search waits in the outbox")
}

func mustID() exchange.ID {
	id, err := exchange.NewID(rand.Reader)
	if err != nil {
		panic("demo: no randomness: " + err.Error())
	}
	return id
}

// searchFile is the file of a search with these images.
func searchFile(h capture.SearchHeader, fingers []api.FingerImage) ([]byte, error) {
	var samples []capture.SearchSample
	for _, f := range fingers {
		p, err := finger.ParsePosition(f.Position)
		if err != nil {
			return nil, err
		}
		samples = append(samples, capture.SearchSample{Position: p, PNG: f.Image, PPI: 500})
	}
	return capture.SearchFile(h, samples)
}
