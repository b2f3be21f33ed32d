package osia

import (
	"errors"
	"fmt"
	"net/http"
)

// fault is an answer other than success. Its message is for the caller and holds nothing of a person.
type fault struct {
	status  int
	message string
}

func (f *fault) Error() string { return f.message }

func bad(format string, args ...any) error {
	return &fault{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

var (
	errUnknown  error = &fault{http.StatusNotFound, "there is no such thing here"}
	errConflict error = &fault{http.StatusConflict, "the encounter id is taken"}
	errBusy     error = &fault{http.StatusInternalServerError, "the server has too much to do; try again later"}
)

// faultOf gives an error its status; what is not made for the caller is internal.
func faultOf(err error) *fault {
	var f *fault
	if errors.As(err, &f) {
		return f
	}
	return &fault{http.StatusInternalServerError, "the server failed; its log says why"}
}
