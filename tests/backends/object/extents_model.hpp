#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <randomio/backends/object/extents.hpp>

namespace randomio::testing {

inline constexpr std::uint64_t upper_addresses = 1'000'000;

/// Extents beside the bytes that they stand for.
struct modelled {
  std::string base;
  std::shared_ptr<const object::origin> other;
  std::string other_bytes;
  object::extents list;
  std::string bytes;
  std::string staged;  ///< Everything ever staged, by address.
  std::vector<range> dropped;
  std::uint64_t first_address = 0;

  explicit modelled(std::string from = {}) : base(std::move(from)), list(base.size()), bytes(base) {
    for (int i = 0; i < 200; ++i) other_bytes += static_cast<char>('A' + i * 7 % 26);
    other = std::make_shared<object::origin>(object::origin{.object = {.key = "other", .expected = {}}, .size = 200});
  }

  [[nodiscard]] std::string read(const object::extent& one) const {
    using kind = object::extent::kind;
    switch (one.what) {
      case kind::base: return base.substr(one.from, one.at.len());
      case kind::bytes: return staged.substr(one.from - first_address, one.at.len());
      case kind::remote: return other_bytes.substr(one.from, one.at.len());
      case kind::hole:
      case kind::sent: break;
    }
    return std::string(one.at.len(), '\0');
  }
  [[nodiscard]] std::string resolved() const {
    std::string out;
    for (const auto& one : list.all()) out += read(one);
    return out;
  }
  void note(std::vector<range> more) { dropped.insert(dropped.end(), more.begin(), more.end()); }

  void write(std::uint64_t at, const std::string& text) {
    note(list.place({.at = *range::from_len(at, text.size()),
                     .what = object::extent::kind::bytes,
                     .from = first_address + staged.size()}));
    staged += text;
    put(at, text);
  }
  void copy(std::uint64_t at, std::uint64_t from, std::uint64_t len) {
    note(
        list.place({.at = *range::from_len(at, len), .what = object::extent::kind::remote, .from = from, .of = other}));
    put(at, other_bytes.substr(from, len));
  }
  void hole(std::uint64_t at, std::uint64_t len) {
    note(list.place({.at = *range::from_len(at, len)}));
    put(at, std::string(len, '\0'));
  }
  void resize(std::uint64_t size) {
    note(list.resize(size));
    bytes.resize(size);
  }
  void put(std::uint64_t at, const std::string& text) {
    if (text.empty()) return;
    if (bytes.size() < at + text.size()) bytes.resize(at + text.size());
    bytes.replace(at, text.size(), text);
  }
  void edit_at_random() {
    const auto at = *rc::gen::inRange<std::uint64_t>(0, 220);
    const auto len = *rc::gen::inRange<std::uint64_t>(0, 60);
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
      case 1: write(at, std::string(len, *rc::gen::inRange('a', 'z'))); break;
      case 2: copy(at, *rc::gen::inRange<std::uint64_t>(0, 140), len); break;
      case 3: hole(at, len); break;
      default: resize(at); break;
    }
  }
};

inline std::string numbered_bytes(std::uint64_t size) {
  std::string text;
  for (std::uint64_t i = 0; i < size; ++i) text += static_cast<char>('0' + i * 13 % 75);
  return text;
}

inline rc::Gen<modelled> edits_of(std::string base) {
  return rc::gen::exec([base] {
    modelled made(base);
    made.first_address = upper_addresses;
    for (int i = *rc::gen::inRange(0, 8); i > 0; --i) made.edit_at_random();
    return made;
  });
}

}  // namespace randomio::testing

namespace rc {
template <>
struct Arbitrary<randomio::testing::modelled> {
  static Gen<randomio::testing::modelled> arbitrary() {
    return gen::exec([] {
      randomio::testing::modelled made(randomio::testing::numbered_bytes(*gen::inRange<std::uint64_t>(0, 200)));
      for (int i = *gen::inRange(0, 12); i > 0; --i) made.edit_at_random();
      return made;
    });
  }
};
inline std::ostream& operator<<(std::ostream& to, const randomio::testing::modelled& what) {
  return to << "modelled content of " << what.bytes.size() << " bytes";
}
}  // namespace rc
