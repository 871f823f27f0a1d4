#include <algorithm>
#include <chrono>

#include <randomio/backends/azure/requests/blobs.hpp>
#include <randomio/core/runtime/sleep.hpp>

namespace randomio::azure {
namespace {

using std::chrono::milliseconds;

// A copy inside an account is over before the reply, nearly always; one between accounts takes its time.
constexpr milliseconds first_poll{50}, slowest_poll{2'000};
constexpr std::chrono::hours time_max{1};

void add_source(http::request& to, const copy_source& from) {
  to.headers.add("x-ms-copy-source", from.url);
  if (!from.expected.tag.empty()) to.headers.add("x-ms-source-if-match", from.expected.tag);
}

// Content headers cannot be given to a copy.
result<void> add_what_is_new(http::request& to, const object::properties* with, const options& set) {
  if (with == nullptr) return {};
  auto without_content = *with;
  without_content.content.clear();
  without_content.service.clear();
  return add_properties(to, without_content, set);
}

task<result<object::published>> poll(const service& at, const target& to, const asked& about) {
  auto pause = first_poll;
  const auto give_up = std::chrono::steady_clock::now() + time_max;
  while (true) {
    static_cast<void>(co_await sleep_for(pause));
    pause = std::min(pause * 2, slowest_poll);
    const auto got = co_await at.send(at.where().to_blob(http::method::head, to.full), about);
    if (!got) co_return unexpected(got.error());
    const auto status = got->headers.find("x-ms-copy-status").value_or("success");
    if (status == "success") co_return published_by(*got, about);
    if (status != "pending") {
      const auto why = "the copy was " + std::string(status) + ": " +
                       std::string(got->headers.find("x-ms-copy-status-description").value_or(""));
      co_return unexpected(error(errc::unreachable, operation::copy, got->status).with_key(to.key).with_message(why));
    }
    if (std::chrono::steady_clock::now() > give_up) {
      co_return unexpected(error(errc::timed_out, operation::copy).with_key(to.key).with_message("the copy goes on"));
    }
  }
}

}  // namespace

task<result<object::published>> copy_blob(const service& at, const target& to, const copy_source& from,
                                          const object::properties* with, const writing& how) {
  const asked about{.op = operation::copy, .key = to.key, .condition = how.when.what()};
  auto what = at.where().to_blob(http::method::put, to.full);
  add_source(what, from);
  if (auto done = add_what_is_new(what, with, at.where().with()); !done) {
    co_return unexpected(std::move(done).error().with_key(to.key));
  }
  add_writing(what, how);
  const auto got = co_await at.send(what, about);
  if (!got) co_return unexpected(got.error());
  if (got->headers.find("x-ms-copy-status") == "pending") co_return co_await poll(at, to, about);
  co_return published_by(*got, about);
}

task<result<object::published>> copy_blob_from_url(const service& at, const target& to, const copy_source& from,
                                                   const object::properties* with, const writing& how) {
  const asked about{.op = operation::copy, .key = to.key, .condition = how.when.what()};
  auto what = at.where().to_blob(http::method::put, to.full);
  what.headers.add("x-ms-requires-sync", "true");
  add_source(what, from);
  if (!from.bearer.empty()) {
    what.headers.add("x-ms-copy-source-authorization", "Bearer " + std::string(from.bearer.reveal()));
  }
  if (auto done = add_what_is_new(what, with, at.where().with()); !done) {
    co_return unexpected(std::move(done).error().with_key(to.key));
  }
  add_writing(what, how);
  const auto got = co_await at.send(what, about);
  if (!got) co_return unexpected(got.error());
  co_return published_by(*got, about);
}

}  // namespace randomio::azure
