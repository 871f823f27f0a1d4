#include <randomio/backends/object/commit_id.hpp>

#include <algorithm>
#include <cstdint>
#include <random>

namespace randomio::object {

namespace {

constexpr std::size_t id_len = 16;
constexpr std::string_view unknown_past = "----------------";

std::string_view ids_of(const properties& of) {
  const auto found = of.metadata.find(commit_ids_name);
  return found != of.metadata.end() ? std::string_view(found->second) : std::string_view();
}

}  // namespace

std::string fresh_commit_id() {
  std::random_device source;
  auto bits = (std::uint64_t{source()} << 32U) | source();
  std::string id(id_len, '0');
  for (auto& digit : id) {
    digit = "0123456789abcdef"[bits & 15U];
    bits >>= 4U;
  }
  return id;
}

void stamp_commit(properties& to, const properties* before, std::string_view id) {
  std::string ids(id);
  if (before != nullptr && !ids_of(*before).empty()) {
    ids += ',';
    ids += ids_of(*before);
  }
  ids.resize(std::min(ids.size(), commit_ids_kept * (id_len + 1) - 1));
  to.metadata[std::string(commit_ids_name)] = ids;
}

void stamp_commit_alone(properties& to, std::string_view id) {
  to.metadata[std::string(commit_ids_name)] = std::string(id) + "," + std::string(unknown_past);
}

bool has_commit(const properties& in, std::string_view id) {
  return ids_of(in).find(id) != std::string_view::npos;
}

bool is_newest_commit(const properties& in, std::string_view id) {
  return ids_of(in).starts_with(id);
}

bool tells_all_since(const properties& before, const properties& now) {
  const auto ids = ids_of(now);
  const auto newest = ids_of(before).substr(0, id_len);
  const auto gap = ids.find(unknown_past);
  if (!newest.empty()) return ids.find(newest) < gap;
  return gap == std::string_view::npos && ids.size() < commit_ids_kept * (id_len + 1) - 1;
}

}  // namespace randomio::object
