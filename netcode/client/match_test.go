package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rondo-sync/rondo/netcode/client"
)

// matchmaker answers the request for a ticket and the polls that follow, each
// with the next of the given statuses.
func matchmaker(t *testing.T, statuses ...string) (base string, asked *[]string) {
	t.Helper()
	asked = new([]string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*asked = append(*asked, fmt.Sprintf("%s %s %s", r.Method, r.URL, body))
		status := statuses[0]
		statuses = statuses[1:]
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
	return s.URL, asked
}

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
