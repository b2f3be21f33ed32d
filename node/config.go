package node

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/goccy/go-yaml"
)

// FolderVersion is the layout of a node's folder that this program reads and writes.
const FolderVersion = 1

// Config is node.yaml. The folder it stands in is the node's folder.
type Config struct {
	// Version is the folder's layout; see FolderVersion.
	Version int `yaml:"version"`
	// Party is the two-letter id of the party whose node this is, as the agreement writes it.
	Party string `yaml:"party"`
	// Exchange is where the partner reaches this node.
	Exchange Listener `yaml:"exchange"`
	// API is where this country's own officers reach it.
	API Listener `yaml:"api"`
	// Gallery says where the people stand whom the partner's searches run through: memory, with their templates, or disk, in
	// the folder gallery, sealed, with codes alone in memory. Defaults to memory.
	Gallery string `yaml:"gallery,omitempty"`
	// Workers bounds the processors used by extraction and search. 0: all of them.
	Workers int `yaml:"workers,omitempty"`
	// MinFreeMiB is the free disk space, in MiB, under which new work is refused. 0: 64.
	MinFreeMiB uint64 `yaml:"min_free_mib,omitempty"`
	// OSIA has the node serve OSIA's ABIS interface to national systems. Defaults to not.
	OSIA *OSIAConfig `yaml:"osia,omitempty"`
	// ClockSkew is the tolerated difference of the two nodes' clocks: around an entry into force, as long
	// before and after, what turns on it is refused. 0s to 1h; empty: 5m.
	ClockSkew string `yaml:"clock_skew,omitempty"`
	// Keys bounds the time in which the parties' keys sign, and adds keys that they had before and those
	// of overseers. Empty: the keys of the two cards, without bounds.
	Keys []KeyConfig `yaml:"keys,omitempty"`
	// ABIS has the partner's searches carried out by a national ABIS. Defaults to the node's own gallery.
	ABIS *ABISConfig `yaml:"abis,omitempty"`

	// Dir is the folder of node.yaml.
	Dir string `yaml:"-"`
}

// Listener is one address to listen on.
type Listener struct {
	// Listen is host:port.
	Listen string `yaml:"listen"`
}

// LoadConfig reads node.yaml and says what is wrong with it, if anything.
func LoadConfig(path string) (Config, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("read configuration: %w", err)
	}
	var c Config
	if err := yaml.UnmarshalWithOptions(b, &c, yaml.Strict()); err != nil {
		return Config{}, fmt.Errorf("read configuration %s: %w", path, err)
	}
	if c.Dir, err = filepath.Abs(filepath.Dir(path)); err != nil {
		return Config{}, fmt.Errorf("read configuration %s: %w", path, err)
	}
	if err := c.validate(); err != nil {
		return Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	return c, nil
}

func (c Config) validate() error {
	if c.Version != FolderVersion {
		return fmt.Errorf("the folder has layout version %d; this program reads version %d: use the program that wrote it, or migrate the folder", c.Version, FolderVersion)
	}
	if len(c.Party) != 2 {
		return fmt.Errorf("party %q: two letters are needed, such as CO", c.Party)
	}
	for name, addr := range map[string]string{"exchange": c.Exchange.Listen, "api": c.API.Listen} {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return fmt.Errorf("%s.listen %q: host:port is needed, such as 127.0.0.1:7443", name, addr)
		}
	}
	if c.Gallery != "" && c.Gallery != galleryInMemory && c.Gallery != galleryOnDisk {
		return fmt.Errorf("gallery %q: memory or disk", c.Gallery)
	}
	if c.Gallery != "" && c.ABIS != nil {
		return fmt.Errorf("gallery %q and abis: the partner's searches run through one of them; remove the other", c.Gallery)
	}
	if c.Workers < 0 {
		return fmt.Errorf("workers %d: 0 or more", c.Workers)
	}
	if _, err := c.skew(); err != nil {
		return err
	}
	if err := validateKeys(c.Keys); err != nil {
		return err
	}
	return errors.Join(c.OSIA.validate(), c.ABIS.validate())
}

// WithDefaults fills what was left empty.
func (c Config) WithDefaults() Config {
	if c.MinFreeMiB == 0 {
		c.MinFreeMiB = 64
	}
	c.ABIS = c.ABIS.withDefaults()
	return c
}

// Save writes node.yaml into dir; it replaces no file.
func (c Config) Save(dir string) error {
	c.Version = FolderVersion
	b, err := yaml.Marshal(c)
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	path := filepath.Join(dir, configFile)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	defer f.Close()
	if _, err := f.Write(b); err != nil {
		return fmt.Errorf("write configuration %s: %w", path, err)
	}
	return f.Sync()
}

// The files of a node's folder.
const (
	configFile    = "node.yaml"
	keysDir       = "keys"
	cardFile      = "card.json"
	partnersDir   = "partners"
	agreementDir  = "agreement"
	bundleFile    = "agreement.txtar"
	registryFile  = "registry.db"
	ledgerDir     = "ledger"
	signatureGlob = "*.signature.json"
)

func (c Config) path(elem ...string) string {
	return filepath.Join(append([]string{c.Dir}, elem...)...)
}

// below is a file that the configuration names: below the folder unless it is absolute.
func (c Config) below(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return c.path(name)
}

func (c Config) file(name string) ([]byte, error) { return os.ReadFile(c.below(name)) }
