#include <randomio/backends/azure/service.hpp>

namespace randomio::azure {

task<result<http::reply>> service::send(const http::request& what, const asked& about) const {
  auto got = co_await sends_.send(what);
  if (!got) co_return unexpected(std::move(got).error().with_key(about.key));
  if (got->status / 100 != 2) co_return unexpected(error_of(*got, about));
  co_return got;
}

}  // namespace randomio::azure
