package exchange

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// Code names why a message was refused.
type Code string

// The codes of version 1.
const (
	CodeTooLarge        Code = "too-large"
	CodeMalformed       Code = "malformed"
	CodeUnsupported     Code = "unsupported-version"
	CodeUnknownParty    Code = "unknown-party"
	CodeWrongSender     Code = "wrong-sender"
	CodeWrongRecipient  Code = "wrong-recipient"
	CodeBadSignature    Code = "bad-signature"
	CodeWrongAgreement  Code = "wrong-agreement"
	CodeClockSkew       Code = "clock-skew"
	CodeExpired         Code = "expired"
	CodeReplay          Code = "replay"
	CodeNotForThisKey   Code = "not-for-this-key"
	CodeNotInLedger     Code = "not-in-senders-ledger"
	CodeLedgerForked    Code = "ledger-forked"
	CodeNeedConsistency Code = "need-consistency"
	CodeOutOfOrder      Code = "out-of-order"
	CodeDenied          Code = "denied"
	CodeBusy            Code = "busy"
)

// Retry says what the sender may do after a refusal.
type Retry string

// What a sender may do.
const (
	RetryNever Retry = "never" // this request is over
	RetrySame  Retry = "same"  // send the same envelope again later (with what the refusal asks for)
	RetryNew   Retry = "new"   // correct the cause and seal a new message
)

// Refusal is why a message was not accepted. It is an error; it travels unsigned when the sender should try again, and
// inside a signed Receipt when it is final.
type Refusal struct {
	Code    Code   `json:"code"`
	Detail  string `json:"detail"`            // one English line for an operator, without personal data
	Article string `json:"article,omitzero"`  // of the agreement, for CodeDenied
	Have    uint64 `json:"have,omitzero"`     // for CodeNeedConsistency: the size of the sender's ledger that the receiver has verified
	ClockMS int64  `json:"clock_ms,omitzero"` // for CodeClockSkew: sender's clock minus receiver's, milliseconds
	After   int64  `json:"after_ms,omitzero"` // for CodeBusy: wait at least this long, milliseconds
}

const (
	maxRefusalBytes = 4 << 10
	maxDetailBytes  = 500
)

func refuse(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Detail: plainLine(fmt.Sprintf(format, args...))}
}

// plainLine makes of any text one that a refusal may carry: what a hostile message made an error say must not keep the
// refusal from being signed, nor reach a terminal.
func plainLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if checkChars("", string(r), utf8.UTFMax) != nil {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	for len(s) > maxDetailBytes {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	if s == "" {
		return "no detail"
	}
	return s
}

// NewRefusal makes a refusal of the codes that need no more than a line. Characters that may not stand in it become "?",
// and a long line is cut.
func NewRefusal(code Code, detail string) *Refusal { return refuse(code, "%s", detail) }

// Denied is the refusal by an article of the agreement.
func Denied(article, detail string) *Refusal {
	return &Refusal{Code: CodeDenied, Detail: plainLine(detail), Article: article}
}

// NeedConsistency asks for the same message with a consistency proof from the size that the receiver has verified.
func NeedConsistency(have uint64) *Refusal {
	return &Refusal{Code: CodeNeedConsistency, Have: have,
		Detail: fmt.Sprintf("prove that your ledger continues the one of size %d seen here", have)}
}

// Busy asks for the same message after a while.
func Busy(after time.Duration) *Refusal {
	return &Refusal{Code: CodeBusy, Detail: "the node takes no more messages at the moment", After: after.Milliseconds()}
}

// clockRefusal refuses for clocks that differ; ahead is the sender's clock minus the receiver's.
func clockRefusal(ahead time.Duration) *Refusal {
	ahead = ahead.Truncate(time.Millisecond)
	return &Refusal{Code: CodeClockSkew, ClockMS: ahead.Milliseconds(),
		Detail: fmt.Sprintf("our clocks differ by %s: the sender's is %s", ahead.Abs(), aheadOrBehind(ahead))}
}

func aheadOrBehind(d time.Duration) string {
	if d < 0 {
		return "behind"
	}
	return "ahead"
}

// Error implements error.
func (r *Refusal) Error() string {
	s := "refused: " + string(r.Code)
	if r.Article != "" {
		s += " (article " + r.Article + ")"
	}
	return s + ": " + r.Detail
}

// ClockDifference is the sender's clock minus the receiver's, for CodeClockSkew.
func (r *Refusal) ClockDifference() time.Duration { return time.Duration(r.ClockMS) * time.Millisecond }

// Wait is the least time before a retry that the receiver asks for; 0 if it asks for none.
func (r *Refusal) Wait() time.Duration { return time.Duration(r.After) * time.Millisecond }

// codeFacts is what follows from a code.
type codeFacts struct {
	status int
	retry  Retry
	text   Text
}

// Status returns the HTTP status that carries the code; 500 for an unknown code.
func (c Code) Status() int {
	if f, ok := factsOf(c); ok {
		return f.status
	}
	return http.StatusInternalServerError
}

// Retry says what the sender may do; RetryNever for an unknown code.
func (c Code) Retry() Retry {
	if f, ok := factsOf(c); ok {
		return f.retry
	}
	return RetryNever
}

// Final says whether a refusal with this code ends the message: only then may it be recorded in the receiver's ledger and
// signed in a receipt.
func (c Code) Final() bool { return c.Retry() != RetrySame }

// Valid says whether the code is one of version 1.
func (c Code) Valid() bool {
	_, ok := factsOf(c)
	return ok
}

// Text returns the code in words for a person, in "es" or "en".
func (c Code) Text(lang string) string {
	f, ok := factsOf(c)
	if !ok {
		return string(c)
	}
	return f.text.In(lang)
}

// Text returns the refusal in words for a person, in "es" or "en", with its figures.
func (r *Refusal) Text(lang string) string {
	s := r.Code.Text(lang)
	switch {
	case r.Code == CodeClockSkew:
		s += ": " + r.ClockDifference().Abs().String()
	case r.Article != "" && lang == "es":
		s += ": artículo " + r.Article
	case r.Article != "":
		s += ": article " + r.Article
	}
	return s
}

func (r *Refusal) check() error {
	if !r.Code.Valid() {
		return errors.New("refusal code is not one of version 1")
	}
	if err := checkLine("refusal detail", r.Detail, maxDetailBytes); err != nil {
		return err
	}
	if (r.Article != "") != (r.Code == CodeDenied) {
		return errors.New("a refusal names an article if and only if the agreement denied")
	}
	if r.After < 0 {
		return errors.New("refusal asks to wait a negative time")
	}
	return checkChars("refusal article", r.Article, maxArticleBytes)
}

// maxArticleBytes bounds the name of an article of an agreement.
const maxArticleBytes = 64

// parseRefusal reads an unsigned refusal.
func parseRefusal(b []byte) (*Refusal, error) {
	var r Refusal
	if err := decodeStrict("refusal", b, maxRefusalBytes, &r); err != nil {
		return nil, err
	}
	return &r, r.check()
}
