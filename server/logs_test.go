package server

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap/zapcore"
)

// story returns the log's lines: level, message and the names of the fields.
func (n *testNode) story() []string {
	var lines []string
	for _, e := range n.logs.All() {
		var fields []string
		for _, f := range e.Context {
			fields = append(fields, f.Key)
		}
		lines = append(lines, fmt.Sprintf("%v %s: %s", e.Level, e.Message, strings.Join(fields, " ")))
	}
	return lines
}

func TestTheLogTellsASessionsLife(t *testing.T) {
	n := newTestNode(t, Config{Node: "eu1"}, toyGame())
	p := n.join("toy")
	p.until("a state", func(s *seen) bool { return s.states > 0 })
	p.client.Close()
	n.await("player left")
	n.stop()
	http.DefaultClient.CloseIdleConnections()
	if err := n.wait(); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"info node started: node addr",
		"info room opened: room game",
		"info player joined: room player",
		"info player left: room player",
		"info node stopping: grace",
		"info room ended: room end tick",
		"info node stopped: ",
	}
	if got := n.story(); !slices.Equal(got, want) {
		t.Errorf("the log tells\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTheLogKeepsThePlayersSecret(t *testing.T) {
	n := startNode(t, Config{}, toyGame())
	id := n.ticket("toy")
	_, _, body := n.get("/v1/tickets/" + id + "?wait=30s")
	p := n.dial(*decode[ticketStatus](t, body).Assignment)
	p.client.Close()
	n.await("player left")
	for _, e := range n.logs.All() {
		if said := fmt.Sprint(e.ContextMap()); strings.Contains(said, id) || strings.Contains(said, p.token) {
			t.Errorf("the log says %s", said)
		}
	}
}

func TestTheLogSaysWhatBrokeAGame(t *testing.T) {
	n := startNode(t, Config{}, toyGame())
	p := n.join("toy")
	p.play(actBreak)
	p.goodbye()
	n.await("room failed")
	line := n.logs.FilterMessage("room failed").All()[0]
	fields := line.ContextMap()
	if said := fmt.Sprint(fields["error"]); line.Level != zapcore.ErrorLevel || fields["room"] != p.room || !strings.Contains(said, "toy: told to break") || !strings.Contains(said, "toy_test.go") {
		t.Errorf("the log says %v %v", line.Level, fields)
	}
}
