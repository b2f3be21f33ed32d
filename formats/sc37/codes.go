package sc37

import "fmt"

// Finger positions (ISO/IEC 19794-4:2005 and 2011; ANSI/NIST-ITL 1-2011, Table 8). 1 to 10 are single fingers.
var positions = map[uint8]string{
	0: "unknown finger", 1: "right thumb", 2: "right index", 3: "right middle", 4: "right ring", 5: "right little",
	6: "left thumb", 7: "left index", 8: "left middle", 9: "left ring", 10: "left little",
	11: "plain right thumb", 12: "plain left thumb", 13: "plain right four fingers", 14: "plain left four fingers",
	15: "plain thumbs", 20: "unknown palm", 21: "right full palm", 22: "right writer's palm", 23: "left full palm",
	24: "left writer's palm", 25: "right lower palm", 26: "right upper palm", 27: "left lower palm", 28: "left upper palm",
	29: "right other", 30: "left other", 31: "right interdigital", 32: "right thenar", 33: "right hypothenar",
	34: "left interdigital", 35: "left thenar", 36: "left hypothenar",
}

// PositionName names a friction ridge position.
func PositionName(code uint8) string { return name(positions, code, "position") }

// Impression types (ISO/IEC 19794-4:2011; the codes up to 9 are those of 19794-2:2005 and of ANSI 378 and 381 too).
var impressions = map[uint8]string{
	0: "live-scan plain", 1: "live-scan rolled", 2: "non-live-scan plain", 3: "non-live-scan rolled",
	4: "latent impression", 5: "latent tracing", 6: "latent photo", 7: "latent lift", 8: "live-scan swipe",
	9: "live-scan vertical roll", 10: "live-scan palm", 11: "non-live-scan palm", 12: "latent palm impression",
	13: "latent palm tracing", 14: "latent palm photo", 15: "latent palm lift",
	20: "live-scan optical contact plain", 21: "live-scan optical contact rolled",
	22: "live-scan non-optical contact plain", 23: "live-scan non-optical contact rolled",
	24: "live-scan optical contactless plain", 25: "live-scan optical contactless rolled",
	26: "live-scan non-optical contactless plain", 27: "live-scan non-optical contactless rolled",
	28: "other", 29: "unknown",
}

// ImpressionName names an impression type.
func ImpressionName(code uint8) string { return name(impressions, code, "impression") }

func name(table map[uint8]string, code uint8, what string) string {
	if s, ok := table[code]; ok {
		return s
	}
	return fmt.Sprintf("%s %d (not in the table)", what, code)
}

// PositionKnown reports whether the code is in the table of positions.
func PositionKnown(code uint8) bool { _, ok := positions[code]; return ok }

// ImpressionKnown reports whether the code is in the table of impressions.
func ImpressionKnown(code uint8) bool { _, ok := impressions[code]; return ok }
