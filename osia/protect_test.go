package osia

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// forge signs any claims with any key, or not at all.
func forge(t testing.TB, alg jose.SignatureAlgorithm, key any, typ string, claims object) string {
	t.Helper()
	opt := &jose.SignerOptions{}
	if typ != "" {
		opt = opt.WithType(jose.ContentType(typ))
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, opt)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jwt.Signed(s).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func part(x any) string {
	b, _ := json.Marshal(x)
	return base64.RawURLEncoding.EncodeToString(b)
}

func TestTokens(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	ed := signingKey(1)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	keys := keysOf(t, ed, jose.JSONWebKey{Key: ec, KeyID: "ec"}, jose.JSONWebKey{Key: rs, KeyID: "rs"})
	v := Tokens{Keys: keys, Audience: "abis", Issuer: "us"}
	good := object{"aud": "abis", "iss": "us", "exp": now.Add(time.Hour).Unix(), "nbf": now.Unix(), "scope": "abis.verify abis.identify"}
	without := func(name string) object {
		c := with(good, name, nil)
		delete(c, name)
		return c
	}
	public, err := json.Marshal(jose.JSONWebKey{Key: ed.Key.(ed25519.PrivateKey).Public()})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, token, want string
	}{
		{"EdDSA", forge(t, jose.EdDSA, ed, "JWT", good), "abis.verify abis.identify"},
		{"ES256", forge(t, jose.ES256, ec, "at+jwt", good), "abis.verify abis.identify"},
		{"RS256", forge(t, jose.RS256, rs, "", good), "abis.verify abis.identify"},
		{"a list of scopes and of audiences", forge(t, jose.EdDSA, ed, "", with(with(good, "scope", []string{"abis.verify"}), "aud", []string{"x", "abis"})), "abis.verify"},
		{"a moment late", forge(t, jose.EdDSA, ed, "", with(good, "exp", now.Add(-20*time.Second).Unix())), "abis.verify abis.identify"},
		{"expired", forge(t, jose.EdDSA, ed, "", with(good, "exp", now.Add(-time.Minute).Unix())), ""},
		{"not yet", forge(t, jose.EdDSA, ed, "", with(good, "nbf", now.Add(time.Minute).Unix())), ""},
		{"without exp", forge(t, jose.EdDSA, ed, "", without("exp")), ""},
		{"without aud", forge(t, jose.EdDSA, ed, "", without("aud")), ""},
		{"another audience", forge(t, jose.EdDSA, ed, "", with(good, "aud", "pr")), ""},
		{"another issuer", forge(t, jose.EdDSA, ed, "", with(good, "iss", "them")), ""},
		{"another type", forge(t, jose.EdDSA, ed, "dpop+jwt", good), ""},
		{"another key", forge(t, jose.EdDSA, jose.JSONWebKey{Key: signingKey(2).Key, KeyID: "test"}, "", good), ""},
		{"a key id that is not its key's", forge(t, jose.EdDSA, jose.JSONWebKey{Key: ed.Key, KeyID: "ec"}, "", good), ""},
		{"PS256", forge(t, jose.PS256, rs, "", good), ""},
		{"RS512", forge(t, jose.RS512, rs, "", good), ""},
		{"none", part(object{"alg": "none"}) + "." + part(good) + ".", ""},
		{"HMAC with a public key", hs256(public, good), ""},
		{"too long", forge(t, jose.EdDSA, ed, "", with(good, "x", strings.Repeat("x", maxToken))), ""},
		{"two signatures", strings.Repeat(forge(t, jose.EdDSA, ed, "", good), 2), ""},
		{"nothing", "", ""},
	} {
		scopes, err := v.verify(c.token, now)
		if strings.Join(scopes, " ") != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %v, %v; want %q", c.name, scopes, err, c.want)
		}
	}
	tampered := []byte(forge(t, jose.EdDSA, ed, "", good))
	tampered[len(tampered)/2] ^= 1
	if _, err := v.verify(string(tampered), now); err == nil {
		t.Error("a changed token is taken")
	}
}

func hs256(key []byte, claims object) string {
	text := part(object{"alg": "HS256", "kid": "test"}) + "." + part(claims)
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

func TestKeySets(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Skip("no small RSA keys here: ", err)
	}
	for name, key := range map[string]any{
		"private": signingKey(1).Key, "secret": []byte("a shared secret of 32 bytes here"), "short RSA": &small.PublicKey,
	} {
		b, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseKeys(b); err == nil {
			t.Errorf("%s: taken as a key to verify with", name)
		}
	}
	if _, err := ParseKeys([]byte(`{"keys":[]}`)); err == nil {
		t.Error("an empty set is taken")
	}
}

func encryptFor(t testing.TB, alg jose.KeyAlgorithm, enc jose.ContentEncryption, key any, plain []byte) string {
	t.Helper()
	e, err := jose.NewEncrypter(enc, jose.Recipient{Algorithm: alg, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := e.Encrypt(plain)
	if err != nil {
		t.Fatal(err)
	}
	s, err := o.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sign(t testing.TB, key jose.JSONWebKey, payload string, detached bool) string {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Sign([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	out, err := o.CompactSerialize()
	if detached {
		out, err = o.DetachedCompactSerialize()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Integrity and encryption blocks over the interface: good ones are taken, each kind of bad one is refused with a reason.
func TestBlocks(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer := signingKey(9)
	w := newWorld(t, func(c *Config) {
		c.Protection = Protection{Decrypt: []jose.JSONWebKey{{Key: ec}}, Signers: keysOf(t, signer)}
	})
	image := drawPrint(t, 1, 1)
	raw, err := base64.StdEncoding.DecodeString(image)
	w.must(err)
	item := biometric(image)
	hash := func(o object, scope string) string {
		b, err := json.Marshal(o)
		w.must(err)
		h, err := Hash(b, scope, "SHA256")
		w.must(err)
		return h
	}
	const scope = "image biometricType biometricSubType"
	good := hash(item, scope)
	bytesOf, err := hex.DecodeString(good)
	w.must(err)
	integrity := func(more object) object {
		b := object{"scope": scope, "alg": "SHA256", "hash": good}
		for k, v := range more {
			b[k] = v
		}
		return with(item, "integrity", []any{b})
	}
	jwe := func(key any, plain []byte) object {
		e := with(item, "image", encryptFor(t, jose.ECDH_ES_A256KW, jose.A256GCM, key, plain))
		return with(e, "encryption", object{"type": "JWE", "scope": "image"})
	}
	secret := jwe(&ec.PublicKey, raw)
	both := with(jwe(&ec.PublicKey, []byte(image)), "integrity", []any{object{"scope": scope, "alg": "SHA256", "hash": good}})
	before := with(secret, "integrity", []any{object{"scope": "image", "alg": "SHA512", "encrypted": true,
		"hash": func() string {
			b, _ := json.Marshal(secret)
			h, err := Hash(b, "image", "SHA512")
			w.must(err)
			return h
		}()}})
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	w.must(err)
	for i, c := range []struct {
		name string
		item object
		want string // "" taken
	}{
		{"a hash", integrity(nil), ""},
		{"a hash in capitals", integrity(object{"hash": strings.ToUpper(good)}), ""},
		{"another hash", integrity(object{"hash": hash(item, "image")}), "does not fit"},
		{"an unknown algorithm", integrity(object{"alg": "MD5"}), "SHA256"},
		{"signed in hexadecimal", integrity(object{"type": "JWS", "signature": sign(t, signer, good, false)}), ""},
		{"signed as bytes, detached", integrity(object{"type": "JWS", "signature": sign(t, signer, string(bytesOf), true)}), ""},
		{"signed over something else", integrity(object{"type": "JWS", "signature": sign(t, signer, "else", false)}), "no configured key"},
		{"signed by somebody else", integrity(object{"type": "JWS", "signature": sign(t, signingKey(8), good, false)}), "no configured key"},
		{"no signature", integrity(object{"type": "JWS"}), "no compact JWS"},
		{"PKCS7", integrity(object{"type": "PKCS7", "signature": "x"}), "not supported"},
		{"a signature elsewhere", integrity(object{"type": "JWS", "signatureRef": "http://x.example/"}), "nothing is fetched"},
		{"data elsewhere", integrity(object{"followRef": true}), "nothing is fetched"},
		{"encrypted bytes", secret, ""},
		{"hash in clear, then encrypted text", both, ""},
		{"encrypted, then a hash", before, ""},
		{"encrypted to somebody else", jwe(&other.PublicKey, raw), "no configured key"},
		{"encrypted by PKCS7", with(secret, "encryption", object{"type": "PKCS7", "scope": "image"}), "only JWE"},
		{"a scope of nothing", with(secret, "encryption", object{"type": "JWE", "scope": "template"}), "selects nothing"},
		{"not a JWE", with(item, "encryption", object{"type": "JWE", "scope": "image"}), "no compact JWE"},
	} {
		path := fmt.Sprintf("/v1/persons/P%d/encounters/E1", i)
		body := with(meeting(image, "civil"), "biometricData", []any{c.item})
		if c.want != "" {
			if text := w.call("POST", path, nil, body, 400); !strings.Contains(text, c.want) {
				t.Errorf("%s: %s, want %q", c.name, text, c.want)
			}
			continue
		}
		if text := w.call("POST", path, nil, body, 200); !strings.Contains(text, `"usable":true`) {
			t.Errorf("%s: %s", c.name, text)
		}
		// It comes back as it was sent, and stays encrypted on the way.
		if text := w.call("GET", path, nil, nil, 200); !strings.Contains(text, c.item["image"].(string)) {
			t.Errorf("%s: the image did not come back as it was sent", c.name)
		}
	}
}

// Encrypted biographic data are filtered by in clear; the whole has a hash of its own over the hashes of its parts.
func TestGlobalBlocks(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *Config) { c.Protection.Decrypt = []jose.JSONWebKey{{Key: key}} })
	image := drawPrint(t, 1, 1)
	e := meeting(image, "civil")
	e["biographicData"] = encryptFor(t, jose.RSA_OAEP_256, jose.A128GCM, &key.PublicKey, []byte(`{"familyName":"Ejemplo","nationality":"COL"}`))
	e["encryption"] = object{"type": "JWE", "scope": "biographicData"}
	clear := with(e, "biographicData", object{"familyName": "Ejemplo", "nationality": "COL"})
	b, err := json.Marshal(clear)
	w.must(err)
	h, err := Hash(b, "biographicData.familyName biometricData[*].image", "SHA256")
	w.must(err)
	signature := sign(t, signingKey(3), h, false)
	e["integrity"] = []any{object{"scope": "biographicData.familyName biometricData[*].image", "alg": "SHA256", "hash": h, "type": "JWS", "signature": signature}}
	text := w.call("POST", "/v1/persons/P1/encounters/E1", nil, e, 200)
	if !strings.Contains(text, `"unverified":["integrity signature"]`) {
		t.Errorf("a signature without configured signers: %s", text)
	}
	for nationality, want := range map[string]string{"COL": "P1", "ECU": ""} {
		got := persons(t, w.call("POST", "/v1/identify/civil", nil, identifyWith(drawPrint(t, 1, 2), object{"nationality": nationality}), 200))
		if got != want {
			t.Errorf("nationality %s: %q", nationality, got)
		}
	}
	if text := w.call("GET", "/v1/persons/P1/encounters/E1", nil, nil, 200); strings.Contains(text, "Ejemplo") {
		t.Error("what was sent encrypted comes back in clear")
	}
	plain := newWorld(t, nil)
	if text := plain.call("POST", "/v1/persons/P1/encounters/E1", nil, e, 400); !strings.Contains(text, "no decryption key") {
		t.Errorf("without a key: %s", text)
	}
}

// A member that is given twice has one reading everywhere: what was hashed is what is kept.
func TestTwoReadings(t *testing.T) {
	w := newWorld(t, nil)
	h, err := Hash([]byte(`{"biometricType":"IRIS","comment":"second"}`), "biometricType comment", "SHA256")
	w.must(err)
	body := json.RawMessage(`{"status":"ACTIVE","encounterType":"x","galleries":["g"],"biometricData":[{"biometricType":"FACE","comment":"first","metadata":"first"}],
		"biometricData":[{"biometricType":"IRIS","comment":"first","comment":"second","integrity":[{"scope":"biometricType comment","alg":"SHA256","hash":"` + h + `"}]}]}`)
	req := w.request("POST", "/v1/persons/P1/encounters/E1", nil, nil, w.token(Scopes()...))
	req.Header.Set("Content-Type", "application/json")
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if status, _, text := w.do(req); status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	if text := w.call("GET", "/v1/persons/P1/encounters/E1", nil, nil, 200); strings.Contains(text, "first") {
		t.Errorf("the first reading was kept: %s", text)
	}
}

func TestDecryptionKeys(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		key  any
		good bool
	}{{"private", ec, true}, {"public", &ec.PublicKey, false}, {"secret", bytes.Repeat([]byte{1}, 32), false}} {
		b, err := json.Marshal(jose.JSONWebKey{Key: c.key})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseDecryptionKey(b); (err == nil) != c.good {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Any body at all is answered, without a panic, by 200 or 400.
func FuzzBody(f *testing.F) {
	w := newWorld(f, func(c *Config) { c.Workers = 1 })
	url := w.server.URL
	h, err := w.service.Handler()
	if err != nil {
		f.Fatal(err)
	}
	token := w.token(Scopes()...)
	for _, o := range []object{
		{"status": "ACTIVE", "encounterType": "x", "galleries": []string{"g"}, "biometricData": []any{object{"biometricType": "FINGER", "image": "QUJD"}}},
		{"filter": object{"aMin": "1", "b": []any{1, true}}, "biometricData": []any{object{"biometricType": "FINGER", "template": "Rk1SAA=="}}},
		{"biometricData1": []any{}, "biometricData2": []any{object{"biometricType": "IRIS"}}},
		{"status": "ACTIVE", "encounterType": "x", "galleries": []string{"g"}, "biometricData": []any{}, "biographicData": object{"a": 1},
			"integrity": []any{object{"scope": "biographicData.a", "alg": "SHA256", "hash": "00"}}, "encryption": object{"type": "JWE", "scope": "clientData"}},
	} {
		b, err := json.Marshal(o)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, at := range []string{"/v1/persons/P/encounters/E", "/v1/identify/ALL", "/v1/verify"} {
			req, err := http.NewRequest(http.MethodPost, url+at+"?transactionId=T", bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer "+token)
			rec := &recorder{header: map[string][]string{}, status: 200}
			h.ServeHTTP(rec, req)
			if rec.status != 200 && rec.status != 400 && rec.status != 409 {
				t.Errorf("%s: %d %s", at, rec.status, rec.body.String())
			}
		}
	})
}
