// What stands under the decoder: the bytes of PROTOCOL.md's Conventions and of its appendix on FlatBuffers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rondo {

using Bytes = std::vector<uint8_t>;

// Bad is thrown where the page calls a message bad.
struct Bad {
  std::string rule;
};

inline void demand(bool ok, const char* rule) {
  if (!ok) throw Bad{rule};
}

inline uint64_t read(const Bytes& b, uint64_t at, uint64_t n) {
  demand(at <= b.size() && n <= b.size() - at, "cut off, or outside");
  uint64_t v = 0;
  while (n-- > 0) v = v << 8 | b[at + n];
  return v;
}

struct Reader {
  const Bytes& bytes;
  uint64_t at = 0;

  uint64_t number(int n) { return read(bytes, (at += n) - n, n); }
  uint32_t uvarint(uint64_t top = 0xffffffff) {
    uint64_t v = 0, b = 128;
    for (int i = 0; i < 5 && b >= 128; i++) v |= ((b = number(1)) & 127) << 7 * i;
    demand(b < 128 && v <= top, "a uvarint is too long or too high");
    return uint32_t(v);
  }
  Bytes take(uint64_t n) {
    demand(at <= bytes.size() && n <= bytes.size() - at, "cut off, or outside");
    at += n;
    return Bytes(bytes.begin() + int64_t(at - n), bytes.begin() + int64_t(at));
  }
};

// A Table is one of FlatBuffers, of bytes that may be hostile.
class Table {
 public:
  Table(const Bytes& b, uint64_t at) : b(b), at(at) {
    vtable = at - uint64_t(int64_t(int32_t(read(b, at, 4))));
    length = read(b, vtable, 2);
    demand(length >= 4, "a vtable is too short");
  }
  static Table root(const Bytes& b) { return Table(b, read(b, 0, 4)); }

  bool has(uint64_t field) const { return place(field) != 0; }
  template <typename Number>
  Number number(uint64_t field, Number missing = 0) const {
    return has(field) ? Number(read(b, place(field), sizeof(Number))) : missing;
  }
  Table table(uint64_t field) const {
    demand(has(field), "a table is not there");
    return Table(b, follow(place(field)));
  }
  Bytes bytes(uint64_t field, uint64_t size = 1) const {  // a vector of elements of a size
    if (!has(field)) return {};
    uint64_t start = follow(place(field));
    return Reader{b, start + 4}.take(size * read(b, start, 4));
  }
  std::string text(uint64_t field) const {
    Bytes t = bytes(field);
    return std::string(t.begin(), t.end());
  }
  std::vector<Table> tables(uint64_t field, size_t low, size_t high) const {
    std::vector<Table> all;
    size_t n = bytes(field, 4).size() / 4;
    demand(n >= low && n <= high, "SCHEMA-1: too few or too many");
    for (size_t i = 1; i <= n; i++) all.push_back(Table(b, follow(follow(place(field)) + 4 * i)));
    return all;
  }

 private:
  uint64_t follow(uint64_t from) const { return from + read(b, from, 4); }
  uint64_t place(uint64_t field) const {  // 0 where the field is not there
    uint64_t distance = 6 + 2 * field <= length ? read(b, vtable + 4 + 2 * field, 2) : 0;
    return distance == 0 ? 0 : at + distance;
  }
  const Bytes& b;
  uint64_t at, vtable, length;
};

}  // namespace rondo
