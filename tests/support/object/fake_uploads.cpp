#include <algorithm>
#include <utility>

#include "tests/support/object/fake_store.hpp"

// The multipart half of the fake store. Each rule is a service's: what it says when the rule is broken stands beside
// it.

namespace randomio::testing {

using object::part;
using object::properties;
using object::published;
using object::source;
using object::upload;

task<result<upload>> fake_store::begin_upload(std::string_view key, const properties& with) {
  const auto fate = draw(request::begin, key, false);
  auto arrived = co_await arrive(request::begin, key, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  const auto outcome = [&]() -> result<upload> {
    const std::scoped_lock lock(mutex_);
    if (auto named = check_name(key, with); !named) return unexpected(std::move(named).error());
    const auto id = "upload-" + std::to_string(++serial_);
    upload begun{.key = std::string(key), .id = id, .started = {.seconds = 1'700'000'000}};
    uploads_[id] = {.about = begun, .with = with, .parts = {}, .is_orphan = fate.is_lost};
    return begun;
  }();
  co_return co_await answer(fate, outcome, false);
}

task<result<part>> fake_store::upload_part(const upload& to, std::uint32_t number, object::pieces content) {
  const auto fate = draw(request::upload_part, to.key, false);
  auto arrived = co_await arrive(request::upload_part, to.key, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  const auto outcome = [&]() -> result<part> {
    const std::scoped_lock lock(mutex_);
    rope bytes;
    for (const auto& piece : content) bytes.append(piece);
    used_.bytes_up += bytes.size();
    const auto found = uploads_.find(to.id);
    if (found == uploads_.end()) return unexpected(refused(errc::not_found, to.key, "NoSuchUpload", 404));
    if (number < 1 || number > set_.allowed.parts_max) {
      return unexpected(refused(errc::invalid, to.key, "InvalidArgument: part number"));
    }
    if (bytes.size() > set_.allowed.part_bytes_max) {
      return unexpected(refused(errc::too_large, to.key, "EntityTooLarge"));
    }
    part made{.number = number, .size = bytes.size(), .tag = fresh_tag(), .checksum = checksum(bytes)};
    found->second.parts[number] = {.bytes = std::move(bytes), .tag = made.tag};
    return made;
  }();
  co_return co_await answer(fate, outcome, false);
}

task<result<part>> fake_store::copy_part(const upload& to, std::uint32_t number, const source& from, range bytes) {
  const auto fate = draw(request::copy_part, to.key, false);
  auto arrived = co_await arrive(request::copy_part, to.key, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  const auto outcome = [&]() -> result<part> {
    const std::scoped_lock lock(mutex_);
    const auto found = uploads_.find(to.id);
    if (found == uploads_.end()) return unexpected(refused(errc::not_found, to.key, "NoSuchUpload", 404));
    auto origin = find_source(from, set_.honoured.copy_source);
    if (!origin) return unexpected(std::move(origin).error());
    if (number < 1 || number > set_.allowed.parts_max) {
      return unexpected(refused(errc::invalid, to.key, "InvalidArgument: part number"));
    }
    if (bytes.len() > set_.allowed.part_bytes_max) {
      return unexpected(refused(errc::too_large, to.key, "InvalidRequest: copy range is too large"));
    }
    if (bytes.empty() || bytes.end() > (*origin)->bytes.size()) {
      return unexpected(refused(errc::invalid, to.key, "InvalidArgument: range not valid for the source"));
    }
    // "You can copy a range only if the source object is greater than 5 MB." Source: UploadPartCopy.
    if (!set_.allowed.reuses_parts && (*origin)->bytes.size() <= set_.allowed.part_bytes_min) {
      return unexpected(refused(errc::invalid, to.key, "InvalidRequest: source too small for a range"));
    }
    rope copied;
    copied.append((*origin)->bytes, bytes);
    if (fate.corrupts) copied = rope(std::string(bytes.len(), '?'));
    used_.bytes_copied += copied.size();
    part made{.number = number, .size = copied.size(), .tag = fresh_tag(), .checksum = checksum(copied)};
    found->second.parts[number] = {.bytes = std::move(copied), .tag = made.tag};
    return made;
  }();
  co_return co_await answer(fate, outcome, false);
}

result<rope> fake_store::assembled(const open_upload& from, std::span<const part> parts) const {
  const auto& key = from.about.key;
  const auto& rules = set_.allowed;
  if (parts.empty()) return unexpected(refused(errc::invalid, key, "MalformedXML: no parts"));
  if (parts.size() > rules.parts_max) return unexpected(refused(errc::invalid, key, "too many parts"));
  rope whole;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0 && parts[i].number <= parts[i - 1].number) {
      return unexpected(refused(errc::invalid, key, "InvalidPartOrder"));
    }
    const auto found = from.parts.find(parts[i].number);
    if (found == from.parts.end() || found->second.tag != parts[i].tag) {
      return unexpected(refused(errc::invalid, key, "InvalidPart"));
    }
    const auto& bytes = found->second.bytes;
    const bool is_last = i + 1 == parts.size();
    if (!is_last && bytes.size() < rules.part_bytes_min) {
      return unexpected(refused(errc::invalid, key, "EntityTooSmall"));
    }
    const auto first = from.parts.find(parts[0].number)->second.bytes.size();
    if (rules.uniform_parts && (is_last ? bytes.size() > first : bytes.size() != first)) {
      return unexpected(refused(errc::invalid, key, "InvalidPart: all non-trailing parts must have the same length"));
    }
    whole.append(bytes, *range::make(0, bytes.size()));
  }
  if (whole.size() > rules.object_bytes_max) return unexpected(refused(errc::too_large, key, "EntityTooLarge"));
  return whole;
}

// Blocks may come in any order, and be those of the object as it is; what is not there is InvalidBlockList.
result<rope> fake_store::joined_blocks(const open_upload& from, std::span<const part> parts) const {
  const auto& key = from.about.key;
  const auto* now = find(key);
  rope whole;
  if (parts.size() > set_.allowed.parts_max) return unexpected(refused(errc::too_large, key, "BlockListTooLong"));
  std::map<std::string, range> published;
  std::uint64_t at = 0;
  for (const auto& one : now != nullptr ? now->parts : std::vector<part>()) {
    published.emplace(one.tag, *range::from_len(at, one.size));
    at += one.size;
  }
  for (const auto& one : parts) {
    if (one.number == 0) {
      const auto found = published.find(one.tag);
      if (found == published.end()) return unexpected(refused(errc::busy, key, "InvalidBlockList"));
      whole.append(now->bytes, found->second);
      continue;
    }
    const auto found = from.parts.find(one.number);
    if (found == from.parts.end() || found->second.tag != one.tag) {
      return unexpected(refused(errc::busy, key, "InvalidBlockList"));
    }
    whole.append(found->second.bytes, *range::make(0, found->second.bytes.size()));
  }
  if (whole.size() > set_.allowed.object_bytes_max) return unexpected(refused(errc::too_large, key, "EntityTooLarge"));
  return whole;
}

task<result<published>> fake_store::complete(const upload& what, std::span<const part> parts,
                                             const precondition& when) {
  const auto fate = draw(request::complete, what.key, when.what() != precondition::kind::none);
  auto arrived = co_await arrive(request::complete, what.key, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  auto act = [this, what, parts = std::vector<part>(parts.begin(), parts.end()), when,
              is_lost = fate.is_lost]() -> result<published> {
    const std::scoped_lock lock(mutex_);
    const auto found = uploads_.find(what.id);
    if (found == uploads_.end()) return unexpected(refused(errc::not_found, what.key, "NoSuchUpload", 404));
    const bool has_blocks = set_.allowed.reuses_parts;
    auto whole = has_blocks ? joined_blocks(found->second, parts) : assembled(found->second, parts);
    if (!whole) return unexpected(std::move(whole).error());
    if (auto held = check(what.key, when, set_.honoured.complete); !held) {
      return unexpected(std::move(held).error());
    }
    const auto with = found->second.with;
    // A service of blocks knows no uploads: ours forgets one only when it hears that it was published.
    if (!has_blocks || !is_lost) uploads_.erase(found);
    std::vector<part> blocks;
    for (const auto& one : parts) {
      if (has_blocks) blocks.push_back({.number = 0, .size = one.size, .tag = one.tag});
    }
    return publish(what.key, std::move(*whole), with, fresh_tag(), std::move(blocks));
  };
  co_return co_await carry_out(fate, std::move(act));
}

task<result<void>> fake_store::abort(const upload& what) {
  const auto fate = draw(request::abort, what.key, false);
  auto arrived = co_await arrive(request::abort, what.key, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  {
    const std::scoped_lock lock(mutex_);
    uploads_.erase(what.id);
  }
  co_return co_await answer(fate, result<void>{}, false);
}

task<result<std::vector<upload>>> fake_store::uploads(std::string_view prefix) {
  const auto fate = draw(request::uploads, prefix, false);
  auto arrived = co_await arrive(request::uploads, prefix, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  std::vector<upload> found;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [id, one] : uploads_) {
      if (set_.allowed.reuses_parts && one.parts.empty()) continue;  // Its blocks are all that there is of it.
      if (one.about.key.starts_with(prefix)) found.push_back(one.about);
    }
  }
  co_return co_await answer(fate, result<std::vector<upload>>(std::move(found)), false);
}

task<result<std::vector<part>>> fake_store::published_parts(std::string_view key, const version& expected) {
  const auto fate = draw(request::published_parts, key, false);
  auto arrived = co_await arrive(request::published_parts, key, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  const auto outcome = [&]() -> result<std::vector<part>> {
    const std::scoped_lock lock(mutex_);
    if (!set_.allowed.reuses_parts) return unexpected(refused(errc::unsupported, key, "no block lists"));
    const auto* found = find(key);
    if (found == nullptr) return unexpected(refused(errc::not_found, key, "BlobNotFound", 404));
    if (!expected.tag.empty() && found->about.current != expected) {
      return unexpected(refused(errc::precondition_failed, key, "ConditionNotMet", 412));
    }
    return found->parts;
  }();
  co_return co_await answer(fate, outcome, false);
}

task<result<published>> fake_store::append(std::string_view key, std::uint64_t position, object::pieces content,
                                           const version& expected) {
  const auto fate = draw(request::append, key, true);
  auto arrived = co_await arrive(request::append, key, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  rope added;
  for (const auto& piece : content) added.append(piece);
  auto act = [this, key = std::string(key), position, added, expected]() -> result<published> {
    const std::scoped_lock lock(mutex_);
    const auto found = objects_.find(key);
    if (found == objects_.end()) return unexpected(refused(errc::precondition_failed, key, "BlobNotFound", 404));
    auto& now = found->second.front();
    if (now.about.bytes != object::editable::end) return unexpected(refused(errc::unsupported, key, "InvalidBlobType"));
    if (now.about.current != expected || now.about.size != position) {
      return unexpected(refused(errc::precondition_failed, key, "AppendPositionConditionNotMet", 412));
    }
    rope bytes = now.bytes;
    bytes.append(added, *range::make(0, added.size()));
    used_.bytes_up += added.size();
    if (added.size() > set_.allowed.append_bytes_max)
      return unexpected(refused(errc::too_large, key, "RequestBodyTooLarge"));
    const auto held = now.about.held;
    auto made = publish(key, std::move(bytes), held, fresh_tag());
    found->second.front().about.bytes = object::editable::end;
    return made;
  };
  co_return co_await carry_out(fate, std::move(act));
}

}  // namespace randomio::testing
