package exchange

import (
	"bytes"
	"errors"
	"fmt"
)

// SearchPayload asks whether a person is known. It says nothing of who the person might be: no name, no nationality, no
// date; a payload with any other member is refused.
type SearchPayload struct {
	Number string `json:"number"` // the asker's transaction number, opaque, repeated in nothing but the file
	Asker
	// File holds the prints: an ANSI/NIST-ITL transaction (1-2011 Update:2015, traditional encoding), which other programs
	// read as well. This package does not look into it: whoever works with it reads it strictly, or refuses it.
	File []byte `json:"file"`
}

// MaxSearchFile is the longest file of a search, in bytes: with it in base64, a payload is no longer than MaxPayload.
const MaxSearchFile = 4 << 20

// searchMagic begins every ANSI/NIST-ITL file in traditional encoding: the length of its first record.
var searchMagic = []byte("1.001:")

// Check says what is wrong with the payload. It does not read the file.
func (p SearchPayload) Check() error {
	if err := errors.Join(checkCode("number", p.Number), p.Asker.check()); err != nil {
		return err
	}
	if len(p.File) > MaxSearchFile {
		return fmt.Errorf("search's file has %d bytes, at most %d are allowed", len(p.File), MaxSearchFile)
	}
	if !bytes.HasPrefix(p.File, searchMagic) {
		return errors.New("search's file is not an ANSI/NIST-ITL transaction in traditional encoding")
	}
	return nil
}

// Bytes returns the payload's only encoding, or what is wrong with it.
func (p SearchPayload) Bytes() ([]byte, error) { return encodePayload("search", p) }

// ParseSearch reads a search payload strictly.
func ParseSearch(b []byte) (SearchPayload, error) { return parsePayload[SearchPayload]("search", b) }
