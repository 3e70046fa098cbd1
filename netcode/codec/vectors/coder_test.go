package vectors

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// coderVector is coder.json: the range coder alone.
type coderVector struct {
	Name  string      `json:"name"`
	About string      `json:"about"`
	Cases []coderCase `json:"cases"`
}

// A coderCase is bytes and what is read from them in order. P is what the models
// of single bits begin with; those of counts are even. Written tells that a
// server would write just these bytes.
type coderCase struct {
	About   string `json:"about"`
	Bytes   []byte `json:"bytes"`
	P       uint32 `json:"p"`
	Written bool   `json:"written"`
	Reads   []read `json:"reads"`
}

// A read is ["bit", model, value], ["raw", n, value] or ["count", models,
// value]. Models have numbers, those of bits and those of counts apart.
type read [3]any

// An exercise plays a case: it says what a source answers.
type exercise struct {
	source
	bits   [10]model
	counts [4]twelve
	reads  []read
}

func newExercise(in source, p uint32) *exercise {
	x := &exercise{source: in, reads: []read{}}
	for i := range x.bits {
		x.bits[i].p = p
	}
	for i := range x.counts {
		fresh(x.counts[i][:])
	}
	return x
}

func (x *exercise) readBit(m int) { x.reads = append(x.reads, read{"bit", m, x.bit(&x.bits[m])}) }
func (x *exercise) readRaw(n int) { x.reads = append(x.reads, read{"raw", n, x.raw(n)}) }
func (x *exercise) readCount(c int) {
	x.reads = append(x.reads, read{"count", c, count(x, &x.counts[c])})
}

func coderVectors() *coderVector {
	v := &coderVector{Name: "coder", About: "CODER alone: bytes, and what bits, raw numbers and counts are read from them."}
	v.models()
	v.numbers()
	v.ends()
	v.mixed()
	v.unwritten()
	return v
}

// write adds a case by its decisions.
func (v *coderVector) write(about string, p uint32, d *decisions, exercise func(x *exercise)) *author {
	a := &author{d.list, newPen()}
	x := newExercise(a, p)
	exercise(x)
	if len(a.list) > 0 {
		panic(misread(fmt.Sprint(about, " leaves decisions over: ", len(a.list))))
	}
	v.Cases = append(v.Cases, coderCase{about, a.bytes(), p, true, x.reads})
	return a
}

// read adds a case by its bytes.
func (v *coderVector) read(about string, bytes []byte, exercise func(x *exercise)) {
	x := newExercise(newTape(bytes), 32768)
	exercise(x)
	v.Cases = append(v.Cases, coderCase{about, bytes, 32768, false, x.reads})
}

func (v *coderVector) models() {
	bits := func(n int) func(x *exercise) {
		return func(x *exercise) {
			for range n {
				x.readBit(0)
			}
		}
	}
	v.write("CODER-1: without a byte all is 0", 32768, byHand(), func(x *exercise) {
		x.readBit(0)
		x.readRaw(32)
		x.readCount(0)
	})
	v.write("CODER-2: a model learns", 32768, byHand().bit(0, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1), bits(20))
	v.write("zeros are cheap in the end, and then a one is not", 32768, alike(150, 0), bits(151))
	v.write("ones are cheap in the end, and then a zero is not", 32768, alike(150, 1), bits(151))
	v.write("a model that begins as a plan's, with ones", 61440, alike(20, 1), bits(21))
	v.write("and with zeros", 61440, alike(20, 0), bits(21))
}

// alike is n times a bit, and the other one once.
func alike(n int, bit uint32) *decisions {
	d := byHand()
	for range n {
		d.bit(bit)
	}
	return d.bit(1 - bit)
}

func (v *coderVector) numbers() {
	raw, counts := byHand(), byHand()
	var widths, groups []int
	for n := range 33 {
		for _, value := range []uint32{0, 1, ones(n), 0x5bd1e995, ones(n) - 1} {
			raw.raw(value&ones(n), n)
			widths = append(widths, n)
		}
	}
	for e := range 32 {
		for i, value := range []uint32{1<<e - 1, 1 << e, 3<<e>>1 - 1} {
			counts.count(value)
			groups = append(groups, i)
		}
	}
	counts.count(0xfffffffe)
	v.write("CODER-4: raw numbers of 0 to 32 bits", 32768, raw, func(x *exercise) {
		for _, n := range widths {
			x.readRaw(n)
		}
	})
	v.write("CODER-5: counts up to 2^32 - 2", 32768, counts, func(x *exercise) {
		for _, c := range groups {
			x.readCount(c)
		}
		x.readCount(3)
	})
}

// ends are cases whose bytes are not what one thinks at first.
func (v *coderVector) ends() {
	v.write("zeros in front and within are there", 32768, byHand().raw(0, 32).raw(7, 8).raw(0, 32).raw(1, 8), func(x *exercise) {
		for _, n := range []int{32, 8, 32, 8} {
			x.readRaw(n)
		}
	})
	v.write("zeros behind are cut off", 32768, byHand().raw(0x80, 8).bit(0, 0, 0, 0), func(x *exercise) {
		x.readRaw(8)
		for range 4 {
			x.readBit(0)
		}
		x.readRaw(32)
	})
	// What these bytes say narrows the range to just above 0x13 << 80 from both
	// sides, so that the writer's low end is 0x12ffff... for long.
	d := decode(append([]byte{0x13}, append(make([]byte, 9), 0x40)...), 200)
	tenModels := func(n int) func(x *exercise) {
		return func(x *exercise) {
			for i := range n {
				x.readBit(i % 10)
			}
		}
	}
	if a := v.write("a carry runs over many bytes", 32768, d, tenModels(200)); a.carried < 7 {
		panic(misread(fmt.Sprintf("the carry ran over %d bytes alone", a.carried)))
	}
	v.write("and here in the end: it is all but 0x13", 32768, &decisions{d.list[:120]}, tenModels(120))
}

// decode returns the bits that bytes say by ten models in turn.
func decode(bytes []byte, n int) *decisions {
	x := newExercise(newTape(bytes), 32768)
	d := byHand()
	for i := range n {
		d.bit(x.bit(&x.bits[i%10]))
	}
	return d
}

func (v *coderVector) mixed() {
	r := rand.New(rand.NewPCG(5, 6))
	d := byHand()
	var asks []func(x *exercise)
	for range 400 {
		switch which := r.IntN(10); r.IntN(4) {
		case 0:
			n := r.IntN(33)
			d.raw(r.Uint32()&ones(n), n)
			asks = append(asks, func(x *exercise) { x.readRaw(n) })
		case 1:
			d.count(r.Uint32() >> r.UintN(32) >> 1)
			asks = append(asks, func(x *exercise) { x.readCount(which % 4) })
		default:
			bit := uint32(0)
			if r.IntN(10) < which {
				bit = 1
			}
			d.bit(bit)
			asks = append(asks, func(x *exercise) { x.readBit(which) })
		}
	}
	v.write("all at once", 32768, d, func(x *exercise) {
		for _, ask := range asks {
			ask(x)
		}
	})
}

// unwritten are bytes that no server writes; all read the same from them.
func (v *coderVector) unwritten() {
	mix := func(x *exercise) {
		for i := range 12 {
			x.readBit(i % 3)
			x.readRaw(min(3*i, 32))
			x.readCount(i % 2)
		}
	}
	v.read("CODER-1: a code above 2^31 - 2 counts as that", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, mix)
	v.read("so does 2^31 - 1", []byte{0x7f, 0xff, 0xff, 0xff, 0x12, 0x34, 0x56, 0x78}, mix)
	v.read("CODER-4: what raw cuts off the range", []byte{0x7f, 0xff, 0xff, 0xfe, 0x99, 0x99, 0x99}, func(x *exercise) {
		for range 6 {
			x.readRaw(8)
			x.readBit(0)
		}
		mix(x)
	})
	v.read("zeros that a server would have cut off", []byte{0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, mix)
}

func TestAReaderOfTheProtocolPageReadsTheCoder(t *testing.T) {
	v := &coderVector{}
	load(t, "coder", v)
	limited := 0
	for _, c := range v.Cases {
		in := newTape(c.Bytes)
		x := newExercise(in, c.P)
		for _, r := range c.Reads {
			of := int(r[1].(float64))
			switch r[0] {
			case "bit":
				x.readBit(of)
			case "raw":
				x.readRaw(of)
			default:
				x.readCount(of)
			}
		}
		requireSameJSON(t, c.Reads, x.reads)
		if in.overLimits {
			limited++
		}
		if in.overLimits && c.Written {
			t.Errorf("%s: a server wrote what takes a limit of CODER", c.About)
		}
	}
	if limited < 3 {
		t.Errorf("%d cases take the limits of CODER", limited)
	}
}
