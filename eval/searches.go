package eval

// IdentificationSummary is what an identification test says. FNIR and FPIR are those of ISO/IEC 19795-1:2021, FNIR(N, N, T).
type IdentificationSummary struct {
	Gallery     int       `json:"gallery"`
	Searches    int       `json:"mated_searches"`
	NonMated    int       `json:"non_mated_searches"`
	Rank1       Rate      `json:"rank_1_identification_rate"`
	FNIR10      Rate      `json:"fnir_at_fpir_1_in_10"`
	FNIR100     Rate      `json:"fnir_at_fpir_1_in_100"`
	Threshold10 *float64  `json:"threshold_at_fpir_1_in_10"`
	Threshold01 *float64  `json:"threshold_at_fpir_1_in_100"`
	CMC         []float64 `json:"cmc"`
}

// SummariseSearches computes the figures of searches in a gallery of so many references, with intervals.
func SummariseSearches(searches []Search, gallery, rounds int, seed uint64) (IdentificationSummary, error) {
	f, err := Identify(searches, gallery)
	if err != nil {
		return IdentificationSummary{}, err
	}
	ci, err := BootstrapSearches(searches, gallery, rounds, seed)
	if err != nil {
		return IdentificationSummary{}, err
	}
	return IdentificationSummary{
		Gallery: gallery, Searches: f.Searches, NonMated: f.Searches,
		Rank1: Rate{f.Rank1, ci.Rank1}, FNIR10: Rate{f.FNIR10, ci.FNIR10}, FNIR100: Rate{f.FNIR100, ci.FNIR100},
		Threshold10: finite(f.Threshold10), Threshold01: finite(f.Threshold01), CMC: f.CMC,
	}, nil
}
