package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
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
`

// benchNode runs a node whose toy has a ranked mode of ten players.
func benchNode(b *testing.B) *Node {
	b.Helper()
	rules := filepath.Join(b.TempDir(), "rules.toml")
	if err := os.WriteFile(rules, []byte(benchRules), 0o600); err != nil {
		b.Fatal(err)
	}
	n, err := NewNode(Config{HTTP: "127.0.0.1:0", TicketRate: -1, MaxLoad: -1, Rules: rules, RoomGrace: time.Second}, zap.NewNop(), toyGame())
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
	n, client := benchNode(b), benchClient(b)
	body := []byte(`{"game": "toy", "mode": "ranked", "skill": 1500}`)
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

// BenchmarkTicketToTokenREST sends 1,000 tickets a second, whoever still waits, and follows each by long poll to its token. Late
// is what a ticket took beyond the cycle interval. Give -benchtime 10000x for ten seconds.
func BenchmarkTicketToTokenREST(b *testing.B) {
	const perSecond, seats = 1000, 10
	n, client := benchNode(b), benchClient(b)
	var mu sync.Mutex // guards took and rooms
	var took []time.Duration
	rooms := map[string]int{}
	count := max(b.N/seats*seats, seats)
	var wg sync.WaitGroup
	ticker := time.NewTicker(time.Second / perSecond)
	defer ticker.Stop()
	first := time.Now()
	for sent := range count {
		for time.Since(first) < time.Duration(sent)*time.Second/perSecond { // a late ticker is caught up with
			<-ticker.C
		}
		wg.Go(func() {
			began := time.Now()
			t, err := request(client, http.MethodPost, n.URL()+"/v1/tickets", []byte(`{"game": "toy", "mode": "ranked", "skill": 1500}`))
			if err == nil {
				t, err = request(client, http.MethodGet, n.URL()+"/v1/tickets/"+t.ID+"?wait=60s", nil)
			}
			if err != nil || t.Assignment == nil {
				b.Errorf("%s %v", t.Status, err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(began))
			rooms[t.Assignment.Room]++
		})
	}
	wg.Wait()
	for room, players := range rooms {
		if players != seats {
			b.Errorf("%d tickets in %s", players, room)
		}
	}
	slices.Sort(took)
	if len(took) == 0 {
		return
	}
	b.ReportMetric(ms(took[len(took)/2]-benchEvery), "late-p50-ms")
	b.ReportMetric(ms(took[len(took)*99/100]-benchEvery), "late-p99-ms")
	b.ReportMetric(float64(len(took)), "tokens")
}

func ms(d time.Duration) float64 { return d.Seconds() * 1e3 }
