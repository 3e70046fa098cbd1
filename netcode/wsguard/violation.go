package wsguard

import "fmt"

// The close codes that a guard gives (RFC 6455, section 7.4.1). A client that meets one has a bug: retrying is no cure.
const (
	CloseProtocolError uint16 = 1002 // the bytes are not the protocol
	CloseTooBig        uint16 = 1009 // a frame or a message is over the limits
)

// A Violation is the first thing wrong with a client's stream. It ends that client's connection and no other.
type Violation struct {
	Code   uint16 // CloseProtocolError or CloseTooBig
	Reason string // for a person at the other end; at most 123 bytes, what a close frame has room for
}

func protocolError(reason string) *Violation { return &Violation{CloseProtocolError, reason} }
func tooBig(reason string) *Violation        { return &Violation{CloseTooBig, reason} }

// Error returns the code and the reason.
func (v *Violation) Error() string {
	return fmt.Sprintf("websocket violation (close code %d): %s", v.Code, v.Reason)
}
