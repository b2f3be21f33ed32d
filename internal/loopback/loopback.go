// Package loopback finds free ports on this machine, for nodes that are to run on it at addresses that are known before
// they start: the demonstration's and the tests'.
package loopback

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync/atomic"
)

// Ports are taken from firstPort up to endPort. That is below what Linux, Windows and macOS give by themselves to
// outgoing connections and to listeners on port 0: what is free here is not taken by accident before the node starts.
const (
	firstPort = 20000
	endPort   = 32768
)

// taken counts the ports that this process looked at. Each process walks the range from a start of its own, so that none
// gets a port twice, and two hardly ever the same.
var (
	taken atomic.Uint32
	start = rand.Uint32N(endPort - firstPort)
)

// FreePorts returns n addresses HOST:PORT on 127.0.0.1 on which nobody listens now, and that this process was not given
// before.
func FreePorts(n int) ([]string, error) {
	addrs := make([]string, 0, n)
	for range endPort - firstPort {
		if len(addrs) == n {
			break
		}
		addr := fmt.Sprintf("127.0.0.1:%d", firstPort+(start+taken.Add(1))%(endPort-firstPort))
		l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		addrs = append(addrs, addr)
	}
	if len(addrs) < n {
		return nil, fmt.Errorf("find a free port: none from %d to %d", firstPort, endPort-1)
	}
	return addrs, nil
}
