package matchmaking

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
)

// Directory knows which rooms run and who sits in them. A room's entry belongs to the node that runs it: that node puts
// and deletes it; anybody may update it, and an update is atomic. All methods may be called from any goroutine.
//
// Writes may go over a network and fail. List answers from memory at once, so that no ticket waits for a network to read.
type Directory interface {
	// Put stores the entry of a room that was opened. A name or a code that is there already is an error.
	Put(ctx context.Context, room Room) error

	// Update replaces the entry of that name by what change makes of a copy of it. An error of change leaves the entry as
	// it is and is returned as it came. change may be called more than once, when others write at the same time, so it touches
	// nothing but the copy, and neither name nor Listing. It returns ErrNoRoom, wrapped, if there is no such entry.
	Update(ctx context.Context, name string, change func(*Room) error) error

	// Delete forgets a room that has ended. To delete what is not there is no error.
	Delete(ctx context.Context, name string) error

	// List returns the rooms of a game and mode, ascending by name. "" stands for any. The slice is the caller's, the
	// rooms are shared and not to be changed.
	List(game, mode string) []*Room

	// After returns at most n rooms that are not private, ascending from the first whose name is above the given one. Like List, Find and
	// ByCode it answers from memory.
	After(name string, n int) []*Room

	// Find returns the room of that name and ByCode the one with that code, nil where there is none. They are shared and not to be changed.
	Find(name string) *Room
	ByCode(code string) *Room
}

// Memory is the embedded Directory of a single node. Its zero value is empty and ready. Its contexts are not looked at and
// only the documented errors occur.
type Memory struct {
	// mu guards rooms. A Directory is asked from many goroutines and answers within the call: a goroutine that owned the
	// slice would give the same exclusion for two channel operations more.
	mu    sync.Mutex
	rooms []*Room           // ascending by name; what a pointer shows never changes, an update stores a new Room
	codes map[string]string // the names of rooms by their codes
}

var _ Directory = (*Memory)(nil)

// Put stores a room; see Directory.
func (d *Memory) Put(_ context.Context, room Room) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, found := d.find(room.Name)
	if found {
		return fmt.Errorf("put room %q: the name is taken", room.Name)
	}
	if room.Code != "" {
		if _, taken := d.codes[room.Code]; taken {
			return fmt.Errorf("put room %q: its code is taken", room.Name)
		}
		if d.codes == nil {
			d.codes = make(map[string]string)
		}
		d.codes[room.Code] = room.Name
	}
	d.rooms = slices.Insert(d.rooms, at, room.clone())
	return nil
}

// Update changes a room; see Directory. change is called once, and must not call the Memory.
func (d *Memory) Update(_ context.Context, name string, change func(*Room) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, found := d.find(name)
	if !found {
		return fmt.Errorf("update room %q: %w", name, ErrNoRoom)
	}
	room := d.rooms[at].clone()
	if err := change(room); err != nil {
		return err
	}
	d.rooms[at] = room
	return nil
}

// Delete forgets a room; see Directory.
func (d *Memory) Delete(_ context.Context, name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if at, found := d.find(name); found {
		delete(d.codes, d.rooms[at].Code)
		d.rooms = slices.Delete(d.rooms, at, at+1)
	}
	return nil
}

// List returns rooms; see Directory.
func (d *Memory) List(game, mode string) []*Room {
	d.mu.Lock()
	defer d.mu.Unlock()
	rooms := make([]*Room, 0, len(d.rooms))
	for _, r := range d.rooms {
		if (game == "" || r.Game == game) && (mode == "" || r.Mode == mode) {
			rooms = append(rooms, r)
		}
	}
	return rooms
}

// After returns rooms; see Directory.
func (d *Memory) After(name string, n int) []*Room {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, found := d.find(name)
	if found {
		at++
	}
	var rooms []*Room
	for ; at < len(d.rooms) && len(rooms) < n; at++ {
		if r := d.rooms[at]; !r.Private {
			rooms = append(rooms, r)
		}
	}
	return rooms
}

// Find returns a room; see Directory.
func (d *Memory) Find(name string) *Room {
	d.mu.Lock()
	defer d.mu.Unlock()
	if at, found := d.find(name); found {
		return d.rooms[at]
	}
	return nil
}

// ByCode returns a room; see Directory.
func (d *Memory) ByCode(code string) *Room {
	d.mu.Lock()
	name, found := d.codes[code]
	d.mu.Unlock()
	if !found {
		return nil
	}
	return d.Find(name)
}

func (d *Memory) find(name string) (at int, found bool) {
	return slices.BinarySearchFunc(d.rooms, name, func(r *Room, name string) int { return cmp.Compare(r.Name, name) })
}
