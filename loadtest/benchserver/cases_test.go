package main

import (
	"slices"
	"testing"
)

func TestACaseIsItsFamilyAndItsNumber(t *testing.T) {
	cases, err := parseCases("S40 L200,I500  S7")
	if err != nil {
		t.Fatal(err)
	}
	want := []Case{
		{Name: "S40", Rooms: 40, Players: 10, NPCs: 40},
		{Name: "L200", Rooms: 1, Players: 200},
		{Name: "I500", Rooms: 500, Players: 2, Still: true},
		{Name: "S7", Rooms: 7, Players: 10, NPCs: 40},
	}
	if !slices.Equal(cases, want) {
		t.Errorf("parseCases = %+v, want %+v", cases, want)
	}
	if n := cases[0].Clients(); n != 400 {
		t.Errorf("S40 has %d clients, want 400", n)
	}
}

func TestACaseOfLinksIsItsClientsAndItsBytes(t *testing.T) {
	c, err := parseCase("400x90")
	if want := (Case{Name: "400x90", Rooms: 40, Players: 10, Size: 90}); err != nil || c != want {
		t.Errorf("parseCase = %+v, %v, want %+v", c, err, want)
	}
	for _, name := range []string{"405x90", "0x90", "400x3", "400x70000", "9000x90", "x", "400x"} {
		_, err := parseCase(name)
		wants(t, err, "case "+name+": want clients, by tens up to 8000, and bytes, 4 to 65535, as in 400x90")
	}
}

func TestUsualCasesAreCases(t *testing.T) {
	for _, name := range usual {
		if _, err := parseCase(name); err != nil {
			t.Error(err)
		}
	}
}

func TestAnUnknownCaseNamesTheNearest(t *testing.T) {
	for name, want := range map[string]string{
		"s40":                  `unknown case "s40"; did you mean "S40"?`,
		"S4O":                  `unknown case "S4O"; did you mean "S40"?`,
		"L":                    `unknown case "L"; there are S1 S10 S20 S40 S60 S80 L50 L100 L200 L400 L800 I100 I500 V400 V1000`,
		"L-50":                 `unknown case "L-50"; did you mean "L50"?`,
		"S010":                 `unknown case "S010"; did you mean "S10"?`,
		"S0":                   `unknown case "S0"; did you mean "S1"?`,
		"everyone":             `unknown case "everyone"; there are S1 S10 S20 S40 S60 S80 L50 L100 L200 L400 L800 I100 I500 V400 V1000`,
		"S801":                 `case S801 has more than 8000 clients`,
		"I9000000000000000000": `case I9000000000000000000 has more than 8000 clients`,
		" , ":                  `no case: name some of S1 S10 S20 S40 S60 S80 L50 L100 L200 L400 L800 I100 I500 V400 V1000`,
	} {
		if _, err := parseCases(name); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
}

func TestPeersAreChosenByName(t *testing.T) {
	if peers, err := parsePeers("floor_c, colyseus", peerNames); err != nil || !slices.Equal(peers, []string{"floor_c", "colyseus"}) {
		t.Errorf("parsePeers = %v, %v", peers, err)
	}
	if peers, err := parsePeers("", peerNames); err != nil || len(peers) != 0 {
		t.Errorf("parsePeers of nothing = %v, %v: ours plays alone then", peers, err)
	}
	const want = `unknown peer "coliseus"; did you mean "colyseus"?`
	if _, err := parsePeers("coliseus", peerNames); err == nil || err.Error() != want {
		t.Errorf("parsePeers says %v, want %s", err, want)
	}
}
