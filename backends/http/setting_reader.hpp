#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <randomio/backends/http/credentials/provider.hpp>
#include <randomio/backends/http/fields.hpp>

namespace randomio::http {

/// Takes a setting by its key; nothing when it is not there.
using setting_lookup = std::function<std::optional<std::string>(std::string_view key)>;

/// Reads settings, or the variables that stand in for them, and keeps the first mistake.
class setting_reader {
 public:
  using names = std::initializer_list<std::string_view>;

  /// Borrows: both, for its life.
  setting_reader(const setting_lookup& settings, const variable_lookup& variables)
      : settings_(settings), variables_(variables) {}

  /// Empty when there is none. The variables count in order.
  [[nodiscard]] std::string text(std::string_view key, names variables = {});
  [[nodiscard]] bool flag(std::string_view key, bool otherwise, names variables = {});
  /// The opposite of a variable that turns something off.
  [[nodiscard]] bool flag_unless(std::string_view key, names variables);
  [[nodiscard]] std::uint32_t count(std::string_view key, std::uint32_t otherwise, names variables = {});
  /// `30s`, `500ms`, `2min`, or `2m`; a number alone is seconds.
  [[nodiscard]] std::chrono::milliseconds time(std::string_view key, std::chrono::milliseconds otherwise,
                                               names variables = {});
  /// One of a list of named values. Names compare without case.
  template <class Names, class T>
  [[nodiscard]] T choice(std::string_view key, const Names& known, T otherwise, names variables = {}) {
    const auto given = find(key, variables);
    if (!given || given->value.empty()) return otherwise;
    std::string expected;
    for (const auto& [name, value] : known) {
      if (same_name(name, given->value)) return value;
      expected.append(expected.empty() ? "expected " : ", ").append(name);
    }
    refuse(*given, expected);
    return otherwise;
  }

  [[nodiscard]] const result<void>& outcome() const noexcept { return outcome_; }

 private:
  struct found {
    std::string name, value;
  };
  [[nodiscard]] std::optional<found> find(std::string_view key, names variables) const;
  [[nodiscard]] std::optional<bool> read_flag(const found& given);
  void refuse(const found& given, std::string_view expected);

  const setting_lookup& settings_;
  const variable_lookup& variables_;
  result<void> outcome_;
};

}  // namespace randomio::http
