package netcode

import "time"

// A pace bounds how many messages a client sends: burst of them at once, and
// one more each time that so much has passed. It keeps the time at which as many
// as it has let through would be due one by one, the generic cell rate algorithm
// (ITU-T I.371).
type pace struct {
	every time.Duration // per message, above 0
	due   time.Duration // of the next message, if they came evenly
}

// allow lets a message that comes at a time after the start through, or says
// false.
func (p *pace) allow(now time.Duration, burst int) bool {
	due := max(p.due, now)
	if due-now > time.Duration(burst-1)*p.every {
		return false
	}
	p.due = due + p.every
	return true
}
