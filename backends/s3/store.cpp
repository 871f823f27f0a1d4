#include <randomio/backends/s3/store.hpp>

#include <utility>

#include <randomio/backends/s3/requests/get_object.hpp>
#include <randomio/backends/s3/requests/get_object_tagging.hpp>
#include <randomio/backends/s3/requests/head_object.hpp>
#include <randomio/backends/s3/requests/list_objects.hpp>

namespace randomio::s3 {
namespace {

constexpr std::string_view first_region = "us-east-1";  // The one that answers for all, if only to tell where to go.

bool is_success(int status) noexcept {
  return status >= 200 && status < 300;
}

/// Whether the service may have carried out what it reports to have failed at.
bool may_have_happened(errc code) noexcept {
  return code == errc::unreachable || code == errc::timed_out;
}

/// Whether a failure may be about the region that the request was sent to or signed for.
bool may_be_elsewhere(int status) noexcept {
  return status == 301 || status == 307 || status == 400;
}

}  // namespace

result<std::unique_ptr<store>> store::make(options what, std::shared_ptr<http::client> client, region_listener moved) {
  if (what.region.empty()) what.region = first_region;
  auto in = bucket::of(std::move(what));
  if (!in) return unexpected(std::move(in).error());
  return std::unique_ptr<store>(new store(*std::move(in), std::move(client), std::move(moved)));
}

store::store(bucket in, std::shared_ptr<http::client> client, region_listener moved)
    : limits_(in.with().allows),
      client_(std::move(client)),
      moved_(std::move(moved)),
      bucket_(std::make_shared<const bucket>(std::move(in))),
      conditions_(bucket_->with().honours) {
  // Source: Amazon S3 User Guide, "Add preconditions to S3 operations with conditional requests".
  if (!conditions_ && bucket_->is_aws()) {
    conditions_ = object::conditions{.put = true, .complete = true, .copy = true, .copy_source = true, .remove = true};
  }
}

std::shared_ptr<const bucket> store::here() const {
  const std::scoped_lock lock(mutex_);
  return bucket_;
}

std::shared_ptr<const bucket> store::move_to(std::string_view region, const bucket& from) {
  if (region.empty() || region == from.with().region) return nullptr;
  auto there = from.in_region(region);
  if (!there) return nullptr;
  const std::scoped_lock lock(mutex_);
  if (bucket_->with().region != region) {
    bucket_ = std::make_shared<const bucket>(*std::move(there));
    if (moved_) moved_(region);
  }
  return bucket_;
}

task<result<http::reply>> store::send(http::request& what, std::shared_ptr<const bucket> in, asked about) {
  for (bool has_moved = false;; has_moved = true) {
    auto reply = co_await client_->send(what);
    if (!reply) {
      auto failure = error(reply.error().code(), about.op, reply.error().vendor_code());
      co_return unexpected(std::move(failure)
                               .with_key(about.key)
                               .with_message(reply.error().message())
                               .with_request_id(reply.error().request_id()));
    }
    const bool failed_late = what.failed_inside != nullptr && failed_inside(*reply);
    if (is_success(reply->status) && !failed_late) co_return reply;
    const auto failure = service_error::of(*reply);
    if (!has_moved && may_be_elsewhere(reply->status)) {
      if (auto there = move_to(failure.region, *in)) {
        there->retarget(what, *in);
        in = std::move(there);
        continue;
      }
    }
    auto told = error_of(*reply, failure, about);
    if (what.again == http::repeatable::if_refused && may_have_happened(told.code())) {
      co_return unexpected(error(errc::outcome_unknown, told.op(), told.vendor_code())
                               .with_key(told.key())
                               .with_message(told.message())
                               .with_request_id(told.request_id()));
    }
    co_return unexpected(std::move(told));
  }
}

task<result<object::description>> store::head(std::string_view key, stop_token stop) {
  const auto full = here()->full_key(key);
  if (!full) co_return unexpected(full.error());
  co_return co_await head_now(*full, key, {}, {}, stop);
}

task<result<object::description>> store::head_now(std::string_view full, std::string_view key, const version& expected,
                                                  std::string_view version_id, stop_token stop) {
  const auto in = here();
  auto what = head_object(*in, full, expected, version_id);
  what.stop = stop;
  const asked about{operation::head, key,
                    expected.tag.empty() ? precondition::kind::none : precondition::kind::matches};
  const auto reply = co_await send(what, in, about);
  if (!reply) co_return unexpected(reply.error());
  co_return headed_object(*reply, *in, key);
}

task<result<object::got>> store::get(std::string_view key, std::uint64_t offset, std::span<std::byte> out,
                                     const version& expected, stop_token stop) {
  const auto in = here();
  const auto full = in->full_key(key);
  if (!full) co_return unexpected(full.error());
  if (!out.empty()) {
    auto what = get_object(*in, *full, offset, out, expected);
    what.stop = stop;
    const auto reply = co_await send(what, in, {operation::get, key});
    if (reply) co_return got_object(*reply, *in, key, offset, out);
    // A missing object is just missing: only a write makes it a broken promise.
    if (reply.error() != errc::range) co_return unexpected(reply.error());
  }
  // There is nothing to read at the offset, and such a reply does not tell of what.
  auto about = co_await head_now(*full, key, expected, {}, stop);
  if (!about) co_return unexpected(std::move(about).error());
  if (!out.empty() && about->size > offset) {
    co_return unexpected(
        error(errc::corrupt, operation::get, 416).with_key(key).with_message("the object changes while it is read"));
  }
  co_return object::got{.count = 0, .object = *std::move(about)};
}

task<result<object::got>> store::get_whole(std::string_view key, std::span<std::byte> out, const version& expected,
                                           stop_token stop) {
  const auto in = here();
  // Who may pack what is not asked for as a range must be asked for a range.
  const bool comes_as_stored = in->with().accept_encoding == "identity";
  if (out.empty() || !comes_as_stored) co_return co_await get(key, 0, out, expected, stop);
  const auto full = in->full_key(key);
  if (!full) co_return unexpected(full.error());
  // What was damaged on the way is whole the second time.
  for (bool again = false;; again = true) {
    auto what = get_whole_object(*in, *full, out, expected);
    what.stop = stop;
    const auto reply = co_await send(what, in, {operation::get, key});
    if (!reply) co_return unexpected(reply.error());
    auto got = got_object(*reply, *in, key, 0, out);
    if (got || again || got.error() != errc::corrupt) co_return got;
  }
}

task<result<object::properties::texts>> store::tags(std::string_view key) {
  const auto in = here();
  if (!in->with().tagging) co_return object::properties::texts{};
  const auto full = in->full_key(key);
  if (!full) co_return unexpected(full.error());
  auto what = get_object_tagging(*in, *full);
  const asked about{operation::get, key};
  const auto reply = co_await send(what, in, about);
  if (!reply) co_return unexpected(reply.error());
  co_return got_object_tagging(*reply, about);
}

task<result<object::list_page>> store::list(const object::list_request& which, stop_token stop) {
  const auto in = here();
  auto what = list_objects(*in, which);
  what.stop = stop;
  const auto reply = co_await send(what, in, {operation::list, which.prefix});
  if (!reply) co_return unexpected(reply.error());
  co_return listed_objects(*reply, *in);
}

}  // namespace randomio::s3
