package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Recorder writes what each cycle of a mode was given and what it found, so that Replay can prove it: a line of JSON with the
// mode, then one a cycle with who came, who went and the matches. It belongs to one goroutine.
type Recorder struct {
	w     io.Writer
	order []string        // ids of the cycle before
	here  map[string]bool // the same
	open  json.RawMessage // as it was written last
}

// recordVersion is the version of what a Recorder writes. Version 1 knew no rooms that ask for players.
const recordVersion = 2

type recordHead struct {
	Version int  `json:"version"`
	Mode    Mode `json:"mode"`
}

type recordCycle struct {
	At      time.Time       `json:"at"`
	Came    []Waiting       `json:"came,omitempty"`
	Gone    []string        `json:"gone,omitempty"`
	Order   []string        `json:"order,omitempty"` // of all who wait, where it is not that of before with who came behind
	Open    json.RawMessage `json:"open,omitempty"`  // []Opening, where they are not those of before
	Matches json.RawMessage `json:"matches"`
}

// NewRecorder writes the mode to w. A writer that fails is to say so itself: the cycles go on.
func NewRecorder(w io.Writer, mode *Mode) *Recorder {
	r := &Recorder{w: w, here: map[string]bool{}, open: encodeList[Opening](nil)}
	r.line(recordHead{recordVersion, *mode})
	return r
}

// Cycle writes a cycle. One that nobody waits for is not worth a line.
func (r *Recorder) Cycle(now time.Time, waiting []Waiting, open []Opening, matches []Match) {
	if len(waiting) == 0 && len(r.order) == 0 {
		return
	}
	cycle := recordCycle{At: now, Matches: encodeList(matches)}
	order := make([]string, len(waiting))
	here := make(map[string]bool, len(waiting))
	for i := range waiting {
		order[i] = waiting[i].ID
		here[order[i]] = true
		if !r.here[order[i]] {
			cycle.Came = append(cycle.Came, waiting[i])
		}
	}
	var expected []string
	for _, id := range r.order {
		if here[id] {
			expected = append(expected, id)
		} else {
			cycle.Gone = append(cycle.Gone, id)
		}
	}
	for i := range cycle.Came {
		expected = append(expected, cycle.Came[i].ID)
	}
	if !slices.Equal(expected, order) {
		cycle.Order = order
	}
	if text := encodeList(open); !bytes.Equal(text, r.open) {
		cycle.Open, r.open = text, text
	}
	r.order, r.here = order, here
	r.line(cycle)
}

func (r *Recorder) line(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values of finite numbers: a bug
	}
	_, _ = r.w.Write(append(text, '\n')) // see NewRecorder
}

func encodeList[T any](list []T) json.RawMessage {
	text, err := json.Marshal(append([]T{}, list...))
	if err != nil {
		panic(err) // plain values of finite numbers: a bug
	}
	return text
}

// Replayed is what Replay went through.
type Replayed struct {
	Mode            Mode
	Cycles, Matches int
}

// Replay runs the rules over what a Recorder wrote, and returns an error at the first cycle whose matches are not, byte for
// byte, those that were recorded. A last line that was cut off, as by a process that was killed, ends it without an error.
func Replay(r io.Reader) (Replayed, error) {
	in := json.NewDecoder(r)
	var head recordHead
	if err := in.Decode(&head); err != nil {
		return Replayed{}, fmt.Errorf("replay: the first line: %w", err)
	}
	if head.Version < 1 || head.Version > recordVersion {
		return Replayed{}, fmt.Errorf("replay: version %d, this program reads 1 to %d", head.Version, recordVersion)
	}
	if err := head.Mode.Check(); err != nil {
		return Replayed{}, fmt.Errorf("replay: mode: %w", err)
	}
	done := Replayed{Mode: head.Mode}
	match := head.Mode.MatchFunc()
	var waiting []Waiting
	var open []Opening
	for {
		var cycle recordCycle
		err := in.Decode(&cycle)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return done, nil
		}
		if err != nil {
			return done, fmt.Errorf("replay, cycle %d: %w", done.Cycles+1, err)
		}
		waiting = cycle.apply(waiting)
		if open, err = cycle.opened(open); err != nil {
			return done, fmt.Errorf("replay, cycle %d: open: %w", done.Cycles+1, err)
		}
		matches := match(cycle.At, waiting, open)
		done.Cycles++
		done.Matches += len(matches)
		if got := encodeList(matches); !bytes.Equal(got, cycle.Matches) {
			return done, fmt.Errorf("replay, cycle %d at %v: recorded %s, and the rules give %s", done.Cycles, cycle.At, cycle.Matches, got)
		}
	}
}

// apply returns who waits in the cycle, of who waited before.
func (c *recordCycle) apply(waiting []Waiting) []Waiting {
	gone := make(map[string]bool, len(c.Gone))
	for _, id := range c.Gone {
		gone[id] = true
	}
	waiting = slices.DeleteFunc(waiting, func(w Waiting) bool { return gone[w.ID] })
	for i := range c.Came {
		restoreLists(c.Came[i].Attributes)
	}
	waiting = append(waiting, c.Came...)
	if c.Order == nil {
		return waiting
	}
	place := make(map[string]int, len(c.Order))
	for i, id := range c.Order {
		place[id] = i
	}
	slices.SortStableFunc(waiting, func(a, b Waiting) int { return place[a.ID] - place[b.ID] })
	return waiting
}

// opened returns the rooms that ask in the cycle, of those that asked before.
func (c *recordCycle) opened(open []Opening) ([]Opening, error) {
	if c.Open == nil {
		return open, nil
	}
	var now []Opening
	err := json.Unmarshal(c.Open, &now)
	for i := range now {
		restoreLists(now[i].Attributes)
	}
	return now, err
}

// restoreLists turns lists, as JSON is decoded, back into lists of texts.
func restoreLists(attributes map[string]any) {
	for name, value := range attributes {
		list, ok := value.([]any)
		if !ok {
			continue
		}
		texts := make([]string, 0, len(list))
		for _, v := range list {
			if text, ok := v.(string); ok {
				texts = append(texts, text)
			}
		}
		attributes[name] = texts
	}
}
