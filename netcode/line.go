package netcode

import (
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/netcode/wire"
)

// A line is one socket of a session, which has one at a time: none after a cut,
// until another one resumes it.
type line struct {
	*Session
	link   link
	claim  claim             // what its client has, of a line that resumes
	secret *[secretSize]byte // what its Welcome hands out, nil for none

	// Owned by the goroutine that reads the socket.
	pace  pace
	voice pace // of what the player says to the game

	// Where goroutines meet.
	heard   atomic.Int64 // nanoseconds after Session.started; the socket's reader sets it
	writing atomic.Int64 // nanoseconds after that since which a message waits for the client, 0 for none; the socket's writer sets it
	bye     atomic.Pointer[goodbye]

	// Owned by the room's goroutine; by the link once the room has left.
	last bool // the session ends with this line
}

// sayPeriod is how often a player may say something to the game on average; maxSays
// may come at once (INPUT-10).
const sayPeriod = 500 * time.Millisecond

// A goodbye is why a line ends.
type goodbye struct {
	code   CloseCode
	reason string
	// roomLeft tells that the room said it: its last messages go out before.
	roomLeft bool
	// cut tells that nobody wanted it: the session waits for another line.
	cut bool
}

func (s *Session) newLine() *line {
	l := &line{Session: s, pace: pace{every: time.Second / time.Duration(framesPerTick*s.game.Rate)}, voice: pace{every: sayPeriod}}
	l.heard.Store(int64(s.age()))
	return l
}

// parse checks a message of the client that came now, and counts it. It says
// false where there is nothing to accept. The goroutine that reads the socket
// calls it; the bytes are someone else's after the call.
func (l *line) parse(binary bool, b []byte, now time.Time) (m letter, ok bool) {
	if l.bye.Load() != nil || !l.allow(now) {
		return letter{}, false
	}
	if !binary {
		l.close(CloseBadMessage, "a message is not binary")
		return letter{}, false
	}
	f, err := wire.ParseClientFrame(b[:len(b):len(b)], l.game.Schema.Input)
	if err != nil {
		l.close(CloseBadMessage, err.Error())
		return letter{}, false
	}
	m = letter{ClientFrame: f, at: now.Sub(l.started)}
	if f.Said == "" {
		return m, true
	}
	said, err := wire.ParseSaid(f.Said, l.game.Schema.Messages)
	if err != nil {
		l.close(CloseBadMessage, err.Error())
		return letter{}, false
	}
	if l.voice.allow(m.at, maxSays) {
		m.said = &said
	} else {
		l.server.stats.unheard.Add(1)
	}
	return m, true
}

// allow counts what the client sent and says false where it was too much. The
// goroutine that reads the socket calls it.
func (l *line) allow(now time.Time) bool {
	age := now.Sub(l.started)
	l.heard.Store(int64(age))
	if l.pace.allow(age, l.burst()) {
		return true
	}
	l.close(CloseTooFast, fmt.Sprintf("more than %d messages a tick", framesPerTick))
	return false
}

// burst is how many messages may come at once: when a link that stood still
// carries again, TCP delivers all that an honest client sent meanwhile, a message a tick,
// for up to as long as it may be silent. What fits into no ring is dropped there.
func (l *line) burst() int { return ringSize + int(l.server.cfg.Idle/l.period) }

// survive ends this session alone where the reader of its socket panicked; it is
// to be deferred.
func (l *line) survive() {
	if v := recover(); v != nil {
		l.server.cfg.Log.Error("session panicked", zap.Any("panic", v), zap.ByteString("stack", debug.Stack()))
		l.close(CloseProtocolError, "the server broke on a message")
	}
}

// close says goodbye, with the first code only, and never blocks. The session
// ends with it: the room lets it go at its next tick. Any goroutine may call it.
func (l *line) close(code CloseCode, reason string) {
	l.end(&goodbye{code: code, reason: reason})
}

// cut is close for what nobody wanted: the session can be resumed.
func (l *line) cut(code CloseCode, reason string) {
	l.end(&goodbye{code: code, reason: reason, cut: true})
}

func (l *line) end(bye *goodbye) {
	if l.bye.CompareAndSwap(nil, bye) {
		l.link.ending(bye)
	}
}

// parted ends the line after the client's close frame. A browser that leaves a
// page, perhaps to load it again, says going away for it, and a client that gave
// up on a connection cut (RESUME-2).
func (l *line) parted(code CloseCode) {
	if code == CloseGoingAway || code == CloseCut {
		l.cut(CloseCut, "the client may come back")
		return
	}
	l.close(CloseNormal, "the client left")
}

// left is called by the link once the goodbye has reached the client or will
// not, and the room has let the line go.
func (l *line) left() {
	l.server.forget(l)
	if l.last {
		l.Session.left()
	}
}

// closeStale says goodbye to a client that was silent, or did not read, for
// too long.
func (l *line) closeStale(now time.Time) {
	cfg, age := &l.server.cfg, now.Sub(l.started)
	if age-time.Duration(l.heard.Load()) > cfg.Idle {
		l.cut(CloseSilent, "nothing was heard for "+cfg.Idle.String())
	}
	if since := l.writing.Load(); since != 0 && age-time.Duration(since) > cfg.WriteTimeout {
		l.cut(CloseTooSlow, "a frame was not read for "+cfg.WriteTimeout.String())
	}
}
