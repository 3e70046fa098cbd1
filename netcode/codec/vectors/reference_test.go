package vectors

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/rondo-sync/rondo/schema/fb"
)

// A reference is a client written from PROTOCOL.md alone: one bit at a time,
// in the page's order, with no thought for speed. What the page calls bad
// panics inside, and what a client cannot read beyond does so by itself.
type reference struct {
	widths   [][]int // per kind the bits of its fields, from the schema
	ack      uint32
	tick     uint32 // of tables; 0: no state yet
	tables   [][]row
	desynced bool

	seen coverage
}

// A row is an entity.
type row struct {
	id    uint32
	words []uint32
}

// coverage counts which branches of DELTA were taken.
type coverage struct {
	rows, modes     [3]int // by mode
	widths          [33]int
	escapes, reused int // residuals that are one; ids removed and added at once
}

// receive reads a whole message. An error leaves the reference as it was.
func (r *reference) receive(msg []byte) (f *frame, s *state, err error) {
	before := *r
	defer func() {
		if v := recover(); v != nil {
			*r = before
			f, s, err = nil, nil, fmt.Errorf("bad: %v", v)
		}
	}()
	root := fb.GetRootAsServerFrame(slices.Clip(msg), 0)
	body := root.BodyBytes()
	demand(body != nil, "JOIN-5: a frame without a body")
	f, s = r.frame(&page{rest: slices.Clip(body)})
	return f, s, nil
}

func demand(ok bool, rule string) {
	if !ok {
		panic(rule)
	}
}

// frame is FRAME.
func (r *reference) frame(p *page) (*frame, *state) {
	flags := p.u8()
	demand(flags < 0x10, "FRAME: other bits are bad")
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
		for n := p.uvarint(); n > 0; n-- {
			kind := p.uvarint()
			f.Messages = append(f.Messages, message{kind, p.take(p.uvarint())})
		}
	}
	if flags&0x08 == 0 {
		return f, nil
	}
	return f, r.state(p)
}

// state is STATE, nil where the client drops it.
func (r *reference) state(p *page) *state {
	flags := p.u8()
	if r.desynced && flags&0x01 == 0 {
		return nil // STATE-5
	}
	demand(flags < 0x08, "STATE: other bits are bad")
	full, base, check := flags&0x01 != 0, flags&0x02 != 0, flags&0x04 != 0
	demand(!full || !base, "STATE-2")
	given, k, sum := uint32(0), uint32(1), uint32(0)
	if full || check {
		given = p.u32()
		demand(given != 0, "a tick is from 1")
	}
	if base {
		k = p.uvarint()
		demand(k >= 1, "STATE: k at least 1")
	}
	if check {
		sum = p.u32()
	}
	tick, baseline := uint64(given), make([][]row, len(r.widths))
	if !full {
		demand(r.tick != 0, "STATE-3")
		tick, baseline = uint64(r.tick)+uint64(k), r.tables
		demand(tick < 1<<32, "a tick is a u32")
		demand(!check || tick == uint64(given), "STATE-1")
	}
	tables := r.delta(&bitString{bytes: p.rest}, baseline)
	s := written(uint32(tick), tables)
	s.Full, s.Checked, s.Desync = full, check, check && sum != s.Checksum
	r.desynced = s.Desync
	if !s.Desync {
		r.tick, r.tables = s.Tick, tables
	}
	return s
}

// delta is DELTA.
func (r *reference) delta(b *bitString, baseline [][]row) [][]row {
	tables := make([][]row, len(r.widths))
	for kind, widths := range r.widths {
		rows := baseline[kind]
		if b.bits(1) == 1 {
			rows = r.kind(b, widths, rows)
		}
		tables[kind] = rows
	}
	return tables
}

func (r *reference) kind(b *bitString, widths []int, base []row) []row {
	var survivors, removed, added []row
	left := base
	if b.bits(1) == 1 {
		for n := b.count(); n > 0; n-- {
			gap := b.count()
			demand(int(gap) < len(left), "DELTA-1: a gap beyond the rows")
			survivors = append(survivors, left[:gap]...)
			removed = append(removed, left[gap])
			left = left[gap+1:]
		}
		added = addedRows(b, widths, len(base)-len(removed))
	}
	survivors = append(survivors, left...)
	for i := range survivors {
		survivors[i].words = slices.Clone(survivors[i].words)
	}
	r.changes(b, widths, survivors)
	for _, a := range added {
		demand(!holds(survivors, a.id), "DELTA-1: an added id of a survivor")
		if holds(removed, a.id) {
			r.seen.reused++
		}
	}
	return slices.SortedFunc(slices.Values(append(survivors, added...)), func(a, b row) int { return cmp.Compare(a.id, b.id) })
}

func holds(rows []row, id uint32) bool {
	return slices.ContainsFunc(rows, func(r row) bool { return r.id == id })
}

func addedRows(b *bitString, widths []int, survivors int) []row {
	n := int(b.count())
	demand(survivors+n <= 65535, "DELTA-1: a table grows beyond 65,535 rows")
	rows := make([]row, n)
	last := uint64(0)
	for i := range rows {
		last += uint64(b.count()) + 1
		demand(last < 1<<32, "DELTA-1: an id above 2^32 - 1")
		rows[i].id = uint32(last)
	}
	for i := range rows {
		for _, width := range widths {
			rows[i].words = append(rows[i].words, b.bits(width))
		}
	}
	return rows
}

func (r *reference) changes(b *bitString, widths []int, survivors []row) {
	mode := b.bits(2)
	demand(mode < 3, "DELTA-1: rows of 3")
	r.seen.rows[mode]++
	var changed []row
	for _, s := range survivors {
		if mode == 1 || mode == 2 && b.bits(1) == 1 {
			changed = append(changed, s)
		}
	}
	if mode == 0 {
		return
	}
	for field, width := range widths {
		mode := b.bits(2)
		demand(mode < 3, "DELTA-1: a mode of 3")
		r.seen.modes[mode]++
		if mode == 0 {
			continue
		}
		n := int(b.bits(5)) + 1
		r.seen.widths[n]++
		for _, c := range changed {
			if mode == 1 || b.bits(1) == 1 {
				r.change(b, &c.words[field], width, n)
			}
		}
	}
}

func (r *reference) change(b *bitString, word *uint32, width, n int) {
	z := int64(b.bits(n))
	if z == 1<<n-1 {
		r.seen.escapes++
		*word = b.bits(width)
		return
	}
	v := z / 2 // unzigzag: 0, 1, 2, 3, ... to 0, -1, 1, -2, ...
	if z%2 == 1 {
		v = -(z + 1) / 2
	}
	size := int64(1) << width
	*word = uint32(((int64(*word)+v)%size + size) % size)
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

func (p *page) uvarint() uint32 {
	v := uint64(0)
	for i := range 5 {
		b := p.u8()
		v |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			demand(v < 1<<32, "a uvarint is at most 2^32 - 1")
			return uint32(v)
		}
	}
	panic("a uvarint has at most 5 bytes")
}

// A bitString is read from the low end of each byte on; beyond the end are
// zeros.
type bitString struct {
	bytes []byte
	at    int
}

func (b *bitString) bits(n int) uint32 {
	v := uint32(0)
	for i := range n {
		if b.at/8 < len(b.bytes) && b.bytes[b.at/8]>>(b.at%8)&1 == 1 {
			v |= 1 << i
		}
		b.at++
	}
	return v
}

func (b *bitString) count() uint32 {
	v := uint32(0)
	for i := range 8 {
		v |= b.bits(4) << (4 * i)
		if b.bits(1) == 0 {
			return v
		}
	}
	panic("a count has at most eight groups")
}
