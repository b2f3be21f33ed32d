package node

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"convenio/osia"
	"convenio/osia/reach"
)

// OSIAConfig is the section osia of node.yaml: without it the node does not serve OSIA's ABIS interface. Paths are below the
// node's folder unless they are absolute.
type OSIAConfig struct {
	// Listen is host:port, for the national systems alone.
	Listen string `yaml:"listen"`
	// Certificate and Key are PEM files for TLS. Default to the node's own certificate.
	Certificate string `yaml:"certificate,omitempty"`
	Key         string `yaml:"key,omitempty"`
	// Tokens says which bearer tokens are good.
	Tokens OSIATokens `yaml:"tokens"`
	// Callbacks are the origins that results may be sent to, such as https://client.example:8443. Defaults to none.
	Callbacks []string `yaml:"callbacks,omitempty"`
	// CallbackRoots is a PEM file of authorities trusted for callbacks. Defaults to the system's.
	CallbackRoots string `yaml:"callback_roots,omitempty"`
	// DecryptionKeys are JSON Web Keys, one a file, that senders encrypt to. Defaults to none: encrypted data are refused.
	DecryptionKeys []string `yaml:"decryption_keys,omitempty"`
	// Signers is a JSON Web Key Set of who may sign integrity blocks. Defaults to none: signatures are kept unverified.
	Signers string `yaml:"signers,omitempty"`
	// FPIR is the false positive identification rate of a search without a threshold. 0: 0.001.
	FPIR float64 `yaml:"fpir,omitempty"`
	// Records says which galleries are within the partner's reach, as what. Defaults to none.
	Records *reach.Rules `yaml:"records,omitempty"`
}

// OSIATokens says which bearer tokens are good.
type OSIATokens struct {
	// Keys is a JSON Web Key Set of public keys.
	Keys string `yaml:"keys"`
	// Audience must be among a token's aud.
	Audience string `yaml:"audience"`
	// Issuer must be a token's iss. Defaults to any.
	Issuer string `yaml:"issuer,omitempty"`
}

func (c *OSIAConfig) validate() error {
	if c == nil {
		return nil
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("osia.listen %q: host:port is needed, such as 127.0.0.1:7643", c.Listen)
	}
	if c.Tokens.Keys == "" || c.Tokens.Audience == "" {
		return errors.New("osia.tokens: keys and audience are needed: nobody is let in without a token")
	}
	if (c.Certificate == "") != (c.Key == "") {
		return errors.New("osia: certificate and key go together")
	}
	if c.FPIR < 0 || c.FPIR > 1 {
		return fmt.Errorf("osia.fpir %v: more than 0, up to 1", c.FPIR)
	}
	return nil
}

// Files of the folder that the section names when 'convenio osia keys' has made them.
const (
	osiaDir         = "osia"
	osiaPublicKeys  = "tokens.jwks"
	osiaPrivateKey  = "tokens.private.jwk"
	osiaAudience    = "abis"
	osiaTokenIssuer = "convenio"
)

func (n *Node) osiaFile(name string) ([]byte, error) {
	if !filepath.IsAbs(name) {
		name = n.cfg.path(name)
	}
	return os.ReadFile(name)
}

func (n *Node) openOSIA(ctx context.Context) (err error) {
	c := n.cfg.OSIA
	follower, err := n.followOSIA(ctx)
	if err != nil || c == nil {
		return err
	}
	conf := osia.Config{Store: n.store, Follower: follower, Callbacks: c.Callbacks, Workers: n.workers(), FPIR: c.FPIR, Now: n.opt.Now, Logger: n.opt.Logger}
	keys := func(name string) (osia.Keys, error) {
		b, err := n.osiaFile(name)
		if err != nil {
			return osia.Keys{}, err
		}
		return osia.ParseKeys(b)
	}
	conf.Tokens = osia.Tokens{Audience: c.Tokens.Audience, Issuer: c.Tokens.Issuer}
	if conf.Tokens.Keys, err = keys(c.Tokens.Keys); err != nil {
		return fmt.Errorf("osia.tokens.keys: %w", err)
	}
	if c.Signers != "" {
		if conf.Protection.Signers, err = keys(c.Signers); err != nil {
			return fmt.Errorf("osia.signers: %w", err)
		}
	}
	for _, name := range c.DecryptionKeys {
		b, err := n.osiaFile(name)
		if err != nil {
			return fmt.Errorf("osia.decryption_keys: %w", err)
		}
		k, err := osia.ParseDecryptionKey(b)
		if err != nil {
			return fmt.Errorf("osia.decryption_keys: %s: %w", name, err)
		}
		conf.Protection.Decrypt = append(conf.Protection.Decrypt, k)
	}
	if c.CallbackRoots != "" {
		b, err := n.osiaFile(c.CallbackRoots)
		if err != nil {
			return fmt.Errorf("osia.callback_roots: %w", err)
		}
		conf.CallbackRoots = x509.NewCertPool()
		if !conf.CallbackRoots.AppendCertsFromPEM(b) {
			return fmt.Errorf("osia.callback_roots: %s holds no certificate in PEM", c.CallbackRoots)
		}
	}
	if n.osiaTLS, err = n.osiaCertificate(); err != nil {
		return err
	}
	if n.osia, err = osia.New(ctx, conf); err != nil {
		return err
	}
	n.osiaRecords.started(ctx)
	return nil
}

func (n *Node) osiaCertificate() (tls.Certificate, error) {
	c := n.cfg.OSIA
	if c.Certificate == "" {
		return n.keys.TLS, nil
	}
	cert, err := n.osiaFile(c.Certificate)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("osia.certificate: %w", err)
	}
	key, err := n.osiaFile(c.Key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("osia.key: %w", err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("osia.certificate: %w", err)
	}
	return pair, nil
}

// OSIAAddr is where national systems reach a running node, "" when it does not serve them.
func (n *Node) OSIAAddr() string {
	if n.osiaListener == nil {
		return ""
	}
	return n.osiaListener.Addr().String()
}

// serveOSIA answers national systems, and carries out what they asked for with a callback.
func (n *Node) serveOSIA(ctx context.Context) error {
	if n.osia == nil {
		<-ctx.Done()
		return nil
	}
	handler, err := n.osia.Handler()
	if err != nil {
		return err
	}
	h := &http.Server{
		Handler: n.withRoom(handler), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 3 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(n.opt.Logger.Handler(), slog.LevelDebug),
	}
	n.opt.Logger.LogAttrs(ctx, slog.LevelInfo, "osia", slog.String("listens", n.OSIAAddr()))
	ended := make(chan error, 1)
	go func() { ended <- n.osia.Run(ctx) }()
	config := &tls.Config{Certificates: []tls.Certificate{n.osiaTLS}, MinVersion: tls.VersionTLS12}
	return errors.Join(serve(ctx, h, tls.NewListener(n.osiaListener, config)), <-ended)
}

// withRoom refuses what would be written while the disk is nearly full.
func (n *Node) withRoom(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodDelete && n.roomForWork() != nil {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = w.Write([]byte(`{"code":500,"message":"the disk is nearly full; the operator has to free space"}`))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// NewOSIAKeys makes a key pair for bearer tokens in a node's folder, for installations without an authorization server, and
// returns the path of the public set. It replaces no file.
func NewOSIAKeys(dir string) (string, error) {
	private, public, err := osia.NewSigningKey()
	if err != nil {
		return "", err
	}
	at := filepath.Join(dir, osiaDir)
	if err := os.MkdirAll(at, 0o700); err != nil {
		return "", fmt.Errorf("make keys: %w", err)
	}
	if err := writeNew(filepath.Join(at, osiaPrivateKey), private); err != nil {
		return "", err
	}
	return filepath.Join(osiaDir, osiaPublicKeys), writeNew(filepath.Join(at, osiaPublicKeys), public)
}

// NewOSIAToken mints a bearer token with the private key that NewOSIAKeys made.
func NewOSIAToken(dir, subject string, scopes []string, now time.Time, life time.Duration) (string, error) {
	key, err := os.ReadFile(filepath.Join(dir, osiaDir, osiaPrivateKey))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s has no key for tokens: run 'convenio osia keys --dir %s'", dir, dir)
	}
	if err != nil {
		return "", fmt.Errorf("read token key: %w", err)
	}
	audience := osiaAudience
	if cfg, err := LoadConfig(ConfigOf(dir)); err == nil && cfg.OSIA != nil {
		audience = cfg.OSIA.Tokens.Audience
	}
	return osia.Mint(key, audience, osiaTokenIssuer, subject, scopes, now, life)
}
