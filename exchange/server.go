package exchange

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Paths, media types and header fields of the transport.
const (
	MessagesPath = "/exchange/v1/messages"
	HelloPath    = "/exchange/v1/hello"

	MessageType = "application/vnd.convenio.message"
	ReceiptType = "application/vnd.convenio.receipt+json"
	RefusalType = "application/vnd.convenio.refusal+json"

	timeField      = "Convenio-Time"      // the answering node's clock, on every answer
	duplicateField = "Convenio-Duplicate" // "true": the receipt is that of an earlier delivery
)

// Reply is what an Inbox answers: the stored bytes of a signed receipt.
type Reply struct {
	Receipt   []byte // as Receipt.Bytes gave them when it was first made
	Duplicate bool   // the message was received before; nothing was done now
}

// Inbox takes what the transport brings. Receive must make the message and its receipt durable before it returns, and
// must give the same receipt for the same envelope for ever after. It returns a *Refusal as error for what is not
// final (CodeNeedConsistency, CodeBusy); any other error is told to the sender as busy, and to OnError.
// It is called concurrently.
type Inbox interface {
	Receive(ctx context.Context, peer PartyID, m Message) (Reply, error)
}

// ServerConfig is what a Server needs. Zero values take the defaults.
type ServerConfig struct {
	Keys      *KeyRing
	Peers     *Peers
	Inbox     Inbox
	Agreement func() Digest                 // of the text in force, for hello; nil or zero if none is
	Now       func() time.Time              // defaults to time.Now
	OnError   func(peer PartyID, err error) // told of what the sender is not told; defaults to nothing
	MaxBytes  int                           // bound of an envelope; defaults to MaxEnvelope
	MaxSkew   time.Duration                 // greatest difference of clocks; defaults to DefaultMaxSkew
	BodyTime  time.Duration                 // time for a request's body to arrive; defaults to 30 s
	Handling  time.Duration                 // time for the Inbox; defaults to 60 s
	PerPeer   int                           // messages of one peer handled at once; defaults to 8
}

func (c ServerConfig) withDefaults() ServerConfig {
	setDefault(&c.MaxBytes, MaxEnvelope)
	setDefault(&c.MaxSkew, DefaultMaxSkew)
	setDefault(&c.BodyTime, 30*time.Second)
	setDefault(&c.Handling, time.Minute)
	setDefault(&c.PerPeer, 8)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.OnError == nil {
		c.OnError = func(PartyID, error) {}
	}
	if c.Agreement == nil {
		c.Agreement = func() Digest { return Digest{} }
	}
	return c
}

// Server is the http.Handler of a node's exchange endpoint. It must be served with ServerTLS: every request is refused
// unless its connection holds the TLS key of an installed card.
type Server struct {
	config ServerConfig
	mux    *http.ServeMux
	mu     sync.Mutex
	active map[PartyID]int
}

// NewServer returns the handler; it fails if keys, peers or inbox are missing.
func NewServer(c ServerConfig) (*Server, error) {
	if c.Keys == nil || c.Peers == nil || c.Inbox == nil {
		return nil, errors.New("exchange server needs keys, peers and an inbox")
	}
	s := &Server{config: c.withDefaults(), mux: http.NewServeMux(), active: map[PartyID]int{}}
	s.mux.HandleFunc("POST "+MessagesPath, s.messages)
	s.mux.HandleFunc("GET "+HelloPath, s.hello)
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set(timeField, At(s.config.Now()).String())
	w.Header().Set("Cache-Control", "no-store")
	if _, err := peerOf(r.TLS, s.config.Peers); err != nil {
		s.refuse(w, "", refuse(CodeUnknownParty, "%v", err))
		return
	}
	s.mux.ServeHTTP(w, r)
}

// HTTPServer returns a server for the handler with the timeouts and bounds of the protocol; call ServeTLS(l, "", "") with
// a listener that LimitListener bounds.
func (s *Server) HTTPServer() *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Server{
		Protocols:         protocols,
		Handler:           s,
		TLSConfig:         ServerTLS(s.config.Keys, s.config.Peers),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       10*time.Second + s.config.BodyTime,
		WriteTimeout:      10*time.Second + s.config.BodyTime + s.config.Handling,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    8 << 10,
	}
}

func (s *Server) messages(w http.ResponseWriter, r *http.Request) {
	card, err := peerOf(r.TLS, s.config.Peers)
	if err != nil {
		s.refuse(w, "", refuse(CodeUnknownParty, "%v", err))
		return
	}
	peer := card.Party
	if !s.enter(peer) {
		s.refuse(w, peer, Busy(time.Second))
		return
	}
	defer s.leave(peer)
	m, err := s.read(w, r)
	if err != nil {
		s.refuse(w, peer, err)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.config.Handling)
	defer cancel()
	reply, err := s.config.Inbox.Receive(ctx, peer, m)
	if err != nil {
		s.refuse(w, peer, err)
		return
	}
	s.reply(w, peer, reply)
}

func (s *Server) reply(w http.ResponseWriter, peer PartyID, reply Reply) {
	receipt, err := ParseReceipt(reply.Receipt)
	if err != nil {
		s.refuse(w, peer, err)
		return
	}
	status := http.StatusOK
	if receipt.Refusal != nil {
		status = receipt.Refusal.Code.Status()
	}
	if reply.Duplicate {
		w.Header().Set(duplicateField, "true")
	}
	write(w, status, ReceiptType, reply.Receipt)
}

// refuse answers without a receipt. What is not a *Refusal is the node's own trouble: the sender hears busy.
func (s *Server) refuse(w http.ResponseWriter, peer PartyID, err error) {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		s.config.OnError(peer, err)
		refusal = Busy(5 * time.Second)
	}
	body, err := encode(refusal)
	if err != nil {
		s.config.OnError(peer, err)
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	if wait := refusal.Wait(); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
	write(w, refusal.Code.Status(), RefusalType, body)
}

func write(w http.ResponseWriter, status int, media string, body []byte) {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a peer that has gone asks again
}

// enter takes one of the peer's places.
func (s *Server) enter(peer PartyID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active[peer] >= s.config.PerPeer {
		return false
	}
	s.active[peer]++
	return true
}

func (s *Server) leave(peer PartyID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active[peer]--
}
