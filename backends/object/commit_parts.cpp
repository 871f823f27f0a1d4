#include <algorithm>
#include <utility>

#include <randomio/backends/object/commit_run.hpp>

// What of the base is published again, without being copied.

namespace randomio::object {

// What of the base can be published again: nothing under another key, nor when ranges of it are of an older version.
task<result<void>> commit_run::learn_parts(const std::string& key) {
  const bool is_base = target_ && source_ && source_->object.expected == target_->current && key == key_;
  const bool has_parts = is_base && target_->size > with_.cost.small_part_bytes && with_.to.allows().reuses_parts;
  if (has_parts && parts_tag_ == target_->current.tag) co_return result<void>{};
  base_parts_.clear();
  part_ends_.clear();
  parts_tag_.clear();
  if (!has_parts) co_return result<void>{};
  auto parts = co_await with_.to.published_parts(key_, target_->current);
  if (!parts) co_return unexpected(std::move(parts).error());
  std::uint64_t end = 0;
  for (auto& one : *parts) {
    if (one.size == 0) continue;
    end += one.size;
    part_ends_.push_back(end);
    base_parts_.push_back(std::move(one));
  }
  parts_tag_ = target_->current.tag;
  if (end != 0 && end != target_->size) {
    co_return unexpected(
        error(errc::corrupt, operation::list).with_key(key_).with_message("the parts of the object are not its size"));
  }
  co_return result<void>{};
}

// The part of the base that starts there.
const part& commit_run::part_at(std::uint64_t offset) const {
  const auto at = std::ranges::upper_bound(part_ends_, offset) - part_ends_.begin();
  return base_parts_[static_cast<std::size_t>(at)];
}

// What comes before the tail of a stream, where parts can be published again.
task<result<std::vector<std::uint32_t>>> commit_run::keep_base(tail_stream& stream) {
  auto learned = co_await learn_parts(key_);
  if (!learned) co_return unexpected(std::move(learned).error());
  const auto bytes = tail_stream::part_bytes(with_);
  const auto unsent = what_.list.size() - stream.end();
  const auto parts = plan_base(terms(), stream.parts.size() + (unsent + bytes - 1) / bytes);
  if (!parts) co_return unexpected(parts.error());
  std::vector<std::uint32_t> numbers;
  std::uint32_t last = 0;
  for (const auto& part : *parts) {
    if (part.what == planned_part::kind::keep) {
      numbers.push_back(stream.to.keep(part_at(part.at.start())));
      continue;
    }
    if (++last >= stream.first_number) co_return fail(errc::too_large, operation::append);
    numbers.push_back(last);
    co_await stream.to.copy(last, source_, part.at);
  }
  co_return numbers;
}

}  // namespace randomio::object
