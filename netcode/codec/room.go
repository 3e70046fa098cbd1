package codec

import "github.com/rondo-sync/rondo/sim"

// A RoomDecoder rebuilds what one client on an ordered transport may see of a
// room: the shared snapshots, and beside them its own of the private kinds
// (PRIVATE). It belongs to one goroutine.
type RoomDecoder struct {
	shared  *Decoder
	private *Decoder // nil where the schema has no private kinds
}

// NewRoomDecoder returns a decoder that waits for a full state.
func NewRoomDecoder(s *sim.Schema) *RoomDecoder {
	d := &RoomDecoder{shared: NewDecoder(s)}
	if hidden := s.Private(); hidden != nil {
		d.private = NewDecoder(hidden)
	}
	return d
}

// Snapshot returns the newest shared snapshot, as Decoder.Snapshot does.
func (d *RoomDecoder) Snapshot() *sim.Snapshot { return d.shared.Snapshot() }

// Private returns the newest snapshot of the private kinds, by Schema.Private,
// which stands as of Snapshot's tick; its own tick is when it last changed. It is
// nil where the schema has no private kinds.
func (d *RoomDecoder) Private() *sim.Snapshot {
	if d.private == nil {
		return nil
	}
	return d.private.Snapshot()
}

// Decode reads a state and the private part that came with it, nil for none,
// and says what it did with each. A private part is passed over with a state that
// is dropped or whose checksum differs (PRIVATE-4): its result is the zero one
// then. Where the private part alone is bad the shared snapshot is the next
// already: such a connection ends.
func (d *RoomDecoder) Decode(state, part []byte) (shared, private Result, err error) {
	if part != nil && d.private == nil {
		return shared, private, bad("a private part, and the schema has no private kinds")
	}
	shared, err = d.shared.Decode(state)
	if err != nil || shared.Dropped || shared.Desync || d.private == nil {
		return shared, private, err
	}
	if part != nil {
		private, err = d.decodePrivate(part)
	}
	if err == nil && shared.Full && !private.Full {
		err = bad("a full state without a full private part")
	}
	d.shared.lost = private.Desync
	return shared, private, err
}

func (d *RoomDecoder) decodePrivate(part []byte) (Result, error) {
	res, err := d.private.Decode(part)
	if err != nil || res.Dropped {
		return res, err
	}
	if got, want := d.Private().Tick, d.Snapshot().Tick; got != want {
		return res, bad("the private part is of tick %d, the state of %d", got, want)
	}
	return res, nil
}

// Forget lets go of all that was decoded, after which only a full state is taken
// (STATE-5): the ticks of both snapshots are 0.
func (d *RoomDecoder) Forget() {
	d.shared.forget()
	if d.private != nil {
		d.private.forget()
	}
}
