package matchmaking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// hall fills a Matchmaker's directory with rooms of arena and drift in turn; every tenth is private.
func hall(tb testing.TB, m *Matchmaker, rooms int) {
	tb.Helper()
	for i := range rooms {
		r := Room{
			Name: fmt.Sprintf("room-%05d", i), Game: []string{"arena", "drift"}[i%2], Mode: "quick", Seats: 2, Region: []string{"eu", "us", "ap"}[i%3],
			Listing: Listing{Code: newCode(), Private: i%10 == 0, Labels: map[string]string{"map": []string{"ice", "sand"}[i%2], "level": fmt.Sprint(i % 7)}},
		}
		if i%5 == 0 {
			r.Players = []string{"ann-secret", "bob-secret"}
		}
		must(tb, m.dir.Put(context.Background(), r))
	}
}

// listed reads a page.
func listed(tb testing.TB, h http.Handler, query string) (names []string, next string) {
	tb.Helper()
	w := ask(h, "GET", "/v1/rooms"+query, "")
	var body roomListBody
	must(tb, json.Unmarshal(w.Body.Bytes(), &body))
	if w.Code != http.StatusOK {
		tb.Fatalf("%s: %d %s", query, w.Code, w.Body)
	}
	for _, r := range body.Rooms {
		names = append(names, r.Room)
	}
	return names, body.Next
}

func TestRoomsAreFoundByWhatTheyAre(t *testing.T) {
	m, _ := newTest(t, Config{})
	hall(t, m, 40)
	h := newAPI(t, m, APIConfig{Rate: -1})
	for query, want := range map[string]int{
		"":                                  36,
		"?game=arena":                       16, // its private ones are all those that there are
		"?game=drift":                       20,
		"?mode=quick":                       36,
		"?mode=duel":                        0,
		"?region=eu":                        12,
		"?open=true":                        32,
		"?open=false":                       36,
		"?label=map:ice":                    16,
		"?label=map:sand&label=level:3":     3,
		"?label=map:":                       0,
		"?label=other:1":                    0,
		"?game=drift&region=us&open=true":   6,
		"?limit=7":                          7,
		"?limit=500":                        36,
		"?game=dri":                         0,
		"?label=map:sand&label=map:sand":    20,
		"?game=arena&label=map:sand":        0,
		"?cursor=" + cursorOf("room-00030"): 9,
	} {
		if names, _ := listed(t, h, query); len(names) != want {
			t.Errorf("%s: %d rooms, want %d: %v", query, len(names), want, names)
		}
	}
}

func TestPrivateRoomsAndPlayersAreInNoList(t *testing.T) {
	m, _ := newTest(t, Config{})
	hall(t, m, 30)
	h := newAPI(t, m, APIConfig{Rate: -1})
	body := ask(h, "GET", "/v1/rooms?limit=500", "").Body.String()
	for _, r := range m.dir.List("", "") {
		if strings.Contains(body, r.Name) == r.Private || strings.Contains(body, r.Code) {
			t.Errorf("room %s, private %v, code %s, in %s", r.Name, r.Private, r.Code, body)
		}
	}
	if strings.Contains(body, "secret") {
		t.Errorf("a player's name is in %s", body)
	}
	for cursor := ""; ; {
		names, next := listed(t, h, "?limit=1&cursor="+cursor)
		if next == "" {
			break
		}
		after, ok := parseCursor(next)
		if !ok || after != names[0] {
			t.Fatalf("after room %v the cursor says %q", names, after)
		}
		cursor = next
	}
}

func TestPagesHaveEveryRoomOnceWhateverComesAndGoes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m, _ := newTest(t, Config{})
		for i := range rapid.IntRange(0, 40).Draw(rt, "rooms") {
			must(t, m.dir.Put(t.Context(), Room{Name: fmt.Sprintf("r%02d", 2*i), Seats: 1}))
		}
		stay := map[string]int{}
		for _, r := range m.dir.List("", "") {
			stay[r.Name] = 0
		}
		after, last := "", ""
		for {
			rooms, next := m.Rooms(Filter{}, after, rapid.IntRange(1, 9).Draw(rt, "limit"))
			for _, r := range rooms {
				if r.Name <= last {
					rt.Fatalf("%s comes after %s", r.Name, last)
				}
				last = r.Name
				if _, ok := stay[r.Name]; ok {
					stay[r.Name]++
				}
			}
			if next == "" {
				break
			}
			after = next
			name := fmt.Sprintf("r%02d", rapid.IntRange(0, 90).Draw(rt, "room"))
			if rapid.Bool().Draw(rt, "goes") {
				must(t, m.dir.Delete(t.Context(), name))
				delete(stay, name)
			} else {
				_ = m.dir.Put(t.Context(), Room{Name: name, Seats: 1}) // it may be there
			}
		}
		for name, times := range stay {
			if times != 1 {
				rt.Fatalf("room %s was in %d pages", name, times)
			}
		}
	})
}

func TestAPageLooksAtABoundedNumberOfRooms(t *testing.T) {
	m, _ := newTest(t, Config{})
	hall(t, m, 3000)
	f, found, pages := Filter{Labels: map[string]string{"level": "3"}, Game: "arena"}, 0, 0
	for after := ""; ; {
		rooms, next := m.Rooms(f, after, 1000)
		found += len(rooms)
		pages++
		if next == "" {
			break
		}
		after = next
	}
	want := 0
	for _, r := range m.dir.List("arena", "") {
		if !r.Private && r.Labels["level"] == "3" {
			want++
		}
	}
	if found != want || pages != 3 {
		t.Errorf("%d rooms in %d pages, want %d in 3: 2,700 public rooms, 1,000 looked at for each", found, pages, want)
	}
}

func TestAHostileListIsRefused(t *testing.T) {
	m, _ := newTest(t, Config{})
	hall(t, m, 3)
	h := newAPI(t, m, APIConfig{Rate: -1})
	for query, want := range map[string]string{
		"?limit=0":                    "query.limit",
		"?limit=501":                  "query.limit",
		"?limit=-1":                   "query.limit",
		"?limit=99999999999999999999": "query.limit",
		"?open=maybe":                 "query.open",
		"?label=map":                  "query.label: write name:value, such as map:desert",
		"?label=" + strings.Repeat("a:b&label=", 8) + "a:b": "query.label",
		"?game=" + strings.Repeat("g", 65):                  "query.game",
		"?cursor=!":                                         "query.cursor: invalid value: this is no cursor",
		"?cursor=_w":                                        "query.cursor: invalid value: this is no cursor", // not UTF-8
		"?cursor=" + strings.Repeat("A", 100_000):           "query.cursor: invalid value: this is no cursor",
		"?private=true":                                     "query.private: unknown query parameter",
	} {
		if detail := refused(t, ask(h, "GET", "/v1/rooms"+query, ""), http.StatusUnprocessableEntity); !strings.HasPrefix(detail, want) {
			t.Errorf("%.40s: %.200s\nwant %s", query, detail, want)
		}
	}
	if names, next := listed(t, h, "?cursor="+cursorOf("zzz")); len(names) != 0 || next != "" {
		t.Errorf("after the last room come %v, %q", names, next)
	}
}

func TestLabelsKeepToTheirBounds(t *testing.T) {
	nine := map[string]string{}
	for i := range 9 {
		nine[fmt.Sprint(i)] = ""
	}
	for _, c := range []struct {
		labels map[string]string
		wrong  string
	}{
		{nil, ""},
		{map[string]string{"map": "desert", "a_b-1": "größe 😀"}, ""},
		{nine, "labels: 9 are too many: give at most 8"},
		{map[string]string{"": "x"}, "labels: a name has"},
		{map[string]string{"a:b": "x"}, `label "a:b": a name has`},
		{map[string]string{"Map": "x"}, `label "Map": a name has`},
		{map[string]string{strings.Repeat("n", 33): "x"}, "label"},
		{map[string]string{"map": strings.Repeat("v", 65)}, `label "map": a value is`},
		{map[string]string{"map": "a\nb"}, `label "map": a value is`},
		{map[string]string{"map": "\xff"}, `label "map": a value is`},
	} {
		_, err := parseLabels(c.labels)
		var wrong *LabelError
		if c.wrong == "" && err != nil || c.wrong != "" && (!errors.As(err, &wrong) || !strings.HasPrefix(err.Error(), c.wrong)) {
			t.Errorf("%v: %v, want %q", c.labels, err, c.wrong)
		}
	}
}

func FuzzCursor(f *testing.F) {
	for _, text := range []string{"", cursorOf("drift-klpzjhpg"), "!", "_w", "QQ==", "QR", "QQ\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		after, ok := parseCursor(text)
		if ok && cursorOf(after) != text || len(after) > maxCursor {
			t.Fatalf("%q is the cursor after %q, whose own is %q", text, after, cursorOf(after))
		}
	})
}

// BenchmarkRooms lists pages of 10,000 rooms: the first, one with a filter that no room passes, and all of them.
func BenchmarkRooms(b *testing.B) {
	m, _ := newTest(b, Config{})
	hall(b, m, 10_000)
	h := newAPI(b, m, APIConfig{Rate: -1})
	for name, query := range map[string]string{
		"first=100": "", "first=500": "?limit=500", "none": "?label=map:nowhere", "last=100": "?cursor=" + cursorOf("room-09900"),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if w := ask(h, "GET", "/v1/rooms"+query, ""); w.Code != http.StatusOK {
					b.Fatal(w.Body)
				}
			}
		})
	}
}

// BenchmarkCode looks for a code among 10,000 rooms that none of them has.
func BenchmarkCode(b *testing.B) {
	m, _ := newTest(b, Config{})
	hall(b, m, 10_000)
	for b.Loop() {
		if _, err := m.Enter(b.Context(), Entry{Request: Request{Game: "arena"}, Code: "00000000"}); !errors.Is(err, ErrNoCode) {
			b.Fatal(err)
		}
	}
}

func TestMemoryFindsRoomsByNameAndByCode(t *testing.T) {
	ctx, d := t.Context(), &Memory{}
	must(t, d.Put(ctx, Room{Name: "b", Listing: Listing{Code: "11111111"}}))
	must(t, d.Put(ctx, Room{Name: "a", Listing: Listing{Private: true}}))
	must(t, d.Put(ctx, Room{Name: "c"}))
	if err := d.Put(ctx, Room{Name: "d", Listing: Listing{Code: "11111111"}}); err == nil {
		t.Error("a code is given twice")
	}
	if r := d.ByCode("11111111"); r == nil || r.Name != "b" || d.Find("b") != r {
		t.Errorf("by code: %+v", r)
	}
	if d.ByCode("") != nil || d.ByCode("22222222") != nil || d.Find("d") != nil {
		t.Error("what is not there is found")
	}
	var names []string
	for _, r := range d.After("", 9) {
		names = append(names, r.Name)
	}
	if !slices.Equal(names, []string{"b", "c"}) || len(d.After("b", 9)) != 1 || len(d.After("", 1)) != 1 || len(d.After("c", 9)) != 0 {
		t.Errorf("pages: %v", names)
	}
	must(t, d.Delete(ctx, "b"))
	if d.ByCode("11111111") != nil {
		t.Error("the code outlives its room")
	}
	must(t, d.Put(ctx, Room{Name: "d", Listing: Listing{Code: "11111111"}}))
}
