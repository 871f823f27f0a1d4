#pragma once

#include <cstdio>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include <randomio/core/io/error.hpp>

namespace randomiofs::cli {

/// Source: mount(8), EXIT STATUS.
enum class exit_code : int {
  success = 0,
  usage = 1,  ///< Wrong invocation or configuration, or no permission.
  system = 2,
  internal = 4,
  mount_failed = 32,
};

/// Why a command ended: its exit code and the one line that a person sees.
struct failure {
  exit_code code;
  std::string line;
  std::string cause = {};  ///< All that is known of it, with the service's request id, for the log; may be empty.
};

template <class T>
using outcome = std::expected<T, failure>;

/// As a person sees it.
inline void print(const failure& why) {
  std::fprintf(stderr, "randomiofs: %s\n", why.line.c_str());
}

[[nodiscard]] inline std::unexpected<failure> fail(exit_code code, std::string line) {
  return std::unexpected(failure{code, std::move(line)});
}

/// A mistake in what the user wrote, or a permission that he lacks, is his to mend; the rest is a mount failure.
[[nodiscard]] inline exit_code code_for(const randomio::error& problem) noexcept {
  switch (problem.code()) {
    case randomio::errc::invalid:
    case randomio::errc::permission_denied:
    case randomio::errc::not_permitted:
    case randomio::errc::unauthenticated: return exit_code::usage;
    case randomio::errc::out_of_memory:
    case randomio::errc::too_many_open: return exit_code::system;
    default: return exit_code::mount_failed;
  }
}

}  // namespace randomiofs::cli
