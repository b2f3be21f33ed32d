package node

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"convenio/osia/client"
	"convenio/registry"
)

// ABISConfig is the section abis of node.yaml: with it the partner's searches go to a national ABIS, and the node keeps no
// gallery of its own. Paths are below the node's folder unless they are absolute.
type ABISConfig struct {
	// OSIA is the address of the ABIS, which speaks OSIA's ABIS interface: https, or http on this machine.
	OSIA string `yaml:"osia"`
	// Roots is a PEM file of authorities trusted for the ABIS's certificate. Defaults to the system's.
	Roots string `yaml:"roots,omitempty"`
	// Token is a file with the bearer token. It is read at every call: whoever renews the token replaces the file.
	Token string `yaml:"token"`
	// Callback has results sent to this node. Defaults to none: the ABIS answers a search in the call itself.
	Callback *ABISCallback `yaml:"callback,omitempty"`
	// Timeout bounds one search of one gallery. 0: 2 minutes. It is tried again after that.
	Timeout time.Duration `yaml:"timeout,omitempty"`
	// GiveUp is how long after its arrival a search is answered as unavailable. 0: 24 hours.
	GiveUp time.Duration `yaml:"give_up,omitempty"`
	// Candidates is how many the ABIS is asked for, in each gallery. 0: 50.
	Candidates int `yaml:"candidates,omitempty"`
	// Threshold is the least score of a candidate in the ABIS's own measure. Defaults to the ABIS's own choice.
	Threshold *float32 `yaml:"threshold,omitempty"`
	// Galleries says which gallery of the ABIS stands for which class of record.
	Galleries ABISGalleries `yaml:"galleries"`
}

// ABISCallback is where the ABIS sends results.
type ABISCallback struct {
	// Listen is host:port, for the ABIS alone.
	Listen string `yaml:"listen"`
	// URL is the address under which the ABIS reaches it: https, or http on this machine, where no TLS is spoken.
	URL string `yaml:"url"`
	// Certificate and Key are PEM files for TLS. Default to the node's own certificate.
	Certificate string `yaml:"certificate,omitempty"`
	Key         string `yaml:"key,omitempty"`
}

// ABISGalleries says which gallery stands for which class: the first line that fits, else a gallery of the class's own.
type ABISGalleries struct {
	// Prefix begins the names of galleries that are made for one class each. Defaults to none: a class without a line has no
	// gallery, nobody of it is enrolled, and a search that may reach it is not answered.
	Prefix string `yaml:"prefix,omitempty"`
	// Classes are the lines.
	Classes []ABISGallery `yaml:"classes,omitempty"`
}

// ABISGallery names the gallery of some classes.
type ABISGallery struct {
	Gallery  string `yaml:"gallery"`
	Category string `yaml:"category"`
	// Nationalities fit records all of whose nationalities are among them. Defaults to any.
	Nationalities []string `yaml:"nationalities,omitempty"`
	// Safeguards fit records that have exactly these, each as kind or kind:party. Defaults to none.
	Safeguards []string `yaml:"safeguards,omitempty"`
}

// Bounds and defaults of the section.
const (
	abisGiveUp        = 24 * time.Hour
	abisCandidates    = 50
	maxABISCandidates = 1000
	maxABISGallery    = 128 // bytes of a name
)

func (c *ABISConfig) withDefaults() *ABISConfig {
	if c == nil {
		return nil
	}
	d := *c
	if d.GiveUp == 0 {
		d.GiveUp = abisGiveUp
	}
	if d.Candidates == 0 {
		d.Candidates = abisCandidates
	}
	return &d
}

func (c *ABISConfig) validate() error {
	if c == nil {
		return nil
	}
	if err := client.CheckAddress(c.OSIA); err != nil {
		return fmt.Errorf("abis.osia %q: %w", c.OSIA, err)
	}
	if c.Token == "" {
		return errors.New("abis.token: name a file that holds the bearer token for the ABIS")
	}
	if c.Timeout < 0 || c.Timeout > time.Hour {
		return fmt.Errorf("abis.timeout %v: up to 1h, such as 2m", c.Timeout)
	}
	if c.GiveUp < 0 || c.GiveUp > probeLife-time.Hour {
		return fmt.Errorf("abis.give_up %v: up to %v, for no probe is kept for longer than %v", c.GiveUp, probeLife-time.Hour, probeLife)
	}
	if c.Candidates < 0 || c.Candidates > maxABISCandidates {
		return fmt.Errorf("abis.candidates %d: up to %d", c.Candidates, maxABISCandidates)
	}
	if c.Threshold != nil && !(*c.Threshold > -1e30 && *c.Threshold < 1e30) {
		return errors.New("abis.threshold: a number is needed, in the measure of the ABIS")
	}
	if err := c.Callback.validate(); err != nil {
		return err
	}
	return c.Galleries.validate()
}

func (c *ABISCallback) validate() error {
	if c == nil {
		return nil
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("abis.callback.listen %q: host:port is needed, such as 127.0.0.1:7743", c.Listen)
	}
	if err := client.CheckAddress(c.URL); err != nil {
		return fmt.Errorf("abis.callback.url %q: %w", c.URL, err)
	}
	if (c.Certificate == "") != (c.Key == "") {
		return errors.New("abis.callback: certificate and key go together")
	}
	return nil
}

func (g ABISGalleries) validate() error {
	if g.Prefix == "" && len(g.Classes) == 0 {
		return errors.New("abis.galleries: give a prefix, or say under classes which gallery stands for which class: a class without a gallery is not searched")
	}
	if len(g.Prefix) > maxABISGallery/2 {
		return fmt.Errorf("abis.galleries.prefix: up to %d bytes", maxABISGallery/2)
	}
	for _, l := range g.Classes {
		if l.Gallery == "" || len(l.Gallery) > maxABISGallery || l.Gallery == "ALL" {
			return fmt.Errorf("abis.galleries: gallery %q: 1 to %d bytes are needed, and ALL stands for every gallery", l.Gallery, maxABISGallery)
		}
		if g.Prefix != "" && strings.HasPrefix(l.Gallery, g.Prefix) {
			return fmt.Errorf("abis.galleries: gallery %q begins like the prefix %q, under which classes get galleries of their own", l.Gallery, g.Prefix)
		}
		if l.Category == "" {
			return fmt.Errorf("abis.galleries: gallery %q: a category is needed", l.Gallery)
		}
	}
	return nil
}

// of is the gallery of a class; "" when it has none.
func (g ABISGalleries) of(class registry.Class) string {
	for _, l := range g.Classes {
		if l.fits(class) {
			return l.Gallery
		}
	}
	if g.Prefix == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(class.Key()))
	return g.Prefix + hex.EncodeToString(sum[:8])
}

// ofKey is the gallery of a class by its key; "" for that of an erased record.
func (g ABISGalleries) ofKey(key string) (string, error) {
	if key == "" {
		return "", nil
	}
	class, err := registry.ParseClass(key)
	if err != nil {
		return "", fmt.Errorf("class of records: %w", err)
	}
	return g.of(class), nil
}

func (l ABISGallery) fits(c registry.Class) bool {
	if l.Category != c.Category || l.Nationalities != nil && len(c.Nationalities) == 0 {
		return false
	}
	for _, n := range c.Nationalities {
		if l.Nationalities != nil && !slices.ContainsFunc(l.Nationalities, func(x string) bool { return strings.EqualFold(x, n) }) {
			return false
		}
	}
	has := make([]string, 0, len(c.Safeguards))
	for _, s := range c.Safeguards {
		has = append(has, safeguardName(s))
	}
	want := slices.Clone(l.Safeguards)
	slices.Sort(want)
	slices.Sort(has)
	return slices.Equal(slices.Compact(want), has)
}

func safeguardName(s registry.Safeguard) string {
	if s.Against == "" {
		return s.Kind
	}
	return s.Kind + ":" + s.Against
}
