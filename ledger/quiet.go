package ledger

import (
	"log/slog"

	"k8s.io/klog/v2"
)

// Tessera reports through klog, which writes to standard error by itself. What matters of it comes back as an error of
// Append, Prove or Close, so the rest is dropped: standard error belongs to the program.
func init() { klog.SetSlogLogger(slog.New(slog.DiscardHandler)) }
