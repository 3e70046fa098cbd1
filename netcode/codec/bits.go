package codec

import "encoding/binary"

// A bitWriter packs numbers from the low end of each byte on.
type bitWriter struct {
	buf  []byte
	acc  uint64
	have uint // bits in acc, under 32 between calls
}

// bits appends the low n bits of v, n at most 32; v has no higher ones.
func (w *bitWriter) bits(v uint32, n uint) {
	w.acc |= uint64(v) << w.have
	w.have += n
	if w.have >= 32 {
		w.buf = binary.LittleEndian.AppendUint32(w.buf, uint32(w.acc))
		w.acc >>= 32
		w.have -= 32
	}
}

func (w *bitWriter) bool(b bool) {
	if b {
		w.bits(1, 1)
		return
	}
	w.bits(0, 1)
}

// count appends a number in groups of four bits and a bit that says "more".
func (w *bitWriter) count(v uint32) {
	for v > 15 {
		w.bits(v&15|16, 5)
		v >>= 4
	}
	w.bits(v, 5)
}

// finish appends what is left and cuts trailing zero bytes off, which a reader
// makes up for; it cuts nothing before start.
func (w *bitWriter) finish(start int) []byte {
	buf := binary.LittleEndian.AppendUint32(w.buf, uint32(w.acc))
	for len(buf) > start && buf[len(buf)-1] == 0 {
		buf = buf[:len(buf)-1]
	}
	return buf
}

// A bitReader reads what a bitWriter wrote. Beyond the end it reads zeros.
type bitReader struct {
	buf  []byte
	acc  uint64
	have uint
	long bool // a count had more than eight groups
}

// bits reads n bits, n at most 32.
func (r *bitReader) bits(n uint) uint32 {
	if r.have < n {
		r.fill()
	}
	v := uint32(r.acc & (1<<n - 1))
	r.acc >>= n
	r.have -= n
	return v
}

func (r *bitReader) fill() {
	if len(r.buf) >= 4 {
		r.acc |= uint64(binary.LittleEndian.Uint32(r.buf)) << r.have
		r.buf = r.buf[4:]
	} else {
		for i, b := range r.buf {
			r.acc |= uint64(b) << (r.have + uint(8*i))
		}
		r.buf = nil
	}
	r.have += 32
}

func (r *bitReader) bool() bool { return r.bits(1) == 1 }

// count reads a number of at most eight groups.
func (r *bitReader) count() uint32 {
	var v uint32
	for shift := uint(0); shift < 32; shift += 4 {
		group := r.bits(5)
		v |= (group & 15) << shift
		if group < 16 {
			return v
		}
	}
	r.long = true
	return v
}

// residual returns how far a word moved, wrapping at its width, zigzagged so
// that small moves either way are small numbers.
func residual(old, now uint32, bits uint) uint32 {
	d := int32((now-old)<<(32-bits)) >> (32 - bits)
	return uint32(d<<1) ^ uint32(d>>31)
}

// move is the inverse of residual.
func move(old, z uint32, bits uint) uint32 {
	d := z>>1 ^ -(z & 1)
	return (old + d) & (1<<bits - 1)
}
