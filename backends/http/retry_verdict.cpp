#include <randomio/backends/http/retry_verdict.hpp>

#include <algorithm>

#include <randomio/backends/http/content_range.hpp>
#include <randomio/backends/http/http_date.hpp>

namespace randomio::http {
namespace {

// A gateway or a server that failed in the middle of it.
retry_verdict failed_midway(const request& what) noexcept {
  return what.again == repeatable::always ? retry_verdict::again : retry_verdict::ambiguous;
}

}  // namespace

retry_verdict judge(const request& what, const reply& got, bool (*throttles)(const reply&)) {
  if (throttles != nullptr && throttles(got)) return retry_verdict::again;
  switch (got.status) {
    case 429:
    case 503: return retry_verdict::again;
    // The server may have given up on what it had already begun.
    case 408:
    case 425: return failed_midway(what);
    case 501:
    case 505: return retry_verdict::final;
    default: break;
  }
  if (got.status >= 500) return failed_midway(what);
  const bool is_success = got.status >= 200 && got.status <= 299;
  if (is_success && what.failed_inside != nullptr && what.failed_inside(got)) return failed_midway(what);
  return retry_verdict::final;
}

retry_verdict judge(const request& what, const error& failure) noexcept {
  switch (failure.code()) {
    // Of a request that may not be repeated these say that it was never sent.
    case errc::unreachable:
    case errc::timed_out: return retry_verdict::again;
    // Of whoever gives credentials: as a reply it would have come as one.
    case errc::throttled: return retry_verdict::again;
    case errc::corrupt: return failed_midway(what);
    default: return retry_verdict::final;
  }
}

std::optional<std::chrono::seconds> retry_after(const fields& headers, timestamp now) noexcept {
  const auto value = headers.find("retry-after");
  if (!value) return std::nullopt;
  constexpr std::int64_t day = 86'400;
  if (const auto count = parse_decimal(*value)) {
    return std::chrono::seconds(static_cast<std::int64_t>(std::min<std::uint64_t>(*count, day)));
  }
  if (const auto date = parse_http_date(*value)) {
    return std::chrono::seconds(std::clamp<std::int64_t>(date->seconds - now.seconds, 0, day));
  }
  return std::nullopt;
}

}  // namespace randomio::http
