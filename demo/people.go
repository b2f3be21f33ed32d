package demo

import (
	"fmt"
	"math/rand/v2"

	"convenio/finger"
)

// A person of the demonstration. Nobody: names, numbers and fingers are all drawn from the seed.
type person struct {
	// id numbers the person across both countries; it never reaches a node.
	id int
	// fingers are the positions that this person can give; a missing finger is not among them.
	fingers []finger.Position
	age     int
}

// identity is what one country believes of a person. The two countries may believe different things.
type identity struct {
	family, given string
	birth         string
	nationality   string
	document      string
}

// record is one enrolment of one person at one party.
type record struct {
	who        person
	at         string
	category   string
	identity   identity
	safeguards []safeguard
}

type safeguard struct{ kind, against string }

var (
	families = []string{"Arboleda", "Barrantes", "Cifuentes", "Duarte", "Echeverri", "Fonseca", "Galindo", "Hinestroza", "Ibáñez", "Jaramillo", "Lozano", "Montoya", "Naranjo", "Ospina", "Palomino", "Quiceno", "Restrepo", "Saavedra", "Tabares", "Urrego", "Valderrama", "Yepes", "Zuluaga"}
	givens   = []string{"Alba", "Bruno", "Camila", "Darío", "Elena", "Fabio", "Gloria", "Hernán", "Inés", "Julián", "Karen", "Luis", "Marta", "Nelson", "Olga", "Pablo", "Rosa", "Simón", "Teresa", "Víctor", "Yolanda"}
	// nations are third countries as well as the two parties' own nationals.
	nations = []string{"VE", "VE", "VE", "EC", "EC", "PE", "HT", "CU", "DO", "BO", "HN", "GT"}
)

// fingerSets are captures as they come: two index fingers, an index and a thumb, four fingers.
var fingerSets = [][]finger.Position{
	{2, 7}, {2, 7}, {2, 1}, {2, 3, 7}, {1, 2, 6, 7}, {2, 3, 7, 8},
}

func newPerson(id int, r *rand.Rand, count int) person {
	set := fingerSets[r.IntN(len(fingerSets))]
	if count > 0 {
		set = tenFingers[:count]
	}
	p := person{id: id, age: 18 + r.IntN(50)}
	missing := -1
	if len(set) > 2 && r.IntN(8) == 0 {
		missing = r.IntN(len(set))
	}
	for i, f := range set {
		if i != missing {
			p.fingers = append(p.fingers, f)
		}
	}
	return p
}

// tenFingers lists the positions in the order in which a border post asks for them.
var tenFingers = []finger.Position{2, 7, 1, 6, 3, 8, 4, 9, 5, 10}

func newIdentity(p person, nationality string, r *rand.Rand) identity {
	return identity{
		family:      families[r.IntN(len(families))] + " " + families[r.IntN(len(families))],
		given:       givens[r.IntN(len(givens))],
		birth:       fmt.Sprintf("%04d-%02d-%02d", 2026-p.age-1, 1+r.IntN(12), 1+r.IntN(28)),
		nationality: nationality,
		document:    fmt.Sprintf("%c%c%07d", 'A'+rune(r.IntN(26)), 'A'+rune(r.IntN(26)), r.IntN(10_000_000)),
	}
}
