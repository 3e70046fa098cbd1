package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEveryWayStepsItsRoomsAndIdleOnesStepNone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rooms.json")
	var table strings.Builder
	args := []string{
		"-rates", "60", "-rooms", "5", "-duration", "300ms", "-json", file,
		"-ways", "node node-4 ticker ticker-4 timer timer-4 sleep-4 locked-4 idle",
	}
	if err := run(t.Context(), args, &table, io.Discard); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []Figures
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 9 {
		t.Fatalf("%d rows, want one a way", len(all))
	}
	for _, f := range all {
		if !strings.Contains(table.String(), " "+f.Way+" ") {
			t.Errorf("%s is not in the table", f.Way)
		}
		if stepped := f.Lateness != nil && f.PerTick != nil && f.Stepped > 0; stepped != (f.Way != idle) {
			t.Errorf("%s has lateness %v, %v us a tick and stepped %v", f.Way, f.Lateness, f.PerTick, f.Stepped)
		}
	}
}

func TestFlagsAreChecked(t *testing.T) {
	for _, c := range []struct{ flag, value, want string }{
		{"-rates", "0", `-rates: "0" is no number from 1 to 240`},
		{"-rooms", "many", `-rooms: "many" is no number from 1 to 100000`},
		{"-ways", "node sundial", `there is no way "sundial"`},
		{"-ways", "wheel", `there is no way "wheel"`},
		{"-ways", "node-0", `"0" is no number of phases`},
		{"-runs", "0", "give at least one run"},
		{"-duration", "1ms", "give at least one run and 100ms"},
	} {
		if _, err := parseOptions([]string{c.flag, c.value}, io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: %v, want %s", c.flag, c.value, err, c.want)
		}
	}
	if err := run(t.Context(), []string{"-json", filepath.Join(t.TempDir(), "no", "file")}, io.Discard, io.Discard); err == nil {
		t.Error("a file that cannot be written is told after the run")
	}
}

func TestAMedianIsTakenOfEachFigure(t *testing.T) {
	per := func(us float64) *float64 { return &us }
	f := median([]Figures{
		{Rate: 20, Lateness: &Lateness{P50: 1, P99: 9, Max: 5}, PerTick: per(3), CPU: 7, Stepped: 1},
		{Rate: 20, Lateness: &Lateness{P50: 3, P99: 7, Max: 6}, PerTick: per(1), CPU: 8, Stepped: 0.9},
		{Rate: 20, Lateness: &Lateness{P50: 2, P99: 8, Max: 4}, PerTick: per(2), CPU: 9, Stepped: 0.8},
	})
	if *f.Lateness != (Lateness{P50: 2, P99: 8, Max: 5}) || *f.PerTick != 2 || f.CPU != 8 || f.Stepped != 0.9 {
		t.Errorf("%+v with %+v and %v us a tick", f, *f.Lateness, *f.PerTick)
	}
}

func TestALongStallIsFiguredInFull(t *testing.T) {
	s := setting{rate: 1, rooms: 2, way: "node", duration: 2e9}
	f := figures(s, []*player{{late: []uint32{1e6, 2e6}}, {late: []uint32{longest}}}, meter{own: 1e6, machine: 1e9, known: true}, meter{own: 4e6, machine: 1.203e9, known: true})
	if f.Lateness.Max < 4294 || f.Lateness.Max > 4300 || *f.PerTick != 1000 || f.Stepped != 0.75 || *f.Others != 0.1 {
		t.Errorf("%+v with %+v and %v us a tick", f, *f.Lateness, *f.PerTick)
	}
}
