package segment

import (
	"encoding/binary"
	"fmt"
	"os"

	"convenio/gallery/kernel"
)

// blank overwrites a person's templates and codes with zeros, and marks the slot. It may be repeated.
func (k *kept) blank(to *os.File, slot int) error {
	k.left[slot/64].Or(1 << (slot % 64))
	k.wipe(slot)
	_, _, n, first := k.row(slot)
	for i := range n {
		b := k.file.data[k.fingersAt()+(first+i)*fingerSize:]
		at, size := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint32(b[8:])
		if at > uint64(k.tables) || at+uint64(size) > uint64(k.tables) {
			return fmt.Errorf("%w: a finger's row", ErrDamaged)
		}
		if _, err := to.WriteAt(make([]byte, size), int64(at)); err != nil {
			return err
		}
	}
	for p, c := range k.columns {
		if k.file.sealed {
			break // there are no codes but sealed ones
		}
		slots, sums, _ := columnSizes(c.count)
		for e, s := range k.Codes().Columns[p].Slots {
			if int(s) != slot {
				continue
			}
			if _, err := to.WriteAt(make([]byte, kernel.RecordWords*8), int64(c.at+slots+sums+e*kernel.RecordWords*8)); err != nil {
				return err
			}
			for w := range kernel.SumWords {
				at := c.at + slots + (e/kernel.Lanes*kernel.GroupWords+w*kernel.Lanes+e%kernel.Lanes)*8
				if _, err := to.WriteAt(make([]byte, 8), int64(at)); err != nil {
					return err
				}
			}
		}
	}
	_, err := to.WriteAt([]byte{1}, int64(k.goneAt()+slot))
	return err
}
