package exchange

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Hello is what a node says of itself to an installed peer, for diagnosis.
type Hello struct {
	Version   int     `json:"version"`
	Party     PartyID `json:"party"`
	Time      Time    `json:"time"`
	Agreement Digest  `json:"agreement"` // of the text in force there; zero if none is
}

const (
	maxHelloBytes = 1 << 10
	helloType     = "application/vnd.convenio.hello+json"
)

func (s *Server) hello(w http.ResponseWriter, _ *http.Request) {
	b, err := encode(Hello{Version: Version, Party: s.config.Keys.ID, Time: At(s.config.Now()), Agreement: s.config.Agreement()})
	if err != nil {
		s.refuse(w, "", err)
		return
	}
	write(w, http.StatusOK, helloType, b)
}

// Hello asks the node of a card who it is. The second result is the partner's clock minus ours, as far as the duration
// of the request lets it be known.
func (c *Client) Hello(ctx context.Context, to Card) (Hello, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	a, err := c.do(ctx, to, http.MethodGet, HelloPath, nil)
	if err != nil {
		return Hello{}, 0, fmt.Errorf("greet %s: %w", to.Party, err)
	}
	if a.status != http.StatusOK || a.media != helloType {
		return Hello{}, a.clock, fmt.Errorf("greet %s: %w", to.Party, a.refusal())
	}
	var h Hello
	if err := decodeStrict("hello", a.body, maxHelloBytes, &h); err != nil {
		return Hello{}, a.clock, fmt.Errorf("greet %s: %w", to.Party, err)
	}
	if h.Party != to.Party {
		return h, a.clock, fmt.Errorf("greet %s: the node says that it is another party", to.Party)
	}
	return h, a.clock, nil
}
