package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/rondo-sync/rondo/matchmaking/rating"
)

var (
	rondo     = []byte("rondo")
	standings = []byte("standings")
	results   = []byte("results")
	ages      = []byte("ages")

	formatKey  = []byte("format")
	formatName = []byte("ratings 1")
)

const (
	sumLen      = 4
	ageLen      = 8
	standingLen = 4*8 + sumLen
	markLen     = ageLen + sumLen
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// format makes the buckets of a new file.
func format(tx *bbolt.Tx) error {
	for _, name := range [][]byte{standings, results, ages} {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	b, err := tx.CreateBucket(rondo)
	if err != nil {
		return err
	}
	return b.Put(formatKey, formatName)
}

// read returns a standing, false where there is none.
func read(tx *bbolt.Tx, l rating.Ladder, player string) (s rating.Standing, ok bool, err error) {
	key := standingKey(l, player)
	value := tx.Bucket(standings).Get(key)
	if value == nil {
		return s, false, nil
	}
	if s, err = parseStanding(key, value); err != nil {
		return s, false, fmt.Errorf("%w: the record of %q: %w", ErrDamaged, key, err)
	}
	return s, true, nil
}

// write stores a standing. The bucket's sequence counts them.
func write(tx *bbolt.Tx, l rating.Ladder, p rating.Settled) error {
	value := make([]byte, 0, standingLen)
	value = binary.BigEndian.AppendUint64(value, math.Float64bits(p.Mu))
	value = binary.BigEndian.AppendUint64(value, math.Float64bits(p.Sigma))
	value = binary.BigEndian.AppendUint64(value, p.Games)
	value = binary.BigEndian.AppendUint64(value, uint64(p.Played.UnixMicro()))
	key := standingKey(l, p.Player)
	b := tx.Bucket(standings)
	if b.Get(key) == nil {
		if _, err := b.NextSequence(); err != nil {
			return err
		}
	}
	return b.Put(key, seal(key, value))
}

func parseStanding(key, value []byte) (s rating.Standing, err error) {
	if value, err = unseal(key, value, standingLen); err != nil {
		return s, err
	}
	word := func(i int) uint64 { return binary.BigEndian.Uint64(value[8*i:]) }
	return rating.Standing{
		Rating: rating.Rating{Mu: math.Float64frombits(word(0)), Sigma: math.Float64frombits(word(1))},
		Games:  word(2),
		Played: time.UnixMicro(int64(word(3))).UTC(),
	}, nil
}

// known reports whether the result was counted.
func known(tx *bbolt.Tx, r rating.Result) bool { return tx.Bucket(results).Get(resultKey(r)) != nil }

// mark remembers that the result was counted.
func mark(tx *bbolt.Tx, r rating.Result, now time.Time) error {
	key := resultKey(r)
	age := binary.BigEndian.AppendUint64(nil, uint64(now.UnixMicro()))
	aged := slices.Concat(age, key)
	if err := tx.Bucket(ages).Put(aged, seal(aged, nil)); err != nil {
		return err
	}
	return tx.Bucket(results).Put(key, seal(key, age))
}

// forget drops some of the results that were counted before a moment.
func forget(tx *bbolt.Tx, before time.Time) error {
	limit := binary.BigEndian.AppendUint64(nil, uint64(before.UnixMicro()))
	for range forgetAtOnce {
		age, _ := tx.Bucket(ages).Cursor().First()
		if age == nil || bytes.Compare(age, limit) >= 0 {
			return nil
		}
		age = bytes.Clone(age)
		if err := errors.Join(tx.Bucket(ages).Delete(age), tx.Bucket(results).Delete(age[ageLen:])); err != nil {
			return err
		}
	}
	return nil
}

// standingKey puts lengths before the names, so that no two ladders share a key, and the players of one lie together.
func standingKey(l rating.Ladder, player string) []byte {
	key := append(binary.AppendUvarint(nil, uint64(len(l.Game))), l.Game...)
	key = append(binary.AppendUvarint(key, uint64(len(l.Mode))), l.Mode...)
	return append(key, player...)
}

func resultKey(r rating.Result) []byte {
	return append(binary.BigEndian.AppendUint64(nil, r.Epoch), r.Room...)
}

// seal appends the checksum of a record to its value.
func seal(key, value []byte) []byte {
	return binary.BigEndian.AppendUint32(value, sum(key, value))
}

// unseal returns a sealed value of n bytes without its checksum.
func unseal(key, value []byte, n int) ([]byte, error) {
	if len(value) != n {
		return nil, fmt.Errorf("it has %d bytes, not %d", len(value), n)
	}
	body := value[:n-sumLen]
	if binary.BigEndian.Uint32(value[n-sumLen:]) != sum(key, body) {
		return nil, errors.New("its checksum is wrong")
	}
	return body, nil
}

func sum(key, value []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
}
