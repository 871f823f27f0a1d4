// The part of the store that is about uploads: blocks.
#include <algorithm>
#include <array>
#include <utility>

#include <randomio/backends/azure/requests/listing.hpp>
#include <randomio/backends/azure/store.hpp>
#include <randomio/backends/object/base64.hpp>

namespace randomio::azure {
namespace {

// Of what is copied through us, where the service cannot: small enough to hold, large enough to be quick.
constexpr std::uint64_t fetched_bytes_max = std::uint64_t{8} << 20;
constexpr char between_ids = ',';
// Long enough to plan what is uploaded. Others may begin an upload meanwhile, as they may after a list is read.
constexpr std::chrono::seconds just_now{1};
constexpr std::size_t id_lengths_max = 256;

unexpected no_such_upload(std::string_view key) {
  return unexpected(error(errc::not_found, operation::put).with_key(key).with_message("no such upload"));
}

result<block_ids> ids_of(const object::upload& what) {
  auto ids = block_ids::of(what.id);
  if (!ids) return no_such_upload(what.key);
  return *std::move(ids);
}

// Of the ids that are there; uncommitted ones decide, because those are what the service compares.
result<std::size_t> id_bytes(const block_list& there, std::string_view key) {
  const auto bytes_of = [](const block& one) { return object::base64_decoded(one.id).value_or("").size(); };
  if (!there.uncommitted.empty()) {
    const auto bytes = bytes_of(there.uncommitted.front());
    if (bytes >= block_ids::bytes_min && bytes <= block_ids::bytes_max) return bytes;
    return unexpected(
        error(errc::busy, operation::put)
            .with_key(key)
            .with_message("another program's uncommitted blocks have ids too short to share a blob with"));
  }
  if (there.committed.empty()) return block_ids::bytes_default;
  return std::clamp(bytes_of(there.committed.front()), block_ids::bytes_min, block_ids::bytes_max);
}

}  // namespace

task<result<std::size_t>> store::id_bytes_of(const target& blob) {
  {
    const std::scoped_lock lock(mutex_);
    if (const auto known = id_lengths_.extract(std::string(blob.key));
        known && std::chrono::steady_clock::now() - known.mapped().at < just_now) {
      co_return known.mapped().bytes;
    }
  }
  const auto there = co_await get_block_list(service_, blob);
  if (there) co_return id_bytes(*there, blob.key);
  if (there.error() == errc::not_found) co_return block_ids::bytes_default;
  co_return unexpected(there.error());
}

task<result<object::upload>> store::begin_upload(std::string_view key, const object::properties& with) {
  const auto at = blob(key);
  if (!at) co_return unexpected(at.error());
  {
    // What the completion would refuse is refused before anything is sent.
    http::request none;
    if (auto fits = add_properties(none, with, service_.where().with()); !fits) {
      co_return unexpected(std::move(fits).error().with_key(key));
    }
  }
  const auto bytes = co_await id_bytes_of(*at);
  if (!bytes) co_return unexpected(bytes.error());
  auto id = block_ids::fresh(*bytes).text();
  const std::scoped_lock lock(mutex_);
  begun_.insert_or_assign(id, with);
  co_return object::upload{.key = std::string(key), .id = std::move(id)};
}

task<result<object::part>> store::upload_part(const object::upload& to, std::uint32_t number, object::pieces content) {
  const auto at = blob(to.key);
  if (!at) co_return unexpected(at.error());
  const auto ids = ids_of(to);
  if (!ids) co_return unexpected(ids.error());
  if (number == 0 || number > limits_.parts_max) co_return fail(errc::invalid, operation::write);
  object::part out{.number = number, .tag = ids->at(static_cast<std::uint16_t>(number))};
  for (const auto piece : content) out.size += piece.size();
  const auto done = co_await put_block(service_, *at, out.tag, content);
  if (!done) co_return unexpected(done.error());
  co_return out;
}

task<result<std::vector<block>>> store::fetch_blocks(const target& to, const block_ids& ids, std::uint16_t number,
                                                     const object::source& from, range bytes) {
  const auto source = blob(from.key);
  if (!source) co_return unexpected(source.error());
  std::vector<std::byte> buffer(std::min(bytes.len(), fetched_bytes_max));
  std::vector<block> out;
  for (auto at = bytes.start(); at < bytes.end();) {
    const auto some = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), bytes.end() - at));
    const auto got = co_await get_blob(service_, *source, at, some, from.expected, {});
    if (!got) co_return unexpected(got.error());
    if (got->count != some.size()) {
      co_return unexpected(error(errc::range, operation::copy).with_key(from.key).with_message("it ends before"));
    }
    out.push_back({.id = ids.at(number, static_cast<std::uint16_t>(out.size())), .size = some.size()});
    const std::array<std::span<const std::byte>, 1> content{some};
    const auto done = co_await put_block(service_, to, out.back().id, content);
    if (!done) co_return unexpected(done.error());
    at += some.size();
  }
  co_return out;
}

task<result<object::part>> store::copy_part(const object::upload& to, std::uint32_t number, const object::source& from,
                                            range bytes) {
  const auto at = blob(to.key);
  if (!at) co_return unexpected(at.error());
  const auto ids = ids_of(to);
  if (!ids) co_return unexpected(ids.error());
  if (number == 0 || number > limits_.parts_max || bytes.empty() || bytes.len() > limits_.part_bytes_max) {
    co_return fail(errc::invalid, operation::copy);
  }
  const auto number16 = static_cast<std::uint16_t>(number);
  object::part out{.number = number, .size = bytes.len(), .tag = ids->at(number16)};
  if (copies_blocks_.load(std::memory_order_relaxed)) {
    const auto source = co_await source_of(from, true);
    if (!source) co_return unexpected(source.error());
    const auto done = co_await put_block_from_url(service_, *at, out.tag, *source, bytes);
    if (done) co_return out;
    if (done.error() != errc::unsupported) co_return unexpected(done.error());
    copies_blocks_.store(false, std::memory_order_relaxed);
  }
  const auto blocks = co_await fetch_blocks(*at, *ids, number16, from, bytes);
  if (!blocks) co_return unexpected(blocks.error());
  out.tag.clear();
  for (const auto& one : *blocks) {
    if (!out.tag.empty()) out.tag += between_ids;
    out.tag += one.id;
  }
  co_return out;
}

task<result<object::published>> store::complete(const object::upload& what, std::span<const object::part> parts,
                                                const precondition& when) {
  const auto at = blob(what.key);
  if (!at) co_return unexpected(at.error());
  object::properties with;
  {
    const std::scoped_lock lock(mutex_);
    const auto known = begun_.find(what.id);
    if (known == begun_.end()) co_return no_such_upload(what.key);
    with = known->second;
  }
  std::vector<listed_block> blocks;
  for (const auto& one : parts) {
    for (std::string_view rest = one.tag; !rest.empty();) {
      const auto id = rest.substr(0, rest.find(between_ids));
      rest.remove_prefix(std::min(id.size() + 1, rest.size()));
      blocks.push_back({.id = id, .committed = one.number == 0});
    }
  }
  if (blocks.size() > limits_.parts_max) {
    co_return unexpected(
        error(errc::too_large, operation::put).with_key(what.key).with_message("a blob has at most 50,000 blocks"));
  }
  auto done = co_await put_block_list(service_, *at, blocks, with, {.when = when});
  if (done) {
    const std::scoped_lock lock(mutex_);
    begun_.erase(what.id);
  }
  co_return done;
}

task<result<void>> store::abort(const object::upload& what) {
  const std::scoped_lock lock(mutex_);
  begun_.erase(what.id);
  co_return result<void>{};
}

task<result<std::vector<object::upload>>> store::uploads(std::string_view prefix) {
  const auto full = service_.where().with().prefix + std::string(prefix);
  std::vector<object::upload> out;
  std::string marker;
  do {
    const auto page = co_await list_blobs(
        service_, {.prefix = full, .key = std::string(prefix), .marker = std::move(marker), .uncommitted = true});
    if (!page) co_return unexpected(page.error());
    for (const auto& one : page->found) {
      const auto key = service_.where().own_key(one.name);
      if (!key || key->empty() || (one.size > 0 && one.name != full)) continue;
      const auto there = co_await get_block_list(service_, {.full = one.name, .key = *key});
      if (!there) continue;  // It is gone, or has no blocks.
      std::vector<std::string> ids;
      for (const auto& waiting : there->uncommitted) {
        const auto of = block_ids::holding(waiting.id);
        auto id = of ? of->text() : waiting.id;
        if (std::ranges::find(ids, id) != ids.end()) continue;
        out.push_back({.key = std::string(*key), .id = id, .started = one.modified});
        ids.push_back(std::move(id));
      }
    }
    marker = page->marker;
  } while (!marker.empty());
  co_return out;
}

task<result<object::published>> store::append(std::string_view key, std::uint64_t position, object::pieces content,
                                              const version& expected) {
  const auto at = blob(key);
  if (!at) co_return unexpected(at.error());
  const auto when = precondition::matches(expected);
  auto done = co_await append_block(service_, *at, content, position, {.when = when});
  if (!done) co_return unexpected(std::move(done).error());
  co_return object::published{.current = std::move(done->current), .version_id = {}};
}

task<result<std::vector<object::part>>> store::published_parts(std::string_view key, const version& expected) {
  const auto at = blob(key);
  if (!at) co_return unexpected(at.error());
  auto there = co_await get_block_list(service_, *at);
  if (!there) co_return unexpected(std::move(there).error());
  if (!expected.tag.empty() && there->current != expected) {
    co_return unexpected(error(errc::precondition_failed, operation::list).with_key(key));
  }
  if (const auto bytes = id_bytes(*there, key)) {
    const std::scoped_lock lock(mutex_);
    if (id_lengths_.size() == id_lengths_max) id_lengths_.clear();
    id_lengths_.insert_or_assign(std::string(key), id_length{*bytes, std::chrono::steady_clock::now()});
  }
  std::vector<object::part> out;
  for (auto& one : there->committed) out.push_back({.number = 0, .size = one.size, .tag = std::move(one.id)});
  co_return out;
}

}  // namespace randomio::azure
