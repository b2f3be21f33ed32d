package finger

import "math"

// The engine must give the same template and the same score on every platform. Go may fuse x*y+z into one rounding on
// some processors, and math's functions are assembly on some, so: pictures are integers; angles are integers and go
// through the tables below, whose entries are rounded so coarsely that a last-bit difference of math.Sin cannot show;
// where floats remain, products are written float64(x*y) before they are added (the language forbids fusing across a
// conversion). Division and math.Sqrt are exactly rounded by IEEE 754 everywhere.

const (
	turn     = 1024    // angle units of a full turn in the tables
	trigOne  = 1 << 14 // scale of the tables' sine and cosine
	atanSize = 1024
)

var (
	cosTable  [turn]int32
	atanTable [atanSize + 1]int32 // atan(i/1024) in 1/65536 turn
)

func init() {
	for i := range cosTable {
		cosTable[i] = int32(math.RoundToEven(math.Cos(2*math.Pi*float64(i)/turn) * trigOne))
	}
	for i := range atanTable {
		atanTable[i] = int32(math.RoundToEven(math.Atan(float64(i)/atanSize) * 65536 / (2 * math.Pi)))
	}
}

func icos(a int) int32 { return cosTable[a&(turn-1)] }
func isin(a int) int32 { return cosTable[(a-turn/4)&(turn-1)] }

// iatan2 returns the angle of (x, y) in 1/65536 turn, 0..65535; 0 for the null vector.
func iatan2(y, x int64) int {
	ax, ay := max(x, -x), max(y, -y)
	if ax == 0 && ay == 0 {
		return 0
	}
	var a int
	if ax >= ay {
		a = int(atanTable[ay*atanSize/ax])
	} else {
		a = 16384 - int(atanTable[ax*atanSize/ay])
	}
	if x < 0 {
		a = 32768 - a
	}
	if y < 0 {
		a = 65536 - a
	}
	return a & 65535
}

func isqrt(v int64) int64 {
	if v <= 0 {
		return 0
	}
	return int64(math.Sqrt(float64(v)))
}

// halfTurnDiff returns the absolute difference of two orientations of 256 steps a half turn, 0..128.
func halfTurnDiff(a, b uint8) int { return absInt(int(int8(a - b))) }

func absInt(v int) int {
	if v < 0 {
		return -v
	}
	return v
}
