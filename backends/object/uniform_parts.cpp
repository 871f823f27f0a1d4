#include <algorithm>
#include <limits>

#include <randomio/backends/object/splice_runs.hpp>

namespace randomio::object {

namespace {

std::uint64_t ceiling(std::uint64_t a, std::uint64_t b) {
  return (a + b - 1) / b;
}

/// The sizes worth comparing: round ones, and those that make a part begin where a copy ends.
std::vector<std::uint64_t> candidates(const std::vector<splice_run>& runs, std::uint64_t size,
                                      const plan_terms& terms) {
  const auto least =
      std::max<std::uint64_t>({terms.allowed.part_bytes_min, ceiling(size, terms.allowed.parts_max), std::uint64_t{1}});
  const auto most = terms.allowed.part_bytes_max;
  std::vector<std::uint64_t> sizes;
  const auto add = [&](std::uint64_t bytes) {
    if (bytes >= least && bytes <= most) sizes.push_back(bytes);
  };
  add(least);
  add(terms.upload_bytes);
  add(terms.upload_bytes_max);
  for (auto bytes = least; bytes <= most && bytes / 2 < size; bytes += std::max<std::uint64_t>(bytes / 4, 1))
    add(bytes);
  // With n parts of boundary/n bytes before a boundary, less than n bytes before it are left over.
  constexpr std::size_t boundaries_max = 8;
  std::size_t boundaries = 0;
  for (auto run = runs.rbegin(); run != runs.rend() && boundaries < boundaries_max; ++run) {
    if (!run->is_copied) continue;
    ++boundaries;
    for (const auto boundary : {run->at.start(), run->at.end()}) {
      auto count = std::max<std::uint64_t>(1, ceiling(boundary, most));
      for (; count <= boundary / least; count += std::max<std::uint64_t>(count / 4, 1)) add(boundary / count);
    }
  }
  return sizes;
}

/// The parts of that size, counted, not listed.
effort measure_uniform(const std::vector<splice_run>& runs, std::uint64_t size, std::uint64_t bytes) {
  const auto count = ceiling(size, bytes);
  effort takes;
  std::uint64_t copyable = 0;
  for (const auto& run : runs) {
    if (!run.is_copied) continue;
    copyable += run.at.len();
    const auto first = ceiling(run.at.start(), bytes);
    const auto end = run.at.end() == size ? count : run.at.end() / bytes;
    if (end <= first) continue;
    takes.copies += end - first;
    takes.bytes_copied += std::min(end * bytes, size) - first * bytes;
  }
  takes.bytes_up = size - takes.bytes_copied;
  takes.bytes_down = copyable - takes.bytes_copied;
  takes.requests = 2 + count + (takes.bytes_down > 0 ? 1 : 0);
  return takes;
}

/// The largest part that is uploaded.
std::uint64_t largest_upload(const effort& takes, std::uint64_t size, std::uint64_t bytes) {
  const auto count = ceiling(size, bytes);
  const auto last = size - (count - 1) * bytes;
  if (takes.copies == count) return 0;
  return takes.copies + 1 == count && takes.bytes_up == last ? last : std::min(bytes, size);
}

}  // namespace

result<std::vector<planned_part>> uniform_parts(const extents& what, const plan_terms& terms) {
  const auto runs = runs_of(what, terms, 1);
  const auto size = what.size();
  std::uint64_t best = 0;
  double best_cost = std::numeric_limits<double>::infinity();
  const auto room = std::max(terms.upload_bytes_max, terms.allowed.part_bytes_min);
  for (const auto bytes : candidates(runs, size, terms)) {
    const auto takes = measure_uniform(runs, size, bytes);
    if (largest_upload(takes, size, bytes) > room) continue;
    if (const auto cost = takes.cost(terms.cost); cost < best_cost) {
      best = bytes;
      best_cost = cost;
    }
  }
  if (best == 0) return fail(errc::too_large, operation::write);
  std::vector<planned_part> parts;
  auto run = runs.begin();
  for (std::uint64_t at = 0; at < size; at += best) {
    const auto here = *range::make(at, std::min(at + best, size));
    while (run->at.end() <= at) ++run;
    const bool is_copied = run->is_copied && run->at.contains(here);
    parts.push_back({.at = here, .what = is_copied ? planned_part::kind::copy : planned_part::kind::upload});
  }
  return parts;
}

}  // namespace randomio::object
