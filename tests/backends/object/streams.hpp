#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/backends/object/fixture.hpp"

namespace randomio::testing {

/// A store whose limits a few hundred bytes meet.
inline fake_store::settings small(bool uniform, std::uint32_t parts_max = 200) {
  auto with = uniform ? fake_store::uniform() : fake_store::settings();
  with.allowed.part_bytes_min = 16;
  with.allowed.part_bytes_max = 4096;
  with.allowed.parts_max = parts_max;
  with.allowed.put_bytes_max = 4096;
  return with;
}

inline void shrink(machine& here) {
  here.with.part_bytes = 64;
  here.with.chunk_bytes = 32;
}

inline std::string text_of(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) text += std::to_string(i) + " ";
  text.resize(size);
  return text;
}

inline void write_in_pieces(object::content& to, const std::string& text, std::size_t from, std::size_t step,
                            bool is_append) {
  for (auto at = from; at < text.size(); at += step) {
    const auto piece = text.substr(at, step);
    if (is_append) {
      append(to, piece);
    } else {
      write(to, at, piece);
    }
  }
}

}  // namespace randomio::testing
