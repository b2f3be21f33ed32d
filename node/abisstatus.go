package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"convenio/registry"
)

// ABISStatus says how a node stands with its national ABIS.
type ABISStatus struct {
	// Time is when this was so.
	Time time.Time `json:"time"`
	// Running says that the node itself wrote it while it ran.
	Running bool   `json:"running"`
	Server  string `json:"server"`
	// People are those in the registry, with those erased of whom the ABIS has still to be told.
	People int `json:"people"`
	// Held are those whom the ABIS holds as it should.
	Held int `json:"held"`
	// Due are those of whom it has to be told; among them There are those whom it may hold where they should not be, and
	// Refused those whom it refused.
	Due     int `json:"due"`
	There   int `json:"there"`
	Refused int `json:"refused"`
	// Searches are those that the ABIS is to answer.
	Searches int          `json:"searches"`
	Classes  []ABISClass  `json:"classes"`
	Dropped  ABISDropped  `json:"dropped"`
	Trouble  string       `json:"trouble,omitempty"`
	Advice   []ABISAdvice `json:"advice,omitempty"`
}

// ABISClass is a class of record and its gallery; "" when it has none.
type ABISClass struct {
	Class   registry.Class `json:"class"`
	Gallery string         `json:"gallery"`
	People  int            `json:"people"`
}

// ABISAdvice is something that an operator should see to.
type ABISAdvice struct {
	What string `json:"what"`
	Do   string `json:"do"`
}

// abisStatusFile is where a running node keeps its status, for whoever asks beside it: the registry is open once only.
const abisStatusFile = "abis.status.json"

// errNoABIS: the folder's configuration has no section abis.
var errNoABIS = errors.New("node.yaml has no section abis: the node searches its own gallery")

func (a *nationalABIS) status(ctx context.Context) (s ABISStatus, err error) {
	s.Time, s.Server, s.Classes = a.now().UTC().Truncate(time.Second), a.cfg.OSIA, []ABISClass{}
	err = a.store.View(ctx, func(v *registry.View) error {
		count, err := v.ABISCount()
		if err != nil {
			return err
		}
		s.People, s.Held, s.Due, s.There, s.Refused = count.People, count.Held, count.Due, count.There, count.Refused
		tasks, err := v.ABISTasks()
		if err != nil {
			return err
		}
		s.Searches = len(tasks)
		classes, err := v.Classes()
		for _, c := range classes {
			s.Classes = append(s.Classes, ABISClass{Class: c.Class, Gallery: a.cfg.Galleries.of(c.Class), People: c.Subjects})
		}
		return err
	})
	a.mu.Lock()
	s.Dropped, s.Trouble = a.dropped, a.trouble
	a.mu.Unlock()
	s.Advice = s.advise()
	return s, err
}

// advise says what stands in the way of searches, and what to do about it.
func (s ABISStatus) advise() (list []ABISAdvice) {
	add := func(yes bool, do, what string, args ...any) {
		if yes {
			list = append(list, ABISAdvice{fmt.Sprintf(what, args...), do})
		}
	}
	unmapped, guarded := 0, map[string]bool{}
	open := map[string]bool{}
	for _, c := range s.Classes {
		switch {
		case c.Gallery == "":
			unmapped += c.People
		case len(c.Class.Safeguards) > 0:
			guarded[c.Gallery] = true
		default:
			open[c.Gallery] = true
		}
	}
	var mixed []string
	for g := range guarded {
		if open[g] {
			mixed = append(mixed, g)
		}
	}
	slices.Sort(mixed)
	add(unmapped > 0, "give their classes galleries under abis.galleries; until then they are not enrolled, and a search that may reach them is not answered",
		"%d people are in classes without a gallery", unmapped)
	add(len(mixed) > 0, "give people under a safeguard galleries of their own", "galleries hold people with and without safeguards: %v", mixed)
	add(s.Refused > 0, "the node's log says with which status; they are compared here until the ABIS takes them", "the ABIS refused %d people", s.Refused)
	add(s.There > 0, "a running node tells the ABIS first of these; searches of the galleries that they are to leave wait until it has confirmed",
		"%d people may be in galleries that they have left", s.There)
	add(s.Due-s.Refused > maxHere, "leave the node running, or stop it and run 'convenio abis sync'; no search is answered while more than "+fmt.Sprint(maxHere)+" are missing",
		"the ABIS has to be told of %d people", s.Due-s.Refused)
	add(s.Dropped.Unknown > 0, "somebody else writes into the node's galleries: give them names of their own", "the ABIS brought up %d candidates whom the registry does not know", s.Dropped.Unknown)
	add(s.Dropped.OutOfReach > 0, "stop the node and run 'convenio abis sync': the ABIS has people in other galleries than it was told",
		"the ABIS brought up %d candidates out of reach; they were not compared", s.Dropped.OutOfReach)
	add(s.Trouble != "", "see whether the ABIS runs, and whether address, certificate and token are right", "the last call that failed: %s", s.Trouble)
	return list
}

// saveABISStatus keeps the status where it can be read beside the running node.
func (n *Node) saveABISStatus(ctx context.Context) error {
	s, err := n.abis.status(ctx)
	if err != nil {
		return err
	}
	s.Running = true
	b, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("abis status: %w", err)
	}
	path := n.cfg.path(abisStatusFile)
	if err := os.WriteFile(path+".new", b, 0o600); err != nil {
		return fmt.Errorf("abis status: %w", err)
	}
	return os.Rename(path+".new", path)
}

// ReadABISStatus says how the node of a folder stands with its ABIS, whether it runs or not.
func ReadABISStatus(ctx context.Context, dir string) (s ABISStatus, err error) {
	a, shut, err := openStoppedABIS(ctx, dir, Options{})
	if errors.Is(err, registry.ErrLocked) {
		b, e := os.ReadFile(filepath.Join(dir, abisStatusFile))
		if e != nil {
			return s, fmt.Errorf("the node is running and has not said yet how it stands: %w", e)
		}
		return s, json.Unmarshal(b, &s)
	}
	if err != nil {
		return s, err
	}
	s, err = a.status(ctx)
	return s, errors.Join(err, shut())
}

// openStoppedABIS opens what is needed to speak to the ABIS without the node.
func openStoppedABIS(ctx context.Context, dir string, opt Options) (a *nationalABIS, shut func() error, err error) {
	cfg, err := LoadConfig(ConfigOf(dir))
	if err != nil {
		return nil, nil, err
	}
	if cfg = cfg.WithDefaults(); cfg.ABIS == nil {
		return nil, nil, errNoABIS
	}
	cfg.ABIS.Callback = nil
	keys, err := KeysOf(dir)
	if err != nil {
		return nil, nil, err
	}
	store, err := registry.Open(cfg.path(registryFile), registry.Options{MasterKey: keys.Rest})
	if err != nil {
		return nil, nil, err
	}
	if a, err = newABIS(ctx, cfg, store, opt.withDefaults()); err != nil {
		return nil, nil, errors.Join(err, store.Close())
	}
	return a, func() error {
		a.client.Close()
		return store.Close()
	}, nil
}
