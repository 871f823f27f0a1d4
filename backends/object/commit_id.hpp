#pragma once

#include <string>
#include <string_view>

#include <randomio/backends/object/properties.hpp>

namespace randomio::object {

/// The user metadata that holds the ids of the last commits, the newest first: how a commit whose reply was lost is
/// found again. A name that every service takes: Azure's must be identifiers, proxies drop underscores.
inline constexpr std::string_view commit_ids_name = "randomiocommits";
inline constexpr std::size_t commit_ids_kept = 8;

/// 64 random bits, in hexadecimal.
[[nodiscard]] std::string fresh_commit_id();
/// `to` as the successor of what holds `before` (null: of nothing).
void stamp_commit(properties& to, const properties* before, std::string_view id);
/// The same for an upload that may yet succeed something else: says that what came before is not known.
void stamp_commit_alone(properties& to, std::string_view id);
[[nodiscard]] bool has_commit(const properties& in, std::string_view id);
/// True when nobody who names commits has published since that one.
[[nodiscard]] bool is_newest_commit(const properties& in, std::string_view id);
/// True when every commit between `before` and `now` is named in `now`, so that one that is not there never happened.
[[nodiscard]] bool tells_all_since(const properties& before, const properties& now);

}  // namespace randomio::object
