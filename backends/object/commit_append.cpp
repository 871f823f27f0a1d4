#include <algorithm>
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
  const auto segments = segments_of(list_.within(tail), staged_, source_);
  gathered bytes;
  auto ready = co_await bytes.gather(with_, segments);
  if (!ready) co_return unexpected(std::move(ready).error());
  co_return co_await with_.to.append(key_, tail.start(), bytes.content(), target_->current);
}

task<commit_run::step> commit_run::resolve_append(const error& why) {
  switch (why.code()) {
    case errc::outcome_unknown: may_have_happened_ = true; break;
    case errc::precondition_failed:
    case errc::not_found: break;
    case errc::busy: co_await pause_before(attempts_); co_return step::again;
    default: why_ = why; co_return step::failed;
  }
  auto now = co_await look();
  if (may_have_happened_ && (!now || !*now)) co_return unknown(why);
  if (!now) {
    why_ = std::move(now).error();
    co_return step::failed;
  }
  const bool is_changed = !*now || (*now)->current != target_->current;
  if (!is_changed && why == errc::outcome_unknown && ++unanswered_ == unanswered_max) co_return unknown(why);
  if (is_changed && may_have_happened_) {
    auto arrived = co_await has_arrived(**now);
    if (!arrived) co_return unknown(arrived.error());
    may_have_happened_ = false;  // Nor will it: the version that it was sent for is gone.
    if (*arrived) {
      if ((*now)->size > list_.size()) {
        outcome_.shifted_from = what_.list.size();
        outcome_.shift = static_cast<std::int64_t>((*now)->size) - static_cast<std::int64_t>(what_.list.size());
      }
      outcome_.now = std::move(**now);
      outcome_.leaves_properties = what_.held_dirty;
      co_return step::done;
    }
  }
  if (is_changed) co_await follow(std::move(*now));
  co_await pause_before(attempts_);
  co_return step::again;
}

// True when what was appended is where it was sent to.
task<result<bool>> commit_run::has_arrived(const description& there) {
  const auto at = target_->size, all = list_.size() - at;
  if (there.size < at + all) co_return false;
  std::vector<std::byte> ours(std::min(compared_at_once, all)), theirs(ours.size());
  for (std::uint64_t done = 0; done < all; done += ours.size()) {
    const auto len = std::min<std::uint64_t>(ours.size(), all - done);
    const auto list = list_.within(*range::from_len(at + done, len));
    auto filled = co_await fill(with_, segments_of(list, staged_, source_), std::span(ours).first(len));
    if (!filled) co_return unexpected(std::move(filled).error());
    auto got = co_await with_.to.get(key_, at + done, std::span(theirs).first(len), there.current);
    if (!got) co_return unexpected(std::move(got).error());
    if (got->count != len || !std::equal(ours.begin(), ours.begin() + static_cast<std::ptrdiff_t>(len), theirs.begin()))
      co_return false;
  }
  co_return true;
}

}  // namespace randomio::object
