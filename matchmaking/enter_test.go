package matchmaking

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// askFrom is ask from another address.
func askFrom(h http.Handler, address, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", target, strings.NewReader(body))
	r.RemoteAddr = address + ":1"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// opened opens a room by POST and returns the assignment of who did.
func opened(t *testing.T, h http.Handler, body string) *Assignment {
	t.Helper()
	made := answer(t, ask(h, "POST", "/v1/rooms", body), http.StatusCreated)
	if made.Status != Matched || made.Assignment.Code == "" {
		t.Fatalf("%+v", made)
	}
	return made.Assignment
}

// entered asks for a ticket that is answered at once.
func entered(t *testing.T, h http.Handler, body string) ticketBody {
	t.Helper()
	got := answer(t, ask(h, "POST", "/v1/tickets", body), http.StatusCreated)
	if got.Status != Matched {
		t.Fatalf("%+v", got)
	}
	return got
}

func TestAPrivateRoomIsForWhoHasItsCode(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		a := opened(t, h, `{"game": "arena", "private": true, "seats": 3, "labels": {"map": "desert"}}`)
		room := m.dir.Find(a.Room)
		if !room.Private || room.Seats != 3 || room.Labels["map"] != "desert" || len(room.Reserved) != 1 || room.Code != a.Code {
			t.Fatalf("%+v", room)
		}
		stranger := create(t, m, "arena", "quick")
		pass(time.Second)
		if got := wants(t, m, stranger.ID, Matched).Assignment; got.Room == a.Room {
			t.Error("quick play fills a private room")
		}
		friend := entered(t, h, fmt.Sprintf(`{"game": "arena", "code": " %s-%s"}`, strings.ToLower(a.Code[:4]), a.Code[4:]))
		if friend.Assignment.Room != a.Room || friend.Assignment.Code != a.Code || friend.Assignment.Token == "" {
			t.Errorf("%+v", friend.Assignment)
		}
		for _, body := range []string{`{"game": "arena", "room": %q}`, `{"game": "arena", "room": %q, "watch": true}`} {
			detail := refused(t, ask(h, "POST", "/v1/tickets", fmt.Sprintf(body, a.Room)), http.StatusNotFound)
			none := refused(t, ask(h, "POST", "/v1/tickets", fmt.Sprintf(body, "arena-99")), http.StatusNotFound)
			if strings.ReplaceAll(none, "arena-99", a.Room) != detail {
				t.Errorf("a stranger learns that the room is there: %q, else %q", detail, none)
			}
		}
	})
}

func TestAFriendComesIntoTheRoomOfWhoPlaysByTheCodeOfTheirAssignment(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		ann := create(t, m, "drift", "quick")
		pass(time.Second)
		a := wants(t, m, ann.ID, Matched).Assignment
		bob := entered(t, h, fmt.Sprintf(`{"game": "drift", "code": %q}`, a.Code))
		if bob.Assignment.Room != a.Room {
			t.Errorf("%+v", bob.Assignment)
		}
		w := ask(h, "POST", "/v1/tickets", fmt.Sprintf(`{"game": "drift", "code": %q}`, a.Code))
		if detail := refused(t, w, http.StatusConflict); !strings.Contains(detail, "no free seat: 1 wanted, 0 free") || w.Header().Get("Retry-After") != "5" {
			t.Errorf("a full room: %q, Retry-After %q", detail, w.Header().Get("Retry-After"))
		}
		pass(PassLifetime + Leeway) // neither came
		entered(t, h, fmt.Sprintf(`{"game": "drift", "room": %q}`, a.Room))
	})
}

func TestSeatsAreReservedForTheCodeUntilTheirTimeIsOver(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		a := opened(t, h, `{"game": "arena", "reserve": 2, "reserve_s": 60}`) // of four seats
		byName, byCode := fmt.Sprintf(`{"game": "arena", "room": %q}`, a.Room), fmt.Sprintf(`{"game": "arena", "code": %q}`, a.Code)
		free := func(want int) {
			t.Helper()
			if got := m.dir.Find(a.Room).Free(time.Now()); got != want {
				t.Fatalf("%d seats are free, want %d", got, want)
			}
		}
		free(1)
		must(t, m.Joined(t.Context(), a.Room, "ann"))
		free(0) // she had no pass of her own: this is whoever takes the last one
		refused(t, ask(h, "POST", "/v1/tickets", byName), http.StatusConflict)
		entered(t, h, byCode) // of the two that are kept
		free(0)
		refused(t, ask(h, "POST", "/v1/tickets", byName), http.StatusConflict)
		pass(59 * time.Second)
		free(2) // the maker and the friend never came
		pass(time.Second)
		free(3)
		entered(t, h, byName)
	})
}

func TestARoomIsOpenedForAPartyAndItsMakerWithAKeyOnce(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		const body, key = `{"game": "arena", "party": [{}, {}, {}]}`, "Idempotency-Key: k"
		first := answer(t, ask(h, "POST", "/v1/rooms", body, key), http.StatusCreated)
		again := answer(t, ask(h, "POST", "/v1/rooms", body, key), http.StatusCreated)
		if first.ID != again.ID || node.opened != 1 || len(first.Assignment.Tokens) != 3 {
			t.Errorf("%+v, then %+v: %d rooms", first, again, node.opened)
		}
		refused(t, ask(h, "POST", "/v1/rooms", `{"game": "arena"}`, key), http.StatusUnprocessableEntity)
		refused(t, ask(h, "POST", "/v1/tickets", `{"game": "arena"}`, key), http.StatusUnprocessableEntity)
		enter := fmt.Sprintf(`{"game": "arena", "code": %q}`, first.Assignment.Code)
		friend := answer(t, ask(h, "POST", "/v1/tickets", enter, "Idempotency-Key: f"), http.StatusCreated)
		if same := answer(t, ask(h, "POST", "/v1/tickets", enter, "Idempotency-Key: f"), http.StatusCreated); same.ID != friend.ID {
			t.Errorf("the same key gets %s, then %s", friend.ID, same.ID)
		}
		if room := m.dir.Find(first.Assignment.Room); len(room.Reserved) != 4 {
			t.Errorf("%+v", room)
		}
	})
}

func TestARoomThatCannotBeOpenedIsAProblem(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		h := newAPI(t, m, APIConfig{Rate: -1})
		for body, want := range map[string]string{
			`{}`:                                                "body: expected required property game",
			`{"game": "drfit"}`:                                 `unknown game: "drfit", did you mean "drift"?`,
			`{"game": "drift", "mode": "x"}`:                    `unknown mode of game "drift": "x"`,
			`{"game": "drift", "seats": 3}`:                     "seats: ",
			`{"game": "drift", "seats": -1}`:                    "seats: ",
			`{"game": "drift", "reserve": 2}`:                   "seats: ",
			`{"game": "drift", "reserve": -1}`:                  "seats: ",
			`{"game": "drift", "party": [{}, {}, {}]}`:          "seats: ",
			`{"game": "drift", "reserve": 1, "reserve_s": 601}`: "body.reserve_s",
			`{"game": "drift", "labels": {"Map": "x"}}`:         `label "Map": `,
			`{"game": "drift", "labels": {"map": 1}}`:           "body.labels.map: expected string",
			`{"game": "drift", "party": [{"skill": 1e9}]}`:      "party, player 1: skill",
		} {
			if detail := refused(t, ask(h, "POST", "/v1/rooms", body), http.StatusUnprocessableEntity); !strings.HasPrefix(detail, want) {
				t.Errorf("%s: %s\nwant %s", body, detail, want)
			}
		}
		node.refuse(errFull)
		w := ask(h, "POST", "/v1/rooms", `{"game": "drift"}`)
		if detail := refused(t, w, http.StatusServiceUnavailable); detail != "no room can be opened now: the node is full" || w.Header().Get("Retry-After") != "5" {
			t.Errorf("%q, Retry-After %q", detail, w.Header().Get("Retry-After"))
		}
	})
}

func TestAfterRunHasEndedNoRoomIsOpened(t *testing.T) {
	m, _ := newTest(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m.Run(ctx, nil)
	if _, err := m.OpenRoom(t.Context(), NewRoom{Request: Request{Game: "drift", Mode: "quick"}}); !errors.Is(err, ErrStopped) {
		t.Error(err)
	}
	if _, err := m.Enter(t.Context(), Entry{Request: Request{Game: "drift"}, Room: "x"}); !errors.Is(err, ErrStopped) {
		t.Error(err)
	}
}

func TestAMatchOfItsOwnTakesNobodyButMayBeWatched(t *testing.T) {
	bubble(t, Config{Modes: ruledModes(t)}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		a := createDuel(t, m, 1500)
		createDuel(t, m, 1500)
		pass(time.Second)
		got := wants(t, m, a.ID, Matched).Assignment
		if got.Code != "" {
			t.Errorf("a ranked match has the code %s", got.Code)
		}
		detail := refused(t, ask(h, "POST", "/v1/tickets", fmt.Sprintf(`{"game": "arena", "room": %q}`, got.Room)), http.StatusConflict)
		if !strings.Contains(detail, ErrInvited.Error()) {
			t.Error(detail)
		}
		entered(t, h, fmt.Sprintf(`{"game": "arena", "room": %q, "watch": true}`, got.Room))
	})
}

func TestSpectatorsHavePlacesOfTheirOwn(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		verifier := NewVerifier(VerifierConfig{Node: "n1", Key: testKey(t).Public(), Now: time.Now})
		a := opened(t, h, `{"game": "drift", "private": true}`)
		watch := fmt.Sprintf(`{"game": "drift", "code": %q, "watch": true}`, a.Code)
		for range 2 { // as many as the room takes
			got := entered(t, h, watch)
			if got.Assignment.Code != "" {
				t.Error("a spectator is told the code")
			}
			pass, err := verifier.Verify(got.Assignment.Token)
			if err != nil || !pass.Watch || pass.Player != got.ID {
				t.Fatalf("%+v, %v", pass, err)
			}
			must(t, m.SpectatorJoined(t.Context(), a.Room, pass.Player))
		}
		w := ask(h, "POST", "/v1/tickets", watch)
		if detail := refused(t, w, http.StatusConflict); !strings.Contains(detail, ErrNoPlace.Error()) || w.Header().Get("Retry-After") != "5" {
			t.Errorf("%q", detail)
		}
		if err := m.SpectatorJoined(t.Context(), a.Room, "late"); !errors.Is(err, ErrNoPlace) {
			t.Errorf("a third spectator: %v", err)
		}
		if room := m.dir.Find(a.Room); room.Free(time.Now()) != 1 || len(room.Players) != 0 || room.Watching != 2 {
			t.Errorf("%+v", room)
		}
		must(t, m.SpectatorLeft(t.Context(), a.Room))
		entered(t, h, watch)
		must(t, m.dir.Update(t.Context(), a.Room, func(r *Room) error { r.Spectators = 0; return nil }))
		if detail := refused(t, ask(h, "POST", "/v1/tickets", watch), http.StatusConflict); !strings.Contains(detail, ErrUnwatched.Error()) {
			t.Error(detail)
		}
	})
}

func TestATicketForOneRoomSaysWhatIsWrongWithIt(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		h := newAPI(t, m, APIConfig{Rate: -1})
		a := opened(t, h, `{"game": "drift"}`)
		for _, c := range []struct {
			body   string
			status int
			want   string
		}{
			{`{"game": "drift", "room": "drift-77"}`, 404, `room "drift-77": no such room`},
			{`{"game": "drift", "code": "ABCDEFGH"}`, 404, ErrNoCode.Error()},
			{`{"game": "drift", "code": "ABCDEFG"}`, 422, "code: it has 7 letters"},
			{`{"game": "drift", "code": "` + strings.Repeat("A", 65) + `"}`, 422, "body.code: expected length <= 64"},
			{`{"game": "drift", "code": "ABCDEFGH", "room": "x"}`, 422, errOneRoom.Error()},
			{`{"game": "drift", "watch": true}`, 422, errOneRoom.Error()},
			{`{"game": "arena", "room": "` + a.Room + `"}`, 409, `the room is of another game: "drift"`},
			{`{"game": "arena", "code": "` + a.Code + `"}`, 409, `the room is of another game: "drift"`},
			{`{"game": "drift", "code": "` + a.Code + `", "party": [{}, {}]}`, 409, `room "` + a.Room + `": no free seat: 2 wanted, 1 free`},
		} {
			if detail := refused(t, ask(h, "POST", "/v1/tickets", c.body), c.status); !strings.HasPrefix(detail, c.want) {
				t.Errorf("%s: %s\nwant %s", c.body, detail, c.want)
			}
		}
	})
}

func TestWhoGuessesCodesIsSlowedDownAndNobodyElseIs(t *testing.T) {
	clock := newWall()
	m, node := newTest(t, Config{Now: clock.now})
	h := newAPI(t, m, APIConfig{Burst: 1 << 20})
	n := NewRoom{Request: Request{Game: "arena", Mode: "quick"}, Private: true}
	o, err := m.order(&n)
	must(t, err)
	m.carryOut(t.Context(), o)
	code := (<-o.done).room.Code
	join := fmt.Sprintf(`{"game": "arena", "code": %q}`, code)
	statuses := map[int]int{}
	for range 10_000 {
		statuses[ask(h, "POST", "/v1/tickets", fmt.Sprintf(`{"game": "arena", "code": %q}`, newCode())).Code]++
	}
	if statuses[404] != atOnce || statuses[429] != 10_000-atOnce {
		t.Errorf("10,000 guesses are answered with %v", statuses)
	}
	w := ask(h, "POST", "/v1/tickets", join)
	if detail := refused(t, w, http.StatusTooManyRequests); detail != errWrongCodes.Error() || w.Header().Get("Retry-After") != "6" {
		t.Errorf("the right code after them: %q, Retry-After %q", detail, w.Header().Get("Retry-After"))
	}
	for range 3 { // the right code costs nothing
		answer(t, askFrom(h, "192.0.2.7", "/v1/tickets", join), http.StatusCreated)
	}
	clock.advance(slowly)
	answer(t, ask(h, "POST", "/v1/tickets", join), http.StatusCreated)
	if node.opened != 1 {
		t.Errorf("%d rooms", node.opened)
	}
}

func TestTheRightCodeCostsNoGuess(t *testing.T) {
	bubble(t, Config{Modes: []Mode{{Game: "drift", Name: "quick", Seats: 64}}}, func(t *testing.T, m *Matchmaker, _ *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		a := opened(t, h, `{"game": "drift"}`)
		for range 5 * atOnce {
			entered(t, h, fmt.Sprintf(`{"game": "drift", "code": %q}`, a.Code))
		}
	})
}

func TestOneAddressOpensAFewRoomsAtOnce(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		h := newAPI(t, m, APIConfig{})
		for range atOnce {
			opened(t, h, `{"game": "drift"}`)
		}
		w := ask(h, "POST", "/v1/rooms", `{"game": "drift"}`)
		if detail := refused(t, w, http.StatusTooManyRequests); detail != errManyRooms.Error() || node.opened != atOnce {
			t.Errorf("%q after %d rooms", detail, node.opened)
		}
		answer(t, askFrom(h, "192.0.2.7", "/v1/rooms", `{"game": "drift"}`), http.StatusCreated)
		pass(slowly)
		opened(t, h, `{"game": "drift"}`)
	})
}

func TestAPartyInQuickPlayIsInOneRoomOrWaits(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, m *Matchmaker, node *fakeNode) {
		party := func(n int) Ticket {
			tk, err := m.Create(Request{Game: "arena", Mode: "quick", Party: make([]Player, n)})
			must(t, err)
			pass(time.Millisecond)
			return tk
		}
		three := wants(t, m, party(3).ID, Matched).Assignment
		two := wants(t, m, party(2).ID, Matched).Assignment
		if len(three.Tokens) != 3 || len(two.Tokens) != 2 || three.Room == two.Room {
			t.Errorf("%+v %+v", three, two)
		}
		node.refuse(errFull)
		wants(t, m, party(3).ID, Queued)
		if one := wants(t, m, party(1).ID, Queued); one.Reason != "" { // the queue was refused a room: until a tick
			t.Errorf("%+v", one)
		}
		_, err := m.Create(Request{Game: "arena", Mode: "quick", Party: make([]Player, 5)})
		if want := `party: 5 players are too many for mode "quick": it takes parties of at most 4`; err == nil || err.Error() != want {
			t.Error(err)
		}
	})
}

func TestAReservationForTheCodeIsGivenUpOncePerPlayer(t *testing.T) {
	r := roomOf("a", 6, 0)
	r.hold(noon.Add(time.Minute), 3)
	must(t, r.reserve(noon, noon.Add(time.Minute), []string{"ann"}))
	r.claim(2)
	must(t, r.reserve(noon, noon.Add(time.Minute), []string{"bob", "cid"}))
	var names []string
	for _, seat := range r.Reserved {
		names = append(names, seat.Player)
	}
	if want := []string{"", "ann", "bob", "cid"}; !slices.Equal(names, want) || r.Free(noon) != 2 {
		t.Errorf("reserved for %q, %d free", names, r.Free(noon))
	}
}
