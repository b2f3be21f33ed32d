package agreement

// labels are the words that Render puts around an agreement's own; a language
// without labels is rendered with the English ones.
var labels = map[string]map[string]string{
	"en": {
		"version": "version", "article": "Article", "parties": "Parties", "authorities": "Authorities",
		"permit": "PERMITS", "forbid": "FORBIDS", "if": "if", "unless": "unless", "because": "because",
		"term": "TERM", "for": "for", "from": "asking party", "to": "answering party", "side": "side",
		"authority": "authority", "role": "function", "purpose": "purpose", "ground": "ground",
		"field": "datum", "tier": "data of", "category": "record of", "case": "case file", "approved": "approved",
		"yes": "yes", "no": "no", "person": "person", "record": "record", "national": "national of",
		"asking": "the asking party", "answering": "the answering party", "safeguard": "under safeguard",
		"against": "against", "younger": "younger than", "years": "years",
		"nationality-known": "nationality known", "age-known": "age known",
		"search": "a query", "reach": "taking part in a query", "disclose": "disclosure", "or": "or",
		"in-force": "In force", "until": "until (not included)", "suspension": "Suspension", "default-deny": "What no rule permits is refused",
		"min-fingers": "fingers, at least", "min-quality": "quality of each, at least", "fpir": "false positive identification rate",
		"max-candidates": "candidates, at most", "examiners": "examiners who confirm", "approver": "approval by a second person",
		"answer-within": "answer within", "erase-probe-within": "erase the probe, after the answer, within",
		"keep": "keep at most", "quota": "quota", "deadline": "time",
		"day": "a day", "month": "a month", "year": "a year", "quantity-search": "queries", "quantity-disclose": "disclosures",
		"of-search": "of a query", "of-disclose": "of a disclosure", "of-keep": "of data received",
	},
	"es": {
		"version": "versión", "article": "Artículo", "parties": "Partes", "authorities": "Autoridades",
		"permit": "PERMITE", "forbid": "PROHÍBE", "if": "si", "unless": "salvo si", "because": "porque",
		"term": "TÉRMINO", "for": "para", "from": "parte requirente", "to": "parte requerida", "side": "lado",
		"authority": "autoridad", "role": "función", "purpose": "fin", "ground": "motivo",
		"field": "dato", "tier": "datos de", "category": "registro de", "case": "expediente", "approved": "autorizado",
		"yes": "sí", "no": "no", "person": "persona", "record": "registro", "national": "nacional de",
		"asking": "la parte requirente", "answering": "la parte requerida", "safeguard": "con salvaguardia",
		"against": "frente a", "younger": "menor de", "years": "años",
		"nationality-known": "nacionalidad conocida", "age-known": "edad conocida",
		"search": "consultar", "reach": "participar en una consulta", "disclose": "comunicar datos", "or": "o",
		"in-force": "En vigor", "until": "hasta (excluido)", "suspension": "Suspensión", "default-deny": "Lo que ninguna regla permite se niega",
		"min-fingers": "dedos, como mínimo", "min-quality": "calidad de cada uno, como mínimo", "fpir": "tasa de falsos positivos",
		"max-candidates": "candidatos, como máximo", "examiners": "peritos que confirman", "approver": "autorización de una segunda persona",
		"answer-within": "responder dentro de", "erase-probe-within": "suprimir la muestra, tras la respuesta, dentro de",
		"keep": "conservar a lo sumo", "quota": "cuota", "deadline": "plazo",
		"day": "por día", "month": "por mes", "year": "por año", "quantity-search": "consultas", "quantity-disclose": "comunicaciones",
		"of-search": "de la consulta", "of-disclose": "de la comunicación", "of-keep": "de los datos recibidos",
	},
}

// unitWords translates the units of terms as they are written.
var unitWords = map[string]map[string]string{
	"es": {
		"finger": "dedo", "fingers": "dedos", "candidate": "candidato", "candidates": "candidatos",
		"examiner": "perito", "examiners": "peritos", "day": "día", "days": "días", "month": "mes", "months": "meses",
		"year": "año", "years": "años", "of": "sobre", "true": "sí", "false": "no",
	},
	"en": {"of": "out of", "true": "yes", "false": "no"},
}

// label returns a word in lang, or in English.
func label(lang, key string) string {
	if l, ok := labels[lang]; ok {
		return l[key]
	}
	return labels["en"][key]
}
