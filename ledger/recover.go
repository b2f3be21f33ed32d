package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// readPublished returns the checkpoint that the folder shows, the zero Checkpoint for a new folder.
func (l *Log) readPublished() (Checkpoint, error) {
	signed, err := DirSource(l.cfg.Dir).ReadCheckpoint(l.ctx)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(l.cfg.Dir, "tile")); err == nil {
			return Checkpoint{}, fmt.Errorf("%w: it has tiles and no checkpoint", ErrDamaged)
		}
		return Checkpoint{Root: EmptyRoot()}, nil
	}
	if err != nil {
		return Checkpoint{}, err
	}
	cp, err := ParseCheckpoint(signed, l.cfg.Verifier, l.cfg.Origin)
	if err != nil {
		return cp, err
	}
	// Without its private state Tessera would begin again at zero, over what is there.
	if _, err := os.Stat(filepath.Join(l.cfg.Dir, ".state", "treeState")); err != nil {
		return cp, fmt.Errorf("%w: it is a copy for reading, its .state is missing: restore the whole folder", ErrDamaged)
	}
	return cp, nil
}

// recover reads the log as it is on disk: the IDs, and whether all hashes agree.
func (l *Log) recover(ctx context.Context, published Checkpoint) error {
	size, err := l.reader.IntegratedSize(ctx)
	if err != nil {
		return err
	}
	if size < published.Size {
		return fmt.Errorf("%w: %d entries, and a published checkpoint of %d", ErrDamaged, size, published.Size)
	}
	r := ranges.NewEmptyRange(0)
	check := func() error {
		if r.End() != published.Size {
			return nil
		}
		if root, err := rootOf(r); err != nil || root != published.Root {
			return fmt.Errorf("%w: entries 0 to %d do not give the published root", ErrDamaged, published.Size)
		}
		return nil
	}
	if err := check(); err != nil {
		return err
	}
	err = scan(ctx, l.reader, size, func(b block) error {
		p := b.place()
		if p.damage != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, p.damage)
		}
		for i, raw := range p.raw {
			if err := l.learn(b.first+uint64(i), raw); err != nil {
				return err
			}
			if err := r.Append(p.leaves[i][:], nil); err != nil {
				return err
			}
			if err := check(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return l.checkRightEdge(ctx, r.End(), r.Hashes())
}

// learn takes an entry that is on disk into the map of IDs.
func (l *Log) learn(index uint64, raw []byte) error {
	e, err := ParseEntry(raw)
	if err != nil {
		return fmt.Errorf("%w: entry #%d: %w", ErrDamaged, index, err)
	}
	key := keyOf(e.ID)
	if other, ok := l.ids[key]; ok && other != index {
		return fmt.Errorf("%w: entries #%d and #%d have one id", ErrDamaged, other, index)
	}
	l.ids[key] = index
	l.acked = max(l.acked, index+1)
	return nil
}
