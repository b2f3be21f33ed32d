package registry

import (
	"context"
	"database/sql"
	"fmt"
)

// checkTables runs the audits. The expected schema is made afresh in memory by the same migrations.
func (s *Store) checkTables(ctx context.Context) ([]string, error) {
	expected, err := expectedSchema(ctx)
	if err != nil {
		return nil, err
	}
	var problems []string
	err = s.View(ctx, func(v *View) error {
		have, err := v.schema()
		if err != nil {
			return err
		}
		problems = append(problems, compareSchemas(expected, have)...)
		for _, query := range audits {
			found, err := v.lines(query + fmt.Sprintf(" LIMIT %d", maxProblems))
			if err != nil {
				return err
			}
			problems = append(problems, found...)
		}
		return nil
	})
	return problems, err
}

// expectedSchema is what the migrations make, by name.
func expectedSchema(ctx context.Context) (out map[string]string, err error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, failed("make schema", err)
	}
	p := newPool(db, 1, "BEGIN")
	defer p.close()
	db.SetMaxOpenConns(1)
	if err := migrate(ctx, db); err != nil {
		return nil, err
	}
	v := &View{ctx: ctx}
	err = p.transact(ctx, v, func() error { out, err = v.schema(); return err })
	return out, err
}

func (v *View) schema() (map[string]string, error) {
	out := map[string]string{}
	_, err := list(v, "read schema", func(row scanner) (struct{}, error) {
		var name, text string
		err := row.Scan(&name, &text)
		out[name] = text
		return struct{}{}, err
	}, "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'")
	return out, err
}

func compareSchemas(want, have map[string]string) (problems []string) {
	for name, text := range want {
		if h, ok := have[name]; !ok || h != text {
			problems = append(problems, name+" is missing or altered")
		}
	}
	for name := range have {
		if _, ok := want[name]; !ok {
			problems = append(problems, name+" does not belong here")
		}
	}
	return problems
}
