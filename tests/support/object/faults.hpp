#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <random>

namespace randomio::testing {

/// What a client asks of a store, one name a request.
enum class request : std::uint8_t {
  head,
  get,
  tags,
  list,
  put,
  copy,
  remove,
  remove_all,
  begin,
  upload_part,
  copy_part,
  complete,
  abort,
  uploads,
  published_parts,
  append,
};
inline constexpr std::size_t request_kinds = 16;

/// What goes wrong, in thousandths of all requests; drawn from a seed.
struct faults {
  unsigned lost_replies = 0;  ///< The request is carried out, and nobody hears of it.
  unsigned unanswered = 0;    ///< A conditional publication is not carried out, and nobody hears of it.
  unsigned late = 0;          ///< A conditional publication is carried out after later requests; nobody hears of it.
  unsigned late_max = 40;     ///< By how many of them.
  unsigned failures = 0;      ///< The request is not carried out, and fails.
  unsigned busy = 0;          ///< A conditional publication fails with 409.
  unsigned delays = 0;        ///< The request is carried out later, or its reply comes later, or both.
  std::chrono::microseconds delay_max{300};
  bool busy_ends_upload = false;  ///< A completion that fails with 409 takes its upload with it.
};

/// The fate of one request.
struct fate {
  std::chrono::microseconds before{0};
  std::chrono::microseconds after{0};
  bool fails = false;
  bool is_unanswered = false;
  bool is_lost = false;
  bool is_busy = false;
  bool corrupts = false;  ///< What a copy of a range makes are not the bytes of its source.
  unsigned late = 0;      ///< It is carried out when so many other requests have come, and nobody hears of it.
};

/// How much a store was asked to do.
struct usage {
  std::uint64_t requests = 0;
  std::uint64_t bytes_up = 0;
  std::uint64_t bytes_down = 0;
  std::uint64_t bytes_copied = 0;  ///< Inside the store.
  std::array<std::uint64_t, request_kinds> of{};

  [[nodiscard]] std::uint64_t count(request what) const { return of[static_cast<std::size_t>(what)]; }
};

}  // namespace randomio::testing
