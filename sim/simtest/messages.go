package simtest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/rondo-sync/rondo/sim"
)

var errCut = errors.New("the body ends too early")

// checkMessages says which message has no kind, no reader or a body that is
// not coded as the schema says.
func checkMessages(s *sim.Schema, sent []sim.Envelope, players []sim.PlayerID) error {
	for i, e := range sent {
		if int(e.Kind) >= len(s.Messages) {
			return fmt.Errorf("message %d is of kind %d, the schema has %d", i, e.Kind, len(s.Messages))
		}
		m := s.Messages[e.Kind]
		if e.To != 0 && !slices.Contains(players, e.To) {
			return fmt.Errorf("message %q is for player %d, who is not there", m.Name, e.To)
		}
		if err := checkBody(m, e.Body); err != nil {
			return fmt.Errorf("message %q: %w", m.Name, err)
		}
	}
	return nil
}

func checkBody(m sim.Message, body []byte) (err error) {
	for _, f := range m.Fields {
		switch f.Type {
		case sim.MessageInt:
			_, body, err = cutUvarint(body)
		case sim.MessageString:
			body, err = cutString(body, int(f.MaxLen))
		default:
			err = fmt.Errorf("the type %d is unknown", f.Type)
		}
		if err != nil {
			return fmt.Errorf("field %q: %w", f.Name, err)
		}
	}
	if len(body) > 0 {
		return fmt.Errorf("%d bytes follow the last field", len(body))
	}
	return nil
}

func cutUvarint(b []byte) (v uint64, rest []byte, err error) {
	v, n := binary.Uvarint(b)
	switch {
	case n <= 0:
		return 0, nil, errCut
	case v > math.MaxUint32:
		return 0, nil, fmt.Errorf("the integer %d has more than 32 bits", v)
	}
	return v, b[n:], nil
}

func cutString(b []byte, maxLen int) (rest []byte, err error) {
	n, b, err := cutUvarint(b)
	switch {
	case err != nil:
		return nil, err
	case n > uint64(maxLen):
		return nil, fmt.Errorf("the string has %d bytes, want at most %d", n, maxLen)
	case n > uint64(len(b)):
		return nil, errCut
	case !utf8.Valid(b[:n]):
		return nil, fmt.Errorf("the string %q is not UTF-8", b[:n])
	}
	return b[n:], nil
}
