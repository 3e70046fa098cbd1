package rules

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// record plays some cycles of tickets that come and go, and returns what was written.
func record(t *rapid.T) (m *Mode, text *bytes.Buffer, matches int) {
	m, text = drawMode(t), &bytes.Buffer{}
	recorder, match := NewRecorder(text, m), m.MatchFunc()
	waiting := drawWaiting(t, m, 40)
	var open []Opening
	now := noon
	for range rapid.IntRange(1, 6).Draw(t, "cycles") {
		here := rapid.IntRange(0, len(waiting)).Draw(t, "here")
		if rapid.Bool().Draw(t, "others ask") {
			open = drawOpenings(t, m)
		}
		found := match(now, waiting[:here], open)
		recorder.Cycle(now, waiting[:here], open, found)
		matches += len(found)
		gone := rapid.IntRange(0, here).Draw(t, "gone")
		waiting = slices.Delete(slices.Clone(waiting), 0, gone)
		if len(waiting) > 2 && rapid.Bool().Draw(t, "front") {
			waiting[0], waiting[1] = waiting[1], waiting[0]
		}
		now = now.Add(time.Duration(rapid.IntRange(1, 9000).Draw(t, "ms")) * time.Millisecond)
	}
	return m, text, matches
}

func TestWhatWasRecordedIsReplayedByteForByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, text, matches := record(t)
		whole := text.Len()
		done, err := Replay(text)
		if err != nil || done.Matches != matches || done.Mode.Name != m.Name {
			t.Fatalf("%+v, %d matches recorded in %d bytes: %v", done, matches, whole, err)
		}
	})
}

func TestARecordWithoutSigmasIsThatOfBeforeThereWereAny(t *testing.T) {
	m := checked(t, Mode{Teams: []int{1, 1}, Skill: &Bound{From: 9}})
	var text bytes.Buffer
	recorder := NewRecorder(&text, m)
	waiting := wait(t, "a:1 b:1")
	recorder.Cycle(noon, waiting, nil, m.MatchFunc()(noon, waiting, nil))
	if strings.Contains(text.String(), "Sigma") {
		t.Errorf("recorded %s", &text)
	}
}

func TestARecordCutOffIsReplayedSoFar(t *testing.T) {
	m := checked(t, Mode{Teams: []int{1, 1}})
	var text bytes.Buffer
	recorder := NewRecorder(&text, m)
	head := text.Len()
	waiting := wait(t, "a:1 b:1")
	recorder.Cycle(noon, waiting, nil, m.MatchFunc()(noon, waiting, nil))
	for n := head; n <= text.Len(); n++ {
		done, err := Replay(bytes.NewReader(text.Bytes()[:n]))
		if err != nil || done.Matches > 1 || (n == text.Len()) != (done.Matches == 1) && n < text.Len()-1 {
			t.Fatalf("cut at %d: %+v %v", n, done, err)
		}
	}
}

func TestAReplayThatDiffersSaysWhereAndHow(t *testing.T) {
	m := checked(t, Mode{Teams: []int{1, 1}})
	var text bytes.Buffer
	waiting := wait(t, "a:1 b:1")
	NewRecorder(&text, m).Cycle(noon, waiting, nil, nil)
	_, err := Replay(&text)
	if want := `replay, cycle 1 at 2026-11-23 12:00:00 +0000 UTC: recorded [], and the rules give [{"Region":"","Tickets":["a","b"],"Teams":[0,1]}]`; err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	for text, want := range map[string]string{
		"":                           "replay: the first line: EOF",
		`{"version": 3}`:             "replay: version 3, this program reads 1 to 2",
		`{"version": 1, "mode": {}}`: "replay: mode: game: give the game's name",
	} {
		if _, err := Replay(strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
