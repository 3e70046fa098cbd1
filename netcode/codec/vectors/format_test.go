package vectors

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

// A vector is one file: what a server says to one client, message by message,
// and what the client makes of it. README.md in the folder describes it for
// those who read it elsewhere.
type vector struct {
	Name  string `json:"name"`
	About string `json:"about"`
	// Welcome is the first message, the one before the steps.
	Welcome []byte `json:"welcome"`
	// Descriptor is what the welcome says, where the vector is about that.
	Descriptor any `json:"descriptor,omitempty"`
	// Refused are welcomes that are bad.
	Refused []badMessage `json:"refused,omitempty"`
	Steps   []step       `json:"steps"`
}

// A badMessage is one that ends its connection.
type badMessage struct {
	Why     string `json:"why"`
	Message []byte `json:"message"`
}

// A step is one message.
type step struct {
	About   string `json:"about"`
	Message []byte `json:"message"`
	Meaning
	Error *string `json:"error"`
}

// A Meaning is what a client makes of a message: nothing where it is bad. State
// and Private are nil too where the frame has none or the client drops it.
type Meaning struct {
	Frame   *frame `json:"frame"`
	State   *state `json:"state"`
	Private *state `json:"private"`
}

// errBad is the one error of a step: PROTOCOL.md calls the message bad.
const errBad = "bad"

// A frame is what stands before the states; what it has not is nil.
type frame struct {
	Ack      *uint32   `json:"ack"`
	Slack    *int8     `json:"slack"`
	Echo     *uint32   `json:"echo"`
	Held     *uint32   `json:"held"`
	Messages []message `json:"messages"`
}

type message struct {
	Kind uint32 `json:"kind"`
	Body []byte `json:"body"`
}

// A state is the shared part or a private one, decoded. Checksum is that of the tables, which is
// not the one in the message where Desync is true.
type state struct {
	Tick     uint32  `json:"tick"`
	Full     bool    `json:"full"`
	Checksum uint32  `json:"checksum"`
	Checked  bool    `json:"checked"`
	Desync   bool    `json:"desync"`
	Tables   []table `json:"tables"`
}

// A table has the ids of a kind and its rows one after the other.
type table struct {
	IDs   []uint32 `json:"ids"`
	Words []uint32 `json:"words"`
}

// encode writes a file. Whatever begins with "about" or "why" stands on a line
// of its own, so that one changed step is one changed line.
func encode(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	for _, first := range []string{`{"about":`, `{"why":`} {
		b = bytes.ReplaceAll(b, []byte(first), []byte("\n"+first))
	}
	return append(b, '\n'), err
}

func frameOf(f *wire.Frame) *frame {
	out := &frame{Messages: []message{}}
	if f.HasAck {
		out.Ack, out.Slack = &f.Ack, &f.Slack
	}
	if f.HasEcho {
		out.Echo, out.Held = &f.Echo, &f.Held
	}
	f.Each(func(kind uint16, body []byte) {
		out.Messages = append(out.Messages, message{uint32(kind), append([]byte{}, body...)})
	})
	return out
}

func stateOf(s *sim.Snapshot, full, checked, desync bool) *state {
	out := &state{Tick: uint32(s.Tick), Full: full, Checksum: s.Checksum(), Checked: checked, Desync: desync}
	for i := range s.Kinds {
		if s.Kinds[i].Private {
			continue
		}
		t := table{IDs: []uint32{}, Words: append([]uint32{}, s.Kinds[i].Words...)}
		for _, id := range s.Kinds[i].IDs {
			t.IDs = append(t.IDs, uint32(id))
		}
		out.Tables = append(out.Tables, t)
	}
	return out
}

// An object is a JSON object; encoding/json sorts its keys.
type object = map[string]any

// describe writes down what a welcome says, by the names of rondo.fbs.
func describe(w *wire.Welcome) object {
	return object{
		"protocol":    wire.Protocol,
		"schema_hash": fmt.Sprintf("%016x", w.Schema.Hash()),
		"room":        w.Room,
		"player":      w.Player,
		"rate":        w.Rate,
		"history":     w.History,
		"epoch_us":    w.EpochMicros,
		"schema": object{
			"name":     w.Schema.Name,
			"kinds":    each(w.Schema.Kinds, describeKind),
			"input":    each(w.Schema.Input, describeInput),
			"messages": each(w.Schema.Messages, describeMessage),
		},
	}
}

func each[T any](items []T, one func(T) object) []object {
	out := make([]object, len(items))
	for i, item := range items {
		out[i] = one(item)
	}
	return out
}

func describeKind(k sim.Kind) object {
	return object{
		"name": k.Name, "x": k.Position[0], "y": k.Position[1], "private": k.Private, "fields": each(k.Fields, describeField),
	}
}

func describeField(f sim.Field) object {
	return object{
		"name": f.Name, "type": f.Type, "bits": f.Bits, "min": f.Min, "step": f.Step,
		"interp": f.Interp, "snap": f.Snap,
		"predict": f.Predict, "heading": f.Heading, "axis": f.Axis, "speed": f.Speed,
	}
}

func describeInput(f sim.InputField) object {
	return object{"name": f.Name, "min": f.Min, "max": f.Max, "edge": f.Edge}
}

func describeMessage(m sim.Message) object {
	return object{"name": m.Name, "fields": each(m.Fields, func(f sim.MessageField) object {
		return object{"name": f.Name, "type": f.Type, "max_len": f.MaxLen}
	})}
}
