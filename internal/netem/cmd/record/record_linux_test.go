package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rondo-sync/rondo/internal/netem"
	"github.com/rondo-sync/rondo/internal/netem/lab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestARecordingHasEveryMessageAndNoneIsFasterThanTheNetwork(t *testing.T) {
	lab.Start(t, 1) // or the reason why there is none
	const n = 60
	got, err := record("wifi", n, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got.Profile != "wifi" || len(got.Down) != n || len(got.Up) != n {
		t.Errorf("a recording of %d messages each way: %+v", n, got)
	}
	wantPossible(t, got)
}

// wantPossible fails where a message was faster than the network's delay, or
// arrived before the one sent before it.
func wantPossible(t *testing.T, got *trace) {
	t.Helper()
	least := netem.Named[got.Profile].Delay.Seconds() * 1000
	for _, took := range [][]float64{got.Down, got.Up} {
		for i, ms := range took {
			if ms < least || i > 0 && ms < took[i-1]-float64(got.Period)-0.11 { // two rounded values
				t.Errorf("%s: message %d took %v ms, the one before %v", got.Profile, i, ms, took[max(0, i-1)])
			}
		}
	}
}

func TestATraceIsReadAsItWasWritten(t *testing.T) {
	want := &trace{"wifi", 50, make([]float64, 45), []float64{12.5}}
	for i := range want.Down {
		want.Down[i] = float64(i) + 0.1
	}
	got := new(trace)
	if err := json.Unmarshal(want.appendJSON(nil), got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v is read as %+v", want, got)
	}
}

func TestMissesAreTheShareOfTicksWithoutAMessage(t *testing.T) {
	for _, c := range []struct {
		took summary
		want float64
	}{
		{summary{20, 20, 20, 20, 20}, 0},
		{summary{20, 45, 20, 45, 20}, 0.25}, // two of four steps leave half of the phases empty
		{summary{0, 150, 100, 50, 0}, 0.75}, // three of four ticks, whatever the phase
	} {
		if got := c.took.misses(); got != c.want {
			t.Errorf("%v misses %v, want %v", c.took, got, c.want)
		}
	}
}

func TestMessagesThatArriveTogetherKeepTheirOrder(t *testing.T) {
	// The second was sent 3 ms late, so that it seems to be faster than it can be.
	if got := inOrder([]float64{120, 67, 30}); !slices.Equal(got, []float64{120, 70, 30}) {
		t.Errorf("%v", got)
	}
}

// What is committed was recorded, and is as hard as its README says.
func TestTheCommittedTracesAreTwoMinutesOfTheirProfiles(t *testing.T) {
	const folder = "../../../../schema/vectors/traces"
	for _, c := range []struct {
		profile     string
		least, most float64 // of misses
	}{
		{"wifi", 0.11, 0.17},
		{"mobile", 0.22, 0.32},
	} {
		file, err := os.ReadFile(filepath.Join(folder, c.profile+".json"))
		if err != nil {
			t.Fatal(err)
		}
		got := new(trace)
		if err := json.Unmarshal(file, got); err != nil {
			t.Fatal(err)
		}
		if n := int(2 * time.Minute / period); got.Profile != c.profile || len(got.Down) != n || len(got.Up) != n || len(file) > 100_000 {
			t.Errorf("%s: %d and %d messages in %d bytes", got.Profile, len(got.Down), len(got.Up), len(file))
		}
		wantPossible(t, got)
		for _, took := range []summary{got.Down, got.Up} {
			if m := took.misses(); m < c.least || m > c.most {
				t.Errorf("%s: %v", c.profile, took)
			}
		}
	}
}
