package simtest

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rondo-sync/rondo/sim"
)

func TestARightGamePasses(t *testing.T) {
	Check(t, toyGame(func(*toy) {}))
}

func TestAMatchMayEnd(t *testing.T) {
	Check(t, toyGame(func(w *toy) {
		w.breakDone = func(w *toy) bool { return w.now > 50 }
	}))
}

// A judged toy is over after a few ticks, with a result.
type judged struct {
	*toy
	result func(*toy) sim.Result
}

func (w judged) Result() sim.Result { return w.result(w.toy) }

func TestAResultMustBeOfPlayersWhoJoined(t *testing.T) {
	game := func(result func(*toy) sim.Result) sim.Game {
		g := toyGame(func(*toy) {})
		broken := g.New
		g.New = func(s sim.Setup) sim.World {
			w := broken(s).(*toy)
			w.breakDone = func(w *toy) bool { return w.now > 200 }
			return judged{w, result}
		}
		return g
	}
	Check(t, game(func(*toy) sim.Result { return sim.Result{Teams: []sim.Placing{{Rank: 1, Players: []sim.PlayerID{1}}}} }))
	wantError(t, checkPlay(game(func(*toy) sim.Result { return sim.Result{} }), 1), "the result has no teams")
	wantError(t, checkPlay(game(func(*toy) sim.Result { panic("who won?") }), 1), "Result panicked: who won?")
}

func FuzzARightGamePasses(f *testing.F) {
	Fuzz(f, toyGame(func(*toy) {}))
}

func TestDescriptionNamesWhatCannotBeUsed(t *testing.T) {
	for _, c := range []struct {
		spoil func(*sim.Game)
		want  string
	}{
		{func(g *sim.Game) { g.Name = "Toy Game" }, `the name "Toy Game" is not made of lower-case`},
		{func(g *sim.Game) { g.Rate = 0 }, "the rate is 0"},
		{func(g *sim.Game) { g.Rate = 241 }, "the rate is 241"},
		{func(g *sim.Game) { g.Seats = 0 }, "has 0 seats"},
		{func(g *sim.Game) { g.New = nil }, "no New"},
		{func(g *sim.Game) { g.Schema = nil }, "no schema"},
		{func(g *sim.Game) { g.Schema.Kinds[0].Fields[0].Bits = 33 }, "Dot.x has 33 bits"},
	} {
		g := toyGame(func(*toy) {})
		c.spoil(&g)
		wantError(t, checkDescription(g), c.want)
	}
}

func TestPlayCatchesABrokenWorld(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*toy)
		want  string
	}{
		{"word too wide", func(w *toy) {
			w.breakSnapshot = func(w *toy, s *sim.Snapshot) { s.Row(0, 9999)[dotX] = 1 << dotBits }
		}, `tick 1: kind "Dot", entity 9999, field "x": the word 256 has more than 8 bits`},
		{"ids descend", func(w *toy) {
			w.breakSnapshot = func(w *toy, s *sim.Snapshot) { s.Row(0, 9999); s.Row(0, 9998) }
		}, "Snapshot panicked: sim: entity 9998 comes after 9999"},
		{"id taken again", func(w *toy) {
			w.breakSnapshot = func(w *toy, s *sim.Snapshot) {
				if w.now%2 == 1 {
					s.Row(0, 9999)
				}
			}
		}, `kind "Dot": the id 9999 is back`},
		{"too many rows", func(w *toy) {
			w.breakSnapshot = func(w *toy, s *sim.Snapshot) {
				for id := range sim.EntityID(maxRows) + 1 {
					s.Row(0, 9999+id)
				}
			}
		}, "the snapshot holds 65536 entities"},
		{"New panics", func(*toy) { panic("no room") }, "tick 0: New panicked: no room"},
		{"Step panics", func(w *toy) {
			w.breakStep = func(w *toy) { panic("ouch") }
		}, "tick 1: Step panicked: ouch"},
		{"Step panics after a Leave", func(w *toy) {
			w.breakStep = func(w *toy) {
				if len(w.dots) > 0 && len(w.dots) < int(w.last) {
					panic("somebody left")
				}
			}
		}, "Step panicked: somebody left"},
		{"message too long", func(w *toy) {
			w.breakEmit = func(w *toy, out *sim.Outbox) { out.All(raw{body: make([]byte, sim.MaxMessage+1)}) }
		}, "Emit panicked: sim: a message is longer"},
		{"message of no kind", func(w *toy) {
			w.breakEmit = func(w *toy, out *sim.Outbox) { out.All(raw{kind: 1}) }
		}, "message 0 is of kind 1"},
		{"message for nobody", func(w *toy) {
			w.breakEmit = func(w *toy, out *sim.Outbox) { out.To(9999, hello{}) }
		}, `message "Hello" is for player 9999, who is not there`},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantError(t, checkPlay(toyGame(c.spoil), 1), c.want)
		})
	}
}

func TestPlayReadsMessagesAsTheSchemaSays(t *testing.T) {
	for _, c := range []struct {
		name string
		body []byte
		want string
	}{
		{"empty", nil, `field "number": the body ends too early`},
		{"over 32 bits", []byte{0xFF, 0xFF, 0xFF, 0xFF, 0x10}, "has more than 32 bits"},
		{"no string", []byte{0}, `field "name": the body ends too early`},
		{"cut string", []byte{0, 3, 'a'}, `field "name": the body ends too early`},
		{"long string", []byte{0, 5, 'a', 'b', 'c', 'd', 'e'}, "the string has 5 bytes, want at most 4"},
		{"not UTF-8", []byte{0, 1, 0xFF}, `the string "\xff" is not UTF-8`},
		{"too much", []byte{0, 1, 'a', 'b'}, "1 bytes follow the last field"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := checkPlay(toyGame(func(w *toy) {
				w.breakEmit = func(w *toy, out *sim.Outbox) { out.All(raw{body: c.body}) }
			}), 1)
			wantError(t, err, c.want)
		})
	}
	unknown := sim.Message{Fields: []sim.MessageField{{Name: "odd", Type: 7}}}
	wantError(t, checkBody(unknown, nil), `field "odd": the type 7 is unknown`)
}

func TestDeterminismCatchesStateSharedByWorlds(t *testing.T) {
	var shared uint32
	wantError(t, checkDeterminism(toyGame(func(w *toy) {
		w.breakSnapshot = func(w *toy, s *sim.Snapshot) { s.Row(0, 9999)[dotX] = shared & 0xFF }
		w.breakStep = func(*toy) { shared++ }
	}), 1), `tick 1: the same seed and calls give something else the second time: kind "Dot", entity 9999, field "x" is 1, then 3`)
}

func TestDeterminismCatchesAnEntityThatIsThereOnce(t *testing.T) {
	worlds := 0
	wantError(t, checkDeterminism(toyGame(func(w *toy) {
		worlds++
		id := sim.EntityID(9000 + worlds)
		w.breakSnapshot = func(_ *toy, s *sim.Snapshot) { s.Row(0, id) }
	}), 1), `kind "Dot", entity 9001 is there in one of them`)
}

func TestDeterminismCatchesOtherMessages(t *testing.T) {
	worlds := int32(0)
	wantError(t, checkDeterminism(toyGame(func(w *toy) {
		worlds++
		number := worlds
		w.breakEmit = func(_ *toy, out *sim.Outbox) { out.All(hello{number: number}) }
	}), 1), "the messages differ")
}

func TestDeterminismCatchesAnotherEnd(t *testing.T) {
	worlds := sim.Tick(0)
	wantError(t, checkDeterminism(toyGame(func(w *toy) {
		worlds++
		end := 10 * worlds
		w.breakDone = func(w *toy) bool { return w.now >= end }
	}), 1), "the match ends at another tick")
}

func TestDeterminismCatchesASnapshotThatChangesTheWorld(t *testing.T) {
	wantError(t, checkDeterminism(toyGame(func(w *toy) {
		var taken uint32
		w.breakSnapshot = func(_ *toy, s *sim.Snapshot) {
			taken++
			s.Row(0, 9999)[dotX] = taken & 0xFF
		}
	}), 1), `tick 1: a second Snapshot after the same step differs: kind "Dot", entity 9999, field "x" is 1, then 2`)
}

func TestAllocationsCatchesOneForEachEntity(t *testing.T) {
	var sink [][]byte
	wantError(t, checkAllocations(toyGame(func(w *toy) {
		w.breakStep = func(*toy) {
			sink = sink[:0]
			for range 2 * MaxAllocs {
				sink = append(sink, make([]byte, 64))
			}
		}
	})), "a tick with 3 entities makes 8 allocations, want at most 4.0")
}

func TestAMessageMayAllocate(t *testing.T) {
	err := checkAllocations(toyGame(func(w *toy) {
		w.breakEmit = func(_ *toy, out *sim.Outbox) {
			for range 2 * MaxAllocs {
				out.All(hello{name: "all"})
			}
		}
	}))
	if err != nil {
		t.Error(err)
	}
}

func TestErrorsNameTheSeed(t *testing.T) {
	check := eachSeed(checkPlay)
	wantError(t, check(toyGame(func(*toy) { panic("no room") })), "seed 1, tick 0: New panicked")
}

func TestChecksumsAreTheSeedsOwn(t *testing.T) {
	g := toyGame(func(*toy) {})
	one, again, two := Checksums(g, 1, 100), Checksums(g, 1, 100), Checksums(g, 2, 100)
	if len(one) != 100 || !slices.Equal(one, again) {
		t.Errorf("seed 1 gave %d and then %d checksums, want the same 100 twice", len(one), len(again))
	}
	if slices.Equal(one, two) {
		t.Error("seeds 1 and 2 gave the same checksums")
	}
}

func TestChecksumsEndWithTheMatch(t *testing.T) {
	sums := Checksums(toyGame(func(w *toy) {
		w.breakDone = func(w *toy) bool { return w.now >= 5 }
	}), 1, 100)
	if len(sums) == 0 || len(sums) > 5 {
		t.Errorf("a match of 5 ticks gave %d checksums", len(sums))
	}
}

func TestATapeEnds(t *testing.T) {
	s := &tape{[]byte{7, 1, 2}}
	if got := s.draw(5); got != 7%5 {
		t.Errorf("the first byte gave %d, want %d", got, 7%5)
	}
	if got := s.draw(1000); got != (1<<8|2)%1000 {
		t.Errorf("the next two bytes gave %d, want %d", got, (1<<8|2)%1000)
	}
	if got := s.draw(5); got != 0 || s.more() {
		t.Errorf("an empty tape gave %d and more = %t, want 0 and false", got, s.more())
	}
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v, want one that has %q", err, want)
	}
}

func TestGoldenSeesAChangeOfBehaviour(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "golden.txt")
	right := toyGame(func(*toy) {})
	wantError(t, golden(right, path, false), "read the golden")
	Golden(t, right, path, true)
	Golden(t, right, path, false)
	other := toyGame(func(w *toy) {
		w.breakSnapshot = func(w *toy, s *sim.Snapshot) {
			if w.now > 500 {
				s.Row(0, 9999)
			}
		}
	})
	wantError(t, golden(other, path, false), `the game "toy" plays differently from`)
}

func TestGoldenSaysWhyItCannotWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	g := toyGame(func(*toy) {})
	Golden(t, g, file, true)
	wantError(t, golden(g, filepath.Join(file, "golden.txt"), true), "write the golden")
	wantError(t, golden(g, filepath.Dir(file), true), "write the golden")
}
