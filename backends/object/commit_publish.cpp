#include <algorithm>
#include <span>
#include <utility>

#include <randomio/backends/object/commit_id.hpp>
#include <randomio/backends/object/commit_run.hpp>
#include <randomio/backends/object/second_try.hpp>

// How a generation becomes an object: by a copy, a put, or a multipart upload.

namespace randomio::object {

plan_terms commit_run::terms() const {
  const auto room = with_.memory.transfer_max();
  return {.allowed = with_.to.allows(),
          .cost = with_.cost,
          .base_size = source_ ? source_->size : 0,
          .part_ends = part_ends_,
          .upload_bytes = std::min(with_.part_bytes, room),
          .upload_bytes_max = room,
          .copies_remote = honoured_.copy_source};
}

task<result<published>> commit_run::publish_properties() {
  // Without bytes a put is one request too, and not every service copies keys that end in a slash.
  const bool is_put_whole = target_->size == 0 && target_->bytes == editable::all;
  const bool can_copy =
      !is_put_whole && honoured_.copy && honoured_.copy_source && target_->size <= with_.to.allows().copy_bytes_max;
  if (!can_copy) co_return co_await publish_bytes(key_, condition());
  co_return co_await with_.to.copy(source_->object, key_, &held_, condition());
}

task<result<published>> commit_run::publish_bytes(const std::string& key, const precondition& when) {
  auto learned = co_await learn_parts(key);
  if (!learned) co_return unexpected(std::move(learned).error());
  auto plan = plan_splice(list_, terms());
  if (!plan) co_return unexpected(std::move(plan).error());
  if (plan->is_put) co_return co_await publish_put(key, when);
  co_return co_await publish_parts(*plan, key, when);
}

task<result<published>> commit_run::publish_put(const std::string& key, const precondition& when) {
  const auto segments = segments_of(list_.all(), staged_, source_);
  gathered bytes;
  auto ready = co_await bytes.gather(with_, segments);
  if (!ready) co_return unexpected(std::move(ready).error());
  co_return co_await with_.to.put(key, bytes.content(), held_, when);
}

task<result<published>> commit_run::publish_parts(const splice_plan& plan, const std::string& key,
                                                  const precondition& when) {
  part_upload upload(with_, key);
  auto begun = co_await upload.begin(held_);
  if (!begun) co_return unexpected(std::move(begun).error());
  std::vector<std::uint32_t> numbers;
  std::uint32_t last = 0;
  for (const auto& part : plan.parts) {
    // One that failed makes the rest moot.
    if (upload.has_failed()) break;
    const auto list = list_.within(part.at);
    if (part.what == planned_part::kind::keep) {
      numbers.push_back(upload.keep(part_at(list.front().from)));
      continue;
    }
    const auto number = ++last;
    numbers.push_back(number);
    if (part.what == planned_part::kind::copy) {
      const auto& one = list.front();
      co_await upload.copy(number, one.what == extent::kind::base ? source_ : one.of,
                           *range::from_len(one.from, one.at.len()));
    } else {
      co_await upload.send(number, segments_of(list, staged_, source_));
    }
  }
  co_await upload.join();
  note_arrival(upload);
  auto arrived = upload.arrived_all(numbers);
  if (!arrived) {
    co_await upload.abort();
    co_return unexpected(std::move(arrived).error());
  }
  auto outcome = co_await complete(upload, numbers, when);
  co_await upload.abort();
  co_return outcome;
}

// What comes before the tail of a stream: nothing, copies of the base, or, where the base is too small to be copied,
// one part of the base and the first part of the tail together.
task<result<std::vector<std::uint32_t>>> commit_run::send_head(tail_stream& stream) {
  std::vector<std::uint32_t> numbers;
  // A stream that begins at 0 replaces all that the base had, unless it became the tail of what somebody else made.
  const auto size = target_ && (stream.start > 0 || has_followed_) ? target_->size : 0;
  if (size == 0) co_return numbers;
  const auto& allowed = with_.to.allows();
  if (allowed.reuses_parts) co_return co_await keep_base(stream);
  if (size > allowed.part_bytes_min) {
    auto begun = co_await stream.copy_head(source_, with_);
    if (!begun) co_return unexpected(std::move(begun).error());
    for (const auto& one : stream.copies) numbers.push_back(one.number);
    co_return numbers;
  }
  co_await stream.drop_head();
  const auto& first = stream.parts.front();
  const auto here = *range::from_len(stream.start + first.at, first.len);
  if (what_.list.has(extent::kind::sent, here) || first.len + size > allowed.part_bytes_max) {
    co_return fail(errc::io_failure, operation::append);
  }
  auto content = segments_of(extents(size).all(), staged_, source_);
  for (auto& one : segments_of(what_.list.within(here), staged_, source_)) content.push_back(std::move(one));
  numbers.push_back(stream.first_number - 1);
  co_await stream.to.send(numbers.back(), std::move(content));
  co_return numbers;
}

// What was not sent yet, and what did not arrive.
task<void> commit_run::send_rest(tail_stream& stream) {
  const auto bytes = tail_stream::part_bytes(with_);
  for (const auto& part : stream.parts) {
    if (stream.to.has(part.number)) continue;
    const auto here = *range::from_len(stream.start + part.at, part.len);
    co_await stream.to.send(part.number, segments_of(what_.list.within(here), staged_, source_));
  }
  while (stream.end() < what_.list.size()) {
    const auto here = *range::make(stream.end(), std::min(stream.end() + bytes, what_.list.size()));
    const auto number = stream.next_number();
    stream.parts.push_back({.number = number, .at = here.start() - stream.start, .len = here.len()});
    co_await stream.to.send(number, segments_of(what_.list.within(here), staged_, source_));
  }
}

task<result<published>> commit_run::publish_stream() {
  auto& stream = *what_.stream;
  auto head = co_await send_head(stream);
  if (!head) co_return unexpected(std::move(head).error());
  co_await send_rest(stream);
  co_await stream.to.join();
  note_arrival(stream.to);

  auto numbers = *head;
  const bool is_merged = !numbers.empty() && numbers.front() + 1 == stream.first_number && stream.copies.empty();
  for (const auto& part : stream.parts) {
    if (!is_merged || part.number != stream.first_number) numbers.push_back(part.number);
  }
  auto arrived = stream.to.arrived_all(numbers);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  co_return co_await complete(stream.to, numbers, condition());
}

// Of an append: what the store has copied of the base has the checksum of the base, where both are told.
bool commit_run::is_base_intact(const std::vector<part>& parts) const {
  const bool is_append = target_ && list_.keeps(target_->size) && source_->object.expected == target_->current;
  if (!is_append || target_->checksum.empty()) return true;
  std::uint64_t end = 0;
  std::size_t count = 0;
  while (end < target_->size && count < parts.size()) end += parts[count++].size;
  if (end != target_->size) return true;  // A part has bytes of both.
  const auto copied = with_.to.checksum_of(std::span(parts).first(count));
  return !copied || *copied == target_->checksum;
}

// A completion whose reply was lost is found again by its id; while the upload is still listed it has not taken place.
task<result<published>> commit_run::complete(part_upload& upload, const std::vector<std::uint32_t>& numbers,
                                             const precondition& when) {
  if (!is_base_intact(upload.made(numbers))) {
    const auto wrong = error(errc::corrupt, operation::append)
                           .with_key(key_)
                           .with_message("the store's copy of it does not have its checksum; nothing was published");
    with_.notice(wrong.describe());
    if (what_.stream) co_await what_.stream->drop_head();
    co_return unexpected(wrong);
  }
  for (unsigned tries = 1;; ++tries) {
    auto outcome = co_await upload.complete(numbers, when);
    if (outcome) co_return outcome;
    if (may_have_happened_ && outcome.error() == errc::not_found) {
      co_return fail(errc::outcome_unknown, operation::put, outcome.error().vendor_code());
    }
    if (outcome.error() != errc::outcome_unknown) co_return outcome;
    may_have_happened_ = true;
    if (tries == unanswered_max || is_overdue()) co_return outcome;
    const auto listed = co_await upload.is_listed();
    if (!listed || !*listed) co_return outcome;
    co_await pause_before(tries);
  }
}

}  // namespace randomio::object
