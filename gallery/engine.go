package gallery

import "convenio/finger"

// Comparer compares two templates. It need not be safe for concurrent use: every worker has its own.
type Comparer interface {
	Compare(probe, reference *finger.Prepared) finger.Score
}

// engine is the Comparer of package finger.
type engine struct{ c *finger.Comparer }

func newEngine() Comparer { return engine{finger.NewComparer()} }

func (e engine) Compare(probe, reference *finger.Prepared) finger.Score {
	return e.c.Compare(probe, reference).Score
}
