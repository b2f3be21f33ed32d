package agreement

import "fmt"

// sentence is a built-in reason by language; %d is the limit. Terms have these;
// written rules carry their own because.
type sentence map[string]string

var (
	reasonFingers = sentence{
		"es": "La consulta trae menos dedos de los que exige el artículo (mínimo: %d).",
		"en": "The query carries fewer fingers than the article requires (minimum: %d).",
		"fr": "La requête comporte moins de doigts que l'article n'en exige (minimum : %d).",
	}
	reasonQuality = sentence{
		"es": "Alguna huella no alcanza la calidad que exige el artículo (mínimo: %d de 100).",
		"en": "A print falls short of the quality that the article requires (minimum: %d of 100).",
		"fr": "Une empreinte n'atteint pas la qualité exigée par l'article (minimum : %d sur 100).",
	}
	reasonExaminers = sentence{
		"es": "Faltan confirmaciones de peritos (se exigen: %d).",
		"en": "Too few examiners have confirmed the match (required: %d).",
		"fr": "Trop peu d'experts ont confirmé la concordance (requis : %d).",
	}
	reasonApprover = sentence{
		"es": "Una segunda persona debe autorizar esta comunicación y aún no lo ha hecho.",
		"en": "A second person must approve this disclosure and has not done so.",
		"fr": "Une seconde personne doit approuver cette communication et ne l'a pas fait.",
	}
	quotaReasons = map[Window]sentence{
		PerDay: {
			"es": "La cuota del día está agotada (límite: %d).",
			"en": "The quota of the day is used up (limit: %d).",
			"fr": "Le quota du jour est épuisé (limite : %d).",
		},
		PerMonth: {
			"es": "La cuota del mes está agotada (límite: %d).",
			"en": "The quota of the month is used up (limit: %d).",
			"fr": "Le quota du mois est épuisé (limite : %d).",
		},
		PerYear: {
			"es": "La cuota del año está agotada (límite: %d).",
			"en": "The quota of the year is used up (limit: %d).",
			"fr": "Le quota de l'année est épuisé (limite : %d).",
		},
	}
)

func reasonQuota(w Window) sentence { return quotaReasons[w] }

// say gives a built-in reason in every language of the agreement; a language
// without one gets the English.
func (b *builder) say(s sentence, args ...any) Text {
	out := Text{}
	for _, lang := range b.a.Languages {
		format, ok := s[lang]
		if !ok {
			format = s["en"]
		}
		out[lang] = fmt.Sprintf(format, args...)
	}
	return out
}
