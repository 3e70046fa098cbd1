package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/rondo-sync/rondo/netcode/client"
)

// matchmaker answers the request for a ticket and the polls that follow, each
// with the next of the given statuses.
func matchmaker(t *testing.T, statuses ...string) (base string, asked *[]string) {
	t.Helper()
	base, asked, _ = keyed(t, statuses...)
	return base, asked
}

// keyed is a matchmaker that also notes the idempotency keys.
func keyed(t *testing.T, statuses ...string) (base string, asked, keys *[]string) {
	t.Helper()
	asked, keys = new([]string), new([]string)
	var mu sync.Mutex // guards what is noted: a request after one that was cut comes by another connection
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		*asked = append(*asked, fmt.Sprintf("%s %s %s", r.Method, r.URL, body))
		*keys = append(*keys, r.Header.Get("Idempotency-Key"))
		status := statuses[0]
		statuses = statuses[min(1, len(statuses)-1):] // the last goes on
		switch status {
		case "lost":
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"detail": "no such ticket"}`)
			return
		case "full":
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `{"detail": "no room can be opened now"}`)
			return
		case "cut":
			panic(http.ErrAbortHandler)
		}
		if status == "refused" {
			http.Error(w, `no game is called "chess"`, http.StatusUnprocessableEntity)
			return
		}
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusCreated)
		}
		if status == "matched" {
			_, _ = io.WriteString(w, `{"id": "t1", "status": "matched", "assignment": {"url": "ws://node/play", "room": "r7", "token": "abc"}}`)
			return
		}
		_, _ = fmt.Fprintf(w, `{"id": "t1", "status": %q}`, status)
	}))
	t.Cleanup(func() {
		s.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return s.URL, asked, keys
}

func TestALostTicketIsAskedForAgainUnderTheSameKey(t *testing.T) {
	for _, statuses := range [][]string{
		{"queued", "lost", "queued", "matched"},
		{"queued", "cut", "cut", "queued", "matched"}, // net/http itself tries a cut request once more
		{"queued", "queued", "full", "cut", "queued", "lost", "matched"},
	} {
		base, asked, keys := keyed(t, statuses...)
		a, err := client.Match(t.Context(), base, "drift", "quick")
		if a.Room != "r7" || err != nil {
			t.Errorf("%v: %+v, %v", statuses, a, err)
		}
		posts := 0
		for i, request := range *asked {
			if strings.HasPrefix(request, "POST") {
				posts++
			}
			if key := (*keys)[i]; key == "" || key != (*keys)[0] {
				t.Errorf("%v: keys %q", statuses, *keys)
			}
		}
		if posts < 2 {
			t.Errorf("%v: asked %q", statuses, *asked)
		}
	}
}

func TestATicketThatIsLostForEverIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		was := http.DefaultClient.Transport
		defer func() { http.DefaultClient.Transport = was }()
		asked := 0
		http.DefaultClient.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
			if asked++; asked == 1 {
				return &http.Response{StatusCode: http.StatusCreated, Body: io.NopCloser(strings.NewReader(`{"id": "t", "status": "queued"}`))}, nil
			}
			return nil, errors.New("nobody answers")
		})
		_, err := client.Match(t.Context(), "http://node", "drift", "quick")
		if err == nil || !strings.Contains(err.Error(), "nobody answers") || asked != 1+1+8 {
			t.Errorf("asked %d times: %v", asked, err)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestMatchWaitsUntilTheTicketIsMatched(t *testing.T) {
	base, asked := matchmaker(t, "queued", "queued", "matched")
	a, err := client.Match(t.Context(), base, "drift", "quick")
	if want := (client.Assignment{URL: "ws://node/play", Room: "r7", Token: "abc"}); a != want || err != nil {
		t.Errorf("Match returns %+v, %v, want %+v", a, err, want)
	}
	want := []string{`POST /v1/tickets {"game":"drift","mode":"quick"}`, "GET /v1/tickets/t1?wait=30s ", "GET /v1/tickets/t1?wait=30s "}
	if got := *asked; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the node was asked %q, want %q", got, want)
	}
}

func TestMatchTellsWhyThereIsNoSeat(t *testing.T) {
	for _, c := range []struct {
		statuses []string
		want     string
	}{
		{[]string{"refused"}, `no game is called "chess"`},
		{[]string{"queued", "expired"}, "expired"},
		{[]string{"cancelled"}, "cancelled"},
	} {
		base, _ := matchmaker(t, c.statuses...)
		if _, err := client.Match(t.Context(), base, "chess", "quick"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: Match returns %v, want something about %q", c.statuses, err, c.want)
		}
	}
}

func TestMatchEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or the server does not notice that the client left
		cancel()
		<-r.Context().Done()
	}))
	defer s.Close()
	if _, err := client.Match(ctx, s.URL, "drift", "quick"); !errors.Is(err, context.Canceled) {
		t.Errorf("Match returns %v", err)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestMatchAsksWhetherTheNodeRuns(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	if _, err := client.Match(t.Context(), gone.URL, "drift", "quick"); err == nil || !strings.HasPrefix(err.Error(), "is the node running? ") {
		t.Errorf("Match returns %v", err)
	}
}

func TestMatchTellsAProblemsDetailAlone(t *testing.T) {
	for answer, want := range map[string]string{
		`{"title": "Unprocessable Entity", "status": 422, "detail": "unknown game: \"chess\"", "errors": []}`: `unknown game: "chess"`,
		`go away`: `go away`,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, answer)
		}))
		if answer == want {
			want = "POST " + s.URL + "/v1/tickets: 422 Unprocessable Entity: " + want
		}
		if _, err := client.Match(t.Context(), s.URL, "chess", "quick"); err == nil || err.Error() != want {
			t.Errorf("Match returns %v, want %s", err, want)
		}
		s.Close()
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestMatchAnswersWhatIsProposed(t *testing.T) {
	const (
		proposed = `{"id": "t1", "status": "queued", "proposal": {"left_s": 9, "tickets": 2, "accepted": 1, "yours": false}}`
		accepted = `{"id": "t1", "status": "queued", "proposal": {"left_s": 9, "tickets": 2, "accepted": 2, "yours": true}}`
		matched  = `{"id": "t1", "status": "matched", "assignment": {"room": "r7"}}`
	)
	for _, c := range []struct {
		name   string
		accept func(client.Proposal) bool
		status int // of the answer to the answer
		said   string
		err    string
	}{
		{"at once", nil, 200, `{"accept":true}`, ""},
		{"where its caller does", func(p client.Proposal) bool { return p.Tickets == 2 && p.Accepted == 1 }, 200, `{"accept":true}`, ""},
		{"nothing that its caller declines", func(client.Proposal) bool { return false }, 200, `{"accept":false}`, ""},
		{"too late", nil, 409, `{"accept":true}`, ""},
		{"a node that is full for a moment", nil, 503, `{"accept":true}`, ""},
	} {
		var asked []string
		answers := []string{proposed, accepted, accepted, matched}
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			asked = append(asked, fmt.Sprintf("%s %s %s %s", r.Method, r.URL, body, r.Header.Get("Authorization")))
			if strings.HasSuffix(r.URL.Path, "/answer") {
				w.WriteHeader(c.status)
			}
			_, _ = io.WriteString(w, answers[0])
			answers = answers[1:]
		}))
		a, err := client.Wish{Game: "drift", Mode: "duel", Account: "a.b.c", Accept: c.accept}.Match(t.Context(), s.URL)
		if c.err == "" && (err != nil || a.Room != "r7") || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s: %+v, %v", c.name, a, err)
		}
		want := []string{`POST /v1/tickets {"game":"drift","mode":"duel"} Bearer a.b.c`, "POST /v1/tickets/t1/answer " + c.said + " Bearer a.b.c"}
		if len(asked) < 2 || strings.Join(asked[:2], "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: asked %q, want %q", c.name, asked, want)
		}
		s.Close()
	}
	http.DefaultClient.CloseIdleConnections()
}
