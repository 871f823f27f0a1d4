#include <randomio/backends/azure/store.hpp>

#include <algorithm>
#include <utility>

#include <randomio/backends/azure/requests/batch.hpp>
#include <randomio/backends/azure/requests/listing.hpp>
#include <randomio/backends/azure/sas.hpp>

namespace randomio::azure {
namespace {

// Source: Azure Storage, "Scalability and performance targets for Blob storage"; "Put Block", "Put Blob", "Append
// Block".
constexpr object::limits azure_limits{.part_bytes_min = 1,
                                      .part_bytes_max = std::uint64_t{4000} << 20,
                                      .parts_max = 50'000,
                                      .reuses_parts = true,
                                      .publication_ends_uploads = true,
                                      .append_bytes_max = std::uint64_t{100} << 20,
                                      .put_bytes_max = std::uint64_t{5000} << 20,
                                      .copy_bytes_max = std::uint64_t{50'000} * (std::uint64_t{4000} << 20),
                                      .object_bytes_max = std::uint64_t{50'000} * (std::uint64_t{4000} << 20),
                                      .key_bytes_max = 1024,
                                      .metadata_bytes_max = 8192};

// Long enough for the service to copy 4000 MiB, short enough to be worth little.
constexpr std::int64_t minted_for_seconds = 3600;

object::limits limits_below(std::string_view prefix) {
  auto out = azure_limits;
  out.key_bytes_max -= static_cast<std::uint32_t>(std::min<std::size_t>(prefix.size(), out.key_bytes_max));
  return out;
}

// Whether a listing that starts after a key shows this one. A prefix may hold keys on both sides.
bool comes_after(const listed_blob& one, std::string_view key, std::string_view start_after) {
  return key > start_after || (one.is_prefix && start_after.starts_with(key));
}

// Content headers as the service tells them: a blob that was given no type has the general one.
object::properties::texts told(object::properties::texts content) {
  content.try_emplace("content-type", "application/octet-stream");
  return content;
}

// The tags that a copy must be given, because the service copies all but them; nothing, when there are none.
task<result<std::optional<object::properties::texts>>> tags_to_copy(const service& at, const target& from,
                                                                    const version& expected) {
  if (!at.where().with().tagging) co_return std::nullopt;
  // Asked for their number first: not everybody who may read a blob may read its tags.
  const auto source = co_await get_blob_properties(at, from, expected, {});
  if (!source) co_return unexpected(source.error());
  if (source->tags == 0) co_return std::nullopt;
  auto all = co_await get_blob_tags(at, from);
  if (!all) co_return unexpected(std::move(all).error());
  co_return *std::move(all);
}

}  // namespace

store::store(http::client& sends, authorising_client& keys, container where, std::shared_ptr<void> kept)
    : kept_(std::move(kept)),
      service_(sends, std::move(where)),
      keys_(keys),
      limits_(limits_below(service_.where().with().prefix)) {}

result<target> store::blob(std::string_view key) const {
  auto full = service_.where().full_key(key);
  if (!full) return unexpected(std::move(full).error());
  return target{.full = *std::move(full), .key = key};
}

task<result<object::conditions>> store::honours() {
  {
    const std::scoped_lock lock(mutex_);
    if (honoured_) co_return *honoured_;
  }
  const auto& with = service_.where().with();
  auto known = with.honours;
  if (with.unsafe_without_conditions || (!known && service_.where().is_azure())) {
    known = object::conditions{.put = true, .complete = true, .copy = true, .copy_source = true, .remove = true};
  }
  if (!known) {
    const auto found = co_await probe();
    if (!found) co_return unexpected(found.error());
    known = *found;
  }
  const std::scoped_lock lock(mutex_);
  honoured_ = *known;
  co_return *known;
}

task<result<object::description>> store::head(std::string_view key, stop_token stop) {
  const auto at = blob(key);
  if (!at) co_return unexpected(at.error());
  co_return co_await get_blob_properties(service_, *at, {}, stop);
}

task<result<object::got>> store::get(std::string_view key, std::uint64_t offset, std::span<std::byte> out,
                                     const version& expected, stop_token stop) {
  const auto at = blob(key);
  if (!at) co_return unexpected(at.error());
  co_return co_await get_blob(service_, *at, offset, out, expected, stop);
}

task<result<object::properties::texts>> store::tags(std::string_view key) {
  const auto at = blob(key);
  if (!at) co_return unexpected(at.error());
  if (!service_.where().with().tagging) co_return object::properties::texts{};
  co_return co_await get_blob_tags(service_, *at);
}

task<result<object::list_page>> store::list(const object::list_request& which, stop_token stop) {
  const auto page = co_await list_blobs(service_, {.prefix = service_.where().with().prefix + which.prefix,
                                                   .key = which.prefix,
                                                   .delimited = which.delimited,
                                                   .marker = which.continuation,
                                                   .count_max = which.keys_max,
                                                   .metadata = true,
                                                   .stop = stop});
  if (!page) co_return unexpected(page.error());
  object::list_page out;
  out.continuation = page->marker;
  for (const auto& one : page->found) {
    const auto key = service_.where().own_key(one.name);
    // The service has no such parameter in this version: what comes before is left out here.
    if (!key || key->empty() || (!which.start_after.empty() && !comes_after(one, *key, which.start_after))) continue;
    object::listed listed{.key = std::string(*key), .is_prefix = one.is_prefix};
    if (!one.is_prefix) {
      listed.size = one.size;
      listed.current = version_of(one.etag);
      listed.modified = one.modified;
      listed.metadata = one.metadata;
    }
    out.found.push_back(std::move(listed));
  }
  co_return out;
}

task<result<object::published>> store::put(std::string_view key, object::pieces content, const object::properties& with,
                                           const precondition& when) {
  const auto at = blob(key);
  if (!at) co_return unexpected(at.error());
  co_return co_await put_blob(service_, *at, content, with, {.when = when});
}

// Inside an account a copy needs nothing that the request itself does not have, unless a SAS is all that we have.
task<result<copy_source>> store::source_of(const object::source& from, bool minted) {
  const auto at = blob(from.key);
  if (!at) co_return unexpected(at.error());
  const auto keys = co_await keys_.current();
  if (!keys) co_return unexpected(keys.error());
  copy_source out{.url = service_.where().blob_url(at->full), .expected = from.expected};
  switch (keys->what) {
    case credentials::kind::anonymous: break;
    case credentials::kind::sas: append_query(out.url, keys->value.reveal()); break;
    case credentials::kind::bearer: out.bearer = keys->value; break;
    case credentials::kind::shared_key:
      if (!minted) break;
      append_query(out.url, mint_sas(*keys, {.container = service_.where().with().container,
                                             .blob = at->full,
                                             .expires = {.seconds = keys_.now().seconds + minted_for_seconds},
                                             .https_only = out.url.starts_with("https:")}));
      break;
  }
  co_return out;
}

// Where only the metadata is new, as it nearly always is, one request changes all or nothing.
task<result<object::published>> store::set_in_place(const target& at, const object::properties& with,
                                                    const version& expected) {
  const auto found = co_await get_blob_properties(service_, at, expected, {});
  if (!found) {
    const bool is_gone = found.error() == errc::not_found && !expected.tag.empty();
    co_return is_gone ? unexpected(error(errc::precondition_failed, operation::copy).with_key(at.key))
                      : unexpected(found.error());
  }
  auto when = expected.tag.empty() ? precondition::none() : precondition::matches(expected);
  if (told(found->held.content) != told(with.content)) {
    const auto headers = co_await set_blob_properties(service_, at, with.content, {.when = when});
    if (!headers) co_return unexpected(headers.error());
    when = precondition::matches(headers->current);
  }
  const bool has_tags = with.tags && (!with.tags->empty() || found->tags > 0);
  if (service_.where().with().tagging && has_tags) {
    const auto set = co_await set_blob_tags(service_, at, *with.tags);
    if (!set) co_return unexpected(set.error());
  }
  // The metadata comes last: it is what says whose commit this was.
  co_return co_await set_blob_metadata(service_, at, with.metadata, {.when = when});
}

task<result<object::published>> store::copy(const object::source& from, std::string_view to,
                                            const object::properties* with, const precondition& when) {
  const auto at = blob(to);
  if (!at) co_return unexpected(at.error());
  if (from.key == to && with != nullptr) {
    if (when.what() == precondition::kind::absent) {
      co_return unexpected(error(errc::already_exists, operation::copy).with_key(to));
    }
    if (when.what() == precondition::kind::matches && !from.expected.tag.empty() && when.expected() != from.expected) {
      co_return unexpected(error(errc::precondition_failed, operation::copy).with_key(to));
    }
    const auto& expected = when.what() == precondition::kind::matches ? when.expected() : from.expected;
    co_return co_await set_in_place(*at, *with, expected);
  }
  const auto source = co_await source_of(from, false);
  if (!source) co_return unexpected(source.error());
  object::properties tagged;
  if (with == nullptr || !with->tags) {
    const auto of = blob(from.key);
    if (!of) co_return unexpected(of.error());
    auto tags = co_await tags_to_copy(service_, *of, from.expected);
    if (!tags) co_return unexpected(std::move(tags).error());
    if (*tags) {
      if (with != nullptr) tagged = *with;
      tagged.tags = *std::move(*tags);
    }
  }
  const auto* sent = tagged.tags ? &tagged : with;
  auto done = co_await copy_blob(service_, *at, *source, sent, {.when = when});
  if (!done && done.error() == errc::already_exists && !from.expected.tag.empty()) {
    // Not every service tells whose condition failed: the source's, or that of what should not be there.
    const auto there = co_await head(to);
    if (!there && there.error() == errc::not_found) {
      co_return unexpected(error(errc::precondition_failed, operation::copy, done.error().vendor_code())
                               .with_key(from.key)
                               .with_message(done.error().message())
                               .with_request_id(done.error().request_id()));
    }
  }
  if (!done || with == nullptr) co_return done;
  // A copy has its source's content headers: give it others, if it should have them.
  const auto found = co_await get_blob_properties(service_, *at, done->current, {});
  if (!found) co_return unexpected(found.error());
  if (told(found->held.content) == told(with->content)) co_return done;
  const auto ours = precondition::matches(done->current);
  co_return co_await set_blob_properties(service_, *at, with->content, {.when = ours});
}

task<result<void>> store::remove(std::string_view key, const precondition& when) {
  const auto at = blob(key);
  if (!at) co_return unexpected(at.error());
  co_return co_await delete_blob(service_, *at, {.when = when});
}

task<result<std::vector<error>>> store::remove_all(std::span<const std::string> keys) {
  std::vector<error> left;
  while (!keys.empty()) {
    const auto some = keys.first(std::min(keys.size(), batch_blobs_max));
    keys = keys.subspan(some.size());
    std::vector<target> blobs;
    for (const auto& key : some) {
      auto at = blob(key);
      if (at) {
        blobs.push_back(*std::move(at));
      } else {
        left.push_back(std::move(at).error().with_key(key));
      }
    }
    if (has_batches_.load(std::memory_order_relaxed) && blobs.size() > 1) {
      const auto credentials = co_await keys_.current();
      if (!credentials) co_return unexpected(credentials.error());
      auto failures = co_await delete_blobs(service_, blobs, *credentials, keys_.now());
      if (failures) {
        for (auto& one : *failures) {
          if (one && one->code() != errc::not_found) left.push_back(*std::move(one));
        }
        continue;
      }
      if (failures.error() != errc::unsupported) co_return unexpected(std::move(failures).error());
      has_batches_.store(false, std::memory_order_relaxed);
    }
    const auto always = precondition::none();
    for (const auto& at : blobs) {
      const auto done = co_await delete_blob(service_, at, {.when = always});
      if (!done && done.error() != errc::not_found) left.push_back(done.error());
    }
  }
  co_return left;
}

}  // namespace randomio::azure
