#pragma once

#include <chrono>

#include <randomio/backends/http/client.hpp>

namespace randomio::s3 {

/// Sends one request, for at most so long. Where no loop runs, there is no limit.
///
/// Errors: timed_out, and those of the client.
[[nodiscard]] task<result<http::reply>> fetch(http::client& with, http::request what, std::chrono::nanoseconds limit);

}  // namespace randomio::s3
