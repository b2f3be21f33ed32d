package loopback

import (
	"net"
	"slices"
	"testing"
)

func TestFreePorts(t *testing.T) {
	addrs, err := FreePorts(8)
	if err != nil {
		t.Fatal(err)
	}
	if len(addrs) != 8 {
		t.Fatalf("%d addresses, want 8", len(addrs))
	}
	for i, a := range addrs {
		if slices.Contains(addrs[:i], a) {
			t.Errorf("%s twice", a)
		}
		l, err := net.Listen("tcp", a)
		if err != nil {
			t.Errorf("%s is not free: %v", a, err)
			continue
		}
		if p := l.Addr().(*net.TCPAddr).Port; p < firstPort || p >= endPort {
			t.Errorf("port %d is out of range", p)
		}
		l.Close()
	}
}
