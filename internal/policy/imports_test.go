package policy

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// arrows is who may import whom. Everyone may import the standard library; a
// line allows more to the packages left of its arrow, and what no line allows
// is refused. So is a package that no line names.
//
// "a/..." is a and everything below it. A path whose first element has a dot is
// another module's. A line that starts with "test" speaks of test files, which
// may also import whatever their package may.
const arrows = `
	# The core: no network, no wall clock, no dependency. A game sees no more than this.
	sim sim/fixed       ->
	sim/simtest         -> sim
	sim/arena sim/drift -> sim sim/fixed

	# What flatc and rondo gen write, the generator, and words for errors.
	schema/...          -> github.com/google/flatbuffers/go
	internal/nearest    ->
	internal/gen/...    -> sim schema/reflection internal/nearest github.com/google/flatbuffers/go

	# The wire. Nobody else speaks to gws.
	netcode/wsguard     ->
	netcode/codec       -> sim
	netcode/interest    -> sim netcode/codec
	netcode/codec/vectors ->
	netcode/codec/traces  -> sim sim/arena sim/drift sim/fixed
	netcode/wire        -> sim schema/fb github.com/google/flatbuffers/go
	netcode             -> sim netcode/codec netcode/interest netcode/wire netcode/wsguard github.com/lxzan/gws
	netcode/wstext      -> netcode/wsguard github.com/lxzan/gws
	netcode/client      -> sim netcode/codec netcode/wire netcode/wsguard github.com/lxzan/gws
	netcode/client      -> netcode github.com/google/flatbuffers/go
	netcode             -> github.com/hashicorp/golang-lru/v2/... golang.org/x/sys/unix go.uber.org/zap/...

	# Who plays where. A room is a string here, and nobody else speaks to NATS.
	matchmaking         -> matchmaking/rating
	matchmaking         -> github.com/danielgtaylor/huma/v2/... github.com/golang-jwt/jwt/v5
	matchmaking         -> github.com/hashicorp/golang-lru/v2/... golang.org/x/time/rate go.uber.org/zap/...
	matchmaking         -> matchmaking/rules
	matchmaking/rules   -> github.com/BurntSushi/toml
	matchmaking/matchsim -> matchmaking/rules
	matchmaking/natsdir -> matchmaking github.com/nats-io/...

	# How good players are. Nobody else speaks to bbolt.
	matchmaking/rating      ->
	matchmaking/rating/bolt -> matchmaking/rating go.etcd.io/bbolt/...

	# The assembly, and what stands around it.
	client              ->
	server/metronome    -> golang.org/x/sys/unix
	server              -> sim/... netcode netcode/wire netcode/wstext matchmaking/... client server/metronome internal/nearest
	server              -> github.com/BurntSushi/toml github.com/alecthomas/kong
	server              -> github.com/prometheus/client_golang/... github.com/prometheus/client_model/... go.uber.org/zap/...
	loadtest            -> loadtest/procfs sim/... netcode/... golang.org/x/sync/... github.com/HdrHistogram/hdrhistogram-go
	loadtest/procfs            ->
	loadtest/benchserver       -> loadtest loadtest/procfs loadtest/benchserver/thin internal/nearest
	loadtest/benchserver       -> netcode/wire sim/drift github.com/google/flatbuffers/go
	loadtest/benchserver/thin  ->
	loadtest/benchrooms        -> sim server/metronome loadtest/procfs github.com/HdrHistogram/hdrhistogram-go
	loadtest/peers/floor_gws   -> github.com/lxzan/gws
	cmd/...             -> sim/... netcode/... matchmaking/... server loadtest internal/gen/...
	cmd/...             -> github.com/alecthomas/kong go.uber.org/zap/... golang.org/x/term
	examples/...        -> sim/... netcode/... matchmaking server

	# A bad network: the link is pure, the lab puts it between two namespaces.
	internal/netem      ->
	internal/netem/lab  -> internal/netem golang.org/x/sys/unix
	internal/netem/cmd/... -> internal/netem internal/netem/lab

	# Tests.
	internal/policy     ->
	test ...            -> sim/simtest
	test ...            -> pgregory.net/rapid github.com/google/go-cmp/... go.uber.org/goleak
	test netcode/...    -> sim/... netcode/... schema/fb github.com/lxzan/gws github.com/google/flatbuffers/go
	test server         -> netcode/client
	test matchmaking    -> matchmaking/matchsim
	test internal/netem/lab -> internal/netem server sim/... netcode/... go.uber.org/zap/...
	test loadtest       -> server go.uber.org/zap/...
`

const module = "github.com/rondo-sync/rondo/"

func TestImportsPointDown(t *testing.T) {
	rules := parseArrows(t, arrows)
	for _, f := range goFiles(t) {
		pkg := path.Dir(f.path)
		if strings.HasPrefix(pkg, "internal/tools/") {
			continue // a module of its own, which nothing imports
		}
		if !named(rules, pkg) {
			t.Errorf("%s is in a package that no arrow starts at: say in internal/policy/imports_test.go what %s may import", f.path, pkg)
			continue
		}
		for _, imported := range outside(f) {
			if !allowed(rules, pkg, f.test, imported) {
				t.Errorf("%s imports %s, and no arrow allows that: move the code to where it may, or take what it needs as a value; "+
					"where the arrow is right, add it to internal/policy/imports_test.go", f.path, imported)
			}
		}
	}
}

func TestArrowsAllowWhatTheySay(t *testing.T) {
	rules := parseArrows(t, `
		a        -> b/... x.org/lib
		test ... -> x.org/check
		b/...    ->
	`)
	tests := []struct {
		pkg      string
		test     bool
		imported string
		want     bool
	}{
		{"a", false, "b", true},
		{"a", false, "b/c", true},
		{"a", false, "bc", false},
		{"a", false, "x.org/lib", true},
		{"a", false, "x.org/lib/sub", false},
		{"a", false, "x.org/check", false},
		{"a", true, "x.org/check", true},
		{"a", true, "a", true},
		{"b/c", false, "a", false},
	}
	for _, test := range tests {
		if got := allowed(rules, test.pkg, test.test, test.imported); got != test.want {
			t.Errorf("allowed(%s, test %t, %s) = %t", test.pkg, test.test, test.imported, got)
		}
	}
	if named(rules, "c") || !named(rules, "b/c") {
		t.Error("a package is named by the arrows that start at it, and not by those of tests")
	}
}

// A rule is one line of arrows.
type rule struct {
	who, may []string
	test     bool
}

func parseArrows(t *testing.T, text string) []rule {
	t.Helper()
	var rules []rule
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
		if line == "" {
			continue
		}
		left, right, found := strings.Cut(line, "->")
		if !found {
			t.Fatalf("no arrow in %q", line)
		}
		r := rule{who: strings.Fields(left), may: strings.Fields(right)}
		if r.who[0] == "test" {
			r.who, r.test = r.who[1:], true
		}
		rules = append(rules, r)
	}
	return rules
}

// named reports whether an arrow starts at the package.
func named(rules []rule, pkg string) bool {
	return slices.ContainsFunc(rules, func(r rule) bool { return !r.test && matches(r.who, pkg) })
}

// allowed reports whether a file of the package may import what is named.
func allowed(rules []rule, pkg string, test bool, imported string) bool {
	if test && imported == pkg {
		return true // a test outside its package
	}
	return slices.ContainsFunc(rules, func(r rule) bool {
		return (test || !r.test) && matches(r.who, pkg) && matches(r.may, imported)
	})
}

// matches reports whether one of the patterns covers name.
func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		prefix, below := strings.CutSuffix(pattern, "...")
		return name == pattern || below && strings.HasPrefix(name+"/", prefix)
	})
}

// outside returns what the file imports beside the standard library, our own
// packages relative to the root.
func outside(f goFile) []string {
	var imported []string
	for _, spec := range f.syntax.Imports {
		name := strings.Trim(spec.Path.Value, `"`)
		if first, _, _ := strings.Cut(name, "/"); strings.Contains(first, ".") {
			imported = append(imported, strings.TrimPrefix(name, module))
		}
	}
	return imported
}
