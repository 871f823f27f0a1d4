#include <algorithm>

#include <randomio/backends/object/splice_runs.hpp>

namespace randomio::object {

namespace {

/// How much larger what is joined may become than what counts as small. What was joined is joined again when there are
/// many of its kind, as in a log-structured merge tree: so each byte is copied a few times, however often parts come.
constexpr std::uint64_t growth = 16;
/// How often that is done before the list is full.
constexpr unsigned levels = 2;

range from_to(std::uint64_t start, std::uint64_t end) {
  return *range::make(start, end);
}

/// A part, and which extent it is of: only parts of one extent are neighbours in their source too.
struct piece {
  planned_part part;
  std::size_t of = 0;
};

class cutter {
 public:
  explicit cutter(const plan_terms& terms) : terms_(terms) {}

  void add(const extent& one) {
    ++of_;
    if (!is_copyable(one, terms_)) return put(one.at, planned_part::kind::upload);
    if (one.what != extent::kind::base) return put_fragment(one.at);
    const auto from = one.from, to = one.from + one.at.len();
    const auto in_result = [&](std::uint64_t at) { return at - from + one.at.start(); };
    const auto ends = terms_.part_ends;
    // A part starts where the one before it ends; the first one at 0.
    auto i = from == 0 ? ends.begin() : std::ranges::lower_bound(ends, from);
    auto at = from;
    if (from != 0 && i != ends.end()) {
      const auto start = std::min(*i, to);
      put_fragment(from_to(in_result(at), in_result(start)));
      at = start;
      ++i;
    }
    for (; i != ends.end() && *i <= to && at < to; ++i) {
      put(from_to(in_result(at), in_result(*i)), planned_part::kind::keep);
      at = *i;
    }
    put_fragment(from_to(in_result(at), in_result(to)));
  }
  [[nodiscard]] std::vector<piece> take() { return std::move(pieces_); }

 private:
  void put(range at, planned_part::kind what) {
    if (!at.empty()) pieces_.push_back({.part = {.at = at, .what = what}, .of = of_});
  }
  void put_fragment(range at) {
    put(at, is_copy_cheaper(at.len(), terms_) ? planned_part::kind::copy : planned_part::kind::upload);
  }

  const plan_terms& terms_;
  std::vector<piece> pieces_;
  std::size_t of_ = 0;
};

/// Neighbours that are small become one, which is copied. What is copied anyway takes small neighbours along.
std::vector<piece> joined(const std::vector<piece>& all, std::uint64_t small, const limits& allowed) {
  const auto largest = std::min(small * growth, allowed.part_bytes_max);
  const auto may_join = [&](const piece& one) {
    if (one.part.what == planned_part::kind::upload) return false;
    return one.part.what == planned_part::kind::copy || one.part.at.len() < small;
  };
  std::vector<piece> out;
  for (const auto& next : all) {
    if (!out.empty() && out.back().of == next.of && may_join(out.back()) && may_join(next)) {
      const auto both = from_to(out.back().part.at.start(), next.part.at.end());
      if (both.len() <= largest) {
        out.back().part = {.at = both, .what = planned_part::kind::copy};
        continue;
      }
    }
    out.push_back(next);
  }
  return out;
}

std::vector<planned_part> laid_out(const std::vector<piece>& pieces, const plan_terms& terms) {
  const auto wanted = std::clamp(terms.upload_bytes, terms.allowed.part_bytes_min, terms.allowed.part_bytes_max);
  std::vector<planned_part> parts;
  for (auto one = pieces.begin(); one != pieces.end();) {
    auto next = one + 1;
    if (one->part.what == planned_part::kind::upload) {
      while (next != pieces.end() && next->part.what == planned_part::kind::upload) ++next;
      split_upload(from_to(one->part.at.start(), std::prev(next)->part.at.end()), terms.allowed.part_bytes_min, wanted,
                   parts);
    } else if (one->part.what == planned_part::kind::copy) {
      split_copy(one->part.at, terms.allowed, terms.cost, parts);
    } else {
      parts.push_back(one->part);
    }
    one = next;
  }
  return parts;
}

}  // namespace

std::vector<planned_part> block_parts(const extents& what, const plan_terms& terms) {
  cutter cuts(terms);
  for (const auto& one : what.all()) cuts.add(one);
  const auto pieces = cuts.take();
  const auto smallest = std::max<std::uint64_t>(terms.cost.small_part_bytes, 1);
  auto chosen = pieces;
  auto small = smallest;
  for (unsigned level = 1; level <= levels; ++level, small *= growth) {
    auto fewer = joined(pieces, small, terms.allowed);
    if (pieces.size() - fewer.size() >= level * std::max(terms.cost.small_parts_max, 1U)) chosen = std::move(fewer);
  }
  auto parts = laid_out(chosen, terms);
  if (parts.size() <= terms.allowed.parts_max) return parts;
  // Full: half of it is made free at once, so that the next time is far away.
  for (small = smallest; small / 2 < what.size(); small *= 2) {
    parts = laid_out(joined(pieces, small, terms.allowed), terms);
    if (parts.size() <= terms.allowed.parts_max / 2) break;
  }
  return parts;
}

}  // namespace randomio::object
