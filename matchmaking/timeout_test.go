package matchmaking

import (
	"io"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestARequestThatMayWaitTakesNoBody(t *testing.T) {
	m, _ := newTest(t, Config{})
	h := newAPI(t, m, APIConfig{})
	for _, target := range []string{"/v1/tickets/x", "/v1/tickets/x?wait=1s", "/v1/tickets/x/events"} {
		for _, length := range []int64{5, -1} {
			r := httptest.NewRequest("GET", target, strings.NewReader("hello"))
			r.ContentLength = length
			w := newTimed()
			h.ServeHTTP(w, r)
			if detail := refused(t, w.ResponseRecorder, 400); detail != "this request takes no body: send it without one" {
				t.Errorf("%s: detail %q", target, detail)
			}
			if w.Header().Get("Connection") != "close" || len(w.reads)+len(w.writes) != 0 {
				t.Errorf("%s: header %v, deadlines %v %v", target, w.Header(), w.reads, w.writes)
			}
		}
	}
}

// Over a real socket: the server's own timeouts still hold for a body that never comes.
func TestABodyThatNeverComesDoesNotHoldTheConnection(t *testing.T) {
	m, _ := newTest(t, Config{})
	server := httptest.NewUnstartedServer(newAPI(t, m, APIConfig{}))
	server.Config.ReadTimeout = 100 * time.Millisecond
	server.Start()
	defer server.Close()
	for _, body := range []string{"Content-Length: 5", "Transfer-Encoding: chunked"} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		must(t, err)
		defer conn.Close()
		must(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
		_, err = io.WriteString(conn, "GET /v1/tickets/x HTTP/1.1\r\nHost: rondo\r\n"+body+"\r\n\r\n")
		must(t, err)
		answer, err := io.ReadAll(conn)
		if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") {
			t.Errorf("%s: answered %q, then %v, want 400 and the end", body, answer, err)
		}
	}
}

// timed is a connection that keeps the deadlines it is given.
type timed struct {
	*httptest.ResponseRecorder
	reads, writes []time.Time
}

func newTimed() *timed { return &timed{ResponseRecorder: httptest.NewRecorder()} }

func (w *timed) SetReadDeadline(t time.Time) error {
	w.reads = append(w.reads, t)
	return nil
}

func (w *timed) SetWriteDeadline(t time.Time) error {
	w.writes = append(w.writes, t)
	return nil
}

func TestEveryAnswerHasAWriteDeadline(t *testing.T) {
	for _, c := range []struct {
		query  string
		writes []time.Duration // deadlines, since the request
	}{
		{"?wait=20s", []time.Duration{90 * time.Second}},
		// The ticket, its heartbeats at 15 s, 30 s and 45 s, and its end at 50 s.
		{"/events", []time.Duration{90 * time.Second, 30 * time.Second, 45 * time.Second, 60 * time.Second, 75 * time.Second, 80 * time.Second}},
	} {
		bubble(t, Config{Deadline: 50 * time.Second}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
			h := newAPI(t, m, APIConfig{})
			node.refuse(errFull)
			ann := create(t, m, "drift", "quick")
			synctest.Wait()
			began, w := time.Now(), newTimed()
			h.ServeHTTP(w, httptest.NewRequest("GET", "/v1/tickets/"+ann.ID+c.query, nil))
			var writes []time.Duration
			for _, at := range w.writes {
				writes = append(writes, at.Sub(began))
			}
			if !slices.Equal(writes, c.writes) || len(w.reads) != 1 || !w.reads[0].IsZero() {
				t.Errorf("%s: write deadlines after %v, want %v; read deadlines %v, want none", c.query, writes, c.writes, w.reads)
			}
		})
	}
}
