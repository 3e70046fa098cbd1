package matchmaking

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// BenchmarkFillFullest is one pass of the rule over a queue, with 1,000 rooms that are all but full.
func BenchmarkFillFullest(b *testing.B) {
	mode := Mode{Game: "drift", Name: "quick", Seats: 10}
	rooms := make([]*Room, 1000)
	for i, name := range names("room", len(rooms)) {
		rooms[i] = roomOf(name, 10, 9)
	}
	for _, n := range []int{1, 1_000, 10_000} {
		b.Run(fmt.Sprintf("waiting=%d", n), func(b *testing.B) {
			waiting := queueOf(n)
			for b.Loop() {
				FillFullest(noon, mode, waiting, rooms)
			}
		})
	}
}

// BenchmarkTicketToPass takes tickets through a running Matchmaker, from Create to the signed pass, many at a time.
func BenchmarkTicketToPass(b *testing.B) {
	m, _ := newTest(b, Config{Modes: []Mode{{Game: "drift", Name: "quick", Seats: 10}}})
	start(b, m)
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			t, err := m.Create(Request{Game: "drift", Mode: "quick"})
			if err != nil {
				b.Error(err)
				return
			}
			t, err = m.Wait(context.Background(), t.ID)
			if err != nil || t.Status != Matched {
				b.Error(t.Status, err)
				return
			}
			if err := m.Joined(context.Background(), t.Assignment.Room, t.ID); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tickets/s")
}

// BenchmarkCreate is the intake alone.
func BenchmarkCreate(b *testing.B) {
	m, _ := newTest(b, Config{MaxWaiting: 1 << 30})
	req := Request{Game: "drift", Mode: "quick", Attributes: Attributes{"skill": 1500.0}}
	for b.Loop() {
		if _, err := m.Create(req); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tickets/s")
}

// BenchmarkPost is the intake through HTTP, without a socket.
func BenchmarkPost(b *testing.B) {
	m, _ := newTest(b, Config{MaxWaiting: 1 << 30})
	h := newAPI(b, m, APIConfig{Rate: -1})
	for b.Loop() {
		if w := ask(h, "POST", "/v1/tickets", driftTicket); w.Code != 201 {
			b.Fatal(w.Code)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tickets/s")
}

func BenchmarkSign(b *testing.B) {
	i, _, _ := passes(b)
	for b.Loop() {
		sign(b, i, testPass)
	}
}

func BenchmarkVerify(b *testing.B) {
	i, v, clock := passes(b)
	tokens := make([]string, 4096)
	for n := range tokens {
		tokens[n] = sign(b, i, testPass)
	}
	n := 0
	for b.Loop() {
		if n == len(tokens) { // all are used: a Verifier that has not seen them
			n, v = 0, NewVerifier(VerifierConfig{Node: "n1", Key: testKey(b).Public(), Now: clock.now})
		}
		if _, err := v.Verify(tokens[n]); err != nil {
			b.Fatal(err)
		}
		n++
	}
}

// BenchmarkVerifyAccount is what each player with an account costs a request for a ticket.
func BenchmarkVerifyAccount(b *testing.B) {
	clock := newWall()
	accounts, token := testAccounts(b, clock.now), accountOf(b, "ann", clock.now())
	for b.Loop() {
		if _, err := accounts.Verify(token); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerifyGarbage is what a hostile join costs.
func BenchmarkVerifyGarbage(b *testing.B) {
	i, v, _ := passes(b)
	token := sign(b, i, testPass)
	token = token[:len(token)-8] + strings.Repeat("A", 8)
	for b.Loop() {
		if _, err := v.Verify(token); err == nil {
			b.Fatal("let in")
		}
	}
}
