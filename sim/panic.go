package sim

import "fmt"

// A PanicError says that a game panicked, which ended its room.
type PanicError struct {
	Game  string
	Tick  Tick
	Value any    // what the game panicked with
	Stack []byte // of the room's goroutine, as runtime/debug formats it
}

// Error tells it in one sentence, without the stack.
func (e *PanicError) Error() string {
	return fmt.Sprintf("game %q panicked at tick %d: %v", e.Game, e.Tick, e.Value)
}
