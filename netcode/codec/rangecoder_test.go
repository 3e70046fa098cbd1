package codec

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A coderCase is one of schema/vectors/coder.json, whose README says what it
// means.
type coderCase struct {
	About   string
	Bytes   []byte
	P       uint32
	Written bool
	Reads   [][3]any
}

// play hands the reads of a case on, in order, with the models that they speak
// of.
func (c *coderCase) play(bit func(m *model, v uint32), raw func(n uint, v uint32), count func(c *counts, v uint32)) {
	var models [10]model
	var groups [4]counts
	for i := range models {
		models[i] = model(c.P << 4)
	}
	for i := range groups {
		fill(groups[i][:])
	}
	for _, r := range c.Reads {
		of, v := int(r[1].(float64)), uint32(r[2].(float64))
		switch r[0] {
		case "bit":
			bit(&models[of], v)
		case "raw":
			raw(uint(of), v)
		default:
			count(&groups[of], v)
		}
	}
}

func TestTheRangeCoderReadsTheVectorsAndWritesTheSameBytes(t *testing.T) {
	text, err := os.ReadFile("../../schema/vectors/coder.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []coderCase }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Cases {
		var want, got []uint32
		r := newRangeReader(c.Bytes)
		w := newRangeWriter([]byte("head"))
		c.play(func(m *model, v uint32) {
			want, got = append(want, v), append(got, r.bit(m))
		}, func(n uint, v uint32) {
			want, got = append(want, v), append(got, r.raw(n))
		}, func(c *counts, v uint32) {
			want, got = append(want, v), append(got, r.count(c))
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.About, diff)
		}
		if !c.Written {
			continue
		}
		c.play(w.bit, func(n uint, v uint32) { w.raw(v, n) }, w.count)
		if diff := cmp.Diff("head"+string(c.Bytes), string(w.finish())); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.About, diff)
		}
	}
}

func TestARangeReaderStaysWithinItsRangeWhateverTheBytesAre(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		src := make([]byte, 40)
		for i := range src {
			src[i] = byte(r.Uint32())
		}
		if r.IntN(2) == 0 {
			copy(src, "\x7f\xff\xff\xfe") // the highest code there is
		}
		reader, m := newRangeReader(src), evenOdds
		for i := range 60 {
			if r.IntN(2) == 0 {
				reader.bit(&m)
			} else {
				reader.raw(r.UintN(33))
			}
			if reader.code >= reader.rng || reader.rng < bottomRange {
				t.Fatalf("after %d reads of %x the code is %d, the range %d", i+1, src, reader.code, reader.rng)
			}
		}
	}
}
