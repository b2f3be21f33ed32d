package exchange

import (
	"net"
	"sync"
)

// LimitListener bounds the connections that are open at once; one more waits in the operating system's queue. Strangers
// are refused only after a TLS handshake, so this is what bounds their cost.
func LimitListener(l net.Listener, most int) net.Listener {
	return &limitListener{Listener: l, places: make(chan struct{}, most), closed: make(chan struct{})}
}

type limitListener struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	once   sync.Once
}

// Accept implements net.Listener.
func (l *limitListener) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	return &limitedConn{Conn: c, leave: sync.OnceFunc(func() { <-l.places })}, nil
}

// Close implements net.Listener; an Accept that waits for a place returns.
func (l *limitListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (c *limitedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
