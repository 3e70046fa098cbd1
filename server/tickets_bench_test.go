package server

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
)

// benchEvery is the cycle interval of benchRules.
const benchEvery = 250 * time.Millisecond

const benchRules = `version = 1

[[mode]]
game = "toy"
name = "ranked"
teams = [5, 5]
every = "250ms"

[[mode]]
game = "toy"
name = "lonely"
teams = [1, 1]
equal = ["alone"]
overdue = "10m"
`

// benchNode runs a node whose toy has a ranked mode of ten players, and a lonely one in which nobody plays who says to be alone by a name of its
// own. What it decides is recorded in the directory record, unless that is "".
func benchNode(b *testing.B, record string) *Node {
	b.Helper()
	rules := filepath.Join(b.TempDir(), "rules.toml")
	if err := os.WriteFile(rules, []byte(benchRules), 0o600); err != nil {
		b.Fatal(err)
	}
	n, err := NewNode(Config{HTTP: "127.0.0.1:0", TicketRate: -1, MaxLoad: -1, Rules: rules, Record: record, RoomGrace: time.Second}, zap.NewNop(), toyGame())
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := n.Run(b.Context()); err != nil {
			b.Error(err)
		}
	}()
	b.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		<-done
	})
	return n
}

// benchClient keeps a connection for each of many requests at once.
func benchClient(b *testing.B) *http.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 4096}
	b.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func request(client *http.Client, method, url string, body []byte) (ticketStatus, error) {
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return ticketStatus{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return ticketStatus{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return ticketStatus{}, err
	}
	var t ticketStatus
	if err := json.Unmarshal(text, &t); err != nil || t.ID == "" {
		return t, fmt.Errorf("%s %s", res.Status, text)
	}
	return t, nil
}

// BenchmarkTicketIntakeREST posts tickets as fast as 32 clients can, on one machine with the node.
func BenchmarkTicketIntakeREST(b *testing.B) {
	n, client := benchNode(b, ""), benchClient(b)
	body := []byte(benchTicket)
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := request(client, http.MethodPost, n.URL()+"/v1/tickets", body); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tickets/s")
}

// benchTicket is what players of BenchmarkTicketToToken ask for.
const benchTicket = `{"game": "toy", "mode": "ranked", "skill": 1500}`

// BenchmarkTicketToToken sends 1,000 tickets a second, whoever still waits, and follows each to its token: by long poll, by event stream, and over a
// ticket channel of its own. Late is what a ticket took beyond the cycle interval. Told is what it took from the beginning of the cycle that found its
// match, as the record has it, so the search is in it. Give -benchtime 10000x for ten seconds each.
func BenchmarkTicketToToken(b *testing.B) {
	for _, way := range []struct {
		name string
		play func(testing.TB, *Node, *http.Client) (ticketStatus, error)
	}{{"poll", playByPoll}, {"events", playByEvents}, {"channel", playByChannel}} {
		b.Run(way.name, func(b *testing.B) {
			const perSecond, seats = 1000, 10
			record := b.TempDir()
			n, client := benchNode(b, record), benchClient(b)
			var mu sync.Mutex // guards tokens
			var tokens []benchToken
			var wg sync.WaitGroup
			ticker := time.NewTicker(time.Second / perSecond)
			defer ticker.Stop()
			first := time.Now()
			for sent := range max(b.N/seats*seats, seats) {
				for time.Since(first) < time.Duration(sent)*time.Second/perSecond { // a late ticker is caught up with
					<-ticker.C
				}
				wg.Go(func() {
					began := time.Now()
					t, err := way.play(b, n, client)
					if err != nil || t.Assignment == nil {
						b.Errorf("%s %v", t.Status, err)
						return
					}
					mu.Lock()
					defer mu.Unlock()
					tokens = append(tokens, benchToken{t.ID, t.Assignment.Room, began, time.Now()})
				})
			}
			wg.Wait()
			reportTokens(b, tokens, foundIn(b, record), seats)
		})
	}
}

// A benchToken is one that a player got.
type benchToken struct {
	ticket, room string
	began, told  time.Time
}

// reportTokens reports how long they took, and fails unless each ticket was found once, and each room has as many as it seats.
func reportTokens(b *testing.B, tokens []benchToken, found map[string][]time.Time, seats int) {
	b.Helper()
	rooms := map[string]int{}
	var late, told []float64
	for _, t := range tokens {
		rooms[t.room]++
		late = append(late, ms(t.told.Sub(t.began)-benchEvery))
		if len(found[t.ticket]) != 1 {
			b.Errorf("ticket %s is in %d matches", t.ticket, len(found[t.ticket]))
			continue
		}
		told = append(told, ms(t.told.Sub(found[t.ticket][0])))
	}
	for room, players := range rooms {
		if players != seats {
			b.Errorf("%d tickets in %s", players, room)
		}
	}
	if len(told) == 0 {
		return
	}
	slices.Sort(late)
	slices.Sort(told)
	b.ReportMetric(late[len(late)/2], "late-p50-ms")
	b.ReportMetric(late[len(late)*99/100], "late-p99-ms")
	b.ReportMetric(told[len(told)/2], "told-p50-ms")
	b.ReportMetric(told[len(told)*99/100], "told-p99-ms")
	b.ReportMetric(float64(len(tokens)), "tokens")
}

// foundIn returns from a node's records when each ticket's matches were found.
func foundIn(b *testing.B, record string) map[string][]time.Time {
	b.Helper()
	files, err := filepath.Glob(filepath.Join(record, "toy-ranked-*.jsonl"))
	if err != nil || len(files) != 1 {
		b.Fatalf("records: %v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		b.Fatal(err)
	}
	found := map[string][]time.Time{}
	for line := range strings.Lines(string(text)) {
		cycle := decode[struct {
			At      time.Time
			Matches []struct{ Tickets []string }
		}](b, line)
		for _, match := range cycle.Matches {
			for _, ticket := range match.Tickets {
				found[ticket] = append(found[ticket], cycle.At)
			}
		}
	}
	return found
}

func playByPoll(_ testing.TB, n *Node, client *http.Client) (ticketStatus, error) {
	t, err := request(client, http.MethodPost, n.URL()+"/v1/tickets", []byte(benchTicket))
	if err != nil {
		return t, err
	}
	return request(client, http.MethodGet, n.URL()+"/v1/tickets/"+t.ID+"?wait=60s", nil)
}

func playByEvents(_ testing.TB, n *Node, client *http.Client) (ticketStatus, error) {
	t, err := request(client, http.MethodPost, n.URL()+"/v1/tickets", []byte(benchTicket))
	if err != nil {
		return t, err
	}
	res, err := client.Get(n.URL() + "/v1/tickets/" + t.ID + "/events")
	if err != nil {
		return t, err
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for t.Status == "queued" && lines.Scan() {
		if data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: ")); ok {
			if err := json.Unmarshal(data, &t); err != nil {
				return t, err
			}
		}
	}
	return t, lines.Err()
}

func playByChannel(tb testing.TB, n *Node, _ *http.Client) (ticketStatus, error) {
	c := openChannel(tb, n, "")
	defer c.Close()
	c.say(`{"do": "create", "ticket": %s}`, benchTicket)
	t := c.until("a match", func(e told) bool { return e.Ticket.Status != "queued" }).Ticket
	return ticketStatus{ID: t.ID, Status: t.Status, Assignment: &t.Assignment}, nil
}

func ms(d time.Duration) float64 { return d.Seconds() * 1e3 }
