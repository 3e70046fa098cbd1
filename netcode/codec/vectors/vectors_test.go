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
)

var update = flag.Bool("update", false, "write the files of schema/vectors")

const (
	folder  = "../../../schema/vectors"
	maxSize = 300_000 // bytes of the whole folder
)

// scripts are all vectors of states, one a file.
func scripts() []*script {
	return []*script{
		fullVector(), deltaVector(), skipVector(), despawnVector(), quantiseVector(),
		descriptorVector(), frameVector(), checksumVector(), malformedVector(),
	}
}

func TestTheFilesAreWhatTheScriptsWrite(t *testing.T) {
	requireFile(t, "client.json", clientVectors())
	known := []string{"README.md", "client.json"}
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
	receive(msg []byte) (*frame, *state, error)
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
		play(t, v, &receiver{decoder: codec.NewDecoder(w.Schema)})
	})
}

func TestAReaderOfTheProtocolPageReadsTheFiles(t *testing.T) {
	forEachFile(t, func(t *testing.T, v *vector) { play(t, v, newReference(v.Welcome)) })
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
		f, s, err := d.receive(want.Message)
		if (err != nil) != (want.Error != nil) {
			t.Fatalf("step %d, %s: the error is %v", i, want.About, err)
		}
		if diff := cmp.Diff(want, step{About: want.About, Message: want.Message, Frame: f, State: s, Error: want.Error}); diff != "" {
			t.Fatalf("step %d, %s: -want +got\n%s", i, want.About, diff)
		}
	}
}

// A receiver is a client made of netcode/wire and netcode/codec.
type receiver struct {
	decoder  *codec.Decoder
	acked    uint32
	desynced bool
}

func (r *receiver) receive(msg []byte) (*frame, *state, error) {
	body, _, err := wire.ParseServer(msg)
	if err != nil {
		return nil, nil, err
	}
	f, err := wire.ParseFrame(body, r.acked)
	if err != nil {
		return nil, nil, err
	}
	s, err := r.state(f.State)
	if err != nil {
		return nil, nil, err
	}
	if f.HasAck {
		r.acked = f.Ack
	}
	return frameOf(&f), s, nil
}

func (r *receiver) state(bytes []byte) (*state, error) {
	if bytes == nil || r.desynced && bytes[0]&flagFull == 0 {
		return nil, nil // there is none, or STATE-5 drops it
	}
	res, err := r.decoder.Decode(bytes)
	if err != nil {
		return nil, err
	}
	r.desynced = res.Desync
	return stateOf(r.decoder.Snapshot(), res.Full, res.Checked, res.Desync), nil
}

func newReference(welcome []byte) *reference {
	r := &reference{}
	s := fb.GetRootAsServerFrame(welcome, 0).Welcome(nil).Schema(nil)
	for i := range s.KindsLength() {
		var kind fb.Kind
		s.Kinds(&kind, i)
		var widths []int
		for j := range kind.FieldsLength() {
			var field fb.Field
			kind.Fields(&field, j)
			widths = append(widths, int(field.Bits()))
		}
		r.widths = append(r.widths, widths)
	}
	r.tables = make([][]row, len(r.widths))
	return r
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
	var all coverage
	for _, s := range scripts() {
		r := newReference(s.Welcome)
		play(t, &s.vector, r)
		all.add(&r.seen)
	}
	for mode := range all.rows {
		if all.rows[mode] == 0 || all.modes[mode] == 0 {
			t.Errorf("mode %d is there %d times for rows and %d for fields", mode, all.rows[mode], all.modes[mode])
		}
	}
	for n := 1; n <= 32; n++ {
		if all.widths[n] == 0 {
			t.Errorf("no residual has %d bits", n)
		}
	}
	if all.escapes == 0 || all.reused == 0 {
		t.Errorf("%d escapes, %d ids used again at once", all.escapes, all.reused)
	}
}

func (c *coverage) add(o *coverage) {
	for mode := range c.rows {
		c.rows[mode] += o.rows[mode]
		c.modes[mode] += o.modes[mode]
	}
	for n := range c.widths {
		c.widths[n] += o.widths[n]
	}
	c.escapes += o.escapes
	c.reused += o.reused
}

func TestTheServerReadsWhatClientsSend(t *testing.T) {
	v := &clientVector{}
	load(t, "client", v)
	for _, want := range v.Frames {
		f, err := wire.ParseClientFrame(want.Message, controls())
		got := clientFrame{
			About: want.About, Message: want.Message, Seq: f.Seq, Words: f.Words[:len(want.Words)],
			Ack: uint32(f.Ack), View: uint32(f.View), Echo: f.Echo, Resync: f.Resync,
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
		Ack: f.Ack(), View: f.View(), Echo: f.Echo(), Resync: f.Resync(),
	}
	for i := range f.InputLength() {
		got.Words = append(got.Words, f.Input(i))
	}
	if diff := cmp.Diff(*want, got); diff != "" {
		t.Errorf("%s\n%s", want.About, diff)
	}
}
