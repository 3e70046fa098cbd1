// A decoder of the Rondo protocol, written from PROTOCOL.md alone and to be read beside it: the names in
// capitals are the page's. It is plain before it is fast; a game would keep its rows in arrays.
//
//     rondo::Client client(welcome);              // the server's first message
//     rondo::Frame frame = client.receive(bytes); // each message after it
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "bytes.hpp"

namespace rondo {

using std::min, std::max;

// ---- JOIN and SCHEMA.

struct Field {
  std::string name;
  uint8_t type, bits;
  int64_t min, step;
  uint8_t interp;
  uint32_t snap;
  uint8_t predict, heading, axis;
  int32_t speed;
  bool angle() const { return type == 2; }
};

struct Kind {
  std::string name;
  std::vector<Field> fields;
  int16_t x, y;
};

struct Input {
  std::string name;
  int32_t min, max;
  bool edge;
};

struct Message {
  struct Value {
    std::string name;
    uint8_t type;
    uint16_t maxLen;
  };
  std::string name;
  std::vector<Value> fields;
};

struct Welcome {
  uint64_t hash;
  std::string room, name;
  uint32_t player;
  uint16_t rate, history;
  int64_t epochMicros;
  std::vector<Kind> kinds;
  std::vector<Input> input;
  std::vector<Message> messages;
};

inline Kind readKind(const Table& t) {
  Kind kind{t.text(0), {}, t.number<int16_t>(2, -1), t.number<int16_t>(3, -1)};
  for (const Table& f : t.tables(1, 1, 64)) {
    kind.fields.push_back({f.text(0), f.number<uint8_t>(1), f.number<uint8_t>(2), f.number<int64_t>(3),
                           f.number<int64_t>(4), f.number<uint8_t>(5), f.number<uint32_t>(6), f.number<uint8_t>(7),
                           f.number<uint8_t>(8), f.number<uint8_t>(9), f.number<int32_t>(10)});
  }
  int n = int(kind.fields.size());
  demand(min(kind.x, kind.y) >= -1 && max(kind.x, kind.y) < n, "SCHEMA-2: position");
  for (const Field& f : kind.fields) {
    demand(f.type <= 3 && f.bits >= 1 && f.bits <= 32, "SCHEMA-2: type or bits");
    demand(f.interp <= 2 && f.predict <= 2, "SCHEMA-3: interp, or SCHEMA-4: predict");
    if (f.predict < 2) continue;
    demand(f.axis <= 1 && std::abs(int64_t(f.speed)) <= 1 << 24, "SCHEMA-4: axis or speed");
    demand(f.heading < n, "SCHEMA-4: heading in no column");
    demand(kind.fields[f.heading].angle() && kind.fields[f.heading].predict < 2, "SCHEMA-4: heading");
  }
  return kind;
}

inline Welcome readWelcome(const Bytes& message) {
  Table frame = Table::root(message);
  demand(frame.has(1) && !frame.has(0), "JOIN-5: a welcome alone");
  Table t = frame.table(1), schema = t.table(2);
  Welcome w{t.number<uint64_t>(1), t.text(3), schema.text(0), t.number<uint32_t>(4), t.number<uint16_t>(5),
            t.number<uint16_t>(6), t.number<int64_t>(7), {}, {}, {}};
  demand(t.number<uint16_t>(0) == 1, "JOIN-5: protocol");
  demand(w.player >= 1 && w.rate >= 1 && w.rate <= 240, "JOIN-5: player or rate");
  for (const Table& k : schema.tables(1, 1, 32)) w.kinds.push_back(readKind(k));
  for (const Table& f : schema.tables(2, 0, 8)) {
    w.input.push_back({f.text(0), f.number<int32_t>(1), f.number<int32_t>(2), f.number<uint8_t>(3) != 0});
    demand(w.input.back().min <= w.input.back().max, "SCHEMA-5: min");
  }
  for (const Table& m : schema.tables(3, 0, 64)) {
    w.messages.push_back({m.text(0), {}});
    for (const Table& f : m.tables(1, 0, 64)) {
      w.messages.back().fields.push_back({f.text(0), f.number<uint8_t>(1), f.number<uint16_t>(2)});
      demand(w.messages.back().fields.back().type <= 1, "SCHEMA-5: type");
    }
  }
  return w;
}

// ---- CODER.

struct Model {
  uint32_t p = 32768, n = 0;
};

class Coder {
 public:
  explicit Coder(const Bytes& bytes) : in{bytes} {
    for (int i = 0; i < 4; i++) code = code * 256 + next();
    code = min<uint64_t>(code, 0x7ffffffe);
  }
  int bit(Model& m) {
    static const uint32_t r[] = {32768, 21845, 16384, 13107, 10922, 9362, 8192, 7281,
                                 6553,  5461,  4681,  4096,  3276,  2730, 2340, 2048};
    uint64_t bound = (range >> 12) * (m.p >> 4);
    int bit = code < bound ? 0 : 1;
    code -= bit * bound;
    range = bit ? range - bound : bound;
    m.p = bit ? m.p - (m.p * r[m.n] >> 16) : m.p + ((65535 - m.p) * r[m.n] >> 16);
    m.n = min(m.n + 1, 15u);
    refill();
    return bit;
  }
  uint32_t raw(int n) {
    uint64_t v = 0;
    for (int piece; n > 0; n -= piece) {
      range >>= piece = min(n, 8);
      uint64_t digit = min(code / range, (uint64_t(1) << piece) - 1);
      code = min(code - digit * range, range - 1);
      refill();
      v = v << piece | digit;
    }
    return uint32_t(v);
  }
  int exponent(Model (&m)[12]) {
    int e = 0;
    while (e < 31 && bit(m[min(e, 11)]) == 1) e++;
    return e;
  }
  uint32_t count(Model (&m)[12]) {
    int e = exponent(m);
    return (1u << e) + raw(e) - 1;
  }

 private:
  uint64_t next() { return in.at < in.bytes.size() ? in.number(1) : 0; }
  void refill() {
    for (; range < 1 << 23; range *= 256) code = code * 256 + next();
  }
  Reader in;
  uint64_t range = 0x7fffffff, code = 0;
};

// ---- PREDICT.

inline int64_t floorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

inline int64_t fit(const Field& f, int64_t v) {
  int64_t top = (int64_t(1) << f.bits) - 1;
  return f.angle() ? v & top : min(max<int64_t>(v, 0), top);
}

inline int64_t distance(const Field& f, int64_t a, int64_t b) {
  int64_t d = b - a, turn = int64_t(1) << f.bits;
  return !f.angle() ? d : d < -turn / 2 ? d + turn : d >= turn / 2 ? d - turn : d;
}

inline int64_t along(const Kind& kind, const Field& f, int64_t w, int64_t h, int64_t ticks) {
  int64_t i = ((h << 10 >> kind.fields[f.heading].bits) + (f.axis == 0 ? 256 : 0)) % 1024;
  int64_t sine = std::llround(32768 * std::sin(2 * M_PI * double(i) / 1024));
  return fit(f, w + floorDiv(ticks * f.speed * sine + (1 << 22), 1 << 23));
}

// ---- DELTA.

using Words = std::vector<uint32_t>;
using Rows = std::map<uint32_t, Words>;  // by id, ascending

// A Delta is one kind in one message.
class Delta {
 public:
  Delta(const Kind& kind, Coder& in, int64_t k, int64_t g)
      : kind(kind), in(in), k(k), g(g), models(kind.fields.size()), ways(kind.fields.size()) {}

  Rows decode(const Rows& base, const Rows& older, size_t room) {
    bool own = in.bit(plan) == 1;
    for (size_t i = 0; i < ways.size(); i++) {
      ways[i] = own ? in.raw(2) : kind.fields[i].predict;
      demand(ways[i] <= 1 || (ways[i] == 2 && kind.fields[i].predict == 2), "PREDICT-1: a way");
    }
    Rows rows = base, fresh;
    if (in.bit(structure) == 1) {
      remove(rows);
      fresh = add(rows, room);
    }
    change(rows, base, older);
    rows.merge(fresh);
    demand(rows.size() <= room, "DELTA-2: too many entities");
    return rows;
  }

 private:
  void remove(Rows& rows) {
    auto row = rows.begin();
    for (uint32_t n = in.count(removed); n > 0; n--) {
      for (uint32_t gap = in.count(removedGap); gap > 0 && row != rows.end(); gap--) row++;
      demand(row != rows.end(), "DELTA-2: a removed row");
      row = rows.erase(row);
    }
  }
  Rows add(const Rows& survivors, size_t room) {
    uint32_t n = in.count(added);
    demand(n + survivors.size() <= room, "DELTA-2: too many entities");
    Rows rows;
    for (uint64_t id = 0; n > 0; n--) {
      id += 1 + uint64_t(in.count(addedGap));
      demand(id <= 0xffffffff && survivors.count(uint32_t(id)) == 0, "DELTA-2: an added id");
      rows[uint32_t(id)] = {};
    }
    for (auto& [id, words] : rows)
      for (const Field& f : kind.fields) words.push_back(in.raw(f.bits));
    return rows;
  }
  void change(Rows& rows, const Rows& base, const Rows& older) {
    std::vector<Words*> resting;
    int lately = 0;
    for (auto& [id, words] : rows) {
      auto was = older.find(id);
      if (was == older.end() || was->second == words) {
        resting.push_back(&words);
        continue;
      }
      bool differs = in.bit(any[lately]) == 1;
      move(words, base.at(id), was->second, differs);
      lately = differs ? min(lately + 1, 3) : max(lately - 1, 0);
    }
    uint64_t at = 0;
    for (uint32_t n = in.count(woken); n > 0; n--, at++) {
      at += in.count(wokenGap);
      demand(at < resting.size(), "DELTA-2: a waking row");
      Words& row = *resting[at];
      for (int i = 0, nonzero = 0; i < int(row.size()); i++) set(row, i, row[i], residual(i, 0, nonzero));
    }
  }
  void move(Words& now, const Words& w0, const Words& w1, bool differs) {
    int nonzero = 0;
    for (bool late : {false, true}) {
      for (size_t i = 0; i < now.size(); i++) {
        const Field& f = kind.fields[i];
        if ((f.predict == 2) != late) continue;
        int64_t d = distance(f, w1[i], w0[i]), guess = w0[i];
        if (ways[i] == 1) guess = fit(f, guess + (k == g ? d : floorDiv(2 * d * k + g, 2 * g)));
        if (ways[i] == 2) {
          guess = along(kind, f, guess, now[f.heading], k);
          d = distance(f, along(kind, f, w1[i], w0[f.heading], g), w0[i]);
        }
        set(now, i, guess, differs ? residual(i, d, nonzero) : 0);
      }
    }
  }
  void set(Words& row, size_t i, int64_t guess, int64_t residual) {
    row[i] = uint32_t((guess + residual) & ((int64_t(1) << kind.fields[i].bits) - 1));
  }
  int64_t residual(size_t i, int64_t d, int& nonzero) {
    FieldModels& m = models[i];
    int bits = 0;
    while (std::abs(d) >> bits != 0) bits++;
    int bucket = min(bits / 2, 5), pace = d == 0 ? 0 : min(1 + bucket / 2, 2);
    if (in.bit(m.zero[3 * pace + min(nonzero, 2)]) == 0) return 0;
    nonzero++;
    int e = in.exponent(m.exp[bucket]), t = e > 0 ? in.bit(m.top[min(e, 11)]) : 0;
    int64_t size = e > 0 ? 2 + t : 1;
    if (e > 1) {
      size = 2 * size + in.bit(m.next[2 * min(e, 11) + t]);
      size = (size << (e - 2)) + in.raw(e - 2);
    }
    return in.bit(m.sign[d < 0 ? 0 : d == 0 ? 1 : 2]) == 1 ? -size : size;
  }

  struct FieldModels {
    Model zero[9], exp[6][12], top[12], next[24], sign[3];
  };
  const Kind& kind;
  Coder& in;
  int64_t k, g;
  std::vector<FieldModels> models;
  std::vector<uint32_t> ways;
  Model plan{61440, 0}, structure, any[4];
  Model removed[12], removedGap[12], added[12], addedGap[12], woken[12], wokenGap[12];
};

// ---- FRAME and STATE.

struct State {
  uint32_t tick, checksum;  // that of the tables
  bool full, checked, desync;
  std::vector<Rows> tables;
};

struct Frame {
  std::optional<uint32_t> ack, echo, held;
  std::optional<int8_t> slack;
  std::vector<std::pair<uint32_t, Bytes>> messages;
  std::optional<State> state;  // none where it has none or it is dropped (STATE-5)
};

class Client {
 public:
  explicit Client(const Bytes& message) : welcome(readWelcome(message)) {}

  const Welcome welcome;

  // Reads a message. Where it is bad the client stays as it was.
  Frame receive(const Bytes& message) {
    Table t = Table::root(message);
    demand(t.has(0) && !t.has(1), "JOIN-5: a body alone");
    Bytes body = t.bytes(0);
    Reader in{body};
    uint64_t flags = in.number(1);
    demand(flags <= 15, "FRAME: flags");
    Frame f;
    if (flags & 1) {
      f.ack = ack + ((uint32_t(in.number(2)) - ack) & 0xffff);
      f.slack = int8_t(in.number(1));
    }
    if (flags & 2) f.echo = uint32_t(in.number(4)), f.held = uint32_t(in.number(4));
    for (uint32_t n = flags & 4 ? in.uvarint() : 0; n > 0; n--) {
      uint32_t kind = in.uvarint(63);
      f.messages.push_back({kind, in.take(in.uvarint(1024))});
    }
    if (flags & 8) f.state = state(in);
    ack = f.ack.value_or(ack);
    return f;
  }

 private:
  std::optional<State> state(Reader& in) {
    uint64_t flags = in.number(1), k = 1, g = 1, given = 0, sum = 0;
    bool full = flags & 1, check = flags & 4;
    demand(flags <= 7 && (flags & 3) != 3, "STATE: flags");
    if (waits && !full) return {};
    if (full || check) demand((given = in.number(4)) != 0, "STATE: tick 0");
    if (flags & 2) k = in.uvarint(4096), g = in.uvarint(4096);
    if (check) sum = in.number(4);
    demand(k != 0 && (full || tick != 0), "STATE: k is 0, or STATE-3");
    demand(full || (tick + k <= 0xffffffff && (given == 0 || given == tick + k)), "STATE-1: tick");
    demand(full || g == 0 || g == gap, "STATE-1: g");
    if (full) k = g = 0;
    older = std::exchange(newest, decode(in.take(in.bytes.size() - in.at), full, int64_t(k), int64_t(g)));
    tick = full ? given : tick + k;
    gap = k;
    uint32_t h = checksum();
    waits = check && sum != h;
    return State{uint32_t(tick), h, full, check, waits, newest};
  }
  std::vector<Rows> decode(const Bytes& delta, bool full, int64_t k, int64_t g) {
    Coder coder(delta);
    std::vector<Rows> tables;
    size_t room = 65535;
    for (size_t i = 0; i < welcome.kinds.size(); i++) {
      Delta d(welcome.kinds[i], coder, k, g);
      tables.push_back(d.decode(full ? Rows() : newest[i], g == 0 ? Rows() : older[i], room));
      room -= tables.back().size();
    }
    return tables;
  }
  uint32_t checksum() const {
    uint32_t h = 2166136261;
    auto mix = [&h](uint32_t v) { h = (h ^ v) * 16777619, h = h << 15 | h >> 17; };
    for (const Rows& rows : newest) {
      mix(uint32_t(rows.size()));
      for (auto& [id, words] : rows) {
        mix(id);
        for (uint32_t word : words) mix(word);
      }
    }
    return h;
  }

  std::vector<Rows> newest, older;
  uint64_t tick = 0, gap = 0;  // gap: ticks from older to newest, 0 where there is no older
  uint32_t ack = 0;
  bool waits = false;  // for a full state (STATE-5)
};

}  // namespace rondo
