// Plays the golden vectors of a folder to the decoder and proves every value in them. It prints a line for
// each file; where one is not as it should be, that line names the step, and the program fails.
//
//     g++ -std=c++17 -O2 -Wall -Wextra -Werror -o decoder decoder.cpp && ./decoder ..
#include "decoder.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

using namespace rondo;
using std::string, std::to_string;

// Wrong is what the decoder makes of a message where the vectors want something else.
struct Wrong {
  string what;
};

// ---- JSON: a value has items, or is the text of a number, a string or a word.

struct Json {
  string text;
  std::vector<string> keys;
  std::vector<Json> items;

  const Json& operator[](const string& key) const {
    static const Json null{"null", {}, {}};
    auto at = std::find(keys.begin(), keys.end(), key);
    return at == keys.end() ? null : items[at - keys.begin()];
  }
  int64_t number() const { return std::stoll(text); }
  bool null() const { return text == "null"; }
};

Json parse(const string& s, size_t& i) {
  auto skip = [&] { return s.at(i = s.find_first_not_of(" \n,:", i)); };
  Json v;
  if (char open = skip(); open == '{' || open == '[') {
    for (i++; skip() != open + 2;) {  // ] and } come two after [ and {
      if (open == '{') v.keys.push_back(parse(s, i).text);
      v.items.push_back(parse(s, i));
    }
    i++;
  } else if (open == '"') {
    for (i++; s.at(i) != '"'; i++) v.text += s[s[i] == '\\' ? ++i : i];
    i++;
  } else {
    for (; std::isalnum(s.at(i)) || s[i] == '-'; i++) v.text += s[i];
  }
  return v;
}

Bytes base64(const Json& v) {
  const string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Bytes out;
  uint32_t bits = 0;
  for (size_t i = 0; i < v.text.size() && v.text[i] != '='; i++) {
    bits = bits << 6 | uint32_t(digits.find(v.text[i]));
    if (i % 4 != 0) out.push_back(uint8_t(bits >> (6 - i % 4 * 2)));
  }
  return out;
}

// ---- What is wanted, and what there is.

void same(const string& what, const string& want, const string& got) {
  if (want != got) throw Wrong{what + " is " + got + ", not " + want};
}

void same(const Json& object, const char* key, int64_t got) { same(key, object[key].text, to_string(got)); }
void same(const Json& object, const char* key, const string& got) { same(key, object[key].text, got); }
void sameWord(const Json& object, const char* key, bool got) { same(object, key, got ? "true" : "false"); }

template <typename Number>
void sameOr(const Json& object, const char* key, std::optional<Number> got) {
  same(key, object[key].text, got ? to_string(*got) : "null");
}

// Calls check with each item of a list and what there is in its place.
template <typename List, typename Check>
void each(const Json& object, const char* key, const List& got, Check check) {
  const Json& want = object[key];
  same(string("the number of ") + key, to_string(want.items.size()), to_string(got.size()));
  size_t i = 0;
  for (const auto& item : got) check(want.items[i++], item);
}

void compare(const Json& want, const Kind& kind) {
  same(want, "name", kind.name), same(want, "x", kind.x), same(want, "y", kind.y);
  each(want, "fields", kind.fields, [](const Json& w, const Field& f) {
    same(w, "name", f.name), same(w, "type", f.type), same(w, "bits", f.bits), same(w, "min", f.min);
    same(w, "step", f.step), same(w, "interp", f.interp), same(w, "snap", f.snap), same(w, "predict", f.predict);
    same(w, "heading", f.heading), same(w, "axis", f.axis), same(w, "speed", f.speed);
  });
}

void compare(const Json& want, const Welcome& w) {
  const Json& schema = want["schema"];
  same("hash", to_string(std::stoull(want["schema_hash"].text, nullptr, 16)), to_string(w.hash));
  same(want, "room", w.room), same(want, "player", w.player), same(want, "rate", w.rate);
  same(want, "history", w.history), same(want, "epoch_us", w.epochMicros), same(schema, "name", w.name);
  each(schema, "kinds", w.kinds, [](const Json& v, const Kind& k) { compare(v, k); });
  each(schema, "input", w.input, [](const Json& v, const Input& f) {
    same(v, "name", f.name), same(v, "min", f.min), same(v, "max", f.max), sameWord(v, "edge", f.edge);
  });
  each(schema, "messages", w.messages, [](const Json& v, const Message& m) {
    same(v, "name", m.name);
    each(v, "fields", m.fields, [](const Json& u, const Message::Value& f) {
      same(u, "name", f.name), same(u, "type", f.type), same(u, "max_len", f.maxLen);
    });
  });
}

void compare(const Json& want, const State& s) {
  same(want, "tick", s.tick), same(want, "checksum", s.checksum);
  sameWord(want, "full", s.full), sameWord(want, "checked", s.checked), sameWord(want, "desync", s.desync);
  each(want, "tables", s.tables, [](const Json& table, const Rows& rows) {
    std::vector<uint32_t> ids, words;
    for (auto& [id, row] : rows) {
      ids.push_back(id);
      words.insert(words.end(), row.begin(), row.end());
    }
    auto number = [](const Json& v, uint32_t got) { same("a word or an id", v.text, to_string(got)); };
    each(table, "ids", ids, number), each(table, "words", words, number);
  });
}

void compare(const Json& step, const Frame& f) {
  const Json &want = step["frame"], &state = step["state"];
  sameOr(want, "ack", f.ack), sameOr(want, "slack", f.slack);
  sameOr(want, "echo", f.echo), sameOr(want, "held", f.held);
  each(want, "messages", f.messages, [](const Json& m, const std::pair<uint32_t, Bytes>& got) {
    same(m, "kind", got.first);
    if (base64(m["body"]) != got.second) throw Wrong{"the body of a message is another"};
  });
  if (state.null() != !f.state) throw Wrong{f.state ? "there is a state" : "there is no state"};
  if (f.state) compare(state, *f.state);
}

// ---- The files. README.md describes them.

bool refused(Client& client, const Json& message) try {
  client.receive(base64(message));
  return false;
} catch (const Bad&) {
  return true;
}

bool refused(const Json& welcome) try {
  Client client(base64(welcome));
  return false;
} catch (const Bad&) {
  return true;
}

// Plays a file and returns how many steps it has; at is the one at hand.
size_t play(const Json& file, string& at) {
  for (const Json& welcome : file["refused"].items) {
    at = welcome["why"].text;
    if (!refused(welcome["message"])) throw Wrong{"the welcome is taken"};
  }
  at = "the welcome";
  Client client(base64(file["welcome"]));
  if (!file["descriptor"].null()) compare(file["descriptor"], client.welcome);
  size_t n = 0;
  for (const Json& step : file["steps"].items) {
    at = "step " + to_string(n++) + ", " + step["about"].text;
    if (step["error"].null()) compare(step, client.receive(base64(step["message"])));
    else if (!refused(client, step["message"])) throw Wrong{"it is taken"};
  }
  return n;
}

size_t playCoder(const Json& file, string& at) {
  for (const Json& c : file["cases"].items) {
    at = c["about"].text;
    const Bytes bytes = base64(c["bytes"]);
    Coder in(bytes);
    Model models[10], counts[4][12];
    for (Model& m : models) m.p = uint32_t(c["p"].number());
    for (const Json& r : c["reads"].items) {
      const string what = r.items[0].text;
      const int of = int(r.items[1].number());
      uint32_t got = what == "bit" ? uint32_t(in.bit(models[of])) : what == "raw" ? in.raw(of) : in.count(counts[of]);
      same("a " + what, r.items[2].text, to_string(got));
    }
  }
  return file["cases"].items.size();
}

// Plays one file and tells whether all is as it should be.
bool agrees(const std::filesystem::path& path) {
  std::ifstream in(path);
  const string name = path.filename().string(), text(std::istreambuf_iterator<char>(in), {});
  string at = "the file";
  try {
    size_t i = 0;
    const Json file = parse(text, i);
    const size_t n = name == "coder.json" ? playCoder(file, at) : play(file, at);
    std::cout << name << ": " << n << " steps agree" << std::endl;
    return true;
  } catch (const Wrong& wrong) {
    std::cout << name << ": " << at << ": " << wrong.what << std::endl;
  } catch (const Bad& bad) {
    std::cout << name << ": " << at << ": it is refused by " << bad.rule << std::endl;
  } catch (const std::exception& e) {
    std::cout << name << ": " << at << ": " << e.what() << std::endl;
  }
  return false;
}

int main(int argc, char** argv) {
  bool all = true, some = false;
  for (auto& entry : std::filesystem::directory_iterator(argc > 1 ? argv[1] : "..")) {
    const bool server = entry.path().filename() != "client.json";  // the rest is what servers say
    if (entry.path().extension() != ".json" || !server) continue;
    all = agrees(entry.path()) && all;
    some = true;
  }
  return all && some ? 0 : 1;
}
