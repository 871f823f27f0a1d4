#include <randomio/backends/azure/requests/leases.hpp>
#include <randomio/backends/http/content_range.hpp>

namespace randomio::azure {
namespace {

http::request lease_request(const service& at, const target& blob, std::string_view action, std::string_view id = {}) {
  auto what = at.where().to_blob(http::method::put, blob.full, http::query().add("comp", "lease"));
  what.headers.add("x-ms-lease-action", action);
  if (!id.empty()) what.headers.add("x-ms-lease-id", id);
  return what;
}

task<result<std::string>> lease(const service& at, const target& blob, http::request what) {
  const asked about{.op = operation::none, .key = blob.key};
  const auto got = co_await at.send(what, about);
  if (!got) co_return unexpected(got.error());
  co_return std::string(got->headers.find("x-ms-lease-id").value_or(""));
}

task<result<void>> without_id(task<result<std::string>> done) {
  const auto id = co_await std::move(done);
  if (!id) co_return unexpected(id.error());
  co_return result<void>{};
}

}  // namespace

task<result<std::string>> acquire_lease(const service& at, const target& blob, lease_time length) {
  auto what = lease_request(at, blob, "acquire");
  what.headers.add("x-ms-lease-duration", length ? std::to_string(length->count()) : "-1");
  what.again = http::repeatable::if_refused;  // A second one would find the first one's lease.
  co_return co_await lease(at, blob, std::move(what));
}

task<result<void>> renew_lease(const service& at, const target& blob, std::string_view id) {
  co_return co_await without_id(lease(at, blob, lease_request(at, blob, "renew", id)));
}

task<result<void>> release_lease(const service& at, const target& blob, std::string_view id) {
  co_return co_await without_id(lease(at, blob, lease_request(at, blob, "release", id)));
}

task<result<std::string>> change_lease(const service& at, const target& blob, std::string_view id,
                                       std::string_view to) {
  auto what = lease_request(at, blob, "change", id);
  what.headers.add("x-ms-proposed-lease-id", to);
  co_return co_await lease(at, blob, std::move(what));
}

task<result<std::chrono::seconds>> break_lease(const service& at, const target& blob,
                                               std::chrono::seconds holds_still) {
  auto what = lease_request(at, blob, "break");
  what.headers.add("x-ms-lease-break-period", std::to_string(holds_still.count()));
  const auto got = co_await at.send(what, {.op = operation::none, .key = blob.key});
  if (!got) co_return unexpected(got.error());
  co_return std::chrono::seconds(http::parse_decimal(got->headers.find("x-ms-lease-time").value_or("")).value_or(0));
}

}  // namespace randomio::azure
