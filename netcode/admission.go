package netcode

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

const (
	subprotocolPrefix = "rondo.v"
	tokenPrefix       = "rondo.token."
	resumePrefix      = "rondo.resume."
	budgetParameter   = "budget"
)

// Subprotocol is what this server speaks.
var Subprotocol = subprotocolPrefix + strconv.Itoa(wire.Protocol)

// A Gate decides who may come in. Any goroutine may call it.
type Gate interface {
	// Admit turns a join token into a seat that is kept for the caller. An
	// error that is a *Refusal says what to answer; any other means 500.
	Admit(token string) (Admission, error)
}

// An Admission is a seat in a room.
type Admission struct {
	Room *sim.Room
	Feed *Feed // of that room
	// Watch says that it is no seat but a spectator's place (PROTOCOL.md, WATCH).
	Watch bool
	// Player is who the token is for, for logs.
	Player string
	// Team is where matchmaking has put the player, nil for no team.
	Team *sim.Team
	// Seated, where set, learns which player of the room it is, on the room's
	// goroutine, before anything else happens to the seat.
	Seated func(sim.PlayerID)
	// Left gives the seat back; it is called once.
	Left func()
}

// A Refusal is an HTTP answer before the upgrade.
type Refusal struct {
	Status int
	Reason string // one line: what is wrong and how to mend it
	// RetryAfter, where not 0, tells when to try again.
	RetryAfter time.Duration
}

// Error returns the reason.
func (r *Refusal) Error() string { return r.Reason }

func refuse(status int, format string, args ...any) *Refusal {
	return &Refusal{Status: status, Reason: fmt.Sprintf(format, args...)}
}

func (r *Refusal) write(w http.ResponseWriter) {
	if r.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((r.RetryAfter+time.Second-1)/time.Second)))
	}
	if r.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	http.Error(w, r.Reason, r.Status)
}

// An offer is what a request asks for, checked as far as a request can be.
type offer struct {
	token string
	claim *claim // of who comes back to a seat without a token, else nil
	// named tells that the client offered the subprotocol, so that the answer
	// must name it.
	named bool
	// budget is the bytes a tick that the client asks to be kept within, 0 for
	// none.
	budget int
}

// readOffer checks that the request is a WebSocket upgrade from an allowed
// origin, in a version that this server speaks, and finds its token or its claim.
func readOffer(r *http.Request, origins []string) (offer, error) {
	if !isUpgrade(r) {
		return offer{}, refuse(http.StatusBadRequest, "this is a WebSocket (RFC 6455, version 13): connect to the url of a matched ticket's assignment")
	}
	if origin := r.Header.Get("Origin"); origin != "" && !originAllowed(origin, r.Host, origins) {
		return offer{}, refuse(http.StatusForbidden, "origin %q is not allowed: start the node with --origins %s", origin, origin)
	}
	query := r.URL.Query()
	budget, err := readBudget(query.Get(budgetParameter))
	if err != nil {
		return offer{}, err
	}
	o := offer{budget: budget}
	secret, err := o.readHeaders(r.Header)
	if err != nil || secret == "" {
		return o, err
	}
	if o.token != "" {
		return offer{}, refuse(http.StatusBadRequest, "a token and a secret: join with the one or resume with the other")
	}
	o.claim, err = readClaim(secret, query)
	return o, err
}

// readHeaders takes over what the headers say, and returns the secret in them.
func (o *offer) readHeaders(h http.Header) (secret string, err error) {
	var versions []string
	for _, p := range strings.Split(h.Get("Sec-WebSocket-Protocol"), ",") {
		switch p = strings.TrimSpace(p); {
		case strings.HasPrefix(p, tokenPrefix):
			o.token = strings.TrimPrefix(p, tokenPrefix)
		case strings.HasPrefix(p, resumePrefix):
			secret = strings.TrimPrefix(p, resumePrefix)
		case strings.HasPrefix(p, subprotocolPrefix):
			versions = append(versions, p)
		}
	}
	o.named = slices.Contains(versions, Subprotocol)
	if !o.named && (len(versions) > 0 || o.token != "" || secret != "") {
		return "", refuse(http.StatusUpgradeRequired, "this server speaks %s, the client offers %q", Subprotocol, versions)
	}
	if bearer, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer "); ok {
		o.token = bearer
	}
	if text, ok := strings.CutPrefix(h.Get("Authorization"), "Resume "); ok {
		secret = text
	}
	return secret, nil
}

// readBudget reads the bytes a tick that a client asks for (JOIN-7).
func readBudget(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || n < LeastBudget {
		return 0, refuse(http.StatusBadRequest, "%s=%q is no budget: give the bytes that a tick may have, %d or more", budgetParameter, text, LeastBudget)
	}
	return int(n), nil
}

// tighter returns the smaller of two budgets, of which 0 is none.
func tighter(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// isUpgrade checks all that gws would, so that no token is spent on a request
// that gws refuses.
func isUpgrade(r *http.Request) bool {
	return r.Method == http.MethodGet &&
		strings.EqualFold(r.Header.Get("Upgrade"), "websocket") &&
		strings.Contains(strings.ToLower(r.Header.Get("Connection")), "upgrade") &&
		r.Header.Get("Sec-WebSocket-Version") == "13" &&
		r.Header.Get("Sec-WebSocket-Key") != ""
}

// originAllowed allows the server's own pages, and the origins on the list.
func originAllowed(origin, host string, origins []string) bool {
	return origin == "http://"+host || origin == "https://"+host || slices.Contains(origins, origin)
}
