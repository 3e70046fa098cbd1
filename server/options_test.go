package server_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/matchmaking/rules"
	"github.com/rondo-sync/rondo/netcode/client"
	"github.com/rondo-sync/rondo/server"
	"github.com/rondo-sync/rondo/sim"
)

// firstMeetsLast pairs who has waited longest with who came last.
func firstMeetsLast(_ time.Time, waiting []rules.Waiting, _ []rules.Opening) (matches []rules.Match) {
	for len(waiting) >= 2 {
		last := len(waiting) - 1
		matches = append(matches, rules.Match{Tickets: []string{waiting[0].ID, waiting[last].ID}, Teams: []int{0, 1}})
		waiting = waiting[1:last]
	}
	return matches
}

// A game can make its matches in a way of its own. The file of rules says how many play and how often matches are made:
//
//	func main() {
//		server.Options{
//			Games: []sim.Game{ticTacToe},
//			Match: map[string]rules.MatchFunc{"tictactoe/duel": firstMeetsLast},
//		}.Main()
//	}
func ExampleOptions() {
	file, err := os.CreateTemp("", "rules-*.toml")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.Remove(file.Name()) }()
	fmt.Fprint(file, "version = 1\n[[mode]]\ngame = \"tictactoe\"\nname = \"duel\"\nteams = [1, 1]\n")

	node, err := server.Options{
		Games: []sim.Game{ticTacToe},
		Match: map[string]rules.MatchFunc{"tictactoe/duel": firstMeetsLast},
	}.NewNode(server.Config{HTTP: "127.0.0.1:0", Rules: file.Name()}, zap.NewNop())
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	stopped := make(chan error)
	go func() { stopped <- node.Run(ctx) }()

	teams := make(chan int)
	for range 2 {
		go func() {
			a, err := client.Match(ctx, node.URL(), "tictactoe", "duel")
			if err != nil {
				fmt.Println(err)
				return
			}
			teams <- *a.Team
		}()
	}
	fmt.Println("the numbers of the teams add up to", <-teams+<-teams)
	stop()
	fmt.Println("the node stopped:", <-stopped)
	// Output:
	// the numbers of the teams add up to 1
	// the node stopped: <nil>
}

func TestAWayToMakeMatchesForAModeThatIsNotThereIsSaidAtTheStart(t *testing.T) {
	o := server.Options{Games: []sim.Game{ticTacToe}, Match: map[string]rules.MatchFunc{"tictactoe/duel": firstMeetsLast}}
	_, err := o.NewNode(server.Config{HTTP: "127.0.0.1:0"}, zap.NewNop())
	if want := `the program makes the matches of "tictactoe/duel": give that mode in the file of --rules (it has: none)`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
