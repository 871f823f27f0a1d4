#include <algorithm>
#include <utility>
#include <vector>

#include <randomio/backends/object/commit_id.hpp>
#include <randomio/backends/object/content_state.hpp>

// Changes of a content, and the parts that leave while it is written.

namespace randomio::object {

content::state::state(editing& shared, std::string name, std::optional<description> opened, properties with_held)
    : with(shared),
      key(std::move(name)),
      base(std::move(opened)),
      held(std::move(with_held)),
      live(base ? base->size : 0),
      exists(base.has_value()),
      staged(shared) {}

content::state::~state() {
  detail::require(!stream, "a content ends while parts of it are in flight");
}

std::vector<extent> content::state::resolved(range bytes) const {
  auto list = live.within(bytes);
  if (frozen == nullptr) return list;
  std::vector<extent> below;
  for (auto& one : list) {
    if (one.what != extent::kind::base) {
      below.push_back(std::move(one));
      continue;
    }
    for (auto under : frozen->list.within(*range::from_len(one.from, one.at.len()))) {
      under.at = *range::from_len(under.at.start() - one.from + one.at.start(), under.at.len());
      below.push_back(std::move(under));
    }
  }
  return below;
}

std::shared_ptr<const origin> content::state::base_origin() const {
  if (!base) return nullptr;
  return std::make_shared<const origin>(
      origin{.object = {.key = key, .expected = base->current, .version_id = base->version_id, .size = base->size},
             .size = base->size});
}

void content::state::changed(bool by_append) {
  bytes_dirty = true;
  appends_only = appends_only && by_append;
  ++edits;
}

void content::state::held_changed() {
  held_dirty = true;
  ++held_edits;
  ++edits;
}

result<void> content::state::may_be_hole(range bytes) const {
  if (bytes.empty() || live.hole_with(bytes) <= with.hole_bytes_max) return {};
  return unexpected(error(errc::too_large, operation::write)
                        .with_key(key)
                        .with_message("the hole is larger than hole_max, and would be sent as zeros"));
}

result<void> content::state::may_change(bool by_append) const {
  const auto may = base ? base->bytes : editable::all;
  if (may == editable::all || (may == editable::end && by_append)) return {};
  return unexpected(error(errc::unsupported, operation::write)
                        .with_key(key)
                        .with_message(may == editable::end ? "the service lets bytes only be appended to this object"
                                                           : "the service does not let this object be rewritten"));
}

task<result<void>> content::state::make_room(std::uint64_t bytes) {
  const auto most = std::min(with.to.allows().append_bytes_max, with.memory.transfer_max());
  {
    const std::scoped_lock lock(mutex);
    if (!base || base->bytes != editable::end) co_return result<void>{};
    if (live.size() - base->size + bytes <= most) co_return result<void>{};
  }
  if (bytes > most) co_return fail(errc::too_large, operation::append);
  co_return co_await commit();
}

task<result<void>> content::state::settle(std::uint64_t from) {
  {
    const std::scoped_lock lock(mutex);
    const bool is_sent = (stream && from < stream->end()) || (frozen != nullptr && frozen->stream);
    // Out of part numbers: what there is becomes the base of what follows. The rest of it is one part more.
    const bool is_full = stream && stream->next_number() + 1 >= with.to.allows().parts_max;
    if (!is_sent && !is_full) co_return result<void>{};
    ++early;
  }
  co_return co_await commit();
}

task<result<range>> content::state::stage(std::span<const std::byte> data) {
  bool has_published = false;
  for (;;) {
    // Memory that parts in flight will give back is worth waiting for; what has nowhere to go is spilled.
    auto quick = co_await staged.put(data, false);
    if (quick || quick.error() != errc::no_space) co_return quick;
    auto sent = co_await stream_more(holes::leave);
    if (!sent) co_return unexpected(std::move(sent).error());
    bool has_waited = false;
    {
      const auto sender = co_await streaming.lock();
      has_waited = stream && !stream->keeps_all && co_await stream->to.wait_for_one();
    }
    if (has_waited) continue;
    auto spilled = co_await staged.put(data, true);
    if (spilled || spilled.error() != errc::no_space || has_published) co_return spilled;
    {
      const std::scoped_lock lock(mutex);
      if (!with.early_publish || !bytes_dirty) co_return spilled;
      ++early;
    }
    auto published = co_await commit();
    if (!published) co_return unexpected(std::move(published).error());
    has_published = true;
  }
}

task<result<void>> content::state::put(std::uint64_t offset, std::span<const std::byte> data, bool is_append) {
  if (data.empty()) co_return result<void>{};
  {
    const std::scoped_lock lock(mutex);
    if (auto may = may_change(is_append); !may) co_return may;
  }
  const auto at = range::from_len(offset, data.size());
  if (!at || at->end() > with.to.allows().object_bytes_max) co_return fail(errc::too_large, operation::write);
  if (!is_append) {
    const std::scoped_lock lock(mutex);
    if (offset > live.size()) {
      auto may = may_be_hole(*range::make(live.size(), offset));
      if (!may) co_return may;
    }
  }
  auto settled = co_await settle(offset);
  if (settled) settled = co_await make_room(data.size());
  if (!settled) co_return unexpected(std::move(settled).error());
  auto addresses = co_await stage(data);
  if (!addresses) co_return unexpected(std::move(addresses).error());
  settled = co_await settle(offset);  // To make room the hole that this fills may have been sent.
  if (!settled) {
    drop({*addresses});
    co_return unexpected(std::move(settled).error());
  }
  {
    const std::scoped_lock lock(mutex);
    // A commit may have changed where the end is.
    const auto here = is_append ? *range::from_len(live.size(), data.size()) : *at;
    drop(live.place({.at = here, .what = extent::kind::bytes, .from = addresses->start()}));
    changed(is_append);
  }
  co_return co_await stream_more(holes::wait);
}

bool content::state::may_stream(holes may) const {
  if (frozen != nullptr || !with.early_publish || (base && base->bytes != editable::all)) return false;
  const auto part_bytes = tail_stream::part_bytes(with);
  const auto is_ready = [&](std::uint64_t from) {
    return may == holes::leave || !live.has(extent::kind::hole, *range::from_len(from, part_bytes));
  };
  if (stream) return live.size() - stream->end() >= part_bytes && is_ready(stream->end());
  // A part of an append behind a base that may grow meanwhile cannot have one size with copies of it.
  const auto& allowed = with.to.allows();
  const bool is_new = !live.has(extent::kind::base) && !live.has(extent::kind::remote);
  const auto start = is_new ? 0 : base ? base->size : 0;
  // A file of two parts is worth an upload; one is when there is no room for more.
  const auto least = may == holes::leave ? part_bytes : 2 * part_bytes;
  if (live.size() < start + least || !is_ready(start)) return false;
  if (is_new) return true;
  if (allowed.uniform_parts || start <= allowed.part_bytes_min) return false;
  const auto tail = *range::make(start, live.size());
  return live.keeps(start) && !live.has(extent::kind::base, tail) && !live.has(extent::kind::remote, tail);
}

task<result<void>> content::state::stream_more(holes may) {
  const auto sender = co_await streaming.lock();
  const auto part_bytes = tail_stream::part_bytes(with);
  for (;;) {
    std::unique_ptr<tail_stream> fresh;
    std::shared_ptr<const origin> below;
    {
      const std::scoped_lock lock(mutex);
      if (!may_stream(may)) co_return result<void>{};
      if (!stream) {
        const bool is_new = !live.has(extent::kind::base);
        fresh = std::make_unique<tail_stream>(with, key, is_new ? 0 : base->size, fresh_commit_id());
        fresh->held_edits = held_edits;
        if (!is_new) below = base_origin();
        fresh->with = held;
        if (stamp) stamp(fresh->with);
        if (with.commit_ids) stamp_commit_alone(fresh->with, fresh->id);
      }
    }
    if (fresh) {
      if (!fresh->with.tags && base && base->tags > 0) co_return result<void>{};  // Left to the commit, which asks.
      auto honoured = co_await with.to.honours();
      if (!honoured || !honoured->complete) co_return result<void>{};  // So is saying what is wrong.
      auto begun = co_await fresh->to.begin(fresh->with);
      if (!begun) co_return result<void>{};
      // While bytes come in, the store copies what they are appended to. The commit sees to what fails, and publishes
      // again what needs no copy.
      const bool is_copied = below && honoured->copy_source && !with.to.allows().reuses_parts;
      if (is_copied) static_cast<void>(co_await fresh->copy_head(std::move(below), with));
      const std::scoped_lock lock(mutex);
      stream = std::move(fresh);
    }
    if (stream->next_number() + 1 >= with.to.allows().parts_max)
      co_return result<void>{};  // The next change publishes.
    auto& to = *stream;
    std::vector<segment> content;
    tail_stream::sent_part part{.number = to.next_number(), .at = to.end() - to.start, .len = part_bytes};
    {
      const std::scoped_lock lock(mutex);
      content = segments_of(live.within(*range::from_len(to.end(), part_bytes)), staged, nullptr);
      to.parts.push_back(part);
    }
    co_await to.to.send(part.number, std::move(content),
                        [this, &to, number = part.number](std::uint32_t) { arrived(to, number); });
  }
}

void content::state::arrived(tail_stream& from, std::uint32_t number) {
  const std::scoped_lock lock(mutex);
  if (from.keeps(number)) return;
  const auto& part = from.parts[number - from.first_number];
  drop(
      live.place({.at = *range::from_len(from.start + part.at, part.len), .what = extent::kind::sent, .from = number}));
  from.has_dropped = true;
}

task<result<std::uint64_t>> content::copy_from(content& source, std::uint64_t from, std::uint64_t to,
                                               std::uint64_t len) {
  auto& s = *state_;
  const auto inside = co_await s.order.lock();
  if (from >= source.size()) co_return std::uint64_t{0};
  const auto bytes = *range::from_len(from, std::min(len, source.size() - from));
  if (!range::from_len(to, bytes.len()) || to + bytes.len() > s.with.to.allows().object_bytes_max) {
    co_return fail(errc::too_large, operation::copy);
  }
  {
    const std::scoped_lock lock(s.mutex);
    if (auto may = s.may_change(false); !may) co_return unexpected(std::move(may).error());
  }
  auto settled = co_await source.state_->settle(from);
  if (settled) settled = co_await s.settle(to);
  // Nor may it be unknown what was published.
  if (settled) settled = co_await source.state_->finish();
  if (!settled) co_return unexpected(std::move(settled).error());
  const auto least = s.with.to.allows().part_bytes_min;
  std::vector<extent> fetched;
  {
    // What is not fetched is copied from the source as it is published, so that none may be under way: it would end
    // the version that is noted here.
    const auto unchanging = co_await source.state_->committing.lock();
    std::vector<extent> list;
    std::shared_ptr<const origin> base;
    {
      const std::scoped_lock lock(source.state_->mutex);
      list = source.state_->resolved(bytes);
      base = source.state_->base_origin();
    }
    for (auto one : list) {
      const bool is_object = one.what == extent::kind::base || one.what == extent::kind::remote;
      if (one.what != extent::kind::hole && !(is_object && one.at.len() >= least)) {
        fetched.push_back(one);
        continue;
      }
      if (one.what == extent::kind::base)
        one = {.at = one.at, .what = extent::kind::remote, .from = one.from, .of = base};
      one.at = *range::from_len(one.at.start() - from + to, one.at.len());
      const std::scoped_lock lock(s.mutex);
      s.drop(s.live.place(one));
      s.changed(false);
    }
  }
  for (const auto& one : fetched) {
    const auto at = one.at.start() - from + to;
    constexpr std::uint64_t step = 1 << 20;
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(step, one.at.len())));
    for (std::uint64_t done = 0; done < one.at.len();) {
      const auto piece = std::span(buffer).first(static_cast<std::size_t>(std::min(step, one.at.len() - done)));
      auto count = co_await source.read(one.at.start() + done, piece);
      if (!count) co_return unexpected(std::move(count).error());
      if (*count == 0) co_return one.at.start() + done - from;  // Somebody cut the source meanwhile.
      auto written = co_await s.put(at + done, piece.first(*count), false);
      if (!written) co_return unexpected(std::move(written).error());
      done += *count;
    }
  }
  co_return bytes.len();
}

}  // namespace randomio::object
