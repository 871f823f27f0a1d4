#include <randomio/backends/http/status.hpp>

namespace randomio::http {

errc errc_of_status(int status) noexcept {
  switch (status) {
    case 401: return errc::unauthenticated;
    case 403: return errc::permission_denied;
    case 404: return errc::not_found;
    case 405:
    case 501: return errc::unsupported;
    case 408: return errc::timed_out;
    case 409: return errc::busy;
    case 304:
    case 412: return errc::precondition_failed;
    case 413: return errc::too_large;
    case 416: return errc::range;
    case 429:
    case 503: return errc::throttled;
    default: return status >= 500 ? errc::unreachable : errc::invalid;
  }
}

}  // namespace randomio::http
