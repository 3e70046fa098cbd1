package thin

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"testing"
)

// state is a server's frame.
func state(seq uint32, size int) []byte {
	frame := []byte{finalBinary}
	switch {
	case size <= 125:
		frame = append(frame, byte(size))
	case size <= 65535:
		frame = binary.BigEndian.AppendUint16(append(frame, 126), uint16(size))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 127), uint64(size))
	}
	frame = binary.LittleEndian.AppendUint32(frame, seq)
	return append(frame, make([]byte, size-SeqSize)...)
}

func TestAStateOfAnyLengthIsRead(t *testing.T) {
	for _, size := range []int{4, 5, 125, 126, 127, 4096, 65535, 65536, 200_000} {
		twice := append(state(7, size), state(1<<31, size)...)
		r := bufio.NewReader(bytes.NewReader(twice))
		for _, want := range []uint32{7, 1 << 31} {
			if seq, n, err := readState(r); seq != want || n != size || err != nil {
				t.Errorf("read seq %d and %d bytes, %v, want seq %d and %d bytes", seq, n, err, want, size)
			}
		}
	}
}

func TestATruncatedStateIsAnError(t *testing.T) {
	for _, size := range []int{10, 300, 70_000} {
		whole := state(7, size)
		for n := range whole {
			if n > 32 && n < len(whole)-2 {
				continue
			}
			if _, _, err := readState(bufio.NewReader(bytes.NewReader(whole[:n]))); err == nil {
				t.Errorf("%d of %d bytes were read as a state", n, len(whole))
			}
		}
	}
}

func TestWhatIsNoStateIsAnError(t *testing.T) {
	for name, frame := range map[string][]byte{
		"text":      {0x81, 4, 0, 0, 0, 0},
		"a close":   {0x88, 2, 3, 232, 0, 0},
		"a part":    {0x02, 4, 0, 0, 0, 0},
		"masked":    {0x82, 0x84, 0, 0, 0, 0, 0, 0, 0, 0},
		"too short": {0x82, 3, 0, 0, 0, 0},
	} {
		if _, _, err := readState(bufio.NewReader(bytes.NewReader(frame))); err == nil {
			t.Errorf("%s was read as a state", name)
		}
	}
}

func TestAnInputIsMasked(t *testing.T) {
	for _, mask := range []uint32{0, 1, 0x12345678, 1<<32 - 1} {
		frame := newInput(make([]byte, 6), mask)
		setSeq(frame, 0, 1000)
		seq, size, err := readInput(bufio.NewReader(bytes.NewReader(frame)))
		if seq != 1000 || size != 6 || err != nil {
			t.Errorf("mask %#x: an input of seq %d with %d bytes, %v, want 1000, 6", mask, seq, size, err)
		}
		setSeq(frame, 0, 1001)
		if seq, _, _ = readInput(bufio.NewReader(bytes.NewReader(frame))); seq != 1001 {
			t.Errorf("mask %#x: the next input has seq %d, want 1001", mask, seq)
		}
	}
}

func TestTheSeqStandsWhereItBelongs(t *testing.T) {
	const message = "abcdefghijkl"
	for at := range len(message) - SeqSize + 1 {
		frame := newInput([]byte(message), 0x12345678)
		setSeq(frame, at, 0x44434241)
		for i := range message {
			frame[inputHead+i] ^= frame[2+i%4]
		}
		if got, want := string(frame[inputHead:]), message[:at]+"ABCD"+message[at+SeqSize:]; got != want {
			t.Errorf("with the seq at %d the message is %q, want %q", at, got, want)
		}
	}
}
