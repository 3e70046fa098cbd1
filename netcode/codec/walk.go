package codec

import "github.com/rondo-sync/rondo/sim"

// A survivor is an entity that is in the baseline and in the new snapshot:
// where its rows start in the words of the tables.
type survivor struct {
	base, older, now int32 // older is -1 where the older baseline lacks it
	mover            bool  // its row differs between the two baselines
}

// olderRow looks rows up in the older baseline, for ids that ascend.
type olderRow struct {
	table *sim.Table
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
