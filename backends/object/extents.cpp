#include <randomio/backends/object/extents.hpp>

#include <algorithm>
#include <iterator>

namespace randomio::object {

namespace {

/// The part of an extent that is in a range, which must share bytes with it.
extent cut_to(const extent& whole, range bytes) {
  auto part = whole;
  part.at = *whole.at.intersection(bytes);
  if (whole.what != extent::kind::hole) part.from += part.at.start() - whole.at.start();
  return part;
}

bool continues(const extent& first, const extent& second) {
  if (first.what != second.what || first.of != second.of || first.at.end() != second.at.start()) return false;
  return first.what == extent::kind::hole || first.from + first.at.len() == second.from;
}

}  // namespace

extents::extents(std::uint64_t base_size) : size_(base_size) {
  if (base_size > 0) insert({.at = *range::make(0, base_size), .what = extent::kind::base, .from = 0});
}

bool extents::is_base(std::uint64_t base_size) const {
  if (size_ != base_size) return false;
  if (size_ == 0) return true;
  const auto& first = all_.begin()->second;
  return all_.size() == 1 && first.what == extent::kind::base && first.from == 0;
}

bool extents::keeps(std::uint64_t bytes) const {
  if (bytes == 0) return true;
  if (bytes > size_) return false;
  const auto& first = all_.begin()->second;
  return first.what == extent::kind::base && first.from == 0 && first.at.end() >= bytes;
}

bool extents::has(extent::kind what, range within) const {
  auto at = all_.upper_bound(within.start());
  if (at != all_.begin()) --at;
  for (; at != all_.end() && at->first < within.end(); ++at) {
    if (at->second.what == what && at->second.at.intersects(within)) return true;
  }
  return false;
}

std::vector<extent> extents::within(range bytes) const {
  std::vector<extent> found;
  auto at = all_.upper_bound(bytes.start());
  if (at != all_.begin()) --at;
  for (; at != all_.end() && at->first < bytes.end(); ++at) {
    if (at->second.at.intersects(bytes)) found.push_back(cut_to(at->second, bytes));
  }
  return found;
}

void extents::split(std::uint64_t at) {
  auto next = all_.upper_bound(at);
  if (next == all_.begin()) return;
  auto& whole = std::prev(next)->second;
  if (whole.at.start() == at || whole.at.end() <= at) return;
  const auto second = cut_to(whole, *range::make(at, whole.at.end()));
  whole.at = *range::make(whole.at.start(), at);
  all_.emplace_hint(next, at, second);
}

void extents::cut(range bytes, std::vector<range>& dropped) {
  split(bytes.start());
  split(bytes.end());
  const auto first = all_.lower_bound(bytes.start());
  const auto last = all_.lower_bound(bytes.end());
  for (auto at = first; at != last; ++at) {
    const auto& gone = at->second;
    if (gone.what == extent::kind::bytes) dropped.push_back(*range::from_len(gone.from, gone.at.len()));
  }
  all_.erase(first, last);
}

void extents::insert(const extent& what) {
  auto at = all_.emplace(what.at.start(), what).first;
  if (const auto next = std::next(at); next != all_.end() && continues(at->second, next->second)) {
    at->second.at = *at->second.at.unite(next->second.at);
    all_.erase(next);
  }
  if (at == all_.begin()) return;
  if (const auto before = std::prev(at); continues(before->second, at->second)) {
    before->second.at = *before->second.at.unite(at->second.at);
    all_.erase(at);
  }
}

std::vector<range> extents::place(const extent& what) {
  std::vector<range> dropped;
  if (what.at.empty()) return dropped;
  if (what.at.start() > size_) insert({.at = *range::make(size_, what.at.start())});
  if (what.at.start() < size_) cut(*range::make(what.at.start(), std::min(what.at.end(), size_)), dropped);
  size_ = std::max(size_, what.at.end());
  insert(what);
  return dropped;
}

std::vector<range> extents::resize(std::uint64_t size) {
  std::vector<range> dropped;
  if (size < size_) cut(*range::make(size, size_), dropped);
  if (size > size_) insert({.at = *range::make(size_, size)});
  size_ = size;
  return dropped;
}

std::uint64_t extents::hole_with(range bytes) const {
  auto start = bytes.start(), end = bytes.end();
  const auto next = all_.upper_bound(bytes.end());  // The first that starts behind it.
  if (next != all_.begin() && std::prev(next)->second.what == extent::kind::hole) {
    end = std::max(end, std::prev(next)->second.at.end());
  }
  const auto first = all_.lower_bound(bytes.start());
  if (first != all_.begin()) {
    const auto& before = std::prev(first)->second;
    if (before.what == extent::kind::hole && before.at.end() >= start) start = before.at.start();
  }
  return end - start;
}

std::vector<range> extents::staged() const {
  std::vector<range> used;
  for (const auto& [start, one] : all_) {
    if (one.what == extent::kind::bytes) used.push_back(*range::from_len(one.from, one.at.len()));
  }
  return used;
}

extents extents::over(const extents& below) const {
  extents merged;
  merged.size_ = size_;
  for (const auto& [start, one] : all_) {
    if (one.what != extent::kind::base) {
      merged.insert(one);
      continue;
    }
    for (auto under : below.within(*range::from_len(one.from, one.at.len()))) {
      under.at = *range::from_len(under.at.start() - one.from + one.at.start(), under.at.len());
      merged.insert(under);
    }
  }
  return merged;
}

result<std::uint64_t> extents::seek(std::uint64_t offset, seek_target target) const {
  if (offset >= size_) return fail(errc::no_such_address, operation::seek);
  for (const auto& one : within(*range::make(offset, size_))) {
    const bool is_hole = one.what == extent::kind::hole;
    if (is_hole == (target == seek_target::hole)) return one.at.start();
  }
  if (target == seek_target::hole) return size_;
  return fail(errc::no_such_address, operation::seek);
}

}  // namespace randomio::object
