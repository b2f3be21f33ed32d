package registry

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// session is one connection with the statements prepared on it. One transaction at a time uses it.
type session struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

// maxStatements bounds the statements kept prepared on a connection.
const maxStatements = 300

func (s *session) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := s.statements[query]; ok {
		return st, nil
	}
	if len(s.statements) >= maxStatements {
		s.forget()
	}
	st, err := s.conn.PrepareContext(ctx, query)
	if err == nil {
		s.statements[query] = st
	}
	return st, err
}

func (s *session) exec(ctx context.Context, query string) error {
	_, err := s.conn.ExecContext(ctx, query)
	return err
}

// discard closes the connection for good: SQLite rolls back what is open on it.
func (s *session) discard() {
	s.forget()
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn }) // it hands the error back
	s.conn.Close()
}

// forget closes the prepared statements. SQLite keeps a closed connection alive while one of them is open, and would
// leave the write-ahead log, with the newest transactions in it, beside the database.
func (s *session) forget() {
	for q, st := range s.statements {
		st.Close()
		delete(s.statements, q)
	}
}

// pool hands out a fixed number of sessions. A nil in free stands for one that is to be made.
type pool struct {
	db     *sql.DB
	begin  string
	free   chan *session
	closed chan struct{}
}

func newPool(db *sql.DB, n int, begin string) *pool {
	p := &pool{db: db, begin: begin, free: make(chan *session, n), closed: make(chan struct{})}
	for range n {
		p.free <- nil
	}
	return p
}

func (p *pool) take(ctx context.Context) (*session, error) {
	var s *session
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case s = <-p.free:
	case <-p.closed:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s != nil {
		return s, nil
	}
	conn, err := p.db.Conn(ctx)
	if err != nil {
		p.free <- nil
		return nil, err
	}
	return &session{conn: conn, statements: map[string]*sql.Stmt{}}, nil
}

func (p *pool) give(s *session) { p.free <- s }

// drop gives up a session whose connection is in doubt; the next to take one gets a fresh connection.
func (p *pool) drop(s *session) {
	s.discard()
	p.free <- nil
}

// errEscaped: a View or Tx was used after its function returned.
var errEscaped = errors.New("registry: view or transaction used after its end")

// transact runs f between begin and commit on a session. It rolls back when f fails or panics. Whatever leaves the state
// of the connection in doubt drops the connection.
func (p *pool) transact(ctx context.Context, v *View, f func() error) error {
	s, err := p.take(ctx)
	if err != nil {
		return failed("wait for a connection", err)
	}
	if err := s.exec(ctx, p.begin); err != nil {
		p.drop(s)
		return failed("begin transaction", err)
	}
	v.session, v.broken = s, nil
	committed := false
	defer func() {
		v.session, v.broken = nil, errEscaped
		if !committed && s.exec(context.WithoutCancel(ctx), "ROLLBACK") != nil {
			p.drop(s)
			return
		}
		p.give(s)
	}()
	if err := f(); err != nil {
		return err
	}
	if v.broken != nil {
		return failed("commit transaction after a failed statement", v.broken)
	}
	if err := ctx.Err(); err != nil {
		return failed("commit transaction", err)
	}
	// Not to be interrupted half-way: the answer must be sure.
	if err := s.exec(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		return failed("commit transaction", err)
	}
	committed = true
	return nil
}

// note remembers an error after which SQLite may have rolled the transaction back by itself: statements that followed
// would each be their own transaction. A missing row or a broken constraint leaves the transaction as it was.
func (v *View) note(err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	kind := kindOf(err)
	if errors.Is(kind, ErrConflict) || errors.Is(kind, ErrInvalid) || errors.Is(kind, ErrNotFound) {
		return err
	}
	v.broken = err
	return err
}

// close waits for the transactions that run and closes every connection. It is called once.
func (p *pool) close() error {
	close(p.closed)
	for range cap(p.free) {
		if s := <-p.free; s != nil {
			s.forget()
			s.conn.Close()
		}
	}
	return p.db.Close()
}

// run runs one statement outside a transaction.
func (p *pool) run(ctx context.Context, query string, dest ...any) error {
	s, err := p.take(ctx)
	if err != nil {
		return err
	}
	defer p.give(s)
	if len(dest) == 0 {
		return s.exec(ctx, query)
	}
	return s.conn.QueryRowContext(ctx, query).Scan(dest...)
}
