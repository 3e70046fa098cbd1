package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const ranked = `version = 1

[[mode]]
game = "arena"
name = "ranked"
teams = [5, 5]
every = "500ms"
overdue = "45s"
patience = "8s"
skill = { from = 100, per_second = 10, to = 600 }
regions = ["eu", "us"]
latency = { from = 80, per_second = 5, to = 250 }
parties = { from = 1 }
sigma_weight = 0.5
equal = ["build"]

[[mode.share]]
attribute = "maps"
values = ["dust", "ice"]

[[mode.distance]]
attribute = "level"
from = 5
per_second = 1
to = 20

[[mode]] # everybody against everybody
game = "arena"
name = "royale"
free_for_all = 60
`

func TestAFileSaysAllThatAModeCanBe(t *testing.T) {
	f, err := Parse("ranked.toml", ranked)
	if err != nil {
		t.Fatal(err)
	}
	want := Mode{
		Game: "arena", Name: "ranked", Teams: []int{5, 5},
		Every: 500 * time.Millisecond, Overdue: 45 * time.Second, Deadline: 135 * time.Second, Patience: 8 * time.Second,
		Skill: &Bound{100, 10, 600}, Latency: &Bound{80, 5, 250}, Regions: []string{"eu", "us"}, Parties: &Bound{1, 0, 1},
		SigmaWeight: 0.5,
		Equal:       []string{"build"}, Share: []Share{{"maps", []string{"dust", "ice"}}}, Distance: []Distance{{"level", Bound{5, 1, 20}}},
	}
	if diff := cmp.Diff(want, f.Modes[0]); diff != "" || f.Version != 1 {
		t.Errorf("version %d, (-want +got):\n%s", f.Version, diff)
	}
	if royale := f.Modes[1]; royale.Players() != 60 || royale.MaxParty() != 1 || royale.Every != 250*time.Millisecond || royale.Overdue != time.Minute {
		t.Errorf("%+v", royale)
	}
}

func TestWhatIsWrongIsSaidWithFileAndLine(t *testing.T) {
	for _, c := range []struct{ was, is, want string }{
		{"version = 1", "version = 2", "r.toml:1: version is 2, this server reads version = 1"},
		{"version = 1", "", "r.toml:1: version is 0"},
		{"teams = [5, 5]", "teams = [5, 5", "r.toml:7: expected a comma"},
		{"teams = [5, 5]", "teams = [5, 0]", "r.toml:6: teams: a team of 0 players: give at least 1"},
		{"teams = [5, 5]", "teams = [1]", "r.toml:6: teams: a match needs at least 2 players"},
		{"teams = [5, 5]", "teams = [600, 600]", "r.toml:6: teams: 1200 players are too many"},
		{"teams = [5, 5]", "teams = 5", "r.toml:6: mode.teams: incompatible types"},
		{`every = "500ms"`, `every = "1ms"`, "r.toml:7: every: is 1ms, give at least 10ms"},
		{`overdue = "45s"`, `overdue = "soon"`, "r.toml:8: invalid duration"},
		{`overdue = "45s"`, "overdue = \"45s\"\ndeadline = \"1s\"", "r.toml:9: deadline: is 1s, give at least 45s"},
		{"skill = {", "skil = {", `r.toml:10: unknown key "mode.skil"`},
		{"per_second = 10", "per_sec = 10", `r.toml:10: unknown key "mode.skill.per_sec"`},
		{"to = 600", "to = 50", "r.toml:10: skill.to: is 50, give at least what it widens from, 100"},
		{`regions = ["eu", "us"]`, `regions = ["eu", "eu"]`, `r.toml:11: regions: "eu" stands there twice`},
		{"latency = {", "#", "r.toml:11: regions: without a bound on latency say nothing"},
		{`regions = ["eu", "us"]`, "", "r.toml:12: latency: bounds nothing without regions"},
		{`values = ["dust", "ice"]`, "", "r.toml:17: share[0].values: are 0, give 1 to 64"},
		{`attribute = "level"`, "", "r.toml:21: distance[0].attribute: give the attribute's name"},
		{"to = 20", "to = 2", "r.toml:25: distance[0].to: is 2, give at least"},
		{"sigma_weight = 0.5", "sigma_weight = -1", "r.toml:14: sigma_weight: is -1, give 0 to 10"},
		{"sigma_weight = 0.5", "sigma_weight = nan", "r.toml:14: sigma_weight: is NaN, give 0 to 10"},
		{"skill = {", "# {", "r.toml:14: sigma_weight: widens nothing without a bound on skill"},
		{"sigma_weight = 0.5", "sigmaweight = 0.5", `r.toml:14: unknown key "mode.sigmaweight"`},
		{"free_for_all = 60", "free_for_all = 60\nteams = [2, 2]", "r.toml:30: free_for_all: stands beside teams"},
		{`name = "royale"`, `name = "ranked"`, `r.toml:27: game "arena" has mode "ranked" twice`},
		{`name = "royale"`, "", "r.toml:27: name: give the mode's name"},
	} {
		text := strings.Replace(ranked, c.was, c.is, 1)
		if text == ranked {
			t.Fatalf("%q is not in the file", c.was)
		}
		if _, err := Parse("r.toml", text); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s -> %s: %v\nwant %s", c.was, c.is, err, c.want)
		}
	}
	if _, err := Parse("r.toml", "version = 1"); err == nil || err.Error() != "r.toml:1: no modes: give at least one [[mode]]" {
		t.Error(err)
	}
}
