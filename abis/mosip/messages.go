package mosip

import (
	"encoding/json"
	"regexp"
	"time"
)

// Message ids (ABIS API 0.9).
const (
	idInsert     = "mosip.abis.insert"
	idIdentify   = "mosip.abis.identify"
	idDelete     = "mosip.abis.delete"
	idPing       = "mosip.abis.ping"
	idPending    = "mosip.abis.pendingJobs"
	idReferences = "mosip.abis.referenceCount"
)

// Failure is a failure reason (ABIS API 0.9, Failure Reasons). It is an error, so that it can be returned as one.
type Failure string

// Failure reasons.
const (
	Unknown            Failure = "1"
	Aborted            Failure = "2"
	Unexpected         Failure = "3"
	InvalidRequest     Failure = "4"
	NoReferenceID      Failure = "5"
	NoRequestID        Failure = "6"
	Unfetchable        Failure = "7"
	NoReferenceURL     Failure = "8"
	NoRequestTime      Failure = "9"
	ReferenceExists    Failure = "10"
	NoBiometrics       Failure = "11"
	ReferenceNotFound  Failure = "12"
	InvalidVersion     Failure = "13"
	InvalidID          Failure = "14"
	InvalidRequestTime Failure = "15"
	InvalidCBEFF       Failure = "16"
	Expired            Failure = "17"
	LowQuality         Failure = "18"
)

var failureTexts = map[Failure]string{Unknown: "internal error", Aborted: "aborted", Unexpected: "unexpected error",
	InvalidRequest: "invalid request structure", NoReferenceID: "missing referenceId", NoRequestID: "missing requestId",
	Unfetchable: "unable to fetch biometric details", NoReferenceURL: "missing referenceURL", NoRequestTime: "missing requesttime",
	ReferenceExists: "referenceId already exists", NoBiometrics: "CBEFF has no data", ReferenceNotFound: "referenceId not found",
	InvalidVersion: "invalid version", InvalidID: "invalid id", InvalidRequestTime: "invalid requesttime format",
	InvalidCBEFF: "invalid CBEFF format", Expired: "data share URL has expired", LowQuality: "biometric quality check failed"}

// Error implements error.
func (f Failure) Error() string { return failureTexts[f] }

// Request is a message to the ABIS. Fields that an operation has no use for are empty. Names are read in any case, since the
// specification writes referenceURL and the compliance toolkit referenceUrl.
type Request struct {
	ID           string            `json:"id"`
	Version      string            `json:"version"`
	RequestID    string            `json:"requestId"`
	RequestTime  string            `json:"requesttime"` // RFC 3339
	ReferenceID  string            `json:"referenceId,omitempty"`
	ReferenceURL string            `json:"referenceURL,omitempty"`
	Gallery      *GalleryFilter    `json:"gallery,omitempty"`
	Flags        map[string]string `json:"flags,omitempty"` // maxResults, targetFPIR
}

// GalleryFilter narrows an identification to some references.
type GalleryFilter struct {
	ReferenceIDs []ReferenceID `json:"referenceIds"`
}

// ReferenceID is one reference of a filter.
type ReferenceID struct {
	ReferenceID string `json:"referenceId"`
}

// Response is a message of the ABIS.
type Response struct {
	ID            string         `json:"id"`
	RequestID     string         `json:"requestId"`
	ResponseTime  string         `json:"responsetime"`
	ReturnValue   string         `json:"returnValue"` // 1 success, 2 failure
	FailureReason Failure        `json:"failureReason,omitempty"`
	CandidateList *CandidateList `json:"candidateList,omitempty"`
	JobsCount     string         `json:"jobscount,omitempty"`
	Count         string         `json:"count,omitempty"`
}

// CandidateList is the outcome of an identification. Numbers are text, as the specification has them.
type CandidateList struct {
	Count      string      `json:"count"`
	Candidates []Candidate `json:"candidates"`
}

// Candidate is a reference at or above the threshold.
type Candidate struct {
	ReferenceID string     `json:"referenceId"`
	Analytics   Analytics  `json:"analytics"`
	Modalities  []Modality `json:"modalities"`
}

// Modality is the part of one kind of biometrics in a candidate; here always fingers, "FIR".
type Modality struct {
	BiometricType string    `json:"biometricType"`
	Analytics     Analytics `json:"analytics"`
}

// Analytics holds the score twice: InternalScore is -10 log10 of the false match rate, with one decimal; Confidence is the
// same cut to a whole number of 0 to 100.
type Analytics struct {
	Confidence    string `json:"confidence"`
	InternalScore string `json:"internalScore"`
}

const maxMessage = 1 << 20 // bytes; a gallery of 10,000 references is half of it

var version = regexp.MustCompile(`^\d{1,3}(\.\d{1,3}){1,2}$`)

// parse reads a message and checks what all operations have in common. The request is returned beside a failure, so that the
// answer can name it.
func parse(message []byte) (Request, error) {
	var r Request
	if len(message) > maxMessage {
		return r, InvalidRequest
	}
	if err := json.Unmarshal(message, &r); err != nil {
		return r, InvalidRequest
	}
	switch r.ID {
	case idInsert, idIdentify, idDelete, idPing, idPending, idReferences:
	default:
		return r, InvalidID
	}
	switch {
	case r.RequestID == "":
		return r, NoRequestID
	case !version.MatchString(r.Version):
		return r, InvalidVersion
	case r.RequestTime == "":
		return r, NoRequestTime
	}
	if _, err := time.Parse(time.RFC3339Nano, r.RequestTime); err != nil {
		return r, InvalidRequestTime
	}
	return r, nil
}
