package matchmaking

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestEventsTellATicketsLifeAndEnd(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		node.refuse(errFull)
		ann := create(t, m, "drift", "quick")
		done := make(chan *httptest.ResponseRecorder)
		go func() { done <- ask(h, "GET", "/v1/tickets/"+ann.ID+"/events", "") }()
		pass(31 * time.Second) // two heartbeats; a stream counts as watching
		must(t, m.Cancel(ann.ID))
		w := <-done
		want := "id: queued\nevent: ticket\ndata: {\"id\":\"" + ann.ID + "\",\"status\":\"queued\"}\n\n" +
			": waiting\n\n: waiting\n\n" +
			"id: cancelled\nevent: ticket\ndata: {\"id\":\"" + ann.ID + "\",\"status\":\"cancelled\",\"reason\":\"its player gave it up\"}\n\n"
		if w.Body.String() != want {
			t.Errorf("stream\n%s\nwant\n%s", w.Body, want)
		}
		if got := w.Header().Get("Content-Type"); got != "text/event-stream" || !w.Flushed {
			t.Errorf("content type %q, flushed %v", got, w.Flushed)
		}
	})
}

func TestEventsOfAnEndedTicketAreOneEventUntilItWasSeen(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		ann := create(t, m, "drift", "quick")
		synctest.Wait()
		w := ask(h, "GET", "/v1/tickets/"+ann.ID+"/events", "", "Last-Event-ID: queued")
		if !strings.HasPrefix(w.Body.String(), "id: matched\n") || strings.Count(w.Body.String(), "event: ticket") != 1 {
			t.Errorf("stream %s", w.Body)
		}
		w = ask(h, "GET", "/v1/tickets/"+ann.ID+"/events", "", "Last-Event-ID: matched")
		if w.Code != http.StatusNoContent || w.Body.Len() != 0 {
			t.Errorf("an EventSource is not stopped: %d %s", w.Code, w.Body)
		}
	})
}

func TestAStreamEndsWhenItsClientGoes(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		node.refuse(errFull)
		ann := create(t, m, "drift", "quick")
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			r := httptest.NewRequestWithContext(ctx, "GET", "/v1/tickets/"+ann.ID+"/events", nil)
			h.ServeHTTP(httptest.NewRecorder(), r)
		}()
		pass(time.Second)
		cancel()
		<-done
		pass(30*time.Second + 50*time.Millisecond)
		wants(t, m, ann.ID, Expired)
	})
}

// deaf is a connection whose other end is gone: writes fail after the first.
type deaf struct {
	*httptest.ResponseRecorder
	writes int
}

func (d *deaf) Write(b []byte) (int, error) {
	d.writes++
	if d.writes > 1 {
		return 0, io.ErrClosedPipe
	}
	return d.ResponseRecorder.Write(b)
}

func TestAStreamEndsWhenAWriteFails(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		node.refuse(errFull)
		ann := create(t, m, "drift", "quick")
		began := time.Now()
		h.ServeHTTP(&deaf{ResponseRecorder: httptest.NewRecorder()}, httptest.NewRequest("GET", "/v1/tickets/"+ann.ID+"/events", nil))
		if took := time.Since(began); took != heartbeat {
			t.Errorf("ended after %v, want at the first heartbeat", took)
		}
	})
}

// Over a real socket: what waits outlives the server's own timeouts, and events arrive as they happen.
func TestWaitingOutlivesTheServersTimeouts(t *testing.T) {
	m, node := newTest(t, Config{})
	node.refuse(errFull)
	start(t, m)
	server := httptest.NewUnstartedServer(newAPI(t, m, APIConfig{}))
	server.Config.ReadTimeout, server.Config.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	server.Start()
	defer server.Close()
	get := func(path string) *http.Response {
		t.Helper()
		resp, err := server.Client().Get(server.URL + "/v1/tickets/" + path)
		must(t, err)
		return resp
	}
	ann := create(t, m, "drift", "quick")
	stream := get(ann.ID + "/events")
	defer stream.Body.Close()
	first := make([]byte, len("id: queued\n"))
	_, err := io.ReadFull(stream.Body, first)
	must(t, err)
	poll := get(ann.ID + "?wait=300ms")
	defer poll.Body.Close()
	if body, err := io.ReadAll(poll.Body); err != nil || !strings.Contains(string(body), "queued") {
		t.Errorf("long poll: %s, %v", body, err)
	}
	must(t, m.Cancel(ann.ID))
	if rest, err := io.ReadAll(stream.Body); err != nil || !strings.Contains(string(rest), "id: cancelled\nevent: ticket\n") {
		t.Errorf("stream: %s, %v", rest, err)
	}
}
