package vectors

// This file is CODER of PROTOCOL.md, in the page's words.

// A model is what CODER-2 calls one.
type model struct{ p, n uint32 }

func even() model { return model{p: 32768} }

func (m *model) saw(bit uint32) {
	r := [16]uint32{
		32768, 21845, 16384, 13107, 10922, 9362, 8192, 7281, 6553, 5461, 4681, 4096, 3276, 2730, 2340, 2048,
	}[m.n]
	if bit == 0 {
		m.p += (65535 - m.p) * r >> 16
	} else {
		m.p -= m.p * r >> 16
	}
	m.n = min(m.n+1, 15)
}

// twelve models are those of a count.
type twelve [12]model

// fresh fills groups of models with even ones.
func fresh(groups ...[]model) {
	for _, group := range groups {
		for i := range group {
			group[i] = even()
		}
	}
}

// A source answers what a delta asks, in order.
type source interface {
	bit(m *model) uint32
	raw(n int) uint32
}

// A tape is a source made of bytes: the range decoder.
type tape struct {
	bytes      []byte
	rng, code  uint64
	overLimits bool // a limit took effect, as no server's bytes make it
}

func newTape(bytes []byte) *tape {
	t := &tape{bytes: bytes, rng: 1<<31 - 1}
	for range 4 {
		t.code = t.code*256 + t.next()
	}
	t.limit(1<<31 - 2)
	return t
}

func (t *tape) next() uint64 {
	if len(t.bytes) == 0 {
		return 0
	}
	b := t.bytes[0]
	t.bytes = t.bytes[1:]
	return uint64(b)
}

func (t *tape) limit(top uint64) {
	if t.code > top {
		t.code, t.overLimits = top, true
	}
}

// refill is CODER-3.
func (t *tape) refill() {
	for t.rng < 1<<23 {
		t.rng *= 256
		t.code = t.code*256 + t.next()
	}
}

func (t *tape) bit(m *model) (bit uint32) {
	bound := (t.rng >> 12) * uint64(m.p>>4)
	if t.code < bound {
		t.rng = bound
	} else {
		bit, t.code, t.rng = 1, t.code-bound, t.rng-bound
	}
	m.saw(bit)
	t.refill()
	return bit
}

func (t *tape) raw(n int) uint32 {
	v := uint64(0)
	for n > 0 {
		piece := min(n, 8)
		t.rng >>= piece
		digit := min(t.code/t.rng, 1<<piece-1)
		t.code -= digit * t.rng
		t.limit(t.rng - 1)
		t.refill()
		v, n = v<<piece|digit, n-piece
	}
	return uint32(v)
}

// count is CODER-5.
func count(in source, m *twelve) uint32 {
	e := 0
	for e < 31 && in.bit(&m[min(e, 11)]) == 1 {
		e++
	}
	return 1<<e + in.raw(e) - 1
}
