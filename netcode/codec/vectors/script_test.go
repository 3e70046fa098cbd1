package vectors

import (
	"encoding/binary"
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/rondo-sync/rondo/netcode/codec"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/schema/fb"
	"github.com/rondo-sync/rondo/sim"
)

// A script writes a vector: it plays the server to one client.
type script struct {
	vector
	schema *sim.Schema
	enc    *codec.Encoder
	held   *sim.Snapshot // what the client has, nil for nothing
}

func newScript(name, about string, schema *sim.Schema) *script {
	w := wire.Welcome{Room: name, Player: 1, Rate: 20, History: 64, EpochMicros: 1_790_000_000_000_000, Schema: schema}
	s := &script{schema: schema, enc: codec.NewEncoder(schema)}
	s.vector = vector{Name: name, About: about, Welcome: w.Append(nil)}
	return s
}

// full sends a full state.
func (s *script) full(about string, now *sim.Snapshot, check bool) {
	s.frame(about, wire.Frame{State: s.encode(nil, now, check)}, stateOf(now, true, check, false))
	s.held = now
}

// delta sends what leads from the client's state to now.
func (s *script) delta(about string, now *sim.Snapshot, check bool) {
	s.byHand(about, s.encode(s.held, now, check), now, check)
}

// byHand sends a state that builds on the client's and leads to now, but was
// not made by the encoder.
func (s *script) byHand(about string, bytes []byte, now *sim.Snapshot, check bool) {
	s.frame(about, wire.Frame{State: bytes}, stateOf(now, false, check, false))
	s.held = now
}

// frame sends a frame whose state, where it has one, is to be read as want.
func (s *script) frame(about string, f wire.Frame, want *state) {
	msg := append(f.AppendHead(nil), f.State...)
	s.Steps = append(s.Steps, step{About: about, Message: msg, Frame: frameOf(&f), State: want})
}

// bad sends a message that must change nothing.
func (s *script) bad(about string, msg []byte) {
	err := errBad
	s.Steps = append(s.Steps, step{About: about, Message: msg, Error: &err})
}

// badBody sends a message with a bad body, badState one with a bad shared part.
func (s *script) badBody(about string, body ...byte) { s.bad(about, serverFrame(body)) }

func (s *script) badState(about string, bytes []byte) {
	f := wire.Frame{State: bytes}
	s.bad(about, append(f.AppendHead(nil), bytes...))
}

func (s *script) encode(base, now *sim.Snapshot, check bool) []byte {
	bytes, _ := s.enc.AppendState(nil, base, now, check)
	return bytes
}

// serverFrame is the message with a body, by FlatBuffers' own builder.
func serverFrame(body []byte) []byte {
	b := flatbuffers.NewBuilder(64)
	at := b.CreateByteVector(body)
	fb.ServerFrameStart(b)
	fb.ServerFrameAddBody(b, at)
	b.Finish(fb.ServerFrameEnd(b))
	return b.FinishedBytes()
}

// ints is a kind without a place whose fields are integers of the given widths.
func ints(name string, widths ...int) sim.Kind {
	k := sim.Kind{Name: name, Position: [2]int{-1, -1}}
	for i, width := range widths {
		k.Fields = append(k.Fields, sim.Field{Name: fmt.Sprint("f", i), Bits: uint8(width), Step: sim.Scale})
	}
	return k
}

// An entity is a row of a snapshot that a script writes down.
type entity struct {
	id    sim.EntityID
	words []uint32
}

func one(id sim.EntityID, words ...uint32) entity { return entity{id, words} }

// snapshot returns the snapshot with the given entities of each kind.
func snapshot(s *sim.Schema, tick sim.Tick, kinds ...[]entity) *sim.Snapshot {
	snap := sim.NewSnapshot(s)
	snap.Reset(tick)
	for kind, entities := range kinds {
		for _, e := range entities {
			copy(snap.Row(kind, e.id), e.words)
		}
	}
	return snap
}

// after returns a copy of the snapshot, k ticks later.
func after(s *sim.Snapshot, k sim.Tick) *sim.Snapshot {
	next := &sim.Snapshot{}
	next.CopyFrom(s)
	next.Tick += k
	return next
}

// ones is the highest word of a width.
func ones(width int) uint32 { return uint32(1<<width - 1) }

// Flags of a STATE.
const (
	flagFull  = 0x01
	flagBase  = 0x02
	flagCheck = 0x04
)

// stateBytes joins the parts of a state: bytes as they are, a uint32 in four
// bytes, a uint64 as uvarint, a pen's bits.
func stateBytes(flags byte, parts ...any) []byte {
	b := []byte{flags}
	for _, part := range parts {
		switch v := part.(type) {
		case byte:
			b = append(b, v)
		case uint32:
			b = binary.LittleEndian.AppendUint32(b, v)
		case uint64:
			b = binary.AppendUvarint(b, v)
		case *pen:
			b = append(b, v.bytes()...)
		}
	}
	return b
}

// A pen writes DELTA's bits by hand.
type pen struct{ written []bool }

// bits writes the n low bits of v, low bit first.
func (p *pen) bits(v uint32, n int) *pen {
	for i := range n {
		p.written = append(p.written, v>>i&1 == 1)
	}
	return p
}

func (p *pen) count(v uint32) *pen {
	for ; v > 15; v >>= 4 {
		p.bits(v, 4).bits(1, 1)
	}
	return p.bits(v, 5)
}

// changed begins a table that changed, and says whether its structure did.
func (p *pen) changed(structure uint32) *pen { return p.bits(1, 1).bits(structure, 1) }

// mode writes the mode of rows or of a field.
func (p *pen) mode(m uint32) *pen { return p.bits(m, 2) }

// width writes how many bits a residual has.
func (p *pen) width(n int) *pen { return p.bits(uint32(n-1), 5) }

// bytes cuts trailing zero bytes off.
func (p *pen) bytes() []byte {
	var b []byte
	for i, bit := range p.written {
		if !bit {
			continue
		}
		for len(b) <= i/8 {
			b = append(b, 0)
		}
		b[i/8] |= 1 << (i % 8)
	}
	return b
}
