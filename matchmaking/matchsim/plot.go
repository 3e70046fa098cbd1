package matchsim

import (
	"fmt"
	"math"
	"strings"
)

// Plot geometry, in the SVG's own units: the page scales it to its width.
const (
	plotWidth  = 360
	plotHeight = 200
	plotLeft   = 44 // room for the numbers of the y axis
	plotBottom = 34 // and of the x axis
	plotTop    = 8
	plotRight  = 12
)

// point is a place in a plot, in the axes' units.
type point struct{ x, y float64 }

// plot is a chart of one line a report.
type plot struct {
	Title, X, Y string
	lines       [][]point
}

// SVG draws the plot. Colours come from the page, by class.
func (p *plot) SVG() string {
	maxX, maxY := 0.0, 0.0
	for _, line := range p.lines {
		for _, at := range line {
			maxX, maxY = max(maxX, at.x), max(maxY, at.y)
		}
	}
	maxX, maxY = niceCeil(maxX), niceCeil(maxY)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" role="img" aria-label="%s">`, plotWidth, plotHeight, p.Title)
	const ticks = 5
	for i := range ticks + 1 {
		part := float64(i) / ticks
		x, y := place(point{part * maxX, part * maxY}, maxX, maxY)
		fmt.Fprintf(&b, `<path class="grid" d="M%d %.1fH%d"/>`, plotLeft, y, plotWidth-plotRight)
		fmt.Fprintf(&b, `<text x="%d" y="%.1f" text-anchor="end">%s</text>`, plotLeft-5, y+3.5, short(part*maxY))
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`, x, plotHeight-plotBottom+14, short(part*maxX))
	}
	fmt.Fprintf(&b, `<text class="axis" x="%d" y="%d" text-anchor="end">%s</text>`, plotWidth-plotRight, plotHeight-5, p.X)
	for n, line := range p.lines {
		fmt.Fprintf(&b, `<path class="line s%d" d="%s"/>`, n, path(line, maxX, maxY))
	}
	b.WriteString("</svg>")
	return b.String()
}

func place(at point, maxX, maxY float64) (x, y float64) {
	x = plotLeft + at.x/maxX*(plotWidth-plotLeft-plotRight)
	y = plotHeight - plotBottom - at.y/maxY*(plotHeight-plotBottom-plotTop)
	return x, y
}

func path(line []point, maxX, maxY float64) string {
	var b strings.Builder
	for i, at := range line {
		x, y := place(at, maxX, maxY)
		command := "L"
		if i == 0 {
			command = "M"
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", command, x, y)
	}
	return b.String()
}

// niceCeil rounds up to a few times a power of ten, whose fifths are short numbers.
func niceCeil(v float64) float64 {
	if v <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	for _, times := range []float64{1, 2, 3, 4, 5, 6, 8} {
		if v <= times*unit {
			return times * unit
		}
	}
	return 10 * unit
}

func short(v float64) string {
	if v >= 10_000 {
		return fmt.Sprintf("%.3gk", v/1000)
	}
	return fmt.Sprintf("%.4g", v)
}

// cumulative draws which share of ascending values is at most x. The last half percent is left out: its tail would
// press the rest together, and the table names its end.
func cumulative(ascending []float64) []point {
	const points, upTo = 200, 0.995
	line := make([]point, 0, points+1)
	for i := range points + 1 {
		p := upTo * float64(i) / points
		line = append(line, point{quantile(ascending, p), 100 * p})
	}
	return line
}

// plots returns the charts of the page, one line a report.
func plots(reports []*Report) []*plot {
	waits := &plot{Title: "Waiting", X: "seconds", Y: "% of tickets that waited at most so long"}
	spreads := &plot{Title: "Skill spread", X: "points", Y: "% of matches that spread at most so far"}
	gaps := &plot{Title: "Team gap", X: "points between mean skills", Y: "% of matches"}
	latency := &plot{Title: "Latency", X: "ms", Y: "% of tickets"}
	wait50 := &plot{Title: "Waiting by skill", X: "decile of skill, weakest first", Y: "seconds, p50 of each decile"}
	wait99 := &plot{Title: "Longest waiting by skill", X: "decile of skill, weakest first", Y: "seconds, p99 of each decile"}
	off := &plot{Title: "Off the match by skill", X: "decile of skill, weakest first", Y: "points off the match's mean, p50 of each decile"}
	queue := &plot{Title: "Queue", X: "minutes", Y: "tickets waiting"}
	for _, r := range reports {
		waits.lines = append(waits.lines, cumulative(r.waits))
		spreads.lines = append(spreads.lines, cumulative(r.spreads))
		gaps.lines = append(gaps.lines, cumulative(r.gaps))
		latency.lines = append(latency.lines, cumulative(r.latency))
		var p50, p99, offs []point
		for i, d := range r.deciles() {
			x := float64(i + 1)
			p50, p99, offs = append(p50, point{x, d.Wait50}), append(p99, point{x, d.Wait99}), append(offs, point{x, d.Off50})
		}
		wait50.lines, wait99.lines, off.lines = append(wait50.lines, p50), append(wait99.lines, p99), append(off.lines, offs)
		queue.lines = append(queue.lines, r.queueLine())
	}
	return []*plot{waits, spreads, gaps, latency, wait50, wait99, off, queue}
}

// queueLine draws the tickets waiting over time, thinned to what a plot can show.
func (r *Report) queueLine() []point {
	const most = 300
	every := max(1, len(r.queue)/most)
	var line []point
	for i := 0; i < len(r.queue); i += every {
		line = append(line, point{r.queue[i].at / 60, r.queue[i].waiting})
	}
	return line
}
