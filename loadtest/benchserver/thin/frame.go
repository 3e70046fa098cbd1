package thin

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"math/bits"
)

const (
	// SeqSize is how long the seq is that every message starts with, in bytes,
	// and so the shortest message.
	SeqSize = 4
	// MaxInput is how long an input may be, in bytes: what a frame's shortest
	// header can say.
	MaxInput = 125

	finalBinary = 0x82
	masked      = 0x80
	inputHead   = 2 + 4 // of a client's frame: two bytes and the mask
)

// newInput returns a frame with a binary message, masked. It is sent again and
// again with another seq in it.
func newInput(message []byte, mask uint32) []byte {
	frame := []byte{finalBinary, masked | byte(len(message))}
	frame = binary.LittleEndian.AppendUint32(frame, mask)
	for i, b := range message {
		frame = append(frame, b^byte(mask>>(i%4*8)))
	}
	return frame
}

// setSeq puts the seq at its place in an input's message.
func setSeq(frame []byte, at int, seq uint32) {
	mask := binary.LittleEndian.Uint32(frame[inputHead-4:])
	mask = bits.RotateLeft32(mask, -8*(at%4))
	binary.LittleEndian.PutUint32(frame[inputHead+at:], seq^mask)
}

// readState reads one frame, which must be a binary message of a server, and
// returns its seq and how long the message is.
func readState(r *bufio.Reader) (seq uint32, size int, err error) {
	head, err := r.Peek(2)
	if err != nil {
		return 0, 0, err
	}
	opcode, short := head[0], int(head[1])
	if opcode != finalBinary || short&masked != 0 {
		return 0, 0, fmt.Errorf("a frame that starts with %#x is no binary message of a server", head)
	}
	headSize := 2
	switch short {
	case 126:
		headSize = 4
	case 127:
		headSize = 10
	}
	head, err = r.Peek(headSize + SeqSize)
	if err != nil {
		return 0, 0, err
	}
	switch short {
	case 126:
		size = int(binary.BigEndian.Uint16(head[2:]))
	case 127:
		size = int(binary.BigEndian.Uint32(head[6:])) // nobody sends 4 GiB
	default:
		size = short
	}
	if size < SeqSize {
		return 0, 0, fmt.Errorf("a message of %d bytes has no seq", size)
	}
	seq = binary.LittleEndian.Uint32(head[headSize:])
	_, err = r.Discard(headSize + size)
	return seq, size, err
}
