package vectors

import (
	"bytes"
	"fmt"
	"math/big"
	"math/bits"

	"github.com/rondo-sync/rondo/sim"
)

// A pen writes decisions so that CODER reads them back: it narrows a range of
// numbers, each as long as all bytes so far, and in the end takes the one with
// the most zeros behind.
type pen struct {
	low     big.Int // four bytes, and one more for every shift
	rng     uint64
	shifts  int
	carried int // bytes of 0xff that a carry ran over at most
}

func newPen() *pen { return &pen{rng: 1<<31 - 1} }

func (p *pen) bit(m *model, v uint32) {
	bound := (p.rng >> 12) * uint64(m.p>>4)
	if v == 0 {
		p.rng = bound
	} else {
		p.rng -= bound
		p.add(bound)
	}
	m.saw(v)
	p.shift()
}

func (p *pen) raw(v uint32, n int) {
	for n > 0 {
		piece := min(n, 8)
		n -= piece
		p.rng >>= piece
		p.add(uint64(v>>n&(1<<piece-1)) * p.rng)
		p.shift()
	}
}

func (p *pen) shift() {
	for p.rng < 1<<23 {
		p.rng <<= 8
		p.low.Lsh(&p.low, 8)
		p.shifts++
	}
}

func (p *pen) add(v uint64) {
	var before, after big.Int
	before.Rsh(&p.low, 32)
	p.low.Add(&p.low, new(big.Int).SetUint64(v))
	if after.Rsh(&p.low, 32); after.Cmp(&before) != 0 {
		p.carried = max(p.carried, int(after.TrailingZeroBits()/8))
	}
}

func (p *pen) bytes() []byte {
	end := new(big.Int).Add(&p.low, new(big.Int).SetUint64(p.rng))
	for n := uint(31); ; n-- {
		up := new(big.Int).Add(&p.low, big.NewInt(1<<n-1))
		up.Lsh(up.Rsh(up, n), n)
		if up.Cmp(end) < 0 {
			return bytes.TrimRight(up.FillBytes(make([]byte, p.shifts+4)), "\x00")
		}
	}
}

// A script of a delta is its decisions by hand: what they mean depends on what
// is asked, so it says too what it thinks it is asked.
type decisions struct{ list []decision }

// A decision is a bit that a model codes, where n is 0, or n raw bits.
type decision struct {
	n int
	v uint32
}

func byHand() *decisions { return &decisions{} }

func (d *decisions) bit(values ...uint32) *decisions {
	for _, v := range values {
		d.list = append(d.list, decision{0, v})
	}
	return d
}

func (d *decisions) raw(v uint32, n int) *decisions {
	if n > 0 {
		d.list = append(d.list, decision{n, v})
	}
	return d
}

func (d *decisions) count(v uint32) *decisions {
	e := bits.Len32(v+1) - 1
	return d.exponent(e).raw(v+1-1<<e, e)
}

func (d *decisions) exponent(e int) *decisions {
	for range e {
		d.bit(1)
	}
	if e < 31 {
		d.bit(0)
	}
	return d
}

// residual writes a residual up to 2^32 - 1 either way.
func (d *decisions) residual(v int64) *decisions {
	if v == 0 {
		return d.bit(0)
	}
	size, sign := uint32(max(v, -v)), uint32(0)
	if v < 0 {
		sign = 1
	}
	e := bits.Len32(size) - 1
	return d.bit(1).exponent(e).raw(size&(1<<e-1), e).bit(sign)
}

// word writes an added word as it is, like one that is that of the row before.
func (d *decisions) word(v uint32, n int) *decisions { return d.bit(1).raw(v, n) }
func (d *decisions) like() *decisions                { return d.bit(0) }

// firstID writes the gap of the first added id, up or, below the baseline's last
// one, down.
func (d *decisions) firstID(gap uint32) *decisions  { return d.bit(0).count(gap) }
func (d *decisions) firstDown(by uint32) *decisions { return d.bit(1).count(by) }

// same begins a kind whose plan and rows stay as they are.
func (d *decisions) same() *decisions { return d.bit(0, 0) }

// An author is a source that takes its answers from a script, zeros behind its
// end, and writes them down.
type author struct {
	list []decision
	*pen
}

// A misread is a script that was asked for something else.
type misread string

func (a *author) bit(m *model) uint32 {
	v := a.next(0)
	a.pen.bit(m, v)
	return v
}

func (a *author) raw(n int) uint32 {
	if n == 0 {
		return 0
	}
	v := a.next(n)
	a.pen.raw(v, n)
	return v
}

func (a *author) next(n int) uint32 {
	if len(a.list) == 0 {
		return 0
	}
	d := a.list[0]
	a.list = a.list[1:]
	if d.n != n {
		panic(misread(fmt.Sprintf("the script has %+v where %d bits are due, and %d more", d, n, len(a.list))))
	}
	return d.v
}

// write returns the bytes of a delta that is written by hand, and what it leads
// to; an error where the page calls it bad.
func (d *decisions) write(schema *sim.Schema, base, older *sim.Snapshot, age ages) (delta []byte, tables [][]row, err error) {
	a := &author{d.list, newPen()}
	tables, err = d.perform(a, columns(schema), rows(schema, base), rows(schema, older), age)
	if err == nil && len(a.list) > 0 {
		panic(misread(fmt.Sprintf("%d decisions of the script are left over", len(a.list))))
	}
	return a.bytes(), tables, err
}

func (d *decisions) perform(in source, kinds [][]column, base, older [][]row, age ages) (tables [][]row, err error) {
	defer refuse(&err)
	return decodeDelta(in, kinds, base, older, age, &coverage{}), nil
}

// columns are those of a schema, rows those of a snapshot; nil has none.
func columns(schema *sim.Schema) (kinds [][]column) {
	for _, k := range schema.Kinds {
		var columns []column
		for _, f := range k.Fields {
			columns = append(columns, column{int(f.Type), int(f.Bits), int(f.Predict), f.Heading, int(f.Axis), int64(f.Speed)})
		}
		kinds = append(kinds, columns)
	}
	return kinds
}

func rows(schema *sim.Schema, s *sim.Snapshot) [][]row {
	tables := make([][]row, len(schema.Kinds))
	if s == nil {
		return tables
	}
	for kind := range s.Kinds {
		for i, id := range s.Kinds[kind].IDs {
			tables[kind] = append(tables[kind], row{uint32(id), s.Kinds[kind].Row(i)})
		}
	}
	return tables
}
