//go:build !amd64

package kernel

const path = "go"

var (
	distances = distancesGo
	hits      = hitsGo
)
