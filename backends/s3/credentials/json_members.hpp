#pragma once

#include <map>
#include <string>
#include <string_view>

#include <randomio/core/io/error.hpp>

namespace randomio::s3 {

/// The texts and numbers in a small JSON object, those of objects in it under `outer.inner`. They may be secrets:
/// they are wiped at the end.
class json_members {
 public:
  json_members() = default;
  json_members(json_members&&) noexcept = default;
  json_members& operator=(json_members&&) noexcept = default;
  ~json_members();

  /// Errors: corrupt, for what is no JSON object, or an unreasonable one; the message holds nothing of it.
  [[nodiscard]] static result<json_members> parse(std::string_view text);

  /// Empty when there is none. Numbers as written in decimal.
  [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
  /// The same, moved out.
  [[nodiscard]] std::string take(std::string_view name);

 private:
  friend class json_reader;
  std::map<std::string, std::string, std::less<>> all_;
};

}  // namespace randomio::s3
