package explain

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"convenio/finger"
)

// Score is a comparison score with what it means.
type Score struct {
	Value  float64 `json:"value"`
	FMR    float64 `json:"fmr"` // the share of comparisons of two different fingers with at least this score
	Says   Text    `json:"says"`
	Chance []Draw  `json:"chance"`
}

// Draw is how many references of other fingers a search among so many is expected to bring up at the score, by chance.
type Draw struct {
	Gallery  int     `json:"gallery"`
	Expected float64 `json:"expected"`
}

// Term is one part of a score, in words.
type Term struct {
	Key      string   `json:"key"`
	Name     Text     `json:"name"`
	Says     Text     `json:"says"`
	Measured float64  `json:"measured"`
	Evidence *float64 `json:"evidence"` // what it adds: above 0 it speaks for one finger, below 0 for two; nil if it is shown, not weighed
}

// galleries are the sizes of search that Chance is told for.
var galleries = []int{1_000, 1_000_000, 100_000_000}

func meaning(s finger.Score) Score {
	out := Score{Value: float64(s), FMR: s.FMR()}
	for _, n := range galleries {
		out.Chance = append(out.Chance, Draw{n, float64(n) * out.FMR})
	}
	if s <= 0 {
		out.Says = Text{"Dos dedos distintos puntúan así casi siempre: nada habla a favor de un mismo dedo.", "Two different fingers nearly always score like this: nothing speaks for one finger."}
		return out
	}
	if out.FMR > 0.1 {
		out.Says = both("Dos dedos distintos alcanzan esta puntuación en cerca del %d %% de las comparaciones.",
			"Two different fingers reach this score in about %d %% of comparisons.", int(math.Round(100*out.FMR)))
		return out
	}
	n := Number(1 / out.FMR)
	of := ""
	if strings.HasSuffix(n.ES, "s") || strings.HasSuffix(n.ES, "n") { // millones, millón
		of = "de "
	}
	out.Says = Text{
		"Dos dedos distintos alcanzan esta puntuación en cerca de una de cada " + n.ES + " " + of + "comparaciones.",
		"Two different fingers reach this score in about one of " + n.EN + " comparisons.",
	}
	return out
}

// Number writes a number of 0 or more to two digits as a person reads it: "3.4 million", "3,4 millones".
func Number(v float64) Text {
	switch {
	case v >= 1e12:
		e := int(math.Floor(math.Log10(v) + 1e-9))
		m, ten := math.Round(v/math.Pow(10, float64(e))), "10"+raised(e)
		if m > 1 {
			ten = fmt.Sprintf("%.0f\u202f×\u202f%s", m, ten)
		}
		return Text{ten, ten}
	case v >= 1e9:
		return Text{grouped(v/1e6, "\u00a0", 5) + "\u00a0millones", twoDigits(v/1e9) + "\u00a0billion"}
	case v >= 1e6:
		n := twoDigits(v / 1e6)
		word := "\u00a0millones"
		if n == "1" {
			word = "\u00a0millón"
		}
		return Text{strings.Replace(n, ".", ",", 1) + word, n + "\u00a0million"}
	case v >= 10:
		return Text{grouped(v, "\u00a0", 5), grouped(v, ",", 4)}
	case v >= 0.01:
		n := twoDigits(v)
		return Text{strings.Replace(n, ".", ",", 1), n}
	case v > 0:
		return Text{"<\u00a00,01", "<\u00a00.01"}
	}
	return Text{"0", "0"}
}

// twoDigits rounds to two significant digits.
func twoDigits(v float64) string {
	if v >= 99.5 {
		return grouped(v, "", math.MaxInt)
	}
	return fmt.Sprintf("%.2g", v)
}

// grouped rounds to two significant digits and sets thousands apart in numbers of so many digits or more.
func grouped(v float64, apart string, from int) string {
	scale := math.Pow(10, math.Floor(math.Log10(v))-1)
	s := fmt.Sprintf("%.0f", math.Round(v/scale)*scale)
	var out strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 && len(s) >= from {
			out.WriteString(apart)
		}
		out.WriteRune(r)
	}
	return out.String()
}

func raised(n int) string {
	return strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹").Replace(fmt.Sprint(n))
}

// both writes one sentence in both languages; numbers given as %v of a decimal get the language's decimal sign.
func both(es, en string, args ...any) Text {
	spanish := make([]any, len(args))
	english := make([]any, len(args))
	for i, a := range args {
		spanish[i], english[i] = a, a
		if f, ok := a.(float64); ok {
			s := fmt.Sprintf("%.1f", f)
			english[i], spanish[i] = s, strings.Replace(s, ".", ",", 1)
		}
	}
	return Text{fmt.Sprintf(es, spanish...), fmt.Sprintf(en, english...)}
}

// words says what a score was made of.
func words(t finger.Terms, a *Alignment) []Term {
	adds := map[string]*float64{}
	var out []Term
	for _, p := range t.Parts() {
		adds[p.Key] = &p.Adds
	}
	if len(adds) == 0 {
		return []Term{{Key: "nothing", Name: Text{"Nada en común", "Nothing in common"}, Says: Text{
			"No se halló ninguna manera de colocar una huella sobre la otra en la que concuerden bastantes minucias: no hubo nada que medir.",
			"No way was found to lay one print on the other on which enough minutiae agree: there was nothing to measure."}}}
	}
	add := func(key string, name, says Text, measured float64) {
		out = append(out, Term{key, name, says, measured, adds[key]})
	}
	add("linked", Text{"Minucias emparejadas que se apoyan", "Paired minutiae that support each other"},
		both("%d minucias emparejadas, %d del mismo tipo; parejas vecinas que guardan entre sí distancia y dirección: apoyo %v.",
			"%d minutiae paired, %d of the same type; neighbouring pairs that keep distance and direction to each other: support %v.",
			int(t.Pairs), int(t.SameKind), t.Linked), t.Linked)
	add("similarity", Text{"Parecido de los entornos", "Surroundings alike"},
		both("El entorno de las minucias emparejadas se parece: suma %v de un máximo de %d.",
			"The surroundings of the paired minutiae are alike: they add up to %v of at most %d.", t.Similarity, int(t.Pairs)), t.Similarity)
	add("unpaired", Text{"Minucias sin pareja donde debería haberla", "Minutiae without partner where one should be"},
		both("En la zona común quedan sin pareja minucias que suman %v (cada una cuenta por su calidad, de 0 a 1).",
			"In the common area minutiae adding up to %v (each counts by its quality, 0 to 1) have no partner.", t.Unpaired), t.Unpaired)
	add("flow", Text{"Diferencia del curso de las crestas", "Difference of the ridge flow"},
		both("En la zona común las crestas difieren en dirección %v° de media (si nada tuvieran que ver, unos 45°).",
			"In the common area the ridges differ in direction by %v° on average (if they had nothing to do with each other, by about 45°).", 90*t.FlowError), 90*t.FlowError)
	add("period", Text{"Diferencia de la distancia entre crestas", "Difference of the ridge spacing"},
		both("En la zona común la distancia entre crestas difiere un %v %% de media.",
			"In the common area the spacing of the ridges differs by %v %% on average.", 100*t.PeriodError), 100*t.PeriodError)
	add("base", Text{"Punto de partida", "Starting point"},
		Text{"Constante del modelo, igual en todas las comparaciones.", "Constant of the model, the same in every comparison."}, 0)
	if a != nil {
		add("common", Text{"Zona común", "Common area"},
			both("Las huellas se solapan en %v mm²: %v %% de la consulta y %v %% de la referencia.",
				"The prints overlap in %v mm²: %v %% of the probe and %v %% of the reference.", a.OverlapMM2, 100*a.OfProbe, 100*a.OfReference), a.OverlapMM2)
	}
	add("share", Text{"Parte emparejada", "Share paired"},
		both("De la calidad de todas las minucias de la zona común, el %v %% está emparejado.",
			"Of the quality of all minutiae in the common area %v %% is paired.", 100*t.Share), t.Share)
	return addUnnamed(out, t.Parts())
}

// addUnnamed adds the parts of the evidence that have no words of their own, under their keys: none is kept back.
func addUnnamed(out []Term, parts []finger.Part) []Term {
	for _, p := range parts {
		if p.Adds != 0 && !slices.ContainsFunc(out, func(t Term) bool { return t.Key == p.Key }) {
			out = append(out, Term{Key: p.Key, Name: Text{p.Key, p.Key}, Says: Text{"Otro término del modelo.", "Another term of the model."}, Evidence: &p.Adds})
		}
	}
	return out
}
