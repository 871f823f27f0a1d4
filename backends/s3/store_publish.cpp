#include <randomio/backends/s3/store.hpp>

#include <numeric>

#include <randomio/backends/http/xml.hpp>
#include <randomio/backends/s3/requests/copy_object.hpp>
#include <randomio/backends/s3/requests/delete_object.hpp>
#include <randomio/backends/s3/requests/delete_objects.hpp>
#include <randomio/backends/s3/requests/put_object.hpp>

namespace randomio::s3 {

task<result<void>> store::require(bool object::conditions::* honoured, const precondition& when) {
  if (when.what() == precondition::kind::none) co_return result<void>();
  const auto known = co_await honours();
  if (!known) co_return unexpected(known.error());
  if (!((*known).*honoured)) {
    co_return unexpected(error(errc::unsupported).with_message("the service ignores this condition"));
  }
  co_return result<void>();
}

task<result<object::published>> store::put(std::string_view key, object::pieces content, const object::properties& with,
                                           const precondition& when) {
  if (auto may = co_await require(&object::conditions::put, when); !may) co_return unexpected(std::move(may).error());
  co_return co_await put_now(key, content, with, when);
}

task<result<object::published>> store::put_now(std::string_view key, object::pieces content,
                                               const object::properties& with, const precondition& when) {
  const auto in = here();
  const auto full = in->full_key(key);
  if (!full) co_return unexpected(full.error());
  const auto size = std::accumulate(content.begin(), content.end(), std::uint64_t{0},
                                    [](std::uint64_t sum, auto piece) { return sum + piece.size(); });
  if (size > limits_.put_bytes_max) co_return unexpected(error(errc::too_large, operation::put).with_key(key));
  auto what = put_object(*in, *full, content, with, when);
  if (!what) co_return unexpected(std::move(what).error().with_key(key));
  const asked about{operation::put, key, when.what()};
  const auto reply = co_await send(*what, in, about);
  if (!reply) co_return unexpected(reply.error());
  co_return published_object(*reply, about);
}

task<result<object::published>> store::copy(const object::source& from, std::string_view to,
                                            const object::properties* with, const precondition& when) {
  if (auto may = co_await require(&object::conditions::copy, when); !may) co_return unexpected(std::move(may).error());
  auto copied = co_await copy_now(from, to, with, when);
  if (copied || copied.error() != errc::already_exists || from.expected.tag.empty()) co_return copied;
  // A failed condition does not tell whose it was: of the source, or of what should not be there.
  const auto there = co_await head(to);
  if (there || there.error() != errc::not_found) co_return copied;
  co_return unexpected(error(errc::precondition_failed, operation::copy, copied.error().vendor_code())
                           .with_key(from.key)
                           .with_message(copied.error().message())
                           .with_request_id(copied.error().request_id()));
}

task<result<object::published>> store::copy_now(const object::source& from, std::string_view to,
                                                const object::properties* with, const precondition& when) {
  const auto in = here();
  const auto full_from = in->full_key(from.key), full_to = in->full_key(to);
  if (!full_from || !full_to) co_return unexpected(full_from ? full_to.error() : full_from.error());
  object::source full_source{*full_from, from.expected, from.version_id, from.size};
  object::properties kept;
  if (with == nullptr) {
    // The service copies metadata and tags by itself, but storage class and encryption only when told.
    auto source = co_await head_now(*full_from, from.key, from.expected, from.version_id, {});
    if (!source) co_return unexpected(std::move(source).error());
    kept = std::move(source->held);
    full_source.size = source->size;
  }
  auto what = copy_object(*in, {.from = full_source,
                                .to = *full_to,
                                .with = with != nullptr ? *with : kept,
                                .replaces = with != nullptr,
                                .when = when});
  if (!what) co_return unexpected(std::move(what).error().with_key(to));
  // Without a condition of its own, a missing object is the source.
  const asked about{operation::copy, to, when.what()};
  const auto reply = co_await send(*what, in, about);
  if (!reply) co_return unexpected(reply.error());
  co_return copied_object(*reply, about);
}

task<result<void>> store::remove(std::string_view key, const precondition& when) {
  if (when.what() == precondition::kind::none) co_return co_await remove_now(key, when);
  if (when.what() == precondition::kind::absent) {
    co_return unexpected(error(errc::invalid, operation::remove).with_key(key).with_message("nothing can be removed"));
  }
  const auto known = co_await honours();
  if (!known) co_return unexpected(known.error());
  if (known->remove) co_return co_await remove_now(key, when);
  const auto full = here()->full_key(key);
  if (!full) co_return unexpected(full.error());
  const auto there = co_await head_now(*full, key, when.expected(), {}, {});
  if (!there) co_return unexpected(there.error());
  if (there->current != when.expected()) {
    co_return unexpected(error(errc::precondition_failed, operation::remove).with_key(key));
  }
  co_return co_await remove_now(key, precondition::none());
}

task<result<void>> store::remove_now(std::string_view key, const precondition& when) {
  const auto in = here();
  const auto full = in->full_key(key);
  if (!full) co_return unexpected(full.error());
  auto what = delete_object(*in, *full, when);
  const auto reply = co_await send(what, in, {operation::remove, key, when.what()});
  if (reply) co_return result<void>();
  // S3 does not tell whether there was something to delete; others do.
  if (reply.error() == errc::not_found && when.what() == precondition::kind::none) co_return result<void>();
  co_return unexpected(reply.error());
}

task<result<std::vector<error>>> store::remove_all(std::span<const std::string> keys) {
  const auto in = here();
  std::vector<error> failed;
  std::vector<std::string> batch;
  bool in_batches = in->with().bulk_delete;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    auto full = in->full_key(keys[i]);
    if (!full) {
      failed.push_back(std::move(full).error());
    } else if (in_batches && http::xml_can_hold(*full)) {
      batch.push_back(*std::move(full));
    } else if (auto removed = co_await remove_now(keys[i], precondition::none()); !removed) {
      failed.push_back(std::move(removed).error());
    }
    if (batch.empty() || (batch.size() < delete_keys_max && i + 1 < keys.size())) continue;
    auto removed = co_await remove_batch(batch, failed);
    if (!removed && removed.error() == errc::unsupported) {
      in_batches = false;
      for (const auto& key : batch) {
        if (auto one = co_await remove_now(*in->own_key(key), precondition::none()); !one)
          failed.push_back(one.error());
      }
    } else if (!removed) {
      co_return unexpected(std::move(removed).error());
    }
    batch.clear();
  }
  co_return failed;
}

task<result<void>> store::remove_batch(std::span<const std::string> full_keys, std::vector<error>& failed) {
  const auto in = here();
  const auto body = delete_objects_body(full_keys);
  const std::span<const std::byte> pieces[] = {std::as_bytes(std::span(body))};
  auto what = delete_objects(*in, pieces);
  const auto reply = co_await send(what, in, {operation::remove});
  if (!reply) co_return unexpected(reply.error());
  auto told = deleted_objects(*reply, *in);
  if (!told) co_return unexpected(std::move(told).error());
  for (auto& one : *told) failed.push_back(std::move(one));
  co_return result<void>();
}

}  // namespace randomio::s3
