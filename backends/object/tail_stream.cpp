#include <randomio/backends/object/tail_stream.hpp>

#include <utility>

#include <randomio/backends/object/splice_plan.hpp>

namespace randomio::object {

task<result<void>> tail_stream::copy_head(std::shared_ptr<const origin> base, const editing& with) {
  const bool is_same = copied && copied->object.expected == base->object.expected && copied->size == base->size;
  if (is_same && !to.has_lost_copies()) co_return result<void>{};
  if (is_same) {
    co_await to.end_copies();
  } else {
    co_await drop_head();
    std::vector<planned_part> parts;
    split_copy(*range::make(0, base->size), with.to.allows(), with.cost, parts);
    if (parts.size() >= first_number) co_return fail(errc::too_large, operation::append);
    for (const auto& part : parts) {
      copies.push_back({.number = static_cast<std::uint32_t>(copies.size() + 1), .bytes = part.at});
    }
    copied = base;
  }
  std::deque<part_upload::copied_range> missing;
  for (const auto& one : copies) {
    if (!to.has(one.number)) missing.push_back(one);
  }
  to.copy_behind(std::move(base), std::move(missing));
  co_return result<void>{};
}

task<void> tail_stream::drop_head() {
  co_await to.end_copies();
  for (const auto& one : copies) to.forget(one.number);
  copies.clear();
  copied.reset();
}

void tail_stream::forget_from(std::size_t count) {
  for (auto i = count; i < parts.size(); ++i) to.forget(parts[i].number);
  parts.resize(std::min(count, parts.size()));
}

}  // namespace randomio::object
