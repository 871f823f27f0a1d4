#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "tests/model/reference_tree.hpp"

namespace model {

enum class action {
  make_file,
  make_directory,
  make_symlink,
  link,
  remove,
  remove_directory,
  rename,
  rename_no_replace,
  exchange,
  write,
  append,
  truncate,
  punch,
  read,
  chmod,
  set_xattr,
  remove_xattr,
  hold,
  release,
  copy,
};
constexpr int actions = 20;

/// One operation, as small numbers, so that shrinking makes sense of it.
struct step {
  action what{};
  std::vector<std::uint8_t> from, to;  ///< Paths: each number is a name.
  std::uint32_t offset = 0, len = 0;
  std::uint8_t fill = 0;
};

inline path named(const std::vector<std::uint8_t>& numbers) {
  path p;
  for (const auto n : numbers) p.push_back(std::string(1, static_cast<char>('a' + n)));
  return p;
}

inline void showValue(const step& s, std::ostream& os) {
  constexpr const char* names[] = {"make_file",    "make_directory",
                                   "make_symlink", "link",
                                   "remove",       "remove_directory",
                                   "rename",       "rename_no_replace",
                                   "exchange",     "write",
                                   "append",       "truncate",
                                   "punch",        "read",
                                   "chmod",        "set_xattr",
                                   "remove_xattr", "hold",
                                   "release",      "copy"};
  os << names[static_cast<int>(s.what)];
  for (const auto* p : {&s.from, &s.to}) {
    os << " ";
    for (const auto& name : named(*p)) os << "/" << name;
  }
  os << " offset=" << s.offset << " len=" << s.len << " fill=" << int(s.fill);
}

}  // namespace model

namespace rc {

template <>
struct Arbitrary<model::step> {
  static Gen<model::step> arbitrary() {
    const auto path =
        gen::resize(4, gen::suchThat(gen::container<std::vector<std::uint8_t>>(gen::inRange<std::uint8_t>(0, 4)),
                                     [](const auto& p) { return !p.empty() && p.size() <= 3; }));
    // Offsets and lengths near page and chunk borders, and small ones.
    const auto size = gen::oneOf(gen::inRange<std::uint32_t>(0, 300), gen::inRange<std::uint32_t>(4000, 4200),
                                 gen::inRange<std::uint32_t>(65400, 65700));
    return gen::build<model::step>(
        gen::set(&model::step::what,
                 gen::map(gen::inRange(0, model::actions), [](int a) { return static_cast<model::action>(a); })),
        gen::set(&model::step::from, path), gen::set(&model::step::to, path), gen::set(&model::step::offset, size),
        gen::set(&model::step::len, size), gen::set(&model::step::fill, gen::arbitrary<std::uint8_t>()));
  }
};

}  // namespace rc
