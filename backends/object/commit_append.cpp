#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include <randomio/backends/object/commit_run.hpp>
#include <randomio/backends/object/second_try.hpp>

// Appends to an object that takes them in place. The condition, that the object has one version and ends at one place,
// lets each of them arrive once, and at no other place; what nobody told of is found there again by its bytes.

namespace randomio::object {

namespace {

constexpr std::uint64_t compared_at_once = std::uint64_t{64} << 10;

}  // namespace

bool commit_run::is_in_place() const {
  return target_ && target_->bytes == editable::end && what_.bytes_dirty;
}

task<result<published>> commit_run::append_in_place() {
  held_ = target_->held;
  outcome_.leaves_properties = what_.held_dirty;
  const auto tail = *range::make(target_->size, list_.size());
  tried_ = {.from = tail_from_, .at = tail.start(), .len = tail.len()};
  const auto segments = segments_of(list_.within(tail), staged_, source_);
  gathered bytes;
  auto ready = co_await bytes.gather(with_, segments);
  if (!ready) co_return unexpected(std::move(ready).error());
  co_return co_await with_.to.append(key_, tail.start(), bytes.content(), target_->current);
}

task<commit_run::step> commit_run::resolve_append(const error& why) {
  switch (why.code()) {
    case errc::outcome_unknown: appends_.push_back(tried_); break;
    case errc::precondition_failed:
    case errc::not_found: break;
    case errc::busy: co_await pause_before(attempts_); co_return step::again;
    default: why_ = why; co_return step::failed;
  }
  auto now = co_await look();
  if (!now || (!*now && !appends_.empty())) {
    if (!appends_.empty()) co_return unknown(why);
    why_ = std::move(now).error();
    co_return step::failed;
  }
  const bool is_changed = !*now || (*now)->current != target_->current;
  if (is_changed) {
    // None of them can arrive any more. Of two at one place the longer one has the bytes of both.
    std::ranges::sort(appends_, std::ranges::greater(), &append_try::len);
    for (const auto& one : appends_) {
      auto arrived = co_await has_arrived(one, **now);
      if (!arrived) co_return unknown(arrived.error());
      if (!*arrived) continue;
      tail_from_ = one.from + one.len;
      break;
    }
    appends_.clear();
    if (tail_from_ == what_.list.size()) {
      outcome_.shifted_from = what_.base_size;
      outcome_.shift = static_cast<std::int64_t>((*now)->size) - static_cast<std::int64_t>(what_.list.size());
      outcome_.now = std::move(**now);
      outcome_.leaves_properties = what_.held_dirty;
      co_return step::done;
    }
    co_await follow(std::move(*now));
  }
  co_await pause_before(attempts_);
  co_return step::again;
}

task<result<bool>> commit_run::has_arrived(const append_try& which, const description& there) {
  if (there.size < which.at + which.len) co_return false;
  std::vector<std::byte> ours(std::min(compared_at_once, which.len)), theirs(ours.size());
  for (std::uint64_t done = 0; done < which.len; done += ours.size()) {
    const auto len = std::min<std::uint64_t>(ours.size(), which.len - done);
    const auto list = what_.list.within(*range::from_len(which.from + done, len));
    auto filled = co_await fill(with_, segments_of(list, staged_, source_), std::span(ours).first(len));
    if (!filled) co_return unexpected(std::move(filled).error());
    auto got = co_await with_.to.get(key_, which.at + done, std::span(theirs).first(len), there.current);
    if (!got) co_return unexpected(std::move(got).error());
    if (got->count != len || !std::equal(ours.begin(), ours.begin() + static_cast<std::ptrdiff_t>(len), theirs.begin()))
      co_return false;
  }
  co_return true;
}

}  // namespace randomio::object
