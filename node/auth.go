package node

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"convenio/agreement"
	"convenio/api"
	"convenio/exchange"
	"convenio/registry"
)

// Roles of people at their own node. Whoever has a role of the agreement (a migration officer, a
// consular officer) is an officer: such a person searches and asks for facts, and the agreement
// rules on what that role may ask.
const (
	roleOfficer  = "officer"  // stands for every role of the agreement
	roleExaminer = "examiner" // confirms or rejects candidates
	roleApprover = "approver" // releases or refuses disclosures
	roleAuditor  = "auditor"  // reads the ledger and its openings
	roleOperator = "operator" // runs the node, enrols, gives notices
)

// nodeRoles lists the roles that every node has, beside those of its agreement.
func nodeRoles() []string { return []string{roleExaminer, roleApprover, roleAuditor, roleOperator} }

// duty is what a role does at the node.
func duty(role string) string {
	if slices.Contains(nodeRoles(), role) {
		return role
	}
	return roleOfficer
}

// checkHolder refuses a role or an authority that means nothing: neither the node nor the agreement
// in its folder knows it.
func checkHolder(cfg Config, role, authority string) error {
	if slices.Contains(nodeRoles(), role) {
		return nil
	}
	bundle, err := os.ReadFile(cfg.path(agreementDir, bundleFile))
	if err != nil {
		return fmt.Errorf("role %q: it is none of %s, and there is no agreement to look it up in: %w", role, strings.Join(nodeRoles(), ", "), err)
	}
	a, err := agreement.ParseBundle(bundle)
	if err != nil {
		return err
	}
	known := nodeRoles()
	for _, r := range a.Roles {
		known = append(known, r.ID)
	}
	if !slices.Contains(known, role) {
		return fmt.Errorf("role %q: use one of %s", role, strings.Join(known, ", "))
	}
	var own []string
	for _, x := range a.Authorities {
		if x.Party == word(exchange.PartyID(cfg.Party)) {
			own = append(own, x.ID)
		}
	}
	if !slices.Contains(own, authority) {
		return fmt.Errorf("authority %q: use one of %s", authority, strings.Join(own, ", "))
	}
	return nil
}

// NewToken makes a token for one person in one role, stores its hash in the registry of the node in
// dir, and returns the profile for that person's workstation. The node must not be running.
func NewToken(ctx context.Context, dir, label, role, authority string) (api.Profile, error) {
	cfg, err := LoadConfig(ConfigOf(dir))
	if err != nil {
		return api.Profile{}, err
	}
	if err := checkHolder(cfg, role, authority); err != nil {
		return api.Profile{}, err
	}
	keys, err := KeysOf(dir)
	if err != nil {
		return api.Profile{}, err
	}
	card, err := CardOf(dir)
	if err != nil {
		return api.Profile{}, err
	}
	store, err := registry.Open(cfg.path(registryFile), registry.Options{MasterKey: keys.Rest})
	if err != nil {
		return api.Profile{}, err
	}
	secret := make([]byte, 32)
	rand.Read(secret)
	token := "cvn_" + base64.RawURLEncoding.EncodeToString(secret)
	err = store.AddToken(ctx, registry.Token{Hash: registry.HashToken(token), Label: label, Role: role, Authority: authority})
	if err := errors.Join(err, store.Close()); err != nil {
		return api.Profile{}, fmt.Errorf("add token: %w", err)
	}
	spki := card.Keys.TLS
	return api.Profile{Node: "https://" + cfg.API.Listen, SPKI: hex.EncodeToString(spki[:]), Role: role, Authority: authority, Token: token}, nil
}

// RevokeToken ends a token. The node must not be running.
func RevokeToken(ctx context.Context, dir, label string) error {
	cfg, err := LoadConfig(ConfigOf(dir))
	if err != nil {
		return err
	}
	keys, err := KeysOf(dir)
	if err != nil {
		return err
	}
	store, err := registry.Open(cfg.path(registryFile), registry.Options{MasterKey: keys.Rest})
	if err != nil {
		return err
	}
	return errors.Join(store.RevokeToken(ctx, label), store.Close())
}

type tokenKey struct{}

// holder is who made the call.
func holder(ctx context.Context) registry.Token {
	t, _ := ctx.Value(tokenKey{}).(registry.Token)
	return t
}

// authenticated lets nobody through without a token in force.
func (n *Node) authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		t, err := n.store.TokenByHash(r.Context(), registry.HashToken(token))
		if !ok || errors.Is(err, registry.ErrNotFound) || (err == nil && !t.Revoked.IsZero()) {
			n.writeProblem(w, fail(http.StatusUnauthorized, "token", "the token is not in force", "", "use the profile that your operator gave you"))
			return
		}
		if err != nil {
			n.writeProblem(w, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), tokenKey{}, t)))
	})
}

func (n *Node) only(role string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := need(r.Context(), role); err != nil {
			n.writeProblem(w, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// need refuses a call by anyone in another role.
func need(ctx context.Context, roles ...string) error {
	if t := holder(ctx); !slices.Contains(roles, duty(t.Role)) {
		return fail(http.StatusForbidden, "role", "this is not for your role", fmt.Sprintf("it takes %s; the token is for %s", strings.Join(roles, " or "), t.Role), "ask whoever has the role")
	}
	return nil
}
