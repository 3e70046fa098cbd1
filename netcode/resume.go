package netcode

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim"
)

const (
	secretSize = wire.ResumeSecret
	// resumeEvery and resumeBurst bound how often a session is resumed: each time
	// costs a handshake and a full state.
	resumeEvery = time.Second
	resumeBurst = 16

	tickParameter    = "tick"
	heardParameter   = "heard"
	attemptParameter = "attempt"
)

// A claim is what a client says that resumes (RESUME-3).
type claim struct {
	secret [secretSize]byte
	tick   sim.Tick // the newest state that it has, 0 for none
	heard  uint32   // how many messages it has heard
	knows  bool     // it says how many

	attempt uint32 // ascends; 0 where the client does not count
}

// readClaim reads a secret as headers have it and what the query says.
func readClaim(text string, query url.Values) (*claim, error) {
	c := &claim{knows: query.Has(heardParameter)}
	secret, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(secret) != secretSize {
		return nil, refuse(http.StatusUnauthorized, "the secret is malformed: send the %d bytes of the newest Welcome in base64url, without padding", secretSize)
	}
	copy(c.secret[:], secret)
	tick, err := readNumber(query, tickParameter)
	if err != nil {
		return nil, err
	}
	c.tick = sim.Tick(tick)
	if c.attempt, err = readNumber(query, attemptParameter); err != nil {
		return nil, err
	}
	c.heard, err = readNumber(query, heardParameter)
	return c, err
}

// readNumber reads a number of the query, 0 where it is not there.
func readNumber(query url.Values, name string) (uint32, error) {
	if !query.Has(name) {
		return 0, nil
	}
	n, err := strconv.ParseUint(query.Get(name), 10, 32)
	if err != nil {
		return 0, refuse(http.StatusBadRequest, "%s=%q is no number of 32 bits", name, query.Get(name))
	}
	return uint32(n), nil
}

// A hash is a secret's SHA-256; the server keeps no secret. Its front is the
// handle by which a session is found. Whoever measures how long the search takes
// learns of the hashes of their own guesses, and from no hash follows a secret.
type hash [sha256.Size]byte

type handle [8]byte

func (h *hash) handle() handle { return handle(h[:len(handle{})]) }

// secrets are what resumes a session. The secret that was issued last may never
// have reached the client, so the one by which it came lives on beside it.
type secrets struct {
	live [2]hash // the one that was used last, the one that was issued last
	used [2]bool // which of them there are
	pace pace
	// attempt is that of the newest line. One that was on its way for long must
	// not take the seat from one that was made after it.
	attempt uint32
}

// overtaken tells whether a later attempt was let in before this one.
func (s *secrets) overtaken(c *claim) bool { return c.attempt != 0 && c.attempt <= s.attempt }

// match tells whether a secret with this hash is live.
func (s *secrets) match(h *hash) bool {
	found := false
	for i := range s.live {
		found = subtle.ConstantTimeCompare(s.live[i][:], h[:]) == 1 && s.used[i] || found
	}
	return found
}

// issue makes a new secret for the session, and that of the hash the one that was
// used last, nil for none: all others resume nothing any more. Server.mu is held.
func (s *Server) issue(session *Session, by *hash) *[secretSize]byte {
	if s.cfg.ResumeGrace < 0 {
		return nil
	}
	s.revoke(session)
	secret := new([secretSize]byte)
	rand.Read(secret[:]) // never fails: it ends the process where there is no randomness
	live := &session.secrets
	live.live[1], live.used[1] = sha256.Sum256(secret[:]), true
	if by != nil {
		live.live[0], live.used[0] = *by, true
	}
	for i := range live.live {
		if live.used[i] {
			s.resumes[live.live[i].handle()] = session
		}
	}
	return secret
}

// revoke lets no secret resume the session any more. Server.mu is held.
func (s *Server) revoke(session *Session) {
	for i := range session.secrets.live {
		if session.secrets.used[i] {
			delete(s.resumes, session.secrets.live[i].handle())
		}
	}
	session.secrets.used = [2]bool{}
}

// claimed returns the session that a claim is for, without spending its secret.
func (s *Server) claimed(c *claim) (*Session, error) {
	h := hash(sha256.Sum256(c.secret[:]))
	s.mu.Lock()
	defer s.mu.Unlock()
	session := s.resumes[h.handle()]
	switch {
	case session == nil || !session.secrets.match(&h):
		return nil, refuse(http.StatusNotFound, "no seat is kept for this secret: it is given back, or a newer secret was used; ask for a new ticket")
	case session.secrets.overtaken(c):
		return nil, refuse(http.StatusConflict, "a later attempt has the seat")
	case session.next.Load() == noLine:
		return nil, refuse(http.StatusGone, "the seat is given back: ask for a new ticket")
	case !session.secrets.pace.allow(session.age(), resumeBurst):
		return nil, &Refusal{Status: http.StatusTooManyRequests, Reason: "this seat was resumed too often: wait a little", RetryAfter: resumeEvery}
	}
	return session, nil
}

// Reasons for a line that lost.
const (
	replaced  = "a newer connection took the seat"
	givenBack = "the seat was given back meanwhile"
)

// seatGone is what a line is told that came too late.
var seatGone = &goodbye{code: CloseRoomFull, reason: givenBack}

// noLine stands for the next line of a session that is over.
var noLine = new(line)

// handOver gives the session a line in the place of the one that it has, and the
// client another secret. Where the secret was spent meanwhile, or the session is
// over, the line ends.
func (s *Server) handOver(l *line) {
	h := hash(sha256.Sum256(l.claim.secret[:]))
	s.mu.Lock()
	defer s.mu.Unlock()
	if !l.secrets.match(&h) || l.secrets.overtaken(&l.claim) {
		l.refused(CloseReplaced, "a newer connection took the seat, or it was given back")
		return
	}
	l.secret, l.secrets.attempt = s.issue(l.Session, &h), l.claim.attempt
	for old := l.next.Load(); ; old = l.next.Load() {
		switch {
		case old == noLine:
			l.refused(CloseRoomFull, givenBack)
			return
		case l.next.CompareAndSwap(old, l):
			if old != nil {
				old.refused(CloseReplaced, replaced)
			}
			return
		}
	}
}

// refused ends a line that never came to its session.
func (l *line) refused(code CloseCode, reason string) {
	l.close(code, reason)
	l.link.leave()
}

// takeOver lets a line that came take the place of the one there is, whether that
// is cut or not: a client knows better than its server which of its sockets
// lives.
func (s *Session) takeOver() {
	if s.next.Load() == nil {
		return
	}
	next := s.next.Swap(nil)
	if old := s.line; old != nil {
		old.close(CloseReplaced, replaced)
		old.link.leave()
	} else {
		s.server.stats.away.Add(-1)
	}
	s.server.stats.resumed.Add(1)
	s.line, s.head = next, nil // the old link may be writing from head yet
	s.echo, s.resync, s.told = 0, false, 0
	s.continueFrom(next.claim.tick)
	if c := &next.claim; c.knows && !s.mail.resume(c.heard) || !c.knows && !s.mail.resume(s.mail.before) {
		s.spilt = true
		next.close(CloseTooSlow, "messages that this client has not heard are not kept any more")
		return
	}
	s.welcome()
}

// continueFrom makes the next state build on that of a tick, which the client has
// decoded last; 0, and what cannot be built on, makes it a full one (RESUME-6).
func (s *Session) continueFrom(base sim.Tick) {
	switch {
	case s.viewing && (base == 0 || base != s.view.Base()):
		s.view.Reset()
	case s.viewing:
	case base < s.full || base == 0 || base > s.has.base:
		s.has.forget()
	case base < s.has.base:
		s.has = handed{held{base: base}}
	}
	s.private.continueFrom(base)
}

// goAway lets the line go and waits for another one.
func (s *Session) goAway() {
	s.line.link.leave()
	s.line, s.since = nil, s.age()
	s.server.stats.away.Add(1)
}

// stays tells whether the seat is kept while the player is away.
func (s *Session) stays() bool {
	if s.resumable() && s.age()-s.since < s.server.cfg.ResumeGrace {
		return true
	}
	s.vacate(seatGone)
	return false
}

// resumable tells whether the session may go on after a cut.
func (s *Session) resumable() bool {
	return s.server.cfg.ResumeGrace >= 0 && !s.spilt && !s.server.down.Load()
}

// vacate ends the session: nothing of it is the room's any more. A line that came
// too late ends with the goodbye.
func (s *Session) vacate(bye *goodbye) {
	if next := s.next.Swap(noLine); next != nil {
		next.refused(bye.code, bye.reason)
	}
	if s.line == nil {
		s.server.stats.away.Add(-1)
		go s.left()
		return
	}
	s.line.last = true
	s.line.link.leave()
}

// left gives the seat back. No goroutine of a room calls it, since it may wait.
func (s *Session) left() {
	s.server.mu.Lock()
	s.server.revoke(s)
	s.server.mu.Unlock()
	s.admission.Left()
	s.server.wg.Done()
}
