#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <randomio/backends/http/fields.hpp>
#include <randomio/core/io/error.hpp>
#include <randomio/core/io/stop.hpp>
#include <randomio/core/runtime/task.hpp>

namespace randomio::http {

enum class method : std::uint8_t { get, head, put, post, del };

/// When a failed request may be sent once more.
enum class repeatable : std::uint8_t {
  always,      ///< It is safe, or has the same effect however often it is sent. Source: RFC 9110 §9.2.2.
  if_refused,  ///< Only when the server cannot have carried it out: it was not reached, or said 429 or 503.
};

struct reply;

/// One request. A value, so that decorators can sign, count and repeat it.
struct request {
  method verb = method::get;
  std::string url;  ///< Absolute, percent-encoded. Source: RFC 3986.
  fields headers;
  /// The body, piece after piece, never copied. Borrowed until completion.
  std::span<const std::span<const std::byte>> body = {};
  /// Where the body of a successful (2xx) reply goes; its size is then the largest body taken. Borrowed until
  /// completion. Empty: the body is collected in `reply::body`, as is that of every other status.
  std::span<std::byte> into = {};
  std::size_t collected_bytes_max = std::size_t{16} << 20;
  repeatable again = repeatable::always;
  /// Tells that a 2xx reply carries an error in its body, as some services do; null when it cannot. Such a reply
  /// counts as a 500.
  bool (*failed_inside)(const reply&) = nullptr;
  /// How long the server may be silent because it works, beside the client's idle timeout: see `time_to_copy`.
  std::chrono::seconds work_time{0};
  stop_token stop = {};
};

/// What a server may take to copy bytes inside it, without a word meanwhile: 64 s for a GiB, several times what
/// services need.
[[nodiscard]] constexpr std::chrono::seconds time_to_copy(std::uint64_t bytes) noexcept {
  return std::chrono::seconds(bytes >> 24);
}

struct reply {
  int status = 0;  ///< Source: RFC 9110 §15.
  fields headers;
  std::string body;          ///< What was collected.
  std::size_t received = 0;  ///< Bytes that went to `request::into`.
  unsigned attempts = 1;     ///< How often the request was sent.
};

/// What sends requests. Drivers and the decorators around them (signing, retrying, counting) are clients.
class client {
 public:
  virtual ~client() = default;

  /// Sends a request and awaits its reply. Every status is a reply, not an error.
  ///
  /// Errors:  unreachable, timed_out, cancelled; corrupt, for a reply that is not HTTP or shorter than it
  ///          announced; too_large, for a body that does not fit; outcome_unknown, when a request that may be
  ///          repeated only `if_refused` was sent and no reply came.
  /// Borrows: `what` and what it refers to, until completion.
  /// Threads: on the thread of a loop, where it also completes; concurrent calls from several loops are safe.
  /// Source:  RFC 9110, RFC 9112.
  [[nodiscard]] virtual task<result<reply>> send(const request& what) = 0;
};

}  // namespace randomio::http
