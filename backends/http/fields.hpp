#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace randomio::http {

/// Header fields in the order in which they were added. Names compare without case. Source: RFC 9110 §5.
class fields {
 public:
  using field = std::pair<std::string, std::string>;

  void add(std::string_view name, std::string_view value) { all_.emplace_back(name, value); }
  /// Replaces all fields of this name by one.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  /// The value of the first field of this name. Borrowed until the next change.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;

  [[nodiscard]] auto begin() const noexcept { return all_.begin(); }
  [[nodiscard]] auto end() const noexcept { return all_.end(); }
  [[nodiscard]] bool empty() const noexcept { return all_.empty(); }

 private:
  std::vector<field> all_;
};

/// Whether two field names, or other ASCII tokens, are the same without case.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b) noexcept;

}  // namespace randomio::http
