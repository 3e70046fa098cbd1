package vectors

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/rondo-sync/rondo/schema/fb"
)

// A reference is a client written from PROTOCOL.md alone: in the page's order
// and words, with no thought for speed. What the page calls bad panics inside,
// and what a client cannot read beyond does so by itself.
type reference struct {
	shared   stream
	private  stream // PRIVATE-1: no kinds where the schema has no private one
	messages [][]textLimit
	ack      uint32
	desynced bool // STATE-5

	seen *coverage
}

// A stream is the states of some kinds: each builds on those before.
type stream struct {
	kinds  [][]column
	tick   uint32 // of tables; 0: no state yet
	gap    uint32 // ticks from older to tables; 0: there is no older
	tables [][]row
	older  [][]row
}

// newReference starts from a welcome; an error says that it is bad.
func newReference(welcome []byte) (r *reference, err error) {
	defer refuse(&err)
	root := fb.GetRootAsServerFrame(slices.Clip(welcome), 0)
	demand(root.BodyBytes() == nil, "JOIN-5: a welcome with a body")
	w := root.Welcome(nil)
	demand(w.Protocol() == 1 && w.Rate() >= 1 && w.Rate() <= 240, "JOIN-5: a number of the welcome")
	schema := w.Schema(nil)
	demand(schema.KindsLength() >= 1 && schema.KindsLength() <= 32, "SCHEMA-1: kinds")
	r = &reference{seen: &coverage{}}
	for i := range schema.KindsLength() {
		var k fb.Kind
		schema.Kinds(&k, i)
		part := &r.shared
		if k.Private() {
			part = &r.private
		}
		part.kinds = append(part.kinds, columnsOf(&k))
	}
	demand(len(r.shared.kinds) > 0, "SCHEMA-1: a kind that is not private")
	r.messages = messagesOf(schema)
	return r, nil
}

func columnsOf(k *fb.Kind) (columns []column) {
	n := k.FieldsLength()
	demand(n >= 1 && n <= 64, "SCHEMA-1: fields")
	demand(k.X() >= -1 && int(k.X()) < n && k.Y() >= -1 && int(k.Y()) < n, "SCHEMA-2: the columns of the position")
	for i := range n {
		var f fb.Field
		k.Fields(&f, i)
		demand(f.Type() <= 3 && f.Bits() >= 1 && f.Bits() <= 32, "SCHEMA-2: a field")
		demand(f.Interp() <= 2, "SCHEMA-3")
		demand(f.Predict() <= 2, "SCHEMA-4: predict")
		columns = append(columns, column{
			int(f.Type()), int(f.Bits()), int(f.Predict()), int(f.Heading()), int(f.Axis()), int64(f.Speed()),
		})
	}
	for _, c := range columns {
		if c.predict == 2 {
			demand(c.heading < n && columns[c.heading].angle() && columns[c.heading].predict != 2, "SCHEMA-4: heading")
			demand(c.axis <= 1 && c.speed >= -1<<24 && c.speed <= 1<<24, "SCHEMA-4: axis and speed")
		}
	}
	return columns
}

// A textLimit is max_len of a field of a message, nil of one that is a number.
type textLimit *uint32

// messagesOf looks at what is no part of a state.
func messagesOf(schema *fb.Schema) (messages [][]textLimit) {
	demand(schema.InputLength() <= 8 && schema.MessagesLength() <= 64, "SCHEMA-1: input and messages")
	for i := range schema.InputLength() {
		var f fb.InputField
		schema.Input(&f, i)
		demand(f.Min() <= f.Max(), "SCHEMA-5: min")
	}
	for i := range schema.MessagesLength() {
		var m fb.Message
		schema.Messages(&m, i)
		demand(m.FieldsLength() <= 64, "SCHEMA-1: fields of a message")
		limits := make([]textLimit, m.FieldsLength())
		for j := range limits {
			var f fb.MessageField
			m.Fields(&f, j)
			demand(f.Type() <= 1, "SCHEMA-5: type")
			if n := uint32(f.MaxLen()); f.Type() == 1 {
				limits[j] = &n
			}
		}
		messages = append(messages, limits)
	}
	return messages
}

// receive reads a whole message after the welcome. An error leaves the
// reference as it was.
func (r *reference) receive(msg []byte) (m Meaning, err error) {
	before := *r
	defer func() {
		if err != nil {
			*r = before
			m = Meaning{}
		}
	}()
	defer refuse(&err)
	root := fb.GetRootAsServerFrame(slices.Clip(msg), 0)
	body := root.BodyBytes()
	demand(body != nil && root.Welcome(nil) == nil, "JOIN-5: a body alone")
	return r.frame(&page{rest: slices.Clip(body)}), nil
}

func demand(ok bool, rule string) {
	if !ok {
		panic(rule)
	}
}

// refuse makes an error of a panic, but for one that a script is to blame for.
func refuse(err *error) {
	switch v := recover().(type) {
	case nil:
	case misread:
		panic(v)
	default:
		*err = fmt.Errorf("bad: %v", v)
	}
}

// frame is FRAME.
func (r *reference) frame(p *page) Meaning {
	flags := p.u8()
	demand(flags < 0x20, "FRAME: other bits are bad")
	demand(flags&0x18 != 0x10, "FRAME: PRIVATE without STATE")
	demand(flags&0x10 == 0 || len(r.private.kinds) > 0, "PRIVATE-1: no private kind")
	f := &frame{Messages: []message{}}
	if flags&0x01 != 0 {
		low := p.u16()
		for uint16(r.ack) != low { // FRAME-1
			r.ack++
		}
		ack, slack := r.ack, int8(p.u8())
		f.Ack, f.Slack = &ack, &slack
	}
	if flags&0x02 != 0 {
		echo, held := p.u32(), p.u32()
		f.Echo, f.Held = &echo, &held
	}
	if flags&0x04 != 0 {
		for n := p.uvarint(math.MaxUint32); n > 0; n-- {
			kind := p.uvarint(63)
			f.Messages = append(f.Messages, message{kind, p.take(p.uvarint(1024))})
			demand(int(kind) < len(r.messages), "FRAME-2: a message that the schema does not have")
			body := &page{rest: f.Messages[len(f.Messages)-1].Body}
			for _, limit := range r.messages[kind] {
				body.value(limit)
			}
		}
	}
	m := Meaning{Frame: f}
	var part *page
	if flags&0x10 != 0 {
		part = &page{rest: p.take(p.uvarint(math.MaxUint32))}
	}
	if flags&0x08 != 0 {
		m.State, m.Private = r.states(p, part)
	}
	return m
}

// states reads the shared part and the private one, nil for none: both are nil
// where the client drops them, the private one where it drops that alone.
func (r *reference) states(p, part *page) (shared, private *state) {
	flags := p.u8()
	demand(flags < 0x08 && flags&0x03 != 0x03, "STATE: the flags")
	if r.desynced && flags&0x01 == 0 {
		return nil, nil // STATE-5
	}
	shared = r.shared.state(flags, p, r.seen)
	r.desynced = shared.Desync
	if shared.Desync {
		return shared, nil // PRIVATE-4
	}
	if part == nil {
		demand(!shared.Full || len(r.private.kinds) == 0, "PRIVATE-3: a full state without a private part")
		return shared, nil
	}
	flags = part.u8()
	demand(flags < 0x08 && flags&0x03 != 0x03, "STATE: the flags of the private part")
	demand(flags&0x01 != 0 || !shared.Full, "PRIVATE-3: a full state with a private part that is not")
	private = r.private.state(flags, part, r.seen)
	demand(private.Tick == shared.Tick, "PRIVATE-2: another tick")
	r.desynced = private.Desync // PRIVATE-4
	return shared, private
}

// state is STATE, from behind its flags.
func (s *stream) state(flags byte, p *page, seen *coverage) *state {
	full, check := flags&0x01 != 0, flags&0x04 != 0
	given, sum := uint32(0), uint32(0)
	if full || check {
		given = p.u32()
		demand(given != 0, "STATE: tick 0")
	}
	age := ages{1, 1}
	if flags&0x02 != 0 {
		age.k = int64(p.uvarint(4096))
		age.g = int64(p.uvarint(4096))
		demand(age.k >= 1, "STATE: k is 0")
	}
	if check {
		sum = p.u32()
	}
	tick := s.tickOf(full, given, age)
	out := s.apply(newTape(p.rest), full, tick, age, seen)
	out.Checked = check
	out.Desync = check && sum != out.Checksum
	return out
}

// tickOf is STATE-1 to STATE-3.
func (s *stream) tickOf(full bool, given uint32, age ages) uint32 {
	if full {
		return given
	}
	demand(s.tick != 0, "STATE-3")
	tick := int64(s.tick) + age.k
	demand(tick < 1<<32, "STATE-1: a tick beyond 32 bits")
	demand(given == 0 || tick == int64(given), "STATE-1: another tick")
	demand(age.g == 0 || age.g == int64(s.gap), "STATE-1: another older baseline")
	return uint32(tick)
}

// apply decodes the delta and keeps what it leads to.
func (s *stream) apply(in source, full bool, tick uint32, age ages, seen *coverage) *state {
	none := make([][]row, len(s.kinds))
	base, older := s.tables, s.older
	if full {
		base, age = none, ages{}
	}
	if age.g == 0 {
		older = none
	}
	tables := decodeDelta(in, s.kinds, base, older, age, seen)
	s.gap = uint32(age.k)
	s.tick, s.older, s.tables = tick, s.tables, tables
	out := written(tick, tables)
	out.Full = full
	return out
}

// written writes tables down as a vector does, with their checksum (STATE-4).
func written(tick uint32, tables [][]row) *state {
	s := &state{Tick: tick}
	h := uint64(2166136261)
	sum := func(v uint32) {
		h = (h ^ uint64(v)) * 16777619 % (1 << 32)
		h = (h<<15 | h>>17) % (1 << 32)
	}
	for _, rows := range tables {
		t := table{IDs: []uint32{}, Words: []uint32{}}
		sum(uint32(len(rows)))
		for _, row := range rows {
			t.IDs, t.Words = append(t.IDs, row.id), append(t.Words, row.words...)
			sum(row.id)
			for _, word := range row.words {
				sum(word)
			}
		}
		s.Tables = append(s.Tables, t)
	}
	s.Checksum = uint32(h)
	return s
}

// A page is bytes that are read from the front; beyond the end it panics.
type page struct{ rest []byte }

func (p *page) take(n uint32) []byte {
	b := p.rest[:n:n]
	p.rest = p.rest[n:]
	return b
}

func (p *page) u8() byte    { return p.take(1)[0] }
func (p *page) u16() uint16 { return binary.LittleEndian.Uint16(p.take(2)) }
func (p *page) u32() uint32 { return binary.LittleEndian.Uint32(p.take(4)) }

func (p *page) uvarint(top uint64) uint32 {
	v := uint64(0)
	for i := range 5 {
		b := p.u8()
		v |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			demand(v <= top, "a uvarint is too high")
			return uint32(v)
		}
	}
	panic("a uvarint has at most 5 bytes")
}

// value passes over one of a message (FRAME-2).
func (p *page) value(limit textLimit) {
	if limit == nil {
		p.uvarint(math.MaxUint32)
	} else {
		p.take(p.uvarint(uint64(*limit)))
	}
}
