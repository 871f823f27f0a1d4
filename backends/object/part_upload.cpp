#include <randomio/backends/object/part_upload.hpp>

#include <algorithm>
#include <utility>

#include <randomio/backends/object/upload_journal.hpp>
#include <randomio/core/runtime/invariant.hpp>

namespace randomio::object {

part_upload::part_upload(editing& with, std::string key) : with_(with), upload_{.key = std::move(key), .id = {}} {
  for (std::uint32_t i = 0; i < std::max(with.transfers_max, 1U); ++i) slots_.push_back(std::make_unique<slot>());
}

part_upload::~part_upload() {
  detail::require(!open_, "an upload is neither completed nor aborted");
}

task<result<void>> part_upload::begin(const properties& with) {
  auto begun = co_await with_.to.begin_upload(upload_.key, with);
  if (!begun) co_return unexpected(std::move(begun).error());
  upload_ = std::move(*begun);
  open_ = true;
  if (with_.journal != nullptr) {
    auto noted = co_await with_.journal->begin(upload_);
    // What is to be published waits for no disk, least of all for one that it fills itself while it is spilled.
    if (!noted) with_.notice(upload_.key + ": its upload cannot be noted in state_dir; a kill would leave it behind");
  }
  co_return result<void>{};
}

part_upload::slot& part_upload::next_slot() {
  auto* oldest = slots_.front().get();
  for (const auto& one : slots_) {
    if (one->taken.try_lock().owns_lock()) return *one;
    if (one->turn < oldest->turn) oldest = one.get();
  }
  return *oldest;
}

task<async_gate::guard> part_upload::take_slot() {
  auto& next = next_slot();
  next.turn = ++turns_;
  co_return co_await next.taken.lock();
}

task<void> part_upload::send(std::uint32_t number, std::vector<segment> content, arrived then) {
  auto inside = co_await take_slot();
  scope_.spawn(send_one(number, std::move(content), std::move(then), std::move(inside)));
}

task<void> part_upload::copy(std::uint32_t number, std::shared_ptr<const origin> from, range bytes) {
  auto inside = co_await take_slot();
  scope_.spawn(copy_one(number, std::move(from), bytes, std::move(inside)));
}

task<void> part_upload::send_one(std::uint32_t number, std::vector<segment> content, arrived then,
                                 async_gate::guard inside) {
  gathered bytes;
  auto ready = co_await bytes.gather(with_, content);
  if (!ready) {
    note(number, unexpected(std::move(ready).error()));
    co_return;
  }
  auto made = co_await with_.to.upload_part(upload_, number, bytes.content());
  const bool is_there = made.has_value();
  note(number, std::move(made));
  if (is_there && then) then(number);
}

task<void> part_upload::copy_one(std::uint32_t number, std::shared_ptr<const origin> from, range bytes,
                                 async_gate::guard inside) {
  note(number, co_await with_.to.copy_part(upload_, number, from->object, bytes));
}

std::uint32_t part_upload::keep(const part& what) {
  const std::scoped_lock lock(mutex_);
  const auto number = with_.to.allows().parts_max + ++kept_;
  parts_[number] = {.made = what, .why = std::nullopt};
  return number;
}

void part_upload::note(std::uint32_t number, result<part> made) {
  const std::scoped_lock lock(mutex_);
  auto& noted = parts_[number];
  if (noted.why) --failed_;
  if (made) {
    noted = {.made = std::move(*made), .why = std::nullopt};
    last_arrival_ = std::chrono::steady_clock::now();
  } else {
    noted = {.made = {}, .why = std::move(made).error()};
    ++failed_;
  }
}

task<bool> part_upload::wait_for_one() {
  slot* oldest = nullptr;
  for (const auto& one : slots_) {
    if (one->taken.try_lock().owns_lock()) continue;
    if (oldest == nullptr || one->turn < oldest->turn) oldest = one.get();
  }
  if (oldest == nullptr) co_return false;
  const auto inside = co_await oldest->taken.lock();
  co_return true;
}

task<void> part_upload::join_sent() {
  co_await scope_.join();
}

task<void> part_upload::join() {
  co_await scope_.join();
  co_await copies_.join();
}

void part_upload::copy_behind(std::shared_ptr<const origin> from, std::deque<copied_range> ranges) {
  const auto at_once = std::min(ranges.size(), slots_.size());
  {
    const std::scoped_lock lock(mutex_);
    to_copy_ = std::move(ranges);
    has_lost_copies_ = false;
  }
  for (std::size_t i = 0; i < at_once; ++i) copies_.spawn(copy_next(from));
}

task<void> part_upload::copy_next(std::shared_ptr<const origin> from) {
  while (const auto next = next_copy()) {
    auto made = co_await with_.to.copy_part(upload_, next->number, from->object, next->bytes);
    if (!made) {
      const std::scoped_lock lock(mutex_);
      has_lost_copies_ = true;
      to_copy_.clear();
    }
    note(next->number, std::move(made));
  }
}

std::optional<part_upload::copied_range> part_upload::next_copy() {
  const std::scoped_lock lock(mutex_);
  if (to_copy_.empty()) return std::nullopt;
  const auto next = to_copy_.front();
  to_copy_.pop_front();
  return next;
}

task<void> part_upload::end_copies() {
  {
    const std::scoped_lock lock(mutex_);
    has_lost_copies_ = has_lost_copies_ || !to_copy_.empty();
    to_copy_.clear();
  }
  co_await copies_.join();
}

bool part_upload::has_lost_copies() const {
  const std::scoped_lock lock(mutex_);
  return has_lost_copies_;
}

bool part_upload::has(std::uint32_t number) const {
  const std::scoped_lock lock(mutex_);
  const auto found = parts_.find(number);
  return found != parts_.end() && !found->second.why;
}

bool part_upload::has_failed() const {
  const std::scoped_lock lock(mutex_);
  return failed_ > 0;
}

std::optional<error> part_upload::failure(std::uint32_t number) const {
  const std::scoped_lock lock(mutex_);
  const auto found = parts_.find(number);
  return found != parts_.end() ? found->second.why : std::nullopt;
}

result<void> part_upload::arrived_all(const std::vector<std::uint32_t>& numbers) const {
  for (const auto number : numbers) {
    if (auto why = failure(number)) return unexpected(std::move(*why));
  }
  return {};
}

void part_upload::forget(std::uint32_t number) {
  const std::scoped_lock lock(mutex_);
  const auto found = parts_.find(number);
  if (found == parts_.end()) return;
  if (found->second.why) --failed_;
  parts_.erase(found);
}

std::optional<std::chrono::steady_clock::time_point> part_upload::last_arrival() const {
  const std::scoped_lock lock(mutex_);
  return last_arrival_;
}

std::vector<part> part_upload::made(const std::vector<std::uint32_t>& numbers) const {
  const std::scoped_lock lock(mutex_);
  std::vector<part> parts;
  for (const auto number : numbers) parts.push_back(parts_.at(number).made);
  return parts;
}

task<result<published>> part_upload::complete(const std::vector<std::uint32_t>& numbers, const precondition& when) {
  const auto parts = made(numbers);
  auto outcome = co_await with_.to.complete(upload_, parts, when);
  if (outcome) {
    open_ = false;
    if (with_.journal != nullptr) co_await with_.journal->end(upload_);
  }
  co_return outcome;
}

task<result<bool>> part_upload::is_listed() {
  auto listed = co_await with_.to.uploads(upload_.key);
  if (!listed) co_return unexpected(std::move(listed).error());
  co_return std::ranges::any_of(*listed, [this](const upload& one) { return one.id == upload_.id; });
}

task<void> part_upload::abort() {
  if (!std::exchange(open_, false)) co_return;
  // Parts that arrive after an abort keep their upload alive, so all have ended before. Source: AbortMultipartUpload.
  co_await end_copies();
  co_await scope_.join();
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto aborted = co_await with_.to.abort(upload_);
    if (!aborted) continue;
    if (with_.journal != nullptr) co_await with_.journal->end(upload_);
    co_return;
  }
  with_.notice("the upload " + upload_.id + " of " + upload_.key + " could not be aborted");
}

}  // namespace randomio::object
