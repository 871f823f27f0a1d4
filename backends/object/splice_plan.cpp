#include <randomio/backends/object/splice_plan.hpp>

#include <algorithm>

#include <randomio/backends/object/splice_runs.hpp>

namespace randomio::object {

namespace {

constexpr double mebibyte = 1 << 20;

std::uint64_t in_store(const std::vector<extent>& some, std::uint64_t& gets) {
  std::uint64_t sum = 0;
  for (const auto& one : some) {
    if (one.what != extent::kind::base && one.what != extent::kind::remote) continue;
    sum += one.at.len();
    ++gets;
  }
  return sum;
}

/// The plan of parts for a store that lets their sizes differ: rougher and rougher, until there are few enough.
std::vector<planned_part> few_parts(const extents& what, const plan_terms& terms) {
  auto upload_bytes = std::clamp(terms.upload_bytes, terms.allowed.part_bytes_min, terms.allowed.part_bytes_max);
  auto copy_bytes_min = terms.allowed.part_bytes_min;
  for (;;) {
    auto parts = free_parts(runs_of(what, terms, copy_bytes_min), terms, upload_bytes);
    if (parts.size() <= terms.allowed.parts_max) return parts;
    if (upload_bytes < terms.allowed.part_bytes_max) upload_bytes *= 2;
    if (copy_bytes_min < what.size()) copy_bytes_min *= 2;
    upload_bytes = std::min(upload_bytes, terms.allowed.part_bytes_max);
  }
}

}  // namespace

double effort::cost(const cost_model& by) const {
  const auto at_once = std::max<double>(1, static_cast<double>(std::min<std::uint64_t>(copies, by.parallel_copies)));
  return by.request * static_cast<double>(requests) + by.mebibyte_up * static_cast<double>(bytes_up) / mebibyte +
         by.mebibyte_down * static_cast<double>(bytes_down) / mebibyte +
         by.mebibyte_copied * static_cast<double>(bytes_copied) / mebibyte / at_once;
}

bool is_copyable(const extent& what, const plan_terms& terms) {
  // "You can copy a range only if the source object is greater than 5 MB." Source: UploadPartCopy.
  if (what.what == extent::kind::base) return terms.base_size > terms.allowed.part_bytes_min;
  if (what.what == extent::kind::remote) return terms.copies_remote && what.of->size > terms.allowed.part_bytes_min;
  return false;
}

effort measure(const extents& what, const std::vector<planned_part>& parts, bool is_put) {
  effort takes;
  if (is_put) {
    takes.bytes_down = in_store(what.all(), takes.requests);
    takes.bytes_up = what.size();
    ++takes.requests;
    return takes;
  }
  std::uint64_t keeps = 0;  // The request that tells the parts of the base.
  takes.requests = 2 + parts.size();
  for (const auto& part : parts) {
    if (part.what == planned_part::kind::keep) {
      keeps = 1;
      --takes.requests;
    } else if (part.what == planned_part::kind::copy) {
      takes.bytes_copied += part.at.len();
      ++takes.copies;
    } else {
      takes.bytes_up += part.at.len();
      takes.bytes_down += in_store(what.within(part.at), takes.requests);
    }
  }
  takes.requests += keeps;
  return takes;
}

void split_copy(range bytes, const limits& allowed, const cost_model& cost, std::vector<planned_part>& parts) {
  const auto fewest = (bytes.len() + allowed.part_bytes_max - 1) / allowed.part_bytes_max;
  auto best = fewest;
  const auto smallest = std::max(cost.split_bytes_min, allowed.part_bytes_min);
  const auto most = std::min<std::uint64_t>(cost.parallel_copies, bytes.len() / smallest);
  const auto cost_of = [&](std::uint64_t count) {
    return effort{.requests = count, .bytes_copied = bytes.len(), .copies = count}.cost(cost);
  };
  for (auto count = fewest + 1; count <= most; ++count) {
    if (cost_of(count) < cost_of(best)) best = count;
  }
  const auto each = bytes.len() / best;
  const auto longer = bytes.len() % best;
  for (auto at = bytes.start(), i = std::uint64_t{0}; i < best; ++i) {
    const auto len = each + (i < longer ? 1 : 0);
    parts.push_back({.at = *range::from_len(at, len), .what = planned_part::kind::copy});
    at += len;
  }
}

result<splice_plan> plan_splice(const extents& what, const plan_terms& terms) {
  if (what.size() > terms.allowed.object_bytes_max) return fail(errc::too_large, operation::write);
  splice_plan put{.is_put = true, .parts = {}, .takes = measure(what, {}, true)};
  const auto put_max = std::max(terms.upload_bytes, 2 * terms.allowed.part_bytes_min);
  bool fits_put = what.size() <= std::min(put_max, terms.allowed.put_bytes_max);
  if (what.size() == 0) return put;
  // What has parts to be published again keeps them, and what has none is given some: the next edit is the cheaper.
  if (terms.allowed.reuses_parts) fits_put = fits_put && put.takes.bytes_down <= terms.cost.small_part_bytes;

  splice_plan made;
  if (terms.allowed.uniform_parts) {
    auto parts = uniform_parts(what, terms);
    if (!parts && fits_put) return put;
    if (!parts) return unexpected(std::move(parts).error());
    made.parts = std::move(*parts);
  } else {
    if (terms.allowed.reuses_parts) made.parts = block_parts(what, terms);
    if (made.parts.empty() || made.parts.size() > terms.allowed.parts_max) made.parts = few_parts(what, terms);
    const auto room = std::max(terms.upload_bytes_max, 2 * terms.allowed.part_bytes_min);
    for (const auto& part : made.parts) {
      if (part.what == planned_part::kind::upload && part.at.len() > room) {
        return fail(errc::too_large, operation::write);
      }
    }
  }
  made.takes = measure(what, made.parts, false);
  if (fits_put && put.takes.cost(terms.cost) <= made.takes.cost(terms.cost)) return put;
  return made;
}

result<std::vector<planned_part>> plan_base(const plan_terms& terms, std::uint64_t room) {
  auto fewer = terms.allowed;
  fewer.parts_max -= static_cast<std::uint32_t>(std::min<std::uint64_t>(room, fewer.parts_max));
  std::vector<planned_part> parts;
  if (terms.allowed.reuses_parts) {
    const plan_terms left{
        .allowed = fewer, .cost = terms.cost, .base_size = terms.base_size, .part_ends = terms.part_ends};
    parts = block_parts(extents(terms.base_size), left);
    for (auto& part : parts) {
      if (part.what == planned_part::kind::upload) part.what = planned_part::kind::copy;
    }
  } else {
    split_copy(*range::make(0, terms.base_size), fewer, terms.cost, parts);
  }
  if (parts.size() > fewer.parts_max) return fail(errc::too_large, operation::append);
  return parts;
}

}  // namespace randomio::object
