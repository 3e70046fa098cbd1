package codec

import "github.com/rondo-sync/rondo/sim"

// A step is one decision in the coding of a row's residuals: which model, and
// the bit that it sees. What a mover's row takes depends on its own rows alone,
// so its steps can be kept and taken again, in whatever message they stand.
//
//	bit 15 clear: 14 bits, which of the kind's field models; the bit
//	bit 15 set: up to 8 bits of even odds: 4 bits, how many; 8, which
type step uint16

const evenStep step = 1 << 15

// All models of the widest kind have a number of 14 bits.
const _ = uint(1<<14 - sim.MaxFields*(sameAt+1))

// A tape is the steps of a row.
type tape []step

func (t tape) bit(model uint, bit step) tape { return append(t, step(model)<<1|bit) }

// even appends n bits of even odds, as rangeWriter.raw does.
func (t tape) even(v uint32, n uint) tape {
	for ; n > 8; n -= 8 {
		t = append(t, evenStep|step(8)<<8|step(v>>(n-8)&0xff))
	}
	if n > 0 {
		t = append(t, evenStep|step(n)<<8|step(v&(1<<n-1)))
	}
	return t
}

// residual appends what a residual takes of a field whose models begin at some
// place of the kind's.
func (t tape) residual(at uint, su surprise, nonzero uint, r int64) tape {
	if r == 0 {
		return t.bit(at+zeroAt(su.pace(), nonzero), 0)
	}
	t = t.bit(at+zeroAt(su.pace(), nonzero), 1)
	size, sign := uint32(r), step(0)
	if r < 0 {
		size, sign = uint32(-r), 1
	}
	e := exponent(size)
	for i := range e {
		t = t.bit(at+exponentAt(su.pace(), i), 1)
	}
	if e < 31 {
		t = t.bit(at+exponentAt(su.pace(), e), 0)
	}
	t = t.even(size&(1<<e-1), e)
	return t.bit(at+signAt(su), sign)
}

// take codes the steps.
func (w *rangeWriter) take(models []model, steps tape) {
	low, rng := w.low, w.rng
	for _, s := range steps {
		if s&evenStep != 0 {
			rng >>= s >> 8 & 15
			low += uint64(s&0xff) * uint64(rng)
		} else {
			m := &models[s>>1]
			was, bit := *m, uint32(s&1)
			bound := was.split(rng)
			one := -bit
			low += uint64(bound & one)
			rng = bound + (rng-2*bound)&one
			*m = was.saw(bit)
		}
		if rng < bottomRange {
			w.low, w.rng = low, rng
			w.shift()
			for w.rng < bottomRange {
				w.shift()
			}
			low, rng = w.low, w.rng
		}
	}
	w.low, w.rng = low, rng
}
