package netcode

import "sync/atomic"

// ringSize is how many letters may come between two ticks; a power of two. It
// holds what a connection that stalled for 3 s at 20 Hz delivers at once; what
// comes above that is dropped, and counted.
const ringSize = 64

// A ring passes letters from one goroutine, the writer, to another, the
// reader.
type ring struct {
	letters [ringSize]letter
	put     atomic.Uint32 // how many were ever put; the writer adds
	got     atomic.Uint32 // how many were ever taken out; the reader adds
}

// push adds a letter and says false where there is no room.
func (r *ring) push(l letter) bool {
	put := r.put.Load()
	if put-r.got.Load() == ringSize {
		return false
	}
	r.letters[put%ringSize] = l
	r.put.Store(put + 1)
	return true
}

// drain calls took with all letters that are there, in order.
func (r *ring) drain(took func(*letter)) {
	got, put := r.got.Load(), r.put.Load()
	for ; got != put; got++ {
		took(&r.letters[got%ringSize])
	}
	r.got.Store(got)
}
