package vectors

import (
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/schema/fb"
	"github.com/rondo-sync/rondo/sim"
)

var update = flag.Bool("update", false, "write the files of schema/vectors")

const (
	folder  = "../../../schema/vectors"
	maxSize = 350_000 // bytes of the whole folder
)

// scripts are all vectors of states, one a file.
func scripts() []*script {
	return []*script{
		fullVector(), deltaVector(), predictVector(), skipVector(), despawnVector(), quantiseVector(),
		descriptorVector(), frameVector(), checksumVector(), privateVector(), futureVector(), malformedVector(),
	}
}

func TestTheFilesAreWhatTheScriptsWrite(t *testing.T) {
	requireFile(t, "client.json", clientVectors())
	requireFile(t, "coder.json", coderVectors())
	known := []string{"README.md", "client.json", "coder.json", "decoder", "feel", "traces"}
	for _, s := range scripts() {
		requireFile(t, s.Name+".json", s.vector)
		known = append(known, s.Name+".json")
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	for _, entry := range entries {
		if !slices.Contains(known, entry.Name()) {
			t.Errorf("%s is written by no script", entry.Name())
		}
		size += sizeOf(t, entry)
	}
	if size > maxSize {
		t.Errorf("the folder has %d bytes, at most %d should be in everybody's checkout", size, maxSize)
	}
}

func requireFile(t *testing.T, name string, v any) {
	t.Helper()
	file := path.Join(folder, name)
	want, err := encode(v)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; go test ./netcode/codec/vectors -update writes it", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: -want +got; go test ./netcode/codec/vectors -update writes it\n%s", name, diff)
	}
}

func sizeOf(t *testing.T, entry fs.DirEntry) int64 {
	t.Helper()
	info, err := entry.Info()
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// load reads a file as any client's test would.
func load(t *testing.T, name string, v any) {
	t.Helper()
	bytes, err := os.ReadFile(path.Join(folder, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(bytes, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// A decoder takes the messages of one connection after the welcome, in order.
// An error changes nothing in it.
type decoder interface {
	receive(msg []byte) (Meaning, error)
}

func TestTheCodecReadsTheFiles(t *testing.T) {
	forEachFile(t, func(t *testing.T, v *vector) {
		_, w, err := wire.ParseServer(v.Welcome)
		if err != nil {
			t.Fatal(err)
		}
		if v.Descriptor != nil {
			requireSameJSON(t, v.Descriptor, describe(w))
		}
		for _, refused := range v.Refused {
			if _, w, err := wire.ParseServer(refused.Message); err == nil && w != nil {
				t.Errorf("%s: the welcome is taken", refused.Why)
			}
		}
		play(t, v, newReceiver(w.Schema))
	})
}

func TestAReaderOfTheProtocolPageReadsTheFiles(t *testing.T) {
	forEachFile(t, func(t *testing.T, v *vector) {
		for _, refused := range v.Refused {
			if _, err := newReference(refused.Message); err == nil {
				t.Errorf("%s: the welcome is taken", refused.Why)
			}
		}
		play(t, v, reader(t, v.Welcome))
	})
}

// reader is a reference that takes the welcome.
func reader(t tester, welcome []byte) *reference {
	t.Helper()
	r, err := newReference(welcome)
	if err != nil {
		t.Fatalf("the welcome is refused: %v", err)
	}
	return r
}

func forEachFile(t *testing.T, check func(t *testing.T, v *vector)) {
	for _, s := range scripts() {
		t.Run(s.Name, func(t *testing.T) {
			v := &vector{}
			load(t, s.Name, v)
			check(t, v)
		})
	}
}

// play hands the messages to the decoder and compares what it makes of them.
func play(t *testing.T, v *vector, d decoder) {
	t.Helper()
	for i, want := range v.Steps {
		got, err := d.receive(want.Message)
		if (err != nil) != (want.Error != nil) {
			t.Fatalf("step %d, %s: the error is %v", i, want.About, err)
		}
		if diff := cmp.Diff(want, step{About: want.About, Message: want.Message, Meaning: got, Error: want.Error}); diff != "" {
			t.Fatalf("step %d, %s: -want +got\n%s", i, want.About, diff)
		}
	}
}

// A receiver is a client made of netcode/wire and netcode/codec.
type receiver struct {
	decoder  *codec.RoomDecoder
	messages []sim.Message
	acked    uint32
}

func newReceiver(schema *sim.Schema) *receiver {
	return &receiver{decoder: codec.NewRoomDecoder(schema), messages: schema.Messages}
}

func (r *receiver) receive(msg []byte) (Meaning, error) {
	body, w, err := wire.ParseServer(msg)
	if err != nil {
		return Meaning{}, err
	}
	if w != nil {
		return Meaning{}, errors.New("a second welcome")
	}
	f, err := wire.ParseFrame(body, r.acked)
	if err != nil {
		return Meaning{}, err
	}
	if err := f.CheckMessages(r.messages); err != nil {
		return Meaning{}, err
	}
	m := Meaning{Frame: frameOf(&f)}
	if err := r.states(&m, &f); err != nil {
		return Meaning{}, err
	}
	if f.HasAck {
		r.acked = f.Ack
	}
	return m, nil
}

func (r *receiver) states(m *Meaning, f *wire.Frame) error {
	if f.State == nil {
		return nil
	}
	shared, private, err := r.decoder.Decode(f.State, f.Private)
	if err != nil || shared.Dropped {
		return err
	}
	m.State = stateOf(r.decoder.Snapshot(), shared.Full, shared.Checked, shared.Desync)
	if f.Private != nil && !shared.Desync {
		m.Private = stateOf(r.decoder.Private(), private.Full, private.Checked, private.Desync)
	}
	return nil
}

func requireSameJSON(t *testing.T, want, got any) {
	t.Helper()
	a, errA := json.Marshal(want)
	b, errB := json.Marshal(got)
	if diff := cmp.Diff(string(a), string(b)); diff != "" || errors.Join(errA, errB) != nil {
		t.Errorf("%v\n%s", errors.Join(errA, errB), diff)
	}
}

func TestTheFilesTakeEveryBranchOfADelta(t *testing.T) {
	seen := &coverage{}
	for _, s := range scripts() {
		r := reader(t, s.Welcome)
		r.seen = seen
		play(t, &s.vector, r)
	}
	require := func(n int, what string, args ...any) {
		t.Helper()
		if n == 0 {
			t.Errorf("the files have no "+what, args...)
		}
	}
	require(seen.plans, "plan")
	require(seen.reused, "id that is used again at once")
	require(seen.clamped, "guess that is clamped")
	require(seen.wrapped, "guess that wraps")
	require(seen.woken, "row that wakes")
	for i, name := range []string{"k = g", "k and g that differ"} {
		for way := range seen.ways {
			require(seen.ways[way][i], "guess in way %d with %s", way, name)
		}
		for lately := range seen.lately {
			require(seen.lately[lately][i], "mover with %d after lately %d", i, lately)
		}
		for e := range seen.sizes[i] {
			require(seen.sizes[i][e], "residual of %d bits with sign %d", e+1, i)
		}
	}
	require(seen.below, "first added id below the last of the baseline")
	require(seen.like, "added word like that of the row before")
	require(seen.fresh, "mover that the older baseline does not have")
	for pace, sides := range [9][]int{{1}, {0, 2}, {0, 2}, {0, 2}, {1}, {0, 2}, {0, 2}, {0, 2}, {0, 2}} {
		for _, side := range sides {
			require(seen.contexts[pace][side], "residual of pace %d and side %d", pace, side)
		}
	}
}

func TestTheServerReadsWhatClientsSend(t *testing.T) {
	v := &clientVector{}
	load(t, "client", v)
	for _, want := range v.Frames {
		f, err := wire.ParseClientFrame(want.Message, controls())
		got := clientFrame{
			About: want.About, Message: want.Message, Seq: f.Seq, Words: f.Words[:len(want.Words)],
			Ack: uint32(f.Ack), AckBits: f.AckBits, View: uint32(f.View), Frac: f.ViewFrac, Echo: f.Echo, Resync: f.Resync,
			Said: numbers([]byte(f.Said)),
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", want.About, err, diff)
		}
		if len(want.Words) != 0 && len(want.Words) != len(v.Input) || (want.Seq == 0) != (len(want.Words) == 0) {
			t.Errorf("%s: seq %d with %d values", want.About, want.Seq, len(want.Words))
		}
		requireMeaning(t, &want)
	}
	for _, c := range v.Bad {
		if _, err := wire.ParseClientFrame(c.Message, controls()); !errors.Is(err, wire.ErrBad) {
			t.Errorf("%s: the error is %v", c.Why, err)
		}
	}
}

// requireMeaning reads a message with FlatBuffers' own code.
func requireMeaning(t *testing.T, want *clientFrame) {
	t.Helper()
	f := fb.GetRootAsClientFrame(want.Message, 0)
	got := clientFrame{
		About: want.About, Message: want.Message, Seq: f.Seq(), Words: []int32{},
		Ack: f.Ack(), AckBits: f.AckBits(), View: f.View(), Frac: f.ViewFrac(), Echo: f.Echo(), Resync: f.Resync(),
		Said: numbers(f.SaidBytes()),
	}
	for i := range f.InputLength() {
		got.Words = append(got.Words, f.Input(i))
	}
	if diff := cmp.Diff(*want, got); diff != "" {
		t.Errorf("%s\n%s", want.About, diff)
	}
}
