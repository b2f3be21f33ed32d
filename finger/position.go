package finger

import "fmt"

// Position is a friction ridge position: which finger an image is of.
// Codes are those of ANSI/NIST-ITL 1-2011, Table 8 (the same as ISO/IEC 19794-2:2005, Table 2).
type Position uint8

// Finger positions.
const (
	Unknown Position = iota
	RightThumb
	RightIndex
	RightMiddle
	RightRing
	RightLittle
	LeftThumb
	LeftIndex
	LeftMiddle
	LeftRing
	LeftLittle
)

var positionNames = [...]string{"unknown", "right-thumb", "right-index", "right-middle", "right-ring", "right-little",
	"left-thumb", "left-index", "left-middle", "left-ring", "left-little"}

var positionTextsES = [...]string{"desconocido", "pulgar derecho", "índice derecho", "medio derecho", "anular derecho", "meñique derecho",
	"pulgar izquierdo", "índice izquierdo", "medio izquierdo", "anular izquierdo", "meñique izquierdo"}

// String returns the position's stable name, such as "right-index".
func (p Position) String() string {
	if !p.Valid() {
		return fmt.Sprintf("position(%d)", uint8(p))
	}
	return positionNames[p]
}

// Text returns the position's name for a person, in Spanish ("es") or English.
func (p Position) Text(lang string) string {
	switch {
	case !p.Valid():
		return p.String()
	case lang == "es":
		return positionTextsES[p]
	case p == Unknown:
		return "unknown"
	}
	side, finger := "right ", positionNames[p][len("right-"):]
	if p >= LeftThumb {
		side, finger = "left ", positionNames[p][len("left-"):]
	}
	return side + finger
}

// Valid reports whether p is unknown or one of the ten fingers.
func (p Position) Valid() bool { return int(p) < len(positionNames) }

// ParsePosition returns the position of a name as String writes it.
func ParsePosition(s string) (Position, error) {
	for i, n := range positionNames {
		if n == s {
			return Position(i), nil
		}
	}
	return Unknown, fmt.Errorf("parse finger position: %q is none of right-thumb ... left-little", s)
}
