package codec

// The range coder: adaptive binary decisions, 31 bits of state so that the
// same arithmetic works in languages whose integers are signed or doubles.
// It follows G. N. N. Martin, "Range encoding" (1979), with the bit-wise
// adaptive models of LZMA. Missing bytes read as zero and a zero stream
// decodes to "0" everywhere, so "nothing happened" costs no bytes at all.

const (
	topRange    = 1<<31 - 1 // of a fresh coder
	bottomRange = 1 << 23   // below it, a byte moves on
)

// A model is an adaptive probability: above the low 4 bits that the next bit is
// 0, in 1/65536; in the low 4 how many bits it has seen, up to 15.
type model uint32

// evenOdds has seen nothing.
const evenOdds model = 1 << 15 << 4

// rates is how much of the way a model goes toward the bit that it saw, in
// 1/65536, by how many it has seen: 1/2, 1/3, ... as the estimator of
// Krichevsky and Trofimov (1981) does, down to 1/32 so that it can forget. No
// probability gets below 31/65536 that way, nor above 65504/65536.
var rates = [16]uint32{
	32768, 21845, 16384, 13107, 10922, 9362, 8192, 7281,
	6553, 5461, 4681, 4096, 3276, 2730, 2340, 2048,
}

// split returns the part of a range that belongs to 0.
func (m model) split(rng uint32) uint32 { return (rng >> 12) * uint32(m>>8) }

// grows is what a bit adds to how many a model has seen.
var grows = [16]model{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0}

// saw returns the model after a bit. It has no branch on the bit, which nobody
// can predict.
func (m model) saw(bit uint32) model {
	one := -bit
	step := (uint32(m>>4) ^ ^one&0xffff) * rates[m&15] >> 16
	return m + model((step^one)-one)<<4 + grows[m&15]
}

// A rangeWriter appends coded decisions to buf.
type rangeWriter struct {
	buf   []byte
	start int
	low   uint64 // 32 bits: one that catches a carry, and the 31 of the state
	rng   uint32
}

func newRangeWriter(dst []byte) rangeWriter {
	return rangeWriter{buf: dst, start: len(dst), rng: topRange}
}

func (w *rangeWriter) bit(m *model, bit uint32) {
	bound := m.split(w.rng)
	one := -bit
	w.low += uint64(bound & one)
	w.rng = bound + (w.rng-2*bound)&one
	*m = m.saw(bit)
	for w.rng < bottomRange {
		w.shift()
	}
}

// raw appends n bits, at most 32, all equally likely.
func (w *rangeWriter) raw(v uint32, n uint) {
	for ; n > 8; n -= 8 {
		w.rawByte(v>>(n-8)&0xff, 8)
	}
	if n > 0 {
		w.rawByte(v&(1<<n-1), n)
	}
}

func (w *rangeWriter) rawByte(v uint32, n uint) {
	w.rng >>= n
	w.low += uint64(v) * uint64(w.rng)
	for w.rng < bottomRange {
		w.shift()
	}
}

// shift moves a byte on from the state to the buffer.
func (w *rangeWriter) shift() {
	w.rng <<= 8
	w.low <<= 8
	b := w.low >> 32
	w.low &= 1<<32 - 1
	if b > 0xff {
		w.carry()
	}
	w.buf = append(w.buf, byte(b))
}

// carry adds one to the bytes already there.
func (w *rangeWriter) carry() {
	i := len(w.buf) - 1
	for w.buf[i] == 0xff {
		w.buf[i] = 0
		i--
	}
	w.buf[i]++
}

// finish appends the shortest number that means what was coded, and cuts
// trailing zeros off.
func (w *rangeWriter) finish() []byte {
	end := w.low + uint64(w.rng)
	for n := uint(31); ; n-- {
		if v := (w.low + 1<<n - 1) >> n << n; v < end {
			w.low = v
			break
		}
	}
	w.rng = 0
	for range 4 {
		w.shift()
	}
	n := len(w.buf)
	for n > w.start && w.buf[n-1] == 0 {
		n--
	}
	return w.buf[:n]
}

// A rangeReader reads what a rangeWriter wrote, whatever the bytes are.
type rangeReader struct {
	buf  []byte
	code uint32 // below rng
	rng  uint32
}

func newRangeReader(src []byte) rangeReader {
	r := rangeReader{buf: src, rng: topRange}
	for range 4 {
		r.code = r.code<<8 | r.next()
	}
	// No writer starts with the high bit set; what does is cut down to a number
	// that could be.
	r.code = min(r.code, topRange-1)
	return r
}

func (r *rangeReader) next() uint32 {
	if len(r.buf) == 0 {
		return 0
	}
	b := r.buf[0]
	r.buf = r.buf[1:]
	return uint32(b)
}

func (r *rangeReader) bit(m *model) uint32 {
	bound, bit := m.split(r.rng), uint32(0)
	if r.code < bound {
		r.rng = bound
	} else {
		r.code -= bound
		r.rng -= bound
		bit = 1
	}
	*m = m.saw(bit)
	for r.rng < bottomRange {
		r.shift()
	}
	return bit
}

func (r *rangeReader) raw(n uint) uint32 {
	var v uint32
	for ; n > 8; n -= 8 {
		v = v<<8 | r.rawByte(8)
	}
	if n > 0 {
		v = v<<n | r.rawByte(n)
	}
	return v
}

func (r *rangeReader) rawByte(n uint) uint32 {
	r.rng >>= n
	v := min(r.code/r.rng, 1<<n-1)
	// What the shift cut off is not part of the range any more. No writer goes
	// there; whoever does is cut down, so that code stays below it.
	r.code = min(r.code-v*r.rng, r.rng-1)
	for r.rng < bottomRange {
		r.shift()
	}
	return v
}

func (r *rangeReader) shift() {
	r.rng <<= 8
	r.code = r.code<<8 | r.next()
}

// counts are the models of a small number's exponent.
type counts [12]model

// count appends a number below 2^32 - 1: the exponent of v + 1 as that many
// ones and a zero, then its bits below the first.
func (w *rangeWriter) count(c *counts, v uint32) {
	w.size((*[12]model)(c), v+1)
}

// size appends a number above 0 likewise.
func (w *rangeWriter) size(models *[12]model, v uint32) {
	e := exponent(v)
	for i := range e {
		w.bit(&models[min(i, 11)], 1)
	}
	if e < 31 {
		w.bit(&models[min(e, 11)], 0)
	}
	if e > 0 {
		w.raw(v&(1<<e-1), e)
	}
}

func (r *rangeReader) count(c *counts) uint32 { return r.size((*[12]model)(c)) - 1 }

func (r *rangeReader) size(models *[12]model) uint32 {
	e := uint(0)
	for e < 31 && r.bit(&models[min(e, 11)]) == 1 {
		e++
	}
	if e == 0 {
		return 1
	}
	return 1<<e | r.raw(e)
}
