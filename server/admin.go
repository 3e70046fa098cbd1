package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/rondo-sync/rondo/client"
)

const (
	// adminPath is where the operators' page is, and statusPath what it shows.
	adminPath  = "/admin/"
	statusPath = "/v1/admin/status"

	// leastAdminToken is in characters: 16 hex digits are more than anybody can try over a network.
	leastAdminToken = 16
	// adminTokenMarks are, beside letters and digits, what a Bearer token may have (RFC 6750).
	adminTokenMarks = "-._~+/="

	// maxRoomName bounds what a request may name, in bytes: no room's name is so long.
	maxRoomName = 256
)

// A gate tells who may see what operators see.
type gate struct {
	token [sha256.Size]byte // the hash of --admin-token
	asks  bool              // there is a token
	here  bool              // there is none, and this machine needs none; written before the node runs
}

func newGate(token string) *gate {
	return &gate{token: sha256.Sum256([]byte(token)), asks: token != ""}
}

// OpenAdmin shows /admin/ without a token to whoever asks from this machine, where the config has no token. It is
// called before Run. `dev` calls it; a node behind a proxy must not, for there everybody asks from this machine.
func (n *Node) OpenAdmin() { n.admin.here = true }

// serveAdmin adds the operators' page and what it shows.
func (n *Node) serveAdmin(mux *http.ServeMux) {
	page := http.StripPrefix(adminPath, n.page(client.Admin()))
	mux.Handle(adminPath, n.admin.shows(page, http.NotFoundHandler()))
	status := n.tickets.Limit(n.admin.guards(http.HandlerFunc(n.status)))
	mux.Handle("GET "+statusPath, n.admin.shows(status, n.tickets))
}

// shows serves next where there is something to see at all, else what would be there without it.
func (g *gate) shows(next, hidden http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.asks || g.here && isHere(r) {
			next.ServeHTTP(w, r)
			return
		}
		hidden.ServeHTTP(w, r)
	})
}

// guards serves next to who has the token, where there is one.
func (g *gate) guards(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.asks || g.knows(r.Header.Get("Authorization")) {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("WWW-Authenticate", "Bearer")
		w.Header().Set("Cache-Control", "no-store")
		answer(w, http.StatusUnauthorized, "send the node's --admin-token as Authorization: Bearer")
	})
}

// knows reports whether a header has the token, in a time that says nothing about either.
func (g *gate) knows(header string) bool {
	scheme, token, _ := strings.Cut(header, " ")
	sum := sha256.Sum256([]byte(token))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(sum[:], g.token[:]) == 1
}

// isHere reports whether a request comes from this machine and names it. A page of another site whose name was
// made to lead here still names that site.
func isHere(r *http.Request) bool {
	named := (&url.URL{Host: r.Host}).Hostname()
	return isLoopback(r.RemoteAddr) && isLoopback(net.JoinHostPort(named, "80"))
}

// isAdminToken reports whether a token is long enough and can stand in a header.
func isAdminToken(token string) bool {
	other := func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune(adminTokenMarks, c))
	}
	return len(token) >= leastAdminToken && !strings.ContainsFunc(token, other)
}

// status answers with the node as it is now: its rooms after the name in ?after=.
func (n *Node) status(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	after := r.URL.Query().Get("after")
	if len(after) > maxRoomName {
		answer(w, http.StatusBadRequest, "after is too long: give the name of a room")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(n.statusAfter(after)) // the client went away: nobody is left to be told
}
