package wsguard_test

import (
	"encoding/binary"

	"github.com/rondo-sync/rondo/netcode/wsguard"
)

// A reference is the rules once more, written without regard to speed: it looks at a whole stream and tries every
// header at every length. The fuzz test holds the Checker against it.
type reference struct {
	limits    wsguard.Limits
	fragments int // of the unfinished message
	message   int // bytes in them
}

// verdict is what the rules say about a whole stream.
type verdict struct {
	good int    // bytes that may be handed on
	code uint16 // 0: no violation
	end  bool   // a close frame ended the stream
}

// check judges a whole stream.
func (r *reference) check(stream []byte) verdict {
	at := 0
	for {
		for k := 1; k <= min(14, len(stream)-at); k++ {
			if code := r.judge(stream[at : at+k]); code != 0 {
				return verdict{good: at + k - 1, code: code}
			}
		}
		head, length, whole := measure(stream[at:])
		if !whole || len(stream)-at < head+length {
			return verdict{good: len(stream)}
		}
		if stream[at]&0x0f == opClose {
			return verdict{good: at + head + length, end: true}
		}
		r.count(stream[at], length)
		at += head + length
	}
}

// measure returns the lengths of the header and of the payload that h begins with, if h holds a whole header.
func measure(h []byte) (head, length int, whole bool) {
	if len(h) < 2 {
		return 0, 0, false
	}
	switch code := int(h[1] & 0x7f); {
	case code == 126 && len(h) >= 8:
		return 8, int(binary.BigEndian.Uint16(h[2:])), true
	case code == 127 && len(h) >= 14:
		return 14, int(binary.BigEndian.Uint64(h[2:])), true
	case code < 126 && len(h) >= 6:
		return 6, code, true
	}
	return 0, 0, false
}

// judge returns the close code for what can be seen of a header in its first bytes, 0 if nothing is wrong so far.
func (r *reference) judge(h []byte) uint16 {
	op, control, last := h[0]&0x0f, h[0]&0x08 != 0, h[0]&0x80 != 0
	started := r.fragments > 0
	known := op <= 2 || (op >= 8 && op <= 10)
	if h[0]&0x70 != 0 || !known || (control && !last) {
		return 1002
	}
	if !control && (started != (op == 0) || r.fragments == r.limits.MaxFragments) {
		return 1002
	}
	if len(h) < 2 {
		return 0
	}
	code := h[1] & 0x7f
	if h[1]&0x80 == 0 || (control && code > 125) || (op == opClose && code == 1) {
		return 1002
	}
	length := uint64(code)
	switch {
	case code == 126 && len(h) < 4, code == 127 && len(h) < 10:
		return 0
	case code == 126:
		length = uint64(binary.BigEndian.Uint16(h[2:]))
	case code == 127:
		length = binary.BigEndian.Uint64(h[2:])
	}
	if length > 1<<63-1 || (code == 126 && length < 126) || (code == 127 && length < 1<<16) {
		return 1002
	}
	return r.judgeLength(length, control, last)
}

func (r *reference) judgeLength(length uint64, control, last bool) uint16 {
	switch {
	case control:
		return 0
	case length > uint64(r.limits.MaxFrame), uint64(r.message)+length > uint64(r.limits.MaxMessage):
		return 1009
	case length == 0 && !last:
		return 1002
	}
	return 0
}

// count takes a whole good frame into account.
func (r *reference) count(first byte, length int) {
	switch {
	case first&0x08 != 0:
	case first&0x80 != 0:
		r.fragments, r.message = 0, 0
	default:
		r.fragments++
		r.message += length
	}
}
