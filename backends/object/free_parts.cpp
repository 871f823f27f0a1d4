#include <algorithm>

#include <randomio/backends/object/splice_runs.hpp>

namespace randomio::object {

namespace {

range from_to(std::uint64_t start, std::uint64_t end) {
  return *range::make(start, end);
}

/// Adds a run, as a longer last one where both are uploads.
void add(std::vector<splice_run>& runs, const splice_run& next) {
  if (next.at.empty()) return;
  if (!runs.empty() && !runs.back().is_copied && !next.is_copied) {
    runs.back().at = from_to(runs.back().at.start(), next.at.end());
  } else {
    runs.push_back(next);
  }
}

/// Makes the upload run at `i`, which is too short and not the last, long enough, at the expense of its neighbours.
void lengthen(std::vector<splice_run>& runs, std::size_t i, std::uint64_t least) {
  auto& run = runs[i];
  const auto lacks = least - run.at.len();
  const bool has_left = i > 0 && runs[i - 1].at.len() >= lacks + least;
  auto& right = runs[i + 1];
  const bool right_is_last = i + 2 == runs.size();
  if (right.at.len() >= lacks + least || (right_is_last && right.at.len() > lacks)) {
    run.at = from_to(run.at.start(), run.at.end() + lacks);
    right.at = from_to(run.at.end(), right.at.end());
  } else if (has_left) {
    auto& left = runs[i - 1];
    left.at = from_to(left.at.start(), left.at.end() - lacks);
    run.at = from_to(left.at.end(), run.at.end());
  } else {
    // What would be left of the neighbour is too short for a part: it goes along, and so does the run behind it.
    run.at = from_to(run.at.start(), right.at.end());
    runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    if (i + 1 < runs.size() && !runs[i + 1].is_copied) {
      run.at = from_to(run.at.start(), runs[i + 1].at.end());
      runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
  }
}

}  // namespace

bool is_copy_cheaper(std::uint64_t bytes, const plan_terms& terms) {
  const effort fetched{.requests = 1, .bytes_up = bytes, .bytes_down = bytes};
  const effort copied{.requests = 1, .bytes_copied = bytes, .copies = 1};
  return copied.cost(terms.cost) <= fetched.cost(terms.cost);
}

void split_upload(range bytes, std::uint64_t least, std::uint64_t wanted, std::vector<planned_part>& parts) {
  auto count = (bytes.len() + wanted - 1) / wanted;
  if (bytes.len() / count < least) count = std::max<std::uint64_t>(1, bytes.len() / least);
  const auto each = bytes.len() / count;
  const auto longer = bytes.len() % count;
  for (auto at = bytes.start(), i = std::uint64_t{0}; i < count; ++i) {
    const auto len = each + (i < longer ? 1 : 0);
    parts.push_back({.at = *range::from_len(at, len), .what = planned_part::kind::upload});
    at += len;
  }
}

std::vector<splice_run> runs_of(const extents& what, const plan_terms& terms, std::uint64_t copy_bytes_min) {
  std::vector<splice_run> runs;
  const auto all = what.all();
  for (std::size_t i = 0; i < all.size(); ++i) {
    bool is_copied = is_copyable(all[i], terms);
    if (is_copied) {
      const auto len = all[i].at.len();
      // The last part may be short, but one that would be fetched for less is not copied.
      is_copied = len >= copy_bytes_min && is_copy_cheaper(len, terms);
    }
    add(runs, {.at = all[i].at, .is_copied = is_copied});
  }
  return runs;
}

std::vector<planned_part> free_parts(std::vector<splice_run> runs, const plan_terms& terms,
                                     std::uint64_t upload_bytes) {
  const auto least = terms.allowed.part_bytes_min;
  for (std::size_t i = 0; i + 1 < runs.size(); ++i) {
    while (!runs[i].is_copied && i + 1 < runs.size() && runs[i].at.len() < least) lengthen(runs, i, least);
  }
  std::vector<planned_part> parts;
  for (const auto& run : runs) {
    if (run.is_copied) {
      split_copy(run.at, terms.allowed, terms.cost, parts);
    } else {
      split_upload(run.at, least, upload_bytes, parts);
    }
  }
  return parts;
}

}  // namespace randomio::object
