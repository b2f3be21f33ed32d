package exchange

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// read takes the request's body within its bounds of size and time, and compares the clocks.
func (s *Server) read(w http.ResponseWriter, r *http.Request) (Message, error) {
	if r.Header.Get("Content-Type") != MessageType {
		return Message{}, refuse(CodeMalformed, "content type is not %s", MessageType)
	}
	limit := s.config.MaxBytes + messageOverhead
	if r.ContentLength > int64(limit) {
		return Message{}, refuse(CodeTooLarge, "message has %d bytes, at most %d are taken", r.ContentLength, limit)
	}
	body, err := s.readBody(w, r, limit)
	var tooLarge tooLargeError
	if errors.As(err, &tooLarge) {
		return Message{}, refuse(CodeTooLarge, "message has more than %d bytes", limit)
	}
	if err != nil {
		return Message{}, refuse(CodeMalformed, "message did not arrive whole within %s", s.config.BodyTime)
	}
	m, err := ParseMessage(body, s.config.MaxBytes)
	if err != nil {
		return Message{}, err
	}
	if ahead := m.Sent.Sub(s.config.Now()); ahead.Abs() > s.config.MaxSkew {
		return Message{}, clockRefusal(ahead)
	}
	return m, nil
}

// readBody reads the body within its time. The deadline is real time, not the injected clock's: it belongs to the socket.
// It is lifted once the body is there: reached while the Inbox works, it would cancel the request.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, limit int) ([]byte, error) {
	socket := http.NewResponseController(w)
	if err := socket.SetReadDeadline(time.Now().Add(s.config.BodyTime)); err != nil {
		return nil, err
	}
	body, err := readBounded(r.Body, limit)
	if err != nil {
		return nil, err
	}
	return body, socket.SetReadDeadline(time.Time{})
}

type tooLargeError struct{}

func (tooLargeError) Error() string { return "too many bytes" }

// readBounded reads at most limit bytes; memory grows with what a peer has sent, not with what it has announced.
func readBounded(r io.Reader, limit int) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(b) > limit {
		return nil, tooLargeError{}
	}
	return b, nil
}
