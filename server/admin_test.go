package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/matchmaking"
)

const testAdminToken = "0123456789abcdef0123456789ABCDEF"

// withToken is a header that shows a token.
func withToken(token string) []string { return []string{"Authorization", "Bearer " + token} }

func TestWithoutATokenThereIsNoAdminPage(t *testing.T) {
	n := startNode(t, Config{}, toyGame())
	for _, path := range []string{"/admin/", "/admin/index.html", "/admin/admin.js", "/v1/admin/status", "/v1/admin/status?after=x"} {
		for _, header := range [][]string{nil, withToken(""), withToken(testAdminToken)} {
			if status, _, body := n.do(http.MethodGet, path, "", header...); status != http.StatusNotFound {
				t.Errorf("%s with %q: %d %s", path, header, status, body)
			}
		}
	}
}

func TestTheAdminPageIsServedAsOtherPagesAre(t *testing.T) {
	n := startNode(t, Config{AdminToken: testAdminToken}, toyGame())
	status, header, body := n.get("/admin/")
	if status != http.StatusOK || !strings.Contains(body, "<title>Admin") || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'") {
		t.Errorf("the page: %d %v\n%s", status, header, body)
	}
	if status, header, _ := n.get("/admin/admin.js"); status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/javascript") {
		t.Errorf("its script: %d %v", status, header)
	}
}

func TestOnlyTheAdminTokenOpensTheStatus(t *testing.T) {
	n := startNode(t, Config{AdminToken: testAdminToken}, toyGame())
	n.OpenAdmin() // a token goes before it
	for _, c := range []struct {
		header []string
		want   int
	}{
		{nil, http.StatusUnauthorized},
		{withToken(""), http.StatusUnauthorized},
		{withToken(testAdminToken[:31]), http.StatusUnauthorized},
		{withToken(testAdminToken + "0"), http.StatusUnauthorized},
		{withToken(strings.ToLower(testAdminToken)), http.StatusUnauthorized},
		{[]string{"Authorization", testAdminToken}, http.StatusUnauthorized},
		{[]string{"Authorization", "Basic " + testAdminToken}, http.StatusUnauthorized},
		{[]string{"Cookie", "token=" + testAdminToken}, http.StatusUnauthorized},
		{withToken(testAdminToken), http.StatusOK},
		{[]string{"Authorization", "bearer " + testAdminToken}, http.StatusOK},
	} {
		status, header, body := n.do(http.MethodGet, statusPath, "", c.header...)
		if status != c.want || header.Get("Cache-Control") != "no-store" || (status == http.StatusUnauthorized) != (header.Get("WWW-Authenticate") == "Bearer") {
			t.Errorf("%q: %d %v %s, want %d", c.header, status, header, body, c.want)
		}
	}
	if status, _, _ := n.get(statusPath + "?token=" + testAdminToken); status != http.StatusUnauthorized {
		t.Errorf("a token in the address, which logs keep: %d", status)
	}
}

func TestDevShowsTheStatusToThisMachineByItsOwnNamesAlone(t *testing.T) {
	node := idleNode(t, Config{})
	node.OpenAdmin()
	for _, c := range []struct {
		from, host string
		want       int
	}{
		{"127.0.0.1:5000", "127.0.0.1:8080", http.StatusOK},
		{"127.0.0.1:5000", "localhost", http.StatusOK},
		{"[::1]:5000", "[::1]:8080", http.StatusOK},
		{"127.0.0.1:5000", "rebound.example:8080", http.StatusNotFound},
		{"127.0.0.1:5000", "127.0.0.1.example", http.StatusNotFound},
		{"127.0.0.1:5000", "", http.StatusNotFound},
		{"192.168.1.9:5000", "127.0.0.1:8080", http.StatusNotFound},
		{"", "localhost", http.StatusNotFound},
	} {
		for _, path := range []string{statusPath, adminPath} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.RemoteAddr, r.Host = c.from, c.host
			w := httptest.NewRecorder()
			node.http.Handler.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("%s from %q, named %q: %d %s, want %d", path, c.from, c.host, w.Code, w.Body, c.want)
			}
		}
	}
}

// idleNode returns a node that does not run.
func idleNode(tb testing.TB, cfg Config) *Node {
	tb.Helper()
	cfg.HTTP, cfg.TicketRate = "127.0.0.1:0", -1
	node, err := NewNode(cfg, zap.NewNop(), toyGame())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = node.listener.Close() })
	return node
}

func TestTheStatusTellsOfNodeQueuesAndRooms(t *testing.T) {
	n := startNode(t, Config{AdminToken: testAdminToken, Node: "eu1", Rules: rulesFile(t, duelRules)}, toyGame())
	p := n.join("toy")
	p.until("a state", func(s *seen) bool { return s.states > 0 })
	n.do(http.MethodPost, "/v1/tickets", `{"game": "toy", "mode": "duel", "party": [{"skill": 1500}]}`)
	eventually(t, "a cycle", func() bool { return n.seeStatus("").Queues[0].Cycles.Count > 0 })
	s := n.seeStatus("")
	if d := s.Queues[0]; len(s.Queues) != 2 || d.Mode != "duel" || d.Waiting != 1 || d.Players != 1 || d.Matched != 0 || d.Spreads == nil {
		t.Errorf("the queues: %+v", s.Queues)
	}
	if q := s.Queues[1]; q.Mode != "quick" || q.Waiting != 0 || q.Matched != 1 || q.Cycles != nil {
		t.Errorf("quick play: %+v", q)
	}
	if node := s.Node; node.Name != "eu1" || node.State != "ready" || node.Uptime <= 0 || node.Rooms != 1 || node.Players != 1 ||
		node.Ticks == 0 || node.Lateness.Count == 0 || len(node.Load) != 2 || node.MaxLoad == 0 || len(node.Lateness.Bounds) != len(node.Lateness.Counts) || node.Sent == 0 {
		t.Errorf("the node: %+v", node)
	}
	if len(s.Rooms) != 1 || s.RoomsMore != 0 {
		t.Fatalf("the rooms: %+v and %d more", s.Rooms, s.RoomsMore)
	}
	if r := s.Rooms[0]; r.Room != p.room || r.Game != "toy" || r.Players != 1 || r.Seats != 1 || r.Private || r.TickHz != 60 || r.Age == nil || *r.Age < 0 {
		t.Errorf("the room: %+v", r)
	}
	if v := n.metric(`rondo_queue_matched_total{game="toy",mode="quick"}`); v != 1 {
		t.Errorf("%v tickets matched in the metrics", v)
	}
	if v := n.metric(`rondo_queue_players{game="toy",mode="duel"}`); v != 1 {
		t.Errorf("%v players wait in the metrics", v)
	}
}

// seeStatus asks for the status, with the rooms after a name.
func (n *testNode) seeStatus(after string) statusBody {
	n.t.Helper()
	status, _, body := n.do(http.MethodGet, statusPath+"?after="+after, "", withToken(testAdminToken)...)
	if status != http.StatusOK {
		n.t.Fatalf("%d %s", status, body)
	}
	return decode[statusBody](n.t, body)
}

func TestTheStatusHasABoundedNumberOfRoomsAndAPageOfTheRest(t *testing.T) {
	n := startNode(t, Config{AdminToken: testAdminToken}, toyGame())
	const rooms = 2*maxRoomsShown + 3
	for i := range rooms {
		room := matchmaking.Room{Name: fmt.Sprintf("toy-%04d", i), Game: "toy", Mode: quickMode, Seats: 1, Node: "elsewhere"}
		if err := n.matchmaker.Opened(t.Context(), room); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	after := ""
	for _, want := range []struct{ rooms, more int }{{maxRoomsShown, rooms - maxRoomsShown}, {maxRoomsShown, 3}, {3, 0}, {0, 0}} {
		s := n.seeStatus(after)
		if len(s.Rooms) != want.rooms || s.RoomsMore != want.more {
			t.Fatalf("after %q: %d rooms and %d more, want %+v", after, len(s.Rooms), s.RoomsMore, want)
		}
		for _, r := range s.Rooms {
			if after = r.Room; seen[r.Room] || r.Age != nil {
				t.Errorf("%+v comes twice, or has an age that this node cannot know", r)
			}
			seen[r.Room] = true
		}
	}
	if len(seen) != rooms {
		t.Errorf("%d rooms are told of %d", len(seen), rooms)
	}
	long := strings.Repeat("a", maxRoomName+1)
	if status, _, body := n.do(http.MethodGet, statusPath+"?after="+long, "", withToken(testAdminToken)...); status != http.StatusBadRequest || strings.Contains(body, long) {
		t.Errorf("a name that no room has: %d %s", status, body)
	}
}

func TestTheStatusKeepsTheSecretsOfPlayers(t *testing.T) {
	n := startNode(t, Config{AdminToken: testAdminToken, Rules: rulesFile(t, duelRules)}, toyGame())
	_, _, made := n.do(http.MethodPost, "/v1/rooms", `{"game": "toy", "private": true, "labels": {"map": "desert-of-ann"}}`)
	own := decode[struct {
		ID         string
		Assignment struct{ Code, Token, Room string }
	}](t, made)
	if own.Assignment.Code == "" || own.Assignment.Token == "" {
		t.Fatalf("a private room: %s", made)
	}
	p := n.join("toy") // sits in a room of quick play
	_, _, queued := n.do(http.MethodPost, "/v1/tickets", `{"game": "toy", "mode": "duel", "skill": 1500}`)
	_, _, body := n.do(http.MethodGet, statusPath, "", withToken(testAdminToken)...)
	if !strings.Contains(body, own.Assignment.Room) || !strings.Contains(body, `"private":true`) || !strings.Contains(body, p.room) {
		t.Errorf("the rooms are not all there: %s", body)
	}
	code := own.Assignment.Code
	for what, secret := range map[string]string{
		"the code": code, "the code as it is kept": strings.ReplaceAll(code, "-", ""), "the ticket of the room": own.ID,
		"its token": own.Assignment.Token, "the token of who sits": p.token, "the ticket that waits": decode[ticketStatus](t, queued).ID,
		"a label": "desert-of-ann", "the admin token": testAdminToken,
	} {
		if strings.Contains(strings.ToLower(body), strings.ToLower(secret)) {
			t.Errorf("%s is in the status: %s", what, body)
		}
	}
	rooms, _ := n.matchmaker.Running("", maxRoomsShown)
	for _, room := range rooms {
		for _, player := range room.Players {
			if strings.Contains(body, player) {
				t.Errorf("a player is in the status: %s", body)
			}
		}
	}
}

func TestTheStatusCountsToTheRateOfItsClient(t *testing.T) {
	n := startNode(t, Config{AdminToken: testAdminToken, TicketRate: 0.01}, toyGame())
	if status, _, body := n.do(http.MethodGet, statusPath, ""); status != http.StatusUnauthorized {
		t.Errorf("the first: %d %s", status, body)
	}
	status, header, body := n.do(http.MethodGet, statusPath, "", withToken(testAdminToken)...)
	if status != http.StatusTooManyRequests || header.Get("Retry-After") == "" {
		t.Errorf("the second: %d %v %s", status, header, body)
	}
	if status, _, _ := n.get("/v1/rooms"); status != http.StatusTooManyRequests {
		t.Errorf("one of the API's own: %d", status)
	}
}

func TestAnAdminTokenThatIsWeakOrFitsNoHeaderIsRefusedAndNotTold(t *testing.T) {
	for _, token := range []string{"short-secret", strings.Repeat("secret ", 5), "secret-secret-secret-\n", "secret-secret-secret-é"} {
		_, err := parse("serve", "--admin-token", token)
		if err == nil || !strings.Contains(err.Error(), "openssl rand -hex 16") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", token, err)
		}
	}
	t.Setenv("RONDO_ADMIN_TOKEN", testAdminToken)
	if cfg, err := parse("serve"); err != nil || cfg.AdminToken != testAdminToken {
		t.Errorf("from the environment: %q, %v", cfg.AdminToken, err)
	}
}

func TestAPrintedConfigHasNoSecret(t *testing.T) {
	var b strings.Builder
	if err := (&Config{AdminToken: testAdminToken}).write(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), testAdminToken) || !strings.Contains(b.String(), "\n# admin-token = \"\"\n") {
		t.Error(b.String())
	}
}

func FuzzAStatusIsShownToTheTokenAlone(f *testing.F) {
	f.Add("Bearer "+testAdminToken, "after=toy-1")
	f.Add("Bearer  "+testAdminToken, "after=%ff")
	f.Add("", "after=a;after=b&%zz")
	node := idleNode(f, Config{AdminToken: testAdminToken})
	f.Fuzz(func(t *testing.T, header, query string) {
		r := httptest.NewRequest(http.MethodGet, statusPath, nil)
		r.Header.Set("Authorization", header)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		node.http.Handler.ServeHTTP(w, r)
		scheme, token, _ := strings.Cut(header, " ")
		knows := strings.EqualFold(scheme, "bearer") && token == testAdminToken
		if (w.Code == http.StatusOK || w.Code == http.StatusBadRequest) != knows || !knows && w.Code != http.StatusUnauthorized {
			t.Errorf("%q %q: %d %s", header, query, w.Code, w.Body)
		}
	})
}
