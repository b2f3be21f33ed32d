package demo

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"convenio/api"
	"convenio/exchange"
)

// ownPrints are the user's own images in place of synthetic people. Each finger is a person's.
type ownPrints struct {
	people []ownPerson
	ppi    float64
	probe  string
}

// ownPerson is one person of the user's: fingers by position, each with its images in order of impression.
type ownPerson struct {
	name    string
	fingers map[string][]ownImage
	subject string // at the United States node, once enrolled
}

type ownImage struct {
	file       string
	impression int
	ppi        float64
}

// loadOwn reads which image is whose: from a CSV in the folder with the columns file, person, finger,
// impression and, if wanted, ppi; else from names FINGER_IMPRESSION, each finger being one person's.
func loadOwn(opt Options) (*ownPrints, error) {
	o := &ownPrints{ppi: opt.PPI, probe: opt.Probe}
	lists, err := filepath.Glob(filepath.Join(opt.Enrol, "*.csv"))
	if err != nil {
		return nil, err
	}
	if len(lists) > 1 {
		return nil, fmt.Errorf("%s holds %d CSV files: one is needed, or none", opt.Enrol, len(lists))
	}
	if len(lists) == 1 {
		err = o.readCSV(lists[0])
	} else {
		err = o.readNames(opt.Enrol)
	}
	if err != nil {
		return nil, err
	}
	if len(o.people) == 0 {
		return nil, fmt.Errorf("%s: no image named FINGER_IMPRESSION (such as 101_1.png), and no CSV", opt.Enrol)
	}
	for _, p := range o.people {
		for _, images := range p.fingers {
			slices.SortFunc(images, func(a, b ownImage) int { return a.impression - b.impression })
		}
	}
	return o, nil
}

func (o *ownPrints) add(person, position string, img ownImage) {
	i := slices.IndexFunc(o.people, func(p ownPerson) bool { return p.name == person })
	if i < 0 {
		o.people, i = append(o.people, ownPerson{name: person, fingers: map[string][]ownImage{}}), len(o.people)
	}
	o.people[i].fingers[position] = append(o.people[i].fingers[position], img)
}

func (o *ownPrints) readNames(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if who, n, ok := parseName(e.Name()); ok {
			o.add(who, "unknown", ownImage{file: filepath.Join(dir, e.Name()), impression: n})
		}
	}
	return nil
}

// parseName reads FINGER_IMPRESSION.ext.
func parseName(file string) (finger string, impression int, ok bool) {
	name := filepath.Base(file)
	switch strings.ToLower(filepath.Ext(name)) {
	case ".png", ".tif", ".tiff", ".bmp", ".jpg", ".jpeg":
	default:
		return "", 0, false
	}
	finger, n, ok := strings.Cut(strings.TrimSuffix(name, filepath.Ext(name)), "_")
	impression, err := strconv.Atoi(n)
	return finger, impression, ok && err == nil && finger != ""
}

func (o *ownPrints) readCSV(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	head, err := r.Read()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, want := range []string{"file", "person", "finger", "impression"} {
		if !slices.Contains(head, want) {
			return fmt.Errorf("%s: the first line has no column %q; needed are file, person, finger, impression", path, want)
		}
	}
	for line := 2; ; line++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		col := map[string]string{}
		for i, name := range head {
			col[name] = row[i]
		}
		n, err := strconv.Atoi(col["impression"])
		if err != nil {
			return fmt.Errorf("%s, line %d: impression %q is not a number", path, line, col["impression"])
		}
		img := ownImage{file: filepath.Join(filepath.Dir(path), col["file"]), impression: n}
		if s := col["ppi"]; s != "" {
			if img.ppi, err = strconv.ParseFloat(s, 64); err != nil {
				return fmt.Errorf("%s, line %d: ppi %q is not a number", path, line, s)
			}
		}
		o.add(col["person"], col["finger"], img)
	}
}

// impression gives the nth image of each of a person's fingers that has one.
func (o *ownPrints) impression(p ownPerson, n int) ([]api.FingerImage, error) {
	var out []api.FingerImage
	for pos, images := range p.fingers {
		if n >= len(images) {
			continue
		}
		f, err := o.read(pos, images[n].file, images[n].ppi)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b api.FingerImage) int { return strings.Compare(a.Position, b.Position) })
	return out, nil
}

func (o *ownPrints) read(pos, file string, ppi float64) (api.FingerImage, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return api.FingerImage{}, err
	}
	f := api.FingerImage{Position: pos, Image: b}
	if ppi == 0 {
		ppi = o.ppi
	}
	if ppi > 0 {
		p := float32(ppi)
		f.Ppi = &p
	}
	return f, nil
}

// enrolOwn enrols the first impression of everyone at the United States node.
func (s *stage) enrolOwn(ctx context.Context, o *ownPrints) (int, error) {
	step, done := s.opt.Progress(len(o.people), "enrolling your images")
	defer done()
	for i := range o.people {
		p := &o.people[i]
		fingers, err := o.impression(*p, 0)
		if err != nil {
			return i, err
		}
		p.subject, err = s.us.enrol(ctx, fmt.Sprintf("demo-own-%d", i), api.Enrolment{
			Category: ordinary, Nationalities: []string{"VE"}, Fields: map[string]string{"family-name": "Own images " + p.name}, Fingers: fingers,
		})
		if err != nil {
			return i, fmt.Errorf("enrol %s: %w", p.name, err)
		}
		step()
	}
	return len(o.people), nil
}

// ownSearches searches with the user's probe, or with the second impression of everyone who has one,
// and holds what was found against whose image it is.
func (p *play) ownSearches(ctx context.Context) (string, []string, error) {
	if p.own.probe != "" {
		return p.ownProbe(ctx)
	}
	right, tried := 0, 0
	var missed, decided []string
	step, done := p.opt.Progress(len(p.own.people), "searching your images")
	defer done()
	for _, who := range p.own.people {
		fingers, err := p.own.impression(who, 1)
		if err != nil {
			return "", nil, err
		}
		step()
		if len(fingers) == 0 {
			continue
		}
		tried++
		found, by, err := p.searchOwn(ctx, "own-"+who.name, fingers)
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w", who.name, err)
		}
		decided = by
		if found == who.subject {
			right++
		} else {
			missed = append(missed, who.name)
		}
	}
	if tried == 0 {
		return "", nil, errors.New("nobody has a second impression to search with")
	}
	outcome := fmt.Sprintf("%d of %d second impressions found their person", right, tried)
	if right < tried {
		return outcome, nil, fmt.Errorf("%s; not found: %s", outcome, strings.Join(missed, ", "))
	}
	return outcome, decided, nil
}

func (p *play) ownProbe(ctx context.Context) (string, []string, error) {
	fingers, err := p.own.read("unknown", p.own.probe, 0)
	if err != nil {
		return "", nil, err
	}
	found, decided, err := p.searchOwn(ctx, "own-probe", []api.FingerImage{fingers})
	if err != nil {
		return "", nil, err
	}
	name := ""
	for _, who := range p.own.people {
		if who.subject == found {
			name = who.name
		}
	}
	whose, _, named := parseName(p.own.probe)
	known := named && slices.ContainsFunc(p.own.people, func(x ownPerson) bool { return x.name == whose })
	switch {
	case known && name != whose:
		return "", nil, fmt.Errorf("the probe is of %s, and the answer was %s", whose, orNoHit(name))
	case named && !known && found != "":
		return "", nil, fmt.Errorf("the probe is of %s, who is not enrolled, and the answer was %s", whose, orNoHit(name))
	}
	return "your probe: " + orNoHit(name), decided, nil
}

func orNoHit(name string) string {
	if name == "" {
		return "no hit"
	}
	return "hit, person " + name
}

// searchOwn plays one search through and returns whose record was found, as the answering side's
// overseer sees it: the asking side never learns that from a hit.
func (p *play) searchOwn(ctx context.Context, name string, fingers []api.FingerImage) (subject string, articles []string, err error) {
	x, err := p.co.search(ctx, key(name), p.borderSearch(fingers))
	if err != nil {
		return "", nil, err
	}
	if x.State != string(exchange.AskSent) {
		return "", nil, fmt.Errorf("the search was refused at home: articles %v%s", x.Articles, fingerReasons(x))
	}
	found, err := p.us.candidate(ctx, p.co, x.Id)
	if err != nil || !found {
		return "", x.Articles, err
	}
	if _, err := p.us.confirm(ctx, x.Id); err != nil {
		return "", nil, err
	}
	if x, err = p.co.follow(ctx, x.Id); err != nil {
		return "", nil, err
	}
	e, err := p.us.evidence(ctx, x.Id)
	if err != nil {
		return "", nil, err
	}
	j, ok := entry(e, "verdict", "verdict:")
	if !ok {
		return "", nil, errors.New("the ledger shows no verdict")
	}
	var body struct {
		Subject string `json:"subject"`
	}
	err = json.Unmarshal(j.Body, &body)
	return body.Subject, x.Articles, err
}

func fingerReasons(x api.Exchange) string {
	if x.Fingers == nil {
		return ""
	}
	var out []string
	for _, f := range *x.Fingers {
		if f.Reasons != nil {
			for _, r := range *f.Reasons {
				out = append(out, f.Position+": "+r.En)
			}
		}
	}
	return "; " + strings.Join(out, "; ")
}
