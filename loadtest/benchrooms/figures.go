package main

import (
	"math"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Figures are what one way did with one number of rooms at one rate.
type Figures struct {
	Rate  int    `json:"rate_hz"`
	Rooms int    `json:"rooms"`
	Way   string `json:"way"`
	// Lateness is from the moment of a tick until its room begins it, nil
	// where no tick is stepped.
	Lateness *Lateness `json:"lateness_ms"`
	PerTick  *float64  `json:"cpu_us_per_tick"` // of the process, user and system; nil as above
	CPU      float64   `json:"cpu_cores"`       // how many cores that kept busy
	Others   *float64  `json:"others_cores"`    // how many other programs did, nil where that is not known
	Stepped  float64   `json:"stepped_share"`   // of the ticks that were due
}

// Lateness is in milliseconds.
type Lateness struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// longest is the greatest lateness that players note, in nanoseconds; the
// histogram keeps three digits of each.
const (
	longest = math.MaxUint32
	digits  = 3
)

func figures(s setting, players []*player, from, to meter) Figures {
	hist := hdrhistogram.New(1, longest, digits)
	for _, p := range players {
		for _, late := range p.late {
			_ = hist.RecordValue(int64(late)) // it is within the bounds
		}
	}
	cpu := to.own - from.own
	f := Figures{Rate: s.rate, Rooms: s.rooms, Way: s.way, CPU: cores(cpu, s.duration)}
	if from.known && to.known {
		others := cores(max(0, to.machine-from.machine-cpu), s.duration)
		f.Others = &others
	}
	ticks := hist.TotalCount()
	if ticks == 0 {
		return f
	}
	ms := func(ns int64) float64 { return round(float64(ns) / 1e6) }
	f.Lateness = &Lateness{P50: ms(hist.ValueAtQuantile(50)), P99: ms(hist.ValueAtQuantile(99)), Max: ms(hist.Max())}
	per := round(cpu.Seconds() * 1e6 / float64(ticks))
	f.PerTick = &per
	f.Stepped = round(float64(ticks) / (float64(s.rate*s.rooms) * s.duration.Seconds()))
	return f
}

// median takes each figure's own median of several runs of one setting.
func median(runs []Figures) Figures {
	middle := func(get func(Figures) float64) float64 {
		var all []float64
		for _, r := range runs {
			all = append(all, get(r))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	f := runs[0]
	f.CPU = middle(func(f Figures) float64 { return f.CPU })
	if !slices.ContainsFunc(runs, func(f Figures) bool { return f.Others == nil }) {
		others := middle(func(f Figures) float64 { return *f.Others })
		f.Others = &others
	}
	f.Stepped = middle(func(f Figures) float64 { return f.Stepped })
	if slices.ContainsFunc(runs, func(f Figures) bool { return f.Lateness == nil }) {
		f.Lateness, f.PerTick = nil, nil
		return f
	}
	per := middle(func(f Figures) float64 { return *f.PerTick })
	f.PerTick = &per
	f.Lateness = &Lateness{
		P50: middle(func(f Figures) float64 { return f.Lateness.P50 }),
		P99: middle(func(f Figures) float64 { return f.Lateness.P99 }),
		Max: middle(func(f Figures) float64 { return f.Lateness.Max }),
	}
	return f
}

func cores(cpu, of time.Duration) float64 { return round(cpu.Seconds() / of.Seconds()) }

// round keeps three decimals.
func round(x float64) float64 { return math.Round(x*1000) / 1000 }
