package agreement

import (
	"iter"
	"maps"

	"github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/types"
)

func mapKeys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// factConditions compiles what facts must be. A number that is not known is -1,
// which is within no bounds.
func factConditions(list []factCond) []ast.Node {
	var ns []ast.Node
	for _, c := range list {
		n := ast.Context().Access("facts").Access(types.String(c.fact.ID))
		switch c.fact.Type {
		case FactYesNo, FactOneOf:
			ns = append(ns, oneOfStrings(n, c.words))
		case FactSomeOf:
			ns = append(ns, containsAny(n, c.words, func(s string) ast.Node { return ast.String(types.String(s)) }))
		case FactStates:
			ns = append(ns, containsAny(n, c.words, partyNode))
		case FactNumber:
			if c.words != nil {
				ns = append(ns, n.LessThan(ast.Long(0)))
			}
			low := int64(0)
			if c.min != nil {
				low = *c.min
			}
			if c.words == nil {
				ns = append(ns, n.GreaterThanOrEqual(ast.Long(low)))
			}
			if c.max != nil {
				ns = append(ns, n.LessThanOrEqual(ast.Long(*c.max)))
			}
		}
	}
	return ns
}

func containsAny(n ast.Node, words []string, node func(string) ast.Node) ast.Node {
	if len(words) == 1 {
		return n.Contains(node(words[0]))
	}
	vs := make([]ast.Node, len(words))
	for i, w := range words {
		vs[i] = node(w)
	}
	return n.ContainsAny(ast.Set(vs...))
}

// anyConditions compiles groups of which at least one must hold.
func anyConditions(groups []cond) []ast.Node {
	if len(groups) == 0 {
		return nil
	}
	ns := make([]ast.Node, len(groups))
	for i := range groups {
		ns[i] = all(conditions(&groups[i]))
	}
	return []ast.Node{anyOf(ns)}
}
