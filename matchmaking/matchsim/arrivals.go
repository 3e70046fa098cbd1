package matchsim

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rondo-sync/rondo/matchmaking/rules"
)

// Arrivals returns the next ticket that arrives, in order of time, and false when there are no more.
type Arrivals func() (rules.Waiting, bool, error)

// start is when virtual time begins.
var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// ticketID names a ticket by its place in the order of arrival.
func ticketID(seq uint64) string { return "t" + strconv.FormatUint(seq, 10) }

// seqOf returns the place that an id names, 0, which none has, if it is no ticket's.
func seqOf(id string) uint64 {
	seq, err := strconv.ParseUint(strings.TrimPrefix(id, "t"), 10, 64)
	if err != nil {
		return 0
	}
	return seq
}

// Poisson returns arrivals of a population at a mean rate of tickets a second, each independent of the others.
func Poisson(p *Population, rate float64) Arrivals {
	at := 0.0
	return func() (rules.Waiting, bool, error) {
		at += p.rng.ExpFloat64() / rate
		return p.Next(start.Add(time.Duration(at * float64(time.Second)))), true, nil
	}
}

// traceColumns are the columns that every trace begins with; the others are regions, in ms.
var traceColumns = []string{"seconds", "players", "skill"}

// sigmaColumn may come after them: how uncertain the skill is, 0 or more; without it skills are known.
const sigmaColumn = "sigma"

// Trace reads arrivals from CSV: a header of seconds, players, skill, perhaps sigma, and then regions, and a row a ticket, in order of time. The
// seconds count from the beginning of the trace; an empty latency is one that was not measured.
func Trace(r io.Reader) (Arrivals, error) {
	in := csv.NewReader(r)
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	if len(header) < len(traceColumns) || !slices.Equal(header[:len(traceColumns)], traceColumns) {
		return nil, fmt.Errorf("trace: the first line is %q: give seconds,players,skill, perhaps sigma, and then a column a region", header)
	}
	t := &trace{in: in, regions: header[len(traceColumns):]}
	if len(t.regions) > 0 && t.regions[0] == sigmaColumn {
		t.sigma, t.regions = true, t.regions[1:]
	}
	return t.next, nil
}

type trace struct {
	in      *csv.Reader
	regions []string
	sigma   bool // the column before the regions
	seq     uint64
	last    float64 // seconds of the row before
}

func (t *trace) next() (rules.Waiting, bool, error) {
	row, err := t.in.Read()
	if errors.Is(err, io.EOF) {
		return rules.Waiting{}, false, nil
	}
	if err != nil {
		return rules.Waiting{}, false, fmt.Errorf("trace: %w", err)
	}
	numbers, err := numbersOf(row)
	line, _ := t.in.FieldPos(0)
	if err != nil {
		return rules.Waiting{}, false, fmt.Errorf("trace, line %d: %w", line, err)
	}
	if numbers[0] < t.last || numbers[1] < 1 || numbers[1] != math.Trunc(numbers[1]) {
		return rules.Waiting{}, false, fmt.Errorf("trace, line %d: give seconds in ascending order, and players from 1", line)
	}
	t.seq++
	t.last = numbers[0]
	w := rules.Waiting{
		ID: ticketID(t.seq), Seq: t.seq, Created: start.Add(time.Duration(numbers[0] * float64(time.Second))),
		Players: int(numbers[1]), Skill: numbers[2],
	}
	numbers = numbers[len(traceColumns):]
	if t.sigma {
		if w.Sigma = numbers[0]; !(w.Sigma >= 0 && w.Sigma <= math.MaxFloat64) {
			return rules.Waiting{}, false, fmt.Errorf("trace, line %d: give a sigma from 0", line)
		}
		numbers = numbers[1:]
	}
	for i, ms := range numbers {
		if !math.IsInf(ms, 1) {
			w.Latency = append(w.Latency, rules.Latency{Region: t.regions[i], Ms: ms})
		}
	}
	return w, true, nil
}

// numbersOf parses a row; an empty latency is +Inf.
func numbersOf(row []string) ([]float64, error) {
	numbers := make([]float64, len(row))
	for i, text := range row {
		if text == "" && i >= len(traceColumns) {
			numbers[i] = math.Inf(1)
			continue
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%q is not a number", text)
		}
		numbers[i] = v
	}
	return numbers, nil
}
