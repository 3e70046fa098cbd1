// A decoder of the Rondo protocol, version 1, written from PROTOCOL.md alone, with a check of it against
// the golden vectors. The names in comments (STATE-1, DELTA-5, ...) are rules of that page.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using i64 = std::int64_t; using u64 = std::uint64_t; using u32 = std::uint32_t;
using Bytes = std::vector<std::uint8_t>;
using std::string;
// Bad is what PROTOCOL.md calls bad: the message is refused and the decoder stands as before.
struct Bad : std::runtime_error { using runtime_error::runtime_error; };
struct Fail : std::runtime_error { using runtime_error::runtime_error; };  // a vector is not met, or is none
void require(bool ok, const char* rule) { if (!ok) throw Bad(rule); }
// ---- JSON: what the vectors say and, to be compared with it, what the decoder makes of a message ----
struct Json {
    char type = 0;             // { [ " or, for a number and a word, 0
    string value = "null";     // escapes stay as they are: the vectors have none
    std::vector<string> keys;  // in order
    std::vector<Json> items;
    template <class T, std::enable_if_t<std::is_integral_v<T>, int> = 0> Json(T v) : value(std::to_string(v)) {
        if constexpr (std::is_same_v<T, bool>) value = v ? "true" : "false"; }
    Json() {} Json(char t, const string& v) : type(t), value(v) {}
    template <class T> Json(const std::vector<T>& all) : type('['), items(all.begin(), all.end()) {}
    template <class T> Json(const std::optional<T>& v) { if (v) *this = Json(*v); }
    Json(const std::map<string, Json>& members) : type('{') { for (auto& [k, j] : members) keys.push_back(k), items.push_back(j); }
    u64 find(const string& k) const { return u64(std::find(keys.begin(), keys.end(), k) - keys.begin()); }
    bool has(const string& k) const { return find(k) < keys.size(); }
    const Json& operator[](const string& k) const { return has(k) ? items[find(k)] : throw Fail("no " + k); }
    i64 number() const { return std::stoll(value); }
    string text() const {
        if (type != '{' && type != '[') return type ? '"' + value + '"' : value;
        string s;
        for (u64 i = 0; i < items.size(); i++) s += (i ? "," : "") + (type == '{' ? keys[i] + ':' : "") + items[i].text();
        return type + s + char(type + 2);  // ] is [ + 2, } is { + 2
    }
};
using Members = std::map<string, Json>;
struct JsonReader {
    const string& s; u64 at = 0;
    char peek() { at = std::min(s.find_first_not_of(" \t\r\n", at), s.size()); return at < s.size() ? s[at] : throw Fail("JSON is cut off"); }
    void skip(char c) { if (peek() != c) throw Fail("JSON: no " + string(1, c)); at++; }
    Json read(int depth = 0) {
        char type = peek(); if (depth > 50) throw Fail("JSON is too deep");
        if (type == '{' || type == '[') return readAll(type, depth);
        bool quoted = type == '"'; u64 from = at += quoted;
        at = std::min(s.find_first_of(quoted ? "\"" : ",]} \t\r\n", at), s.size());
        Json scalar(quoted ? '"' : '\0', s.substr(from, at - from)); if (quoted) skip('"'); return scalar; }
    Json readAll(char type, int depth) {
        Members members; std::vector<Json> all; at++;
        while (peek() != type + 2) {
            all.push_back(read(depth + 1));
            if (type == '{') skip(':'), members[all.back().value] = read(depth + 1);
            if (peek() != type + 2) skip(','); }
        at++; return type == '{' ? Json(members) : Json(all); }
};
Bytes fromBase64(const string& s) {
    static const string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"; Bytes b; u32 v = 0, bits = 0;
    for (char c : s.substr(0, s.find('='))) {
        v = v << 6 | (u32(digits.find(c)) & 63), bits += 6; if (bits >= 8) bits -= 8, b.push_back(std::uint8_t(v >> bits)); }
    return b; }
// ---- FlatBuffers, as much as the appendix says; every place is checked against the buffer ----
u64 load(const Bytes& b, u64 at, u64 size) {  // little-endian, 1 to 8 bytes
    require(at <= b.size() && size <= b.size() - at, "bytes that are due and not there"); u64 v = 0;
    for (u64 i = size; i-- > 0;) v = v << 8 | b[at + i];
    return v; }
struct Table {
    const Bytes& b;
    u64 place, vtable, length;  // of the vtable, in bytes
    explicit Table(const Bytes& bytes) : Table(bytes, load(bytes, 0, 4)) {}  // the root
    Table(const Bytes& bytes, u64 at) : b(bytes), place(at) {
        vtable = at - u64(i64(std::int32_t(load(b, at, 4))));  // before the start it wraps: load refuses that
        length = load(b, vtable, 2); require(length >= 4 && length <= b.size() - vtable, "FlatBuffers: vtable"); }
    u64 distance(u64 i) const { return 6 + 2 * i <= length ? load(b, vtable + 4 + 2 * i, 2) : 0; }
    bool has(u64 i) const { return distance(i) != 0; }
    u32 u(u64 i, u64 size) const { return has(i) ? u32(load(b, place + distance(i), size)) : 0; }
    i64 i32(u64 i) const { return std::int32_t(u(i, 4)); } i64 l(u64 i) const { return has(i) ? i64(load(b, place + distance(i), 8)) : 0; }
    i64 column(u64 i) const { return has(i) ? std::int16_t(u(i, 2)) : -1; }  // Kind.x, Kind.y
    u64 follow(u64 at) const { return at + load(b, at, 4); }
    Table table(u64 i, const char* rule) const { require(has(i), rule); return Table(b, follow(place + distance(i))); }
    std::vector<u64> elements(u64 i, u64 size) const {  // the place of each
        std::vector<u64> places; if (!has(i)) return places; u64 at = follow(place + distance(i)), n = load(b, at, 4);
        require(n <= (b.size() - at - 4) / size, "FlatBuffers: a vector is cut off");
        for (u64 k = 0; k < n; k++) places.push_back(at + 4 + k * size);
        return places; }
    Bytes bytes(u64 i) const { Bytes s; for (u64 at : elements(i, 1)) s.push_back(b[at]); return s; }
    Json s(u64 i) const { Bytes v = bytes(i); return Json('"', string(v.begin(), v.end())); }
    template <class T> std::vector<T> tables(u64 i, u64 low, u64 high) const {
        std::vector<T> all; std::vector<u64> places = elements(i, 4); require(places.size() >= low && places.size() <= high, "SCHEMA-1");
        for (u64 at : places) all.emplace_back(Table(b, follow(at)));
        return all; }
};
// ---- SCHEMA and Welcome; `say` is all that they say, by the names of rondo.fbs ----
struct Told { Json say; operator Json() const { return say; } };
struct Field : Told {
    u32 type, bits, predict, heading, axis; i64 speed;
    explicit Field(const Table& t) : type(t.u(1, 1)), bits(t.u(2, 1)), predict(t.u(7, 1)), heading(t.u(8, 1)), axis(t.u(9, 1)), speed(t.i32(10)) {
        require(type <= 3 && bits >= 1 && bits <= 32, "SCHEMA-2"); require(t.u(5, 1) <= 2, "SCHEMA-3"); require(predict <= 2, "SCHEMA-4");
        say = Members{{"name", t.s(0)}, {"type", type}, {"bits", bits}, {"min", t.l(3)}, {"step", t.l(4)}, {"interp", t.u(5, 1)},
            {"snap", t.u(6, 4)}, {"predict", predict}, {"heading", heading}, {"axis", axis}, {"speed", speed}}; }
    bool angle() const { return type == 2; } i64 size() const { return i64(1) << bits; }
    bool like(const Field& f) const { return type == f.type && bits == f.bits && predict == f.predict; }
};
struct Kind : Told {
    std::vector<Field> fields; bool hidden;  // PRIVATE
    std::vector<u32> order, owner;  // DELTA-4: the coding order, headings after all others; DELTA-5: whose models a field has
    explicit Kind(const Table& t) : fields(t.tables<Field>(1, 1, 64)), hidden(t.u(4, 1) != 0) {
        i64 n = i64(fields.size());
        for (i64 column : {t.column(2), t.column(3)}) require(column >= -1 && column < n, "SCHEMA-2: a position in no column");
        for (const Field& f : fields)
            require(f.predict != 2 || (f.heading < fields.size() && fields[f.heading].angle() && f.axis <= 1 &&
                    fields[f.heading].predict != 2 && std::abs(f.speed) <= 1 << 24), "SCHEMA-4");
        for (u32 i = 0, k; i < fields.size(); i++) {
            for (k = 0; !fields[k].like(fields[i]);) k++;
            order.push_back(i), owner.push_back(k); }
        std::stable_partition(order.begin(), order.end(), [this](u32 i) { return fields[i].predict != 2; });
        say = Members{{"name", t.s(0)}, {"fields", fields}, {"x", t.column(2)}, {"y", t.column(3)}, {"private", hidden}}; }
};
struct InputField : Told {
    explicit InputField(const Table& t) {
        require(t.i32(1) <= t.i32(2), "SCHEMA-5");
        say = Members{{"name", t.s(0)}, {"min", t.i32(1)}, {"max", t.i32(2)}, {"edge", t.u(3, 1) != 0}}; }
};
struct MessageField : Told {
    u32 type, max_len;
    explicit MessageField(const Table& t) : type(t.u(1, 1)), max_len(t.u(2, 2)) {
        require(type <= 1, "SCHEMA-5"); say = Members{{"name", t.s(0)}, {"type", type}, {"max_len", max_len}}; }
};
struct Message : Told {
    std::vector<MessageField> fields;
    explicit Message(const Table& t) : fields(t.tables<MessageField>(1, 0, 64)) { say = Members{{"name", t.s(0)}, {"fields", fields}}; }
};
struct Welcome : Told {
    std::vector<Kind> shared, hidden; std::vector<Message> messages;
    explicit Welcome(const Table& t) {
        require(t.u(0, 2) == 1 && t.u(5, 2) >= 1 && t.u(5, 2) <= 240, "JOIN-5");
        Table s = t.table(2, "SCHEMA-1: no schema"); messages = s.tables<Message>(3, 0, 64); string hash;
        std::vector<Kind> kinds = s.tables<Kind>(1, 1, 32); for (const Kind& k : kinds) (k.hidden ? hidden : shared).push_back(k);
        require(!shared.empty(), "SCHEMA-1: private kinds alone");
        for (int i = 60; i >= 0; i -= 4) hash += "0123456789abcdef"[t.l(1) >> i & 15];
        Members schema{{"name", s.s(0)}, {"kinds", kinds}, {"input", s.tables<InputField>(2, 0, 8)}, {"messages", messages}};
        say = Members{{"protocol", t.u(0, 2)}, {"schema_hash", Json('"', hash)}, {"schema", schema}, {"room", t.s(3)},
            {"player", t.u(4, 4)}, {"rate", t.u(5, 2)}, {"history", t.u(6, 2)}, {"epoch_us", t.l(7)}}; }
};
// ---- CODER ----
struct Model { u32 p = 32768, n = 0; };  // CODER-2: the probability of a 0 in 1/65,536, the bits seen
using Twelve = std::array<Model, 12>;
struct Coder {
    const Bytes& b; u64 at, range = 0x7fffffff, code = 0;
    Coder(const Bytes& bytes, u64 from) : b(bytes), at(from) {  // CODER-1
        for (int i = 0; i < 4; i++) code = code * 256 + next();
        code = std::min(code, range - 1); }
    u64 next() { return at < b.size() ? b[at++] : 0; }  // missing bytes read as zero
    void fill() { for (; range < 1 << 23; range *= 256) code = code * 256 + next(); }  // CODER-3
    u32 bit(Model& m) {  // CODER-2
        static const u32 r[] = {32768, 21845, 16384, 13107, 10922, 9362, 8192, 7281, 6553, 5461, 4681, 4096, 3276, 2730, 2340, 2048};
        u64 bound = (range >> 12) * (m.p >> 4); u32 one = code >= bound; m.p += one ? -(m.p * r[m.n] >> 16) : (65535 - m.p) * r[m.n] >> 16;
        code -= one ? bound : 0, range = one ? range - bound : bound; m.n = std::min(m.n + 1, 15u); fill(); return one; }
    u64 raw(u32 n) {  // CODER-4, in pieces of 8 bits
        u64 v = 0;
        for (u32 piece; n > 0; n -= piece, fill()) {
            piece = std::min(n, 8u), range >>= piece; u64 part = std::min(code / range, (u64(1) << piece) - 1);
            code = std::min(code - part * range, range - 1); v = v << piece | part; }
        return v; }
    u32 exponent(Twelve& m) { u32 e = 0; while (e < 31 && bit(m[std::min(e, 11u)])) e++; return e; }
    u64 count(Twelve& m) { u32 e = exponent(m); return (u64(1) << e) + raw(e) - 1; }  // CODER-5
};
// ---- PREDICT ----
i64 divideDown(i64 a, i64 b) { return a / b - (a % b < 0); }  // floor(a / b), b above 0
i64 fit(const Field& f, i64 guess) {  // PREDICT-2: clamped, an angle taken mod 2^N
    return f.angle() ? guess & (f.size() - 1) : std::clamp(guess, i64(0), f.size() - 1); }
i64 distance(const Field& f, i64 a, i64 b) {  // PREDICT-2
    i64 d = b - a, half = f.size() / 2; return !f.angle() ? d : d >= half ? d - f.size() : d < -half ? d + f.size() : d; }
i64 wayAlong(const Field& f, const Field& heading, i64 h1, i64 h2, i64 t) {  // PREDICT-5
    i64 h = h2 - divideDown(distance(heading, h1, h2) * (t - 1), 2 * t);
    i64 i = (divideDown(h * 1024, heading.size()) + (f.axis == 0 ? 256 : 0)) & 1023;
    return t * f.speed * std::lround(32768 * std::sin(2 * std::acos(-1.0) * double(i) / 1024)); }
i64 near(i64 way) { return divideDown(way + (1 << 22), 1 << 23); }
// ---- DELTA: one kind of one message ----
struct Rows {  // a table: ids ascending, and the words of the rows one after the other
    std::vector<u32> ids, words;
    operator Json() const { return Members{{"ids", ids}, {"words", words}}; }
};
struct FieldModels {
    std::array<std::array<Model, 3>, 9> zero; std::array<Twelve, 9> exp; std::array<Model, 3> sign; Model same;
    FieldModels() { u32 pace = 0; for (u32 p : {49152, 32768, 16384, 16384, 32768, 49152, 49152, 49152, 32768}) zero[pace++].fill({p, 0}); }
};
struct Surprise { u32 pace = 4, side = 1; };  // PREDICT-6: at first that of a row that wakes
Surprise surpriseOf(i64 d) {  // PREDICT-6
    u32 bits = 0; for (i64 v = std::abs(d); v > 0; v >>= 1) bits++;
    return {d == 0 ? 0 : std::min(1 + bits / 4, 3u), d < 0 ? 0u : d == 0 ? 1u : 2u}; }
struct KindDelta {
    Coder& c; const Kind& kind; const Rows &base, &older; const i64 k, g; const u64 width = kind.fields.size();
    Model plan{61440, 0}, structure{}, below{}; std::array<Model, 4> any{}; Twelve removed{}, removedGap{}, added{}, addedGap{}, woken{}, wokenGap{};
    std::vector<FieldModels> models = std::vector<FieldModels>(width);
    // words: the survivors', as they become; movers: rows of the baseline, and their words in the older one or null; fresh: the added rows
    std::vector<u32> way{}, words = base.words; std::vector<bool> gone = std::vector<bool>(base.ids.size());
    std::vector<std::pair<u64, const u32*>> movers{}; std::vector<u64> resting{}; Rows fresh{};
    Rows decode(u64 room) {  // room: how many entities may be there
        bool planned = c.bit(plan);
        for (const Field& f : kind.fields) {
            way.push_back(planned ? u32(c.raw(2)) : f.predict); require(way.back() < 2 || (way.back() == 2 && f.predict == 2), "PREDICT-1"); }
        if (c.bit(structure)) readStructure(room);
        sortSurvivors();
        u32 lately = 0;  // DELTA-4
        for (auto [row, first] : movers) {
            bool some = c.bit(any[lately]); move(row, first, some); lately = some ? std::min(lately + 1, 3u) : lately - (lately > 0); }
        wake(); return merge(room); }
    void readStructure(u64 room) {
        u64 n = c.count(removed), row = 0; i64 id = base.ids.empty() ? 0 : base.ids.back();
        for (u64 i = 0; i < n; i++) {
            row += c.count(removedGap); require(row < gone.size(), "DELTA-2: a removed row beyond the rows"); gone[row++] = true; }
        n = c.count(added); require(n <= room, "DELTA-2: entities");
        for (u64 i = 0; i < n; i++) {
            bool under = i == 0 && c.bit(below); i64 gap = i64(c.count(addedGap)); id = under ? id - gap : id + 1 + gap;
            require(id >= 1 && id <= 0xffffffff, "DELTA-2: an id below 1 or above 2^32 - 1"); fresh.ids.push_back(u32(id)); }
        std::vector<u32> like(base.words.end() - i64(base.ids.empty() ? 0 : width), base.words.end()); like.resize(width);
        for (u64 i = 0; i < n; i++) for (u64 f = 0; f < width; f++) {
            if (c.bit(models[kind.owner[f]].same)) like[f] = u32(c.raw(kind.fields[f].bits));
            fresh.words.push_back(like[f]); } }
    void sortSurvivors() {  // DELTA-1
        for (u64 row = 0, old = 0; row < gone.size(); row++) {
            while (old < older.ids.size() && older.ids[old] < base.ids[row]) old++;
            if (gone[row]) continue;
            bool known = old < older.ids.size() && older.ids[old] == base.ids[row];
            const u32 *w = base.words.data() + row * width, *v = older.words.data() + old * width;
            bool rests = g == 0 || (known && std::equal(w, w + width, v));
            if (rests) resting.push_back(row); else movers.push_back({row, known ? v : nullptr}); } }
    i64 residual(u64 field, Surprise s, u32& nonzero) {  // DELTA-5
        FieldModels& m = models[kind.owner[field]]; if (!c.bit(m.zero[s.pace][std::min(nonzero, 2u)])) return 0;
        nonzero++; u32 e = c.exponent(m.exp[s.pace]); i64 size = (i64(1) << e) + i64(c.raw(e));
        return c.bit(m.sign[s.side]) ? -size : size; }
    i64 along(const Field& f, u32 i, const u32* before, const u32* first, const u32* now, Surprise& s) {  // PREDICT-5, 6
        const Field& h = kind.fields[f.heading]; i64 h0 = before[f.heading], w0 = before[i], d = 0, v = wayAlong(f, h, h0, now[f.heading], k);
        if (first) {
            i64 went = wayAlong(f, h, first[f.heading], h0, g), moved = distance(f, first[i], w0);
            d = moved - near(went); if (d >= -1 && d <= 1) v += divideDown(went - moved * (1 << 23), 2); }
        u32 z = u32((v - near(v) * (1 << 23) + (1 << 22)) >> 20);
        s = d < -1 || d > 1 ? surpriseOf(d) : z < 4 ? Surprise{8 - z, 0} : Surprise{z + 1, 2}; return fit(f, w0 + near(v)); }
    void move(u64 row, const u32* first, bool some) {
        const u32* before = &base.words[row * width]; u32 *now = &words[row * width], nonzero = 0;
        for (u32 i : kind.order) {
            const Field& f = kind.fields[i];
            i64 w0 = before[i], d = first ? distance(f, first[i], w0) : 0, guess = w0;  // PREDICT-3
            Surprise s = first ? surpriseOf(d) : Surprise{};
            if (way[i] == 1 && first) guess = fit(f, w0 + (k == g ? d : divideDown(2 * d * k + g, 2 * g)));  // PREDICT-4
            if (way[i] == 2) guess = along(f, i, before, first, now, s);  // the heading's new word is there: it came earlier
            now[i] = u32((guess + (some ? residual(i, s, nonzero) : 0)) & (f.size() - 1)); } }  // DELTA-6
    void wake() {
        u64 n = c.count(woken), next = 0;
        for (u64 i = 0; i < n; i++) {
            next += c.count(wokenGap); require(next < resting.size(), "DELTA-2: a waking row beyond the resting ones");
            u32 *now = &words[resting[next++] * width], nonzero = 0;
            for (u64 f = 0; f < width; f++) now[f] = u32((now[f] + residual(f, Surprise{}, nonzero)) & (kind.fields[f].size() - 1)); } }
    Rows merge(u64 room) {  // DELTA-3
        std::map<u32, const u32*> rows; for (u64 i = 0; i < gone.size(); i++) if (!gone[i]) rows[base.ids[i]] = &words[i * width];
        for (u64 i = 0; i < fresh.ids.size(); i++)
            require(rows.emplace(fresh.ids[i], &fresh.words[i * width]).second, "DELTA-2: an added id of a survivor");
        require(rows.size() <= room, "DELTA-2: entities"); Rows all;
        for (auto [id, w] : rows) all.ids.push_back(id), all.words.insert(all.words.end(), w, w + width);
        return all; }
};
// ---- FRAME and STATE ----
struct Reader {
    const Bytes& b; u64 at = 0;
    u64 number(u64 size) { at += size; return load(b, at - size, size); }
    u32 uvarint(u32 low, u32 high) {
        u64 v = 0, byte = 128;
        for (int shift = 0; byte >> 7; shift += 7) {
            require(shift < 35, "a uvarint of more than 5 bytes"); byte = number(1), v |= (byte & 127) << shift; }
        require(v >= low && v <= high, "a number out of its limits"); return u32(v); }
    Bytes take(u64 n) {
        require(n <= b.size() - at, "bytes that are due and not there"); at += n; return Bytes(b.data() + at - n, b.data() + at); }
};
struct State {
    i64 tick = 0;  // 0: there is none
    bool full = false, checked = false, desync = false; u32 checksum = 0; std::vector<Rows> tables{};
    operator Json() const { return Members{{"tick", tick}, {"full", full}, {"checked", checked}, {"desync", desync}, {"checksum", checksum}, {"tables", tables}}; }
};
struct Frame {
    std::optional<i64> ack{}, slack{}, echo{}, held{};
    std::vector<std::pair<u32, Bytes>> messages{};  // kind and body
    std::optional<State> state{}, hidden{};         // the shared part and the private one
};
u32 checksum(const std::vector<Rows>& tables) {  // STATE-4
    u32 h = 2166136261; auto add = [&h](u32 v) { h = (h ^ v) * 16777619, h = h << 15 | h >> 17; };
    for (const Rows& t : tables) {
        add(u32(t.ids.size()));
        for (u64 i = 0, w = 0; i < t.ids.size(); i++) {
            add(t.ids[i]); for (u64 width = t.words.size() / t.ids.size(), end = w + width; w < end; w++) add(t.words[w]); } }
    return h; }
u64 readFlags(Reader& r) { u64 flags = r.number(1); require(flags < 8 && (flags & 3) != 3, "STATE: flags"); return flags; }
struct Stream {  // the states of some kinds, each built on those before
    State newest{}, older{};  // the two that were decoded last
    State read(u64 flags, Reader& r, const std::vector<Kind>& kinds) const {  // from behind the flags
        bool full = flags & 1, based = flags & 2, checked = flags & 4; require(full || newest.tick != 0, "STATE-3: the first state is full");
        i64 told = full || checked ? i64(r.number(4)) : 0, k = based ? r.uvarint(1, 4096) : !full, g = based ? r.uvarint(0, 4096) : !full;
        State s{full ? told : newest.tick + k, full, checked};
        require(s.tick >= 1 && s.tick <= 0xffffffff && (!checked || s.tick == told), "STATE-1: tick");
        require(g == 0 || (older.tick != 0 && older.tick == newest.tick - g), "STATE-1: older baseline");
        u64 sum = checked ? r.number(4) : 0, room = 65535; Coder c(r.b, r.at); const Rows none;
        for (const Kind& kind : kinds) {
            u64 i = s.tables.size();
            s.tables.push_back(KindDelta{c, kind, full ? none : newest.tables[i], g == 0 ? none : older.tables[i], k, g}.decode(room));
            room -= s.tables.back().ids.size(); }
        s.checksum = checksum(s.tables), s.desync = checked && s.checksum != sum; return s; }
    void keep(const State& s) { older = s.full ? State{} : newest, newest = s; }  // STATE-2
    string text() const { return Json(newest).text() + Json(older).text(); }
};
struct Decoder {
    std::optional<Welcome> welcome{}; i64 ack = 0; Stream shared{}, hidden{}; bool waiting = false;  // STATE-5
    Frame read(const Bytes& message) {  // a whole ServerFrame; throws Bad and stands as before
        Table t(message); require(t.has(0) != t.has(1), "JOIN-5: a welcome or a body");
        require(t.has(0) == welcome.has_value(), "JOIN-5: the first has the welcome, all others a body");
        if (t.has(0)) return readBody(t.bytes(0));
        welcome.emplace(t.table(1, "JOIN-5")); return {}; }
    Frame readBody(const Bytes& body) {
        Reader r{body}; Frame f; u64 flags = r.number(1); require(flags < 32 && (flags & 24) != 16, "FRAME: flags");
        if (flags & 1) f.ack = ack + ((i64(r.number(2)) - ack) & 0xffff), f.slack = std::int8_t(r.number(1));  // FRAME-1
        if (flags & 2) f.echo = r.number(4), f.held = r.number(4);
        for (u32 n = flags & 4 ? r.uvarint(0, ~0u) : 0; n > 0; n--) {
            u32 kind = r.uvarint(0, 63); f.messages.push_back({kind, r.take(r.uvarint(0, 1024))});
            checkMessage(kind, f.messages.back().second); }
        std::optional<Bytes> part; if (flags & 16) part = r.take(r.uvarint(0, ~0u));
        if (flags & 8) readStates(f, r, part);
        ack = f.ack.value_or(ack); if (!f.state) return f;  // from here on nothing is bad
        shared.keep(*f.state); if (f.hidden) hidden.keep(*f.hidden);
        waiting = f.state->desync || (f.hidden && f.hidden->desync); return f; }
    void checkMessage(u32 kind, const Bytes& body) const {  // FRAME-2
        require(kind < welcome->messages.size(), "FRAME-2: a message that the schema does not have"); Reader r{body};
        for (const MessageField& f : welcome->messages[kind].fields)
            if (u32 n = r.uvarint(0, f.type == 0 ? ~0u : f.max_len); f.type == 1) r.take(n); }
    void readStates(Frame& f, Reader& r, const std::optional<Bytes>& part) const {
        require(!part || !welcome->hidden.empty(), "PRIVATE-1"); u64 flags = readFlags(r);
        if (waiting && !(flags & 1)) return;  // STATE-5
        f.state = shared.read(flags, r, welcome->shared); if (f.state->desync || welcome->hidden.empty()) return;  // PRIVATE-4
        require(part || !f.state->full, "PRIVATE-3"); if (!part) return;
        Reader p{*part}; flags = readFlags(p); require(flags & 1 || !f.state->full, "PRIVATE-3");
        f.hidden = hidden.read(flags, p, welcome->hidden); require(f.hidden->tick == f.state->tick, "PRIVATE-2"); }
    string text() const { return Json(ack).text() + Json(waiting).text() + shared.text() + hidden.text(); }
};
Json readClientFrame(const Bytes& b, const std::vector<Json>& input) {  // INPUT
    require(b.size() <= 256, "INPUT: more than 256 bytes"); Table t(b); std::vector<i64> words;
    for (u64 at : t.elements(1, 4)) words.push_back(std::int32_t(load(b, at, 4)));
    std::vector<i64> said; for (u64 at : t.elements(8, 1)) said.push_back(i64(load(b, at, 1))); /* INPUT-10 */ require(words.size() == (t.u(0, 4) ? input.size() : 0), "INPUT-1, INPUT-7");
    for (u64 i = 0; i < words.size(); i++) require(words[i] >= input[i]["min"].number() && words[i] <= input[i]["max"].number(), "INPUT-7");
    return Members{{"seq", t.u(0, 4)}, {"words", words}, {"ack", t.u(2, 4)}, {"view", t.u(3, 4)}, {"echo", t.u(4, 4)},
        {"resync", t.u(5, 1) != 0}, {"ack_bits", t.u(6, 4)}, {"view_frac", t.u(7, 1)}, {"said", said}}; }
// ---- The vectors ----
void expect(const string& where, const Json& got, const Json& want) {
    string a = got.text(), b = want.text(); if (a != b) throw Fail(where + ": got " + a.substr(0, 300) + ", want " + b.substr(0, 300)); }
template <class F> bool isBad(F f) { try { f(); return false; } catch (const Bad&) { return true; } }
void checkStep(Decoder& d, const Json& step, const string& where) {
    const Json& frame = step["frame"]; string before = d.text(); Frame f;
    bool bad = isBad([&] { f = d.read(fromBase64(step["message"].value)); });
    expect(where + " error", bad ? Json('"', "bad") : Json(), step["error"]);
    expect(where + " state", f.state, step["state"]), expect(where + " private", f.hidden, step["private"]);
    if (bad) return expect(where + " frame", Json(), frame), expect(where + " decoder", d.text() == before, true);
    Members got{{"ack", f.ack}, {"slack", f.slack}, {"echo", f.echo}, {"held", f.held}, {"messages", frame["messages"]}};
    expect(where + " frame", got, frame); expect(where + " messages", f.messages.size(), frame["messages"].items.size());
    for (u64 i = 0; i < f.messages.size(); i++) {
        const Json& want = frame["messages"].items[i]; expect(where + " message", f.messages[i].first, want["kind"]);
        expect(where + " message", f.messages[i].second, fromBase64(want["body"].value)); } }
string checkServer(const Json& file) {
    Decoder d; d.read(fromBase64(file["welcome"].value));
    if (file.has("descriptor")) expect("descriptor", d.welcome->say, file["descriptor"]);
    u64 n = 0; for (const Json& step : file["steps"].items) checkStep(d, step, "step " + std::to_string(++n));
    if (file.has("refused")) for (const Json& r : file["refused"].items)
        expect(r["why"].value, isBad([&] { Decoder().read(fromBase64(r["message"].value)); }), true);
    return std::to_string(n) + " steps"; }
string checkClient(const Json& file) {
    auto read = [&](const Json& j) { return readClientFrame(fromBase64(j["message"].value), file["input"].items); };
    for (const Json& f : file["frames"].items) {
        Json got = read(f); for (const string& key : got.keys) expect(f["about"].value + " " + key, got[key], f[key]); }
    for (const Json& b : file["bad"].items) expect(b["why"].value, isBad([&] { read(b); }), true);
    return std::to_string(file["frames"].items.size()) + " frames, " + std::to_string(file["bad"].items.size()) + " bad"; }
string checkCoder(const Json& file) {  // ["bit", model, value], ["raw", bits, value], ["count", twelve models, value]
    for (const Json& j : file["cases"].items) {
        Bytes b = fromBase64(j["bytes"].value); Coder c(b, 0); std::map<i64, Model> models; std::map<i64, Twelve> counts;
        for (const Json& r : j["reads"].items) {
            string what = r.items.at(0).value; i64 n = r.items.at(1).number();
            Model& m = models.emplace(n, Model{u32(j["p"].number()), 0}).first->second;
            expect(j["about"].value + r.text(), what == "raw" ? c.raw(u32(n)) : what == "bit" ? c.bit(m) : c.count(counts[n]), r.items.at(2)); } }
    return std::to_string(file["cases"].items.size()) + " cases"; }
bool checkFile(const string& path) {
    string name = path.substr(path.rfind('/') + 1);
    try {
        std::ifstream in(path, std::ios::binary); string s{std::istreambuf_iterator<char>(in), {}}; Json file = JsonReader{s}.read();
        string all = file.has("cases") ? checkCoder(file) : file.has("bad") ? checkClient(file) : checkServer(file);
        std::cout << "ok " + name + ": " + all + "\n"; return true;
    } catch (const std::exception& e) { std::cout << "FAIL " + name + " " + e.what() + "\n"; return false; } }
int main(int argc, char** argv) {  // the files to check
    bool ok = argc > 1; for (int i = 1; i < argc; i++) ok = checkFile(argv[i]) && ok; return ok ? 0 : 1; }
