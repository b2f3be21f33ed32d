package agreement

import "github.com/cedar-policy/cedar-go/ast"

// aboutConditions compiles what is said of context.person or context.record.
func aboutConditions(who string, b *about) []ast.Node {
	if b == nil {
		return nil
	}
	var ns []ast.Node
	if b.category != nil {
		ns = append(ns, oneOf(attr(who+".category"), tCategory, b.category))
	}
	if b.nationalOf != nil {
		of := make([]ast.Node, len(b.nationalOf))
		for i, ref := range b.nationalOf {
			of[i] = attr(who + ".nationalOf").Contains(partyNode(ref))
		}
		ns = append(ns, anyOf(of))
	}
	ns = append(ns, boolIs(who+".nationalityKnown", b.nationalityKnown)...)
	if b.ageKnown != nil {
		n := attr(who + ".age").GreaterThanOrEqual(ast.Long(0))
		if !*b.ageKnown {
			n = attr(who + ".age").LessThan(ast.Long(0))
		}
		ns = append(ns, n)
	}
	if b.youngerThan > 0 {
		ns = append(ns, attr(who+".age").GreaterThanOrEqual(ast.Long(0)), attr(who+".age").LessThan(ast.Long(b.youngerThan)))
	}
	if b.safeguard != nil {
		ns = append(ns, safeguardCondition(who, b))
	}
	return ns
}

// safeguardCondition holds when any of the kinds is present; with against, when
// it is held against that party or against no party in particular. The kind is
// asked first: that is cheap, and settles most requests.
func safeguardCondition(who string, b *about) ast.Node {
	kinds := make([]ast.Node, len(b.safeguard))
	for i, k := range b.safeguard {
		kinds[i] = entity(tSafeguard, k)
	}
	present := attr(who + ".kinds").ContainsAny(ast.Set(kinds...))
	if len(kinds) == 1 {
		present = attr(who + ".kinds").Contains(kinds[0])
	}
	if b.against == "" {
		return present
	}
	var of []ast.Node
	for _, kind := range kinds {
		for _, party := range []ast.Node{partyNode(b.against), entity(tParty, "")} {
			of = append(of, attr(who+".safeguards").Contains(ast.Record(ast.Pairs{
				{Key: "kind", Value: kind}, {Key: "against", Value: party},
			})))
		}
	}
	return present.And(anyOf(of))
}

// partyNode is the party that a reference means in the exchange at hand.
func partyNode(ref string) ast.Node {
	switch ref {
	case refAsking:
		return attr("from")
	case refAnswering:
		return attr("to")
	}
	return entity(tParty, ref)
}
