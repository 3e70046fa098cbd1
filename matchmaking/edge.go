package matchmaking

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// edge is what every request passes before it gets to an operation:
//
//	request -> whose page? (CORS) -> too often? (rate limit) -> known path? -> operation
type edge struct {
	origins []string
	limits  *limits
	now     func() time.Time
	mux     *http.ServeMux
}

// ServeHTTP serves a request, or refuses it with a problem.
func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store") // a ticket holds a secret, and changes
	if answered := e.checkOrigin(w, r); answered {
		return
	}
	if !e.admit(w, r) {
		return
	}
	if h, pattern := e.mux.Handler(r); pattern == "" {
		refusePath(w, r, h)
		return
	}
	answer := &longAnswer{ResponseWriter: w}
	e.mux.ServeHTTP(answer, r)
	if answer.rest != nil {
		answer.rest(w, r)
	}
}

// longAnswer lets an operation go on with its answer once its own calls, and those of the mux and of huma above it, have returned: they take twice
// the stack, and an event stream would keep that for as long as its client waits.
type longAnswer struct {
	http.ResponseWriter
	rest http.HandlerFunc // nil: the answer is complete
}

// Unwrap lets an http.ResponseController through.
func (a *longAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Limit serves next within the bound that the API sets to the requests of a client address: they count together.
func (e *edge) Limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if e.admit(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

// admit reports whether the client's address may have one more request; if not, it has answered.
func (e *edge) admit(w http.ResponseWriter, r *http.Request) bool {
	if e.limits.allow(clientOf(r.RemoteAddr), e.now()) {
		return true
	}
	w.Header().Set("Retry-After", e.limits.retryAfter())
	writeProblem(w, http.StatusTooManyRequests,
		"too many requests from this address: slow down, and wait with ?wait=30s instead of asking often")
	return false
}

// checkOrigin lets listed pages of other origins read the answer. It answers preflight requests itself. A page that is not
// listed gets no leave to read, which its browser enforces; no cookie could make its requests more than a stranger's.
func (e *edge) checkOrigin(w http.ResponseWriter, r *http.Request) (answered bool) {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
	h := w.Header()
	h.Add("Vary", "Origin")
	if !slices.Contains(e.origins, origin) {
		if preflight {
			writeProblem(w, http.StatusForbidden,
				fmt.Sprintf("pages of origin %q may not use this API: list it among the server's allowed origins", origin))
		}
		return preflight
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "Location, Retry-After")
	if preflight {
		h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, Last-Event-ID")
		h.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	}
	return preflight
}

// refusePath turns the mux's own plain-text 404 and 405 into problems.
func refusePath(w http.ResponseWriter, r *http.Request, muxAnswer http.Handler) {
	answer := &headerOnly{header: make(http.Header)}
	muxAnswer.ServeHTTP(answer, r)
	if answer.status == http.StatusMethodNotAllowed {
		allowed := answer.header.Get("Allow")
		w.Header().Set("Allow", allowed)
		writeProblem(w, answer.status, fmt.Sprintf("%s is not a method of %s: use %s", r.Method, r.URL.Path, allowed))
		return
	}
	writeProblem(w, http.StatusNotFound, fmt.Sprintf("nothing is at %s: the paths are listed in %s", r.URL.Path, openAPIPath))
}

// headerOnly keeps what a handler says in its header, and drops the body.
type headerOnly struct {
	header http.Header
	status int
}

// Header returns the header that is kept.
func (h *headerOnly) Header() http.Header { return h.header }

// WriteHeader keeps the status.
func (h *headerOnly) WriteHeader(status int) { h.status = status }

// Write drops the body.
func (h *headerOnly) Write(body []byte) (int, error) { return len(body), nil }

// maxClients bounds the addresses whose rate is remembered; a token bucket takes about 200 bytes.
const maxClients = 1 << 14

// limits holds a token bucket for each client address. An address forgotten for newer ones begins with a full bucket.
type limits struct {
	rate    rate.Limit // requests a second; negative: no limit
	burst   int
	clients *lru.Cache[string, *rate.Limiter]
}

func newLimits(perSecond float64, burst int) *limits {
	clients, err := lru.New[string, *rate.Limiter](maxClients)
	if err != nil {
		panic(err) // its size is no positive number: a bug
	}
	return &limits{rate: rate.Limit(perSecond), burst: burst, clients: clients}
}

func (l *limits) allow(client string, now time.Time) bool {
	return l.rate < 0 || l.bucket(client).AllowN(now, 1)
}

// A token is one of a bucket that is given back if it was not needed.
type token struct {
	*rate.Reservation
	at time.Time
}

func (t *token) giveBack() {
	if t.Reservation != nil {
		t.CancelAt(t.at)
	}
}

// reserve takes a token of the client's, nil where there is none.
func (l *limits) reserve(client string, now time.Time) *token {
	if l.rate < 0 {
		return &token{}
	}
	r := l.bucket(client).ReserveN(now, 1)
	if r.DelayFrom(now) > 0 {
		r.CancelAt(now)
		return nil
	}
	return &token{r, now}
}

func (l *limits) bucket(client string) *rate.Limiter {
	bucket, ok := l.clients.Get(client)
	if !ok {
		bucket = rate.NewLimiter(l.rate, l.burst)
		if first, raced, _ := l.clients.PeekOrAdd(client, bucket); raced {
			bucket = first
		}
	}
	return bucket
}

// retryAfter is when an empty bucket has a token again.
func (l *limits) retryAfter() string {
	return seconds(time.Duration(float64(time.Second) / float64(l.rate)))
}

// clientOf returns the part of a remote address that one client holds: the IPv4 address, or the /64 network with IPv6, all
// of whose addresses one machine may take.
func clientOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	return netip.PrefixFrom(addr, 64).Masked().String()
}
