#include <randomio/backends/s3/credentials/caching_provider.hpp>

#include <algorithm>
#include <random>
#include <utility>

namespace randomio::s3 {
namespace {

using nanoseconds = std::chrono::nanoseconds;

std::chrono::sys_time<nanoseconds> as_time(timestamp at) {
  return std::chrono::sys_time<nanoseconds>(std::chrono::seconds(at.seconds) + nanoseconds(at.nanoseconds));
}

nanoseconds up_to(std::chrono::seconds bound) {
  if (bound.count() <= 0) return nanoseconds(0);
  thread_local std::minstd_rand chance{std::random_device{}()};
  return nanoseconds(std::uniform_int_distribution<std::int64_t>(0, nanoseconds(bound).count())(chance));
}

}  // namespace

caching_provider::caching_provider(std::unique_ptr<provider> source, caching_options options)
    : source_(std::move(source)), options_(std::move(options)) {}

caching_provider::time caching_provider::now() const {
  return as_time(options_.now());
}

// What can be served without asking the source, if anything, and whether it should be asked.
caching_provider::freshness caching_provider::look(std::optional<result<credentials>>& served) const {
  const auto at = now();
  const std::scoped_lock lock(mutex_);
  if (current_) {
    const bool valid = !current_->expires || at < as_time(*current_->expires);
    const bool fresh = (valid && at < due_) || asked_.holds(at);
    if (fresh || valid) {
      served = *current_;
      return fresh ? freshness::fresh : freshness::due;
    }
  }
  if (failure_ && failed_.holds(at)) {
    served = unexpected(*failure_);
    return freshness::fresh;
  }
  return freshness::gone;
}

task<result<credentials>> caching_provider::get() {
  std::optional<result<credentials>> served;
  auto state = look(served);
  if (state == freshness::fresh) co_return std::move(*served);
  auto inside = renewing_.try_lock();
  if (!inside.owns_lock()) {
    // Somebody asks already. Those that are still valid do not make others wait.
    if (state == freshness::due) co_return std::move(*served);
    inside = co_await renewing_.lock();
    state = look(served);
    if (state != freshness::gone) co_return std::move(*served);
  }
  auto renewed = co_await renew();
  if (renewed || state == freshness::gone) co_return renewed;
  co_return std::move(*served);
}

task<result<credentials>> caching_provider::replace(const credentials& refused) {
  const auto inside = co_await renewing_.lock();
  {
    const auto at = now();
    const std::scoped_lock lock(mutex_);
    if (current_ && (!same_keys(*current_, refused) || replaced_.holds(at))) co_return *current_;
    if (failure_ && failed_.holds(at)) co_return unexpected(*failure_);
  }
  auto renewed = co_await renew();
  const std::scoped_lock lock(mutex_);
  replaced_ = {now() + options_.refused_retry, options_.refused_retry};
  co_return renewed;
}

// With the right to be inside.
task<result<credentials>> caching_provider::renew() {
  auto renewed = co_await source_->get();
  keep(renewed);
  co_return renewed;
}

void caching_provider::keep(const result<credentials>& renewed) {
  const auto at = now();
  const std::scoped_lock lock(mutex_);
  if (!renewed) {
    failure_ = renewed.error();
    failed_ = {at + options_.failed_for, options_.failed_for};
    asked_ = {at + options_.retry, options_.retry};
    if (current_ && current_->expires) asked_.until = std::min(asked_.until, as_time(*current_->expires));
    return;
  }
  current_ = *renewed;
  failure_.reset();
  due_ = due_at(*renewed);
  // Expired on arrival: our clock is wrong, or the source gives what it has while it cannot renew. The service decides.
  const bool expired = renewed->expires && as_time(*renewed->expires) <= at;
  asked_ = expired ? pause{at + options_.retry, options_.retry} : pause{};
}

caching_provider::time caching_provider::due_at(const credentials& renewed) const {
  if (!renewed.expires) return time::max();
  const auto at = now(), end = as_time(*renewed.expires);
  const auto ahead = options_.ahead + up_to(options_.ahead_jitter);
  return end - std::min<nanoseconds>(ahead, std::max(end - at, nanoseconds(0)) / 2);
}

}  // namespace randomio::s3
