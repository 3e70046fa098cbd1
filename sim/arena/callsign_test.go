package arena

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rondo-sync/rondo/sim"
)

// say lets a player say its ship's name and colour.
func (w *world) say(p sim.PlayerID, name string, colour uint8) {
	w.Hear(p, sim.Said{Kind: MessageCallsign, Body: Callsign{Name: name, Colour: colour}.AppendBody(nil)})
}

// told is what the game tells a player since the last time; 0 is who came before
// all others.
func (w *world) told(t *testing.T, p sim.PlayerID) (signs []Callsign) {
	t.Helper()
	var out sim.Outbox
	w.Emit(&out)
	for _, e := range out.Envelopes() {
		if e.Kind != MessageCallsign || e.To != 0 && e.To != p {
			continue
		}
		sign, err := ParseCallsign(e.Body)
		if err != nil {
			t.Fatal(err)
		}
		signs = append(signs, sign)
	}
	return signs
}

func TestAllAreToldAShipsNameAndColourOnce(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.say(p, "Ada", 3)
	w.say(p, "Ada", 3)
	if got, want := w.told(t, 0), []Callsign{{Ship: 1, Name: "Ada", Colour: 3}}; !slices.Equal(got, want) {
		t.Errorf("told is %+v, want %+v", got, want)
	}
	if got := w.told(t, 0); got != nil {
		t.Errorf("it is told again: %+v", got)
	}
}

func TestWhoComesLaterLearnsAllNames(t *testing.T) {
	w := empty()
	a, b := w.player(1000, 1000), w.player(2000, 1000)
	w.say(a, "Ada", 3)
	w.say(b, "", 5)
	w.told(t, 0)
	c := w.player(3000, 1000)
	var out sim.Outbox
	w.Emit(&out)
	for _, e := range out.Envelopes() {
		if e.To != c {
			t.Errorf("player %d is told again", e.To)
		}
	}
	if n := len(out.Envelopes()); n != 2 {
		t.Errorf("%d names are told, want 2", n)
	}
}

func TestAPlayerNamesItsOwnShipAlone(t *testing.T) {
	w := empty()
	a, b := w.player(1000, 1000), w.player(2000, 1000)
	w.Hear(a, sim.Said{Kind: MessageCallsign, Body: Callsign{Ship: uint32(b), Name: "fool"}.AppendBody(nil)})
	if got := w.told(t, 0); len(got) != 1 || got[0].Ship != uint32(a) {
		t.Errorf("told is %+v, want the name of ship %d", got, a)
	}
}

func TestWhatIsNoCallsignOfAPlayerIsIgnored(t *testing.T) {
	w := pilots(2)
	p := w.player(1000, 1000)
	w.told(t, 0)
	good := Callsign{Name: "Ada"}.AppendBody(nil)
	for _, c := range []struct {
		name string
		from sim.PlayerID
		said sim.Said
	}{
		{"another message", p, sim.Said{Kind: MessageKilled, Body: Killed{Victim: 1}.AppendBody(nil)}},
		{"from nobody, as NPCs are", 0, sim.Said{Kind: MessageCallsign, Body: good}},
		{"from who has left", 99, sim.Said{Kind: MessageCallsign, Body: good}},
		{"a colour of no byte", p, sim.Said{Kind: MessageCallsign, Body: sim.AppendInt(sim.AppendString(sim.AppendInt(nil, 0), "Ada", 24), 256)}},
		{"cut off", p, sim.Said{Kind: MessageCallsign, Body: good[:len(good)-1]}},
	} {
		w.Hear(c.from, c.said)
		if got := w.told(t, 0); got != nil {
			t.Errorf("%s: told is %+v", c.name, got)
		}
	}
}

func TestANameIsWhatAllMaySee(t *testing.T) {
	for name, want := range map[string]string{
		"Ada":                       "Ada",
		"  Ada \t\n Lovelace  ":     "Ada Lovelace",
		"Zoë 李 🚀":                   "Zoë 李 🚀",
		"a\u202Eb\u200Bc\x00d\x1b":  "abcd",
		"\u3164\u2800 \uFFFD":       "",
		"e\u0301\u0301\u0301\u0301": "e\u0301\u0301",
		"seventeen letters":         "seventeen letter",
		"sixteen letters a":         "sixteen letters",
	} {
		if got := cleanName(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func TestWhoSaysItsFirstNameIsToldAllOnceMore(t *testing.T) {
	w := empty()
	a := w.player(1000, 1000)
	w.say(a, "Ada", 3)
	b := w.player(2000, 1000)
	w.told(t, 0)
	w.say(b, "Bob", 1)
	want := []Callsign{{Ship: 1, Name: "Ada", Colour: 3}, {Ship: 2, Name: "Bob", Colour: 1}}
	if got := slices.CompactFunc(w.told(t, b), func(a, b Callsign) bool { return a == b }); !slices.Equal(got, want) {
		t.Errorf("told is %+v, want %+v", got, want)
	}
}

func TestNamesAreToldAgainNowAndThenForThoseWhoOnlyWatch(t *testing.T) {
	w := empty()
	p := w.player(1000, 1000)
	w.say(p, "Ada", 3)
	w.told(t, 0)
	for tick := range sim.Tick(w.steps(signTime)) {
		w.Step(tick+1, nil)
		got := w.told(t, 0)
		if due := tick+1 == sim.Tick(w.steps(signTime)); (len(got) == 1) != due {
			t.Errorf("at tick %d told is %+v", tick+1, got)
		}
	}
}

func FuzzWhatIsSaidBreaksNothing(f *testing.F) {
	f.Add(uint16(MessageCallsign), Callsign{Ship: 7, Name: "Ada", Colour: 255}.AppendBody(nil))
	f.Add(uint16(MessageCallsign), sim.AppendString(sim.AppendInt(nil, -1), strings.Repeat("\xff", 24), 24))
	f.Add(uint16(MessageKilled), []byte{2, 4})
	f.Fuzz(func(t *testing.T, kind uint16, body []byte) {
		w := empty()
		p := w.player(1000, 1000)
		w.Hear(p, sim.Said{Kind: kind, Body: body})
		for _, sign := range w.told(t, p) {
			if sign.Ship != uint32(p) || sign.Colour >= colours || sign.Name != cleanName(sign.Name) {
				t.Errorf("told is %+v", sign)
			}
		}
	})
}

func FuzzANameIsShortVisibleAndCleanAlready(f *testing.F) {
	for _, name := range []string{"Ada", "  a\u202Eb ", "e\u0301\u0301\u0301", "\xff\xfe", strings.Repeat("🚀", 9)} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := cleanName(name)
		if n := utf8.RuneCountInString(got); n > maxName || !utf8.ValidString(got) {
			t.Errorf("%q becomes %q of %d characters", name, got, n)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q becomes %q, of which not all is seen", name, got)
		}
		if again := cleanName(got); again != got {
			t.Errorf("%q becomes %q, and that %q", name, got, again)
		}
	})
}
