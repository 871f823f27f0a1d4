#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <randomio/core/io/error.hpp>

namespace randomio::s3 {

struct subprocess_output {
  int status = 0;  ///< The exit status, or 128 and the signal that ended it.
  std::string out;
  std::string errors;  ///< Its beginning.
};

/// Runs a program, without a shell, with this process's environment and no input, and waits for it. Blocks. A program
/// that takes too long or writes too much is killed, with all that it started in its process group.
///
/// Errors:  not_found, when it cannot be started; timed_out; too_large.
/// Source:  posix_spawn(3).
[[nodiscard]] result<subprocess_output> run_program(const std::vector<std::string>& words,
                                                    std::chrono::milliseconds time, std::size_t bytes_max);

}  // namespace randomio::s3
