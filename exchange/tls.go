package exchange

import (
	"crypto/tls"
	"errors"
	"fmt"
)

// errUnknownPeer fails a handshake; it names no key, so that a log of it is safe.
var errUnknownPeer = errors.New("the peer's TLS key is on no installed card")

// ServerTLS returns the configuration of a node's listener: TLS 1.3 only, a client certificate demanded, and its key
// pinned to one of the installed cards at each handshake. There is no certification authority; names and dates in
// certificates are not looked at, the card is the authority.
func ServerTLS(keys *KeyRing, peers *Peers) *tls.Config {
	c := baseTLS(keys)
	c.ClientAuth = tls.RequireAnyClientCert
	c.VerifyConnection = func(s tls.ConnectionState) error {
		_, err := peerOf(&s, peers)
		return err
	}
	return c
}

// ClientTLS returns the configuration of a connection to the node of one card: TLS 1.3 only, the server's key pinned.
func ClientTLS(keys *KeyRing, to Card) *tls.Config {
	c := baseTLS(keys)
	c.InsecureSkipVerify = true // no authority to verify with: VerifyConnection pins the key instead
	c.ServerName = "convenio"   // not looked at; a fixed name tells an observer nothing
	want := to.Keys.TLS
	c.VerifyConnection = func(s tls.ConnectionState) error {
		got, err := peerKey(&s)
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("the server at %s does not hold the TLS key on the card of %s: is the card out of date?", to.Endpoint, to.Party)
		}
		return nil
	}
	return c
}

func baseTLS(keys *KeyRing) *tls.Config {
	return &tls.Config{
		MinVersion:             tls.VersionTLS13,
		Certificates:           []tls.Certificate{keys.TLS},
		CurvePreferences:       []tls.CurveID{tls.X25519MLKEM768, tls.X25519},
		NextProtos:             []string{"http/1.1"}, // few large requests: HTTP/2 would add surface, not speed
		SessionTicketsDisabled: true,                 // every connection proves its key afresh
	}
}

// peerKey returns the SPKI digest of the key that the other side proved to hold.
func peerKey(s *tls.ConnectionState) (Digest, error) {
	if s == nil || s.Version < tls.VersionTLS13 {
		return Digest{}, errors.New("connection is not TLS 1.3")
	}
	if len(s.PeerCertificates) == 0 {
		return Digest{}, errors.New("peer showed no certificate")
	}
	return spkiOf(s.PeerCertificates[0]), nil
}

// peerOf returns the card of the other side of a connection.
func peerOf(s *tls.ConnectionState, peers *Peers) (Card, error) {
	key, err := peerKey(s)
	if err != nil {
		return Card{}, err
	}
	card, ok := peers.Key(key)
	if !ok {
		return Card{}, errUnknownPeer
	}
	return card, nil
}
