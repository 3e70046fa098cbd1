package bolt

import (
	"bytes"
	"fmt"
	"os"

	"go.etcd.io/bbolt"
)

// check reads the whole file before anything is written into it: a damaged page that a later result came upon would end the
// process, or be copied over what is still good. Each step makes the next one safe.
func check(tx *bbolt.Tx) error {
	if err := checkSize(tx); err != nil {
		return err
	}
	if b := tx.Bucket(rondo); b == nil || !bytes.Equal(b.Get(formatKey), formatName) {
		return ErrForeign
	}
	if err := checkPages(tx); err != nil {
		return err
	}
	if err := checkRecords(tx); err != nil {
		return err
	}
	return checkTree(tx)
}

// checkSize refuses a file that was cut off.
func checkSize(tx *bbolt.Tx) error {
	info, err := os.Stat(tx.DB().Path())
	if err != nil {
		return err
	}
	if info.Size() < tx.Size() {
		return fmt.Errorf("%w: it was cut off: it has %d of %d bytes", ErrDamaged, info.Size(), tx.Size())
	}
	return nil
}

// checkPages looks at the pages' lengths alone: bbolt's own check would count up to a wrong one.
func checkPages(tx *bbolt.Tx) error {
	pages := int(tx.Size()) / tx.DB().Info().PageSize
	for id := 0; id < pages; id++ {
		p, err := tx.Page(id)
		if err != nil {
			return err
		}
		if p == nil || p.Type == "free" {
			continue
		}
		if p.OverflowCount >= pages-id {
			return fmt.Errorf("%w: page %d goes on beyond the end", ErrDamaged, id)
		}
		id += p.OverflowCount
	}
	return nil
}

// checkRecords reads every record, and finds each by its key.
func checkRecords(tx *bbolt.Tx) error {
	players, err := checkBucket(tx, standings, func(k, v []byte) error {
		_, err := parseStanding(k, v)
		return err
	})
	if err != nil {
		return err
	}
	counted, err := checkBucket(tx, results, func(k, v []byte) error {
		_, err := unseal(k, v, markLen)
		return err
	})
	if err != nil {
		return err
	}
	aged, err := checkBucket(tx, ages, func(k, v []byte) error {
		_, err := unseal(k, v, sumLen)
		return err
	})
	if err != nil {
		return err
	}
	if known := tx.Bucket(standings).Sequence(); players != known || counted != aged {
		return fmt.Errorf("%w: %d of %d standings, %d ages of %d results", ErrDamaged, players, known, aged, counted)
	}
	return nil
}

// checkBucket returns how many records the bucket has.
func checkBucket(tx *bbolt.Tx, name []byte, record func(k, v []byte) error) (n uint64, err error) {
	b := tx.Bucket(name)
	if b == nil {
		return 0, fmt.Errorf("%w: %s are missing", ErrDamaged, name)
	}
	err = b.ForEach(func(k, v []byte) error {
		n++
		if !bytes.Equal(b.Get(k), v) {
			return fmt.Errorf("%w: %s: the record of %q is not where it belongs", ErrDamaged, name, k)
		}
		if err := record(k, v); err != nil {
			return fmt.Errorf("%w: %s: the record of %q: %w", ErrDamaged, name, k, err)
		}
		return nil
	})
	return n, err
}

// checkTree lets bbolt compare the pages in use with those it takes for free.
func checkTree(tx *bbolt.Tx) (first error) {
	for err := range tx.Check() { // to its end, or its goroutine would stay
		if first == nil {
			first = fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
	return first
}
