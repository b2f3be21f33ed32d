package node

import (
	"convenio/api"
)

// problem is an error that a person or a program at the officers' interface is to see: what, where,
// what to do. Anything else that fails inside becomes a plain "internal" there.
type problem struct {
	api.Problem
	cause error
}

func (p *problem) Error() string { return (&api.Failure{Problem: p.Problem}).Error() }
func (p *problem) Unwrap() error { return p.cause }

func fail(status int, code, title, detail, hint string) *problem {
	p := &problem{Problem: api.Problem{Status: status, Code: code, Title: title}}
	if detail != "" {
		p.Detail = &detail
	}
	if hint != "" {
		p.Hint = &hint
	}
	return p
}

func (p *problem) because(err error) *problem {
	p.cause = err
	return p
}
