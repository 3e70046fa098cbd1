package interest

// heapify orders keys as a heap: none is above its parent, (i - 1) / 2.
func heapify(keys []uint64) {
	for i := len(keys)/2 - 1; i >= 0; i-- {
		sink(keys, i)
	}
}

// pop takes the largest key off a heap.
func pop(keys []uint64) []uint64 {
	last := len(keys) - 1
	keys[0] = keys[last]
	keys = keys[:last]
	sink(keys, 0)
	return keys
}

// sink moves a key below those that are above it.
func sink(keys []uint64, i int) {
	for {
		child := 2*i + 1
		if child >= len(keys) {
			return
		}
		if child+1 < len(keys) && keys[child+1] > keys[child] {
			child++
		}
		if keys[i] >= keys[child] {
			return
		}
		keys[i], keys[child] = keys[child], keys[i]
		i = child
	}
}
