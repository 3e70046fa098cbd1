package wire

import "encoding/binary"

// A table is a FlatBuffers table in a buffer that nobody has verified:
// FlatBuffers for Go has no verifier, and its own accessors read wherever
// hostile offsets point. Every access here is bounds-checked; what does not
// fit counts as bad.
//
// The format: https://flatbuffers.dev/internals/. A table starts with the
// distance back to its vtable; the vtable holds its own size, the table's size
// and each field's place in the table, 0 where the field is absent.
type table struct {
	buf    []byte
	pos    uint32 // of the table
	vtable uint32
	fields uint32 // how many places the vtable holds
	size   uint32 // of the table
}

// root returns the buffer's root table.
func root(buf []byte) (table, bool) {
	if len(buf) < 8 || len(buf) > 1<<30 {
		return table{}, false
	}
	return tableAt(buf, binary.LittleEndian.Uint32(buf))
}

func tableAt(buf []byte, pos uint32) (table, bool) {
	end := uint32(len(buf))
	if pos > end-4 {
		return table{}, false
	}
	vtable := int64(pos) - int64(int32(binary.LittleEndian.Uint32(buf[pos:])))
	if vtable < 0 || vtable > int64(end)-4 {
		return table{}, false
	}
	t := table{buf: buf, pos: pos, vtable: uint32(vtable)}
	bytes := uint32(binary.LittleEndian.Uint16(buf[vtable:]))
	t.size = uint32(binary.LittleEndian.Uint16(buf[vtable+2:]))
	if bytes < 4 || bytes > end-t.vtable || t.size > end-pos {
		return table{}, false
	}
	t.fields = (bytes - 4) / 2
	return t, true
}

// field returns where the n-th field lies, absolute, 0 where it is absent.
// Its width bytes are inside the table.
func (t table) field(n, width uint32) (at uint32, ok bool) {
	if n >= t.fields {
		return 0, true
	}
	offset := uint32(binary.LittleEndian.Uint16(t.buf[t.vtable+4+2*n:]))
	if offset == 0 {
		return 0, true
	}
	if offset < 4 || offset+width > t.size {
		return 0, false
	}
	return t.pos + offset, true
}

// uint32 returns the n-th field as a uint, 0 where it is absent.
func (t table) uint32(n uint32) (uint32, bool) {
	at, ok := t.field(n, 4)
	if at == 0 {
		return 0, ok
	}
	return binary.LittleEndian.Uint32(t.buf[at:]), true
}

// uint8 returns the n-th field as a ubyte, 0 where it is absent.
func (t table) uint8(n uint32) (uint8, bool) {
	at, ok := t.field(n, 1)
	if at == 0 {
		return 0, ok
	}
	return t.buf[at], true
}

// bool returns the n-th field as a bool, false where it is absent.
func (t table) bool(n uint32) (bool, bool) {
	at, ok := t.field(n, 1)
	return at != 0 && t.buf[at] != 0, ok
}

// vector returns the bytes of the n-th field, a vector of elements of the
// given width, nil where it is absent. The result's capacity ends with it.
func (t table) vector(n, width uint32) ([]byte, bool) {
	at, ok := t.field(n, 4)
	if at == 0 {
		return nil, ok
	}
	start, ok := t.indirect(at)
	if !ok || start > uint32(len(t.buf))-4 {
		return nil, false
	}
	count := binary.LittleEndian.Uint32(t.buf[start:])
	start += 4
	if uint64(count)*uint64(width) > uint64(len(t.buf))-uint64(start) {
		return nil, false
	}
	end := start + count*width
	return t.buf[start:end:end], true
}

// indirect follows the offset that lies at a place.
func (t table) indirect(at uint32) (uint32, bool) {
	to := uint64(at) + uint64(binary.LittleEndian.Uint32(t.buf[at:]))
	return uint32(to), to < uint64(len(t.buf))
}
