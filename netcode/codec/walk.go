package codec

import "github.com/rondo-sync/rondo/sim"

// A survivor is an entity that is in the baseline and in the new snapshot:
// where its rows start in the words of the tables.
type survivor struct {
	base, older, now int32 // older is -1 where the older baseline lacks it
	mover            bool  // its row differs between the two baselines, or the older one lacks it
}

// olderRow looks rows up in the older baseline, for ids that ascend.
type olderRow struct {
	table *sim.Table
	known bool // there is an older baseline
	next  int
}

// find returns where the entity's row starts, -1 where it has none.
func (o *olderRow) find(id sim.EntityID) int32 {
	for o.next < len(o.table.IDs) && o.table.IDs[o.next] < id {
		o.next++
	}
	if o.next == len(o.table.IDs) || o.table.IDs[o.next] != id {
		return -1
	}
	return int32(o.next * o.table.Width)
}

// survives notes an entity that is in the baseline and, from start on, in the
// new words, and whether it is a mover. Where there is no older baseline all
// rest.
func (o *olderRow) survives(id sim.EntityID, base *sim.Table, i, start int) survivor {
	s := survivor{base: int32(i * base.Width), now: int32(start), older: o.find(id)}
	s.mover = o.known && (s.older < 0 || moved(base.Row(i), row(o.table, s.older)))
	return s
}

// moved tells whether two rows differ.
func moved(a, b []uint32) bool {
	b = b[:len(a)]
	for i := range a {
		if a[i] != b[i] {
			return true
		}
	}
	return false
}

// more and fewer count how many movers lately differed from their prediction.
func more(n uint) uint  { return min(n+1, 3) }
func fewer(n uint) uint { return max(n, 1) - 1 }

// noRow is what a row is like where there is none: zeros.
var noRow [sim.MaxFields]uint32

// lastRow returns the id and the words of the table's last row: 0 and zeros
// where it is empty.
func (c *kindCoder) lastRow(t *sim.Table) (sim.EntityID, []uint32) {
	if n := len(t.IDs); n > 0 {
		return t.IDs[n-1], t.Row(n - 1)
	}
	return 0, noRow[:len(c.predictors)]
}
