package vectors

import (
	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/schema/fb"
	"github.com/rondo-sync/rondo/sim"
)

// Fields that each table of rondo.fbs has now, and more that it may have once.
const (
	fieldFields, kindFields, schemaFields, welcomeFields, frameFields = 11, 5, 4, 12, 2
	more                                                              = 3
)

func futureVector() *script {
	schema := &sim.Schema{Name: "future", Kinds: []sim.Kind{ints("Dot", 8)}}
	s := newScript("future", "A server whose tables have more fields than this version's, and leave out what is the default.", schema)
	s.Welcome = futureWelcome(schema)
	s.full("a state", snapshot(schema, 5, []entity{one(1, 2)}), true)
	now := after(s.held, 1)
	now.Kinds[0].Words[0] = 9
	s.delta("a frame with fields that this version does not have", now, true)
	last := &s.Steps[len(s.Steps)-1]
	last.Message = futureFrame(fb.GetRootAsServerFrame(last.Message, 0).BodyBytes())
	return s
}

// futureFrame is a message with a body and fields behind it.
func futureFrame(body []byte) []byte {
	b := flatbuffers.NewBuilder(64)
	at := b.CreateByteVector(body)
	b.StartObject(frameFields + more)
	fb.ServerFrameAddBody(b, at)
	b.Finish(end(b, frameFields))
	return b.FinishedBytes()
}

// futureWelcome is a welcome for a schema of one kind with one field, an integer.
func futureWelcome(s *sim.Schema) []byte {
	b := flatbuffers.NewBuilder(256)
	f := &s.Kinds[0].Fields[0]
	name := b.CreateString(f.Name)
	b.StartObject(fieldFields + more)
	fb.FieldAddName(b, name)
	fb.FieldAddBits(b, f.Bits)
	fb.FieldAddStep(b, f.Step)
	fields := b.CreateVectorOfTables([]flatbuffers.UOffsetT{end(b, fieldFields)})

	name = b.CreateString(s.Kinds[0].Name)
	b.StartObject(kindFields + more)
	fb.KindAddName(b, name)
	fb.KindAddFields(b, fields)
	kinds := b.CreateVectorOfTables([]flatbuffers.UOffsetT{end(b, kindFields)})

	name = b.CreateString(s.Name)
	b.StartObject(schemaFields + more)
	fb.SchemaAddName(b, name)
	fb.SchemaAddKinds(b, kinds)
	schema := end(b, schemaFields)

	b.StartObject(welcomeFields + more)
	fb.WelcomeAddProtocol(b, wire.Protocol)
	fb.WelcomeAddSchema(b, schema)
	fb.WelcomeAddPlayer(b, 1)
	fb.WelcomeAddRate(b, 20)
	welcome := end(b, welcomeFields)

	b.StartObject(frameFields + more)
	fb.ServerFrameAddWelcome(b, welcome)
	b.Finish(end(b, frameFields))
	return b.FinishedBytes()
}

// end ends a table that has some fields of this version with two that come after
// them, of different sizes; one between them is left out.
func end(b *flatbuffers.Builder, fields int) flatbuffers.UOffsetT {
	b.PrependUint32Slot(fields, 0xdeadbeef, 0)
	b.PrependByteSlot(fields+2, 0xff, 0)
	return b.EndObject()
}
