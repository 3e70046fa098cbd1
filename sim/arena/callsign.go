package arena

import (
	"strings"
	"unicode"

	"github.com/rondo-sync/rondo/sim"
)

const (
	// maxName is how long a name may be, in characters; the schema bounds its bytes.
	maxName = 16
	// maxMarks is how many marks may stand on a letter: more run into the lines
	// above and below.
	maxMarks = 2
	// blanks are letters and symbols that nothing is seen of, and what stands for
	// bytes that were none.
	blanks = "\u115F\u1160\u2800\u3164\uFFA0\uFFFD"
	// signTime is how often all names and colours are told again, in milliseconds.
	signTime = 5000
	// colours is how many a ship may have.
	colours = 8
)

// Hear takes a ship's name and colour from its player, and nothing else.
func (w *world) Hear(from sim.PlayerID, m sim.Said) {
	if m.Kind != MessageCallsign {
		return
	}
	sign, err := ParseCallsign(m.Body)
	s := w.shipOf(from)
	if err != nil || s == nil {
		return
	}
	if s.sign.Ship == 0 {
		w.newcomers = append(w.newcomers, from) // it listens by now, if it did not when it came
	}
	sign = Callsign{Ship: uint32(s.id), Name: cleanName(sign.Name), Colour: sign.Colour % colours}
	if s.sign != sign {
		s.sign = sign
		w.signed = append(w.signed, sign)
	}
}

// tellSigns tells everybody who is called what since the last time, who has come
// since then about everybody, and now and then everybody all of it: of spectators
// the game is not told.
func (w *world) tellSigns(out *sim.Outbox) {
	for _, p := range w.newcomers {
		w.tellAllSigns(out, p)
	}
	if w.now > 0 && w.now%sim.Tick(w.rate.ticks(signTime)) == 0 {
		w.tellAllSigns(out, 0)
	}
	for _, sign := range w.signed {
		out.All(sign)
	}
	w.newcomers, w.signed = w.newcomers[:0], w.signed[:0]
}

// tellAllSigns tells a player, or everybody where it is 0, all names and colours.
func (w *world) tellAllSigns(out *sim.Outbox, to sim.PlayerID) {
	for i := range w.ships {
		if sign := w.ships[i].sign; sign.Ship != 0 {
			out.To(to, sign)
		}
	}
}

// cleanName returns a name as all may see it: what is printed, single spaces
// between words, at most maxName characters. What turns text around or cannot
// be seen goes.
func cleanName(name string) string {
	words := strings.Fields(strings.Map(visible, name))
	clean := make([]rune, 0, maxName)
	marks := 0
	for _, r := range strings.Join(words, " ") {
		if marks++; !unicode.IsMark(r) {
			marks = 0
		}
		if marks <= maxMarks && len(clean) < maxName {
			clean = append(clean, r)
		}
	}
	return strings.TrimSpace(string(clean))
}

// visible returns what of a character goes into a name: itself, a space, or
// nothing, which is -1.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case !unicode.IsPrint(r) || strings.ContainsRune(blanks, r):
		return -1
	default:
		return r
	}
}
