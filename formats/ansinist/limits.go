package ansinist

// Limits bound what Read takes on. A zero field means its default.
type Limits struct {
	MaxRecords  int // records in a transaction; default 10,000 (1.003 can announce 999)
	MaxFields   int // fields in all records together; default 50,000
	MaxOddities int // oddities reported; default 1,000
}

func (l Limits) withDefaults() Limits {
	if l.MaxRecords <= 0 {
		l.MaxRecords = 10_000
	}
	if l.MaxFields <= 0 {
		l.MaxFields = 50_000
	}
	if l.MaxOddities <= 0 {
		l.MaxOddities = 1_000
	}
	return l
}
