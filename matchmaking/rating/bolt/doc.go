// Package bolt is the embedded rating.Store: one file of go.etcd.io/bbolt, which this package alone speaks to.
//
//	Result -> one transaction: counted before? -> Model.Settle -> standings and the result's mark -> fsync -> answer
//
// A transaction is on the disk before Count answers, so what was acknowledged survives the death of the process and of the
// machine. Each record carries a checksum, for bbolt guards its first pages alone.
//
// The file has four buckets. Integers are big-endian, times are microseconds since 1970, crc is CRC-32C over key and value.
//
//	rondo      "format" -> "ratings 1"
//	standings  len(game) game len(mode) mode player -> mu, sigma (float64), games, played, crc; its sequence is their number
//	results    epoch room -> age, crc             age is when the result was counted
//	ages       age epoch room -> crc             the same, oldest first
package bolt
